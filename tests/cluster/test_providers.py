"""Each provider in the real process: its flags and its environment, on a server that is held to its description."""

from __future__ import annotations

import asyncio
import json
import subprocess
import tempfile
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from cluster.beside import beside
from cluster.manifests import ga, ingress
from cluster.testsite import Site
from contract import test_azure, webhook_server
from contract.authority import Authority
from contract.backends import aws
from contract.described import (
    alidns_server,
    azure_server,
    cloudflare_server,
    digitalocean_server,
    google_server,
    server,
)
from contract.pages import OF_PROVIDERS, command
from localcluster import bind, dynamodb
from localcluster.bind import Bind
from localcluster.dnsserver import DnsServer
from localcluster.operator_process import run_once
from localcluster.pdns import PowerDns
from localcluster.ports import LOOPBACK

pytestmark = pytest.mark.cluster
SECRET = "a-secret-that-no-log-shows"


@dataclass(frozen=True)
class Case:
    """flags and environment of the process; held: what stands in the zone, as name and type, once all is published;
    secret: what no log shows"""

    flags: tuple[str, ...]
    environment: Mapping[str, str]
    held: Callable[[], set[tuple[str, str]]]
    secret: str = SECRET


@asynccontextmanager
async def cloudflare(domain: str) -> AsyncIterator[Case]:
    api = cloudflare_server.CloudflareServer(SECRET, domain)
    async with server.serving(api):
        environment = {"CF_API_TOKEN": SECRET, "CLOUDFLARE_BASE_URL": api.url + cloudflare_server.BASE}

        def held() -> set[tuple[str, str]]:
            return {(one["name"], one["type"]) for records in api.records.values() for one in records.values()}

        yield Case(("--cloudflare-proxied",), environment, held)


@asynccontextmanager
async def route53(domain: str) -> AsyncIterator[Case]:
    """moto knows no wrong secrets, so the one that it is given is as good as another."""
    with dynamodb.serving() as url:
        async with aws.client(url) as api:
            made = await api.create_hosted_zone(Name=domain, CallerReference="once")
            zone_id = made["HostedZone"]["Id"]

        def held() -> set[tuple[str, str]]:
            return asyncio.run(_sets(url, zone_id))

        yield Case((), dynamodb.environment(url) | {"AWS_SECRET_ACCESS_KEY": SECRET}, held)


async def _sets(url: str, zone_id: str) -> set[tuple[str, str]]:
    async with aws.client(url) as api:
        answer = await api.list_resource_record_sets(HostedZoneId=zone_id)
    return {(one["Name"].removesuffix("."), one["Type"]) for one in answer["ResourceRecordSets"]}


@asynccontextmanager
async def cloud_dns(domain: str) -> AsyncIterator[Case]:
    api = google_server.GoogleServer(domain)
    with tempfile.TemporaryDirectory() as directory:
        async with server.serving(api):
            file = Path(directory) / "key.json"
            file.write_text(json.dumps(api.key_file() | {"private_key_id": SECRET}))
            environment = {
                "GOOGLE_APPLICATION_CREDENTIALS": str(file),
                "CLOUDSDK_API_ENDPOINT_OVERRIDES_DNS": api.url,
            }

            def held() -> set[tuple[str, str]]:
                return {(name.removesuffix("."), rtype) for sets in api.sets.values() for name, rtype in sets}

            yield Case((), environment, held)


@asynccontextmanager
async def droplets(domain: str) -> AsyncIterator[Case]:
    api = digitalocean_server.DigitalOceanServer(SECRET, domain)
    async with server.serving(api):

        def held() -> set[tuple[str, str]]:
            return {(f"{one['name']}.{domain}", one["type"]) for one in api.domains[domain].values()}

        yield Case((), {"DO_TOKEN": SECRET, "DIGITALOCEAN_API_URL": api.url}, held)


@asynccontextmanager
async def azure(domain: str, *, private: bool = False) -> AsyncIterator[Case]:
    """With a client secret, for which Entra gives the token."""
    api = azure_server.AzureServer(test_azure.TOKEN, domain, private=private)
    with tempfile.TemporaryDirectory() as directory:
        authority = Authority(Path(directory))
        async with server.serving(api), test_azure.entra(authority) as entra:
            file = Path(directory) / "azure.json"
            given = test_azure.FILE | {"aadClientId": "app", "aadClientSecret": test_azure.SECRET}
            addresses = {"resourceManagerEndpoint": api.url, "activeDirectoryAuthorityHost": entra.url}
            file.write_text(json.dumps(given | addresses))

            def held() -> set[tuple[str, str]]:
                return {(f"{label}.{domain}", rtype) for label, rtype in api.zones[domain]}

            yield Case((f"--azure-config-file={file}",), {"SSL_CERT_FILE": authority.file}, held)


@asynccontextmanager
async def alibaba(domain: str, *, private: bool = False) -> AsyncIterator[Case]:
    made = alidns_server.PrivateZoneServer if private else alidns_server.AlidnsServer
    api = made("LTAI-of-a-test", SECRET, domain)
    label, variable = ("Rr", "PVTZ_ENDPOINT") if private else ("RR", "ALIDNS_ENDPOINT")
    with tempfile.TemporaryDirectory() as directory:
        file = Path(directory) / "alibaba-cloud.json"
        file.write_text(json.dumps({"accessKeyId": api.key_id, "accessKeySecret": SECRET}))
        async with server.serving(api):

            def held() -> set[tuple[str, str]]:
                return {(f"{one[label]}.{domain}", one["Type"]) for one in api.domains[domain].values()}

            kind = f"--alibaba-cloud-zone-type={'private' if private else 'public'}"
            yield Case((f"--alibaba-cloud-config-file={file}", kind), {variable: api.url}, held)


@asynccontextmanager
async def dynamic(domain: str, server: Bind) -> AsyncIterator[Case]:
    server.add_zone(domain)
    flags = (
        f"--rfc2136-host={LOOPBACK}",
        f"--rfc2136-port={server.port}",
        f"--rfc2136-zone={domain}",
        "--rfc2136-axfr",
    )
    key = (f"--rfc2136-tsig-keyname={bind.KEY}", "--rfc2136-tsig-secret-alg=hmac-sha256")

    environment = {"EXTERNAL_DNS_RFC2136_TSIG_SECRET": server.secret}
    yield Case((*flags, *key), environment, lambda: answered(server, domain), server.secret)
    server.delete_zone(domain)


@asynccontextmanager
async def coredns(domain: str, dns: DnsServer) -> AsyncIterator[Case]:
    yield Case((), {"ETCD_URLS": dns.etcd}, lambda: answered(dns, domain))


@asynccontextmanager
async def powerdns(domain: str, server: PowerDns) -> AsyncIterator[Case]:
    server.add_zone(domain)
    environment = {"EXTERNAL_DNS_PDNS_API_KEY": server.key}
    yield Case((f"--pdns-server={server.url}",), environment, lambda: answered(server, domain), server.key)
    server.delete_zone(domain)


@asynccontextmanager
async def a_webhook(domain: str) -> AsyncIterator[Case]:
    async with webhook_server.serving() as api:

        def held() -> set[tuple[str, str]]:
            return {(name, rtype) for name, rtype, _ in api.records}

        yield Case((f"--webhook-provider-url={api.url}",), {}, held)


def answered(server: Bind | DnsServer | PowerDns, domain: str) -> set[tuple[str, str]]:
    asked = {(f"shop.{domain}", "A"), (f"a-shop.{domain}", "TXT")}
    return {(name, rtype) for name, rtype in asked if server.query(name, rtype).records}


Made = AbstractAsyncContextManager[Case]
MAKERS: Mapping[str, Callable[[str], Made]] = {
    "alibabacloud": alibaba,
    "alibabacloud, private": partial(alibaba, private=True),
    "aws": route53,
    "azure": azure,
    "azure-private-dns": partial(azure, private=True),
    "cloudflare": cloudflare,
    "digitalocean": droplets,
    "google": cloud_dns,
    "webhook": a_webhook,
}
WITH_SERVERS: Mapping[str, tuple[str, Callable[[str, Any], Made]]] = {
    "coredns": ("coredns", coredns),
    "pdns": ("powerdns", powerdns),
    "rfc2136": ("bind", dynamic),
}


def made(case_of: str, domain: str, request: pytest.FixtureRequest) -> Made:
    if case_of in MAKERS:
        return MAKERS[case_of](domain)
    fixture, maker = WITH_SERVERS[case_of]
    return maker(domain, request.getfixturevalue(fixture))


def changes(done: subprocess.CompletedProcess[str]) -> list[str]:
    return [line for line in done.stdout.splitlines() if "Desired change" in line]


def as_the_page_says(provider: str, *instead: str) -> list[str]:
    """The flags of its page; those that are given go instead of the page's own."""
    given = {_name(flag) for flag in instead} | {"--once"}
    told = command(OF_PROVIDERS[provider])
    return [*(flag for flag in told if _name(flag) not in given), *instead]


def _name(flag: str) -> str:
    return flag.partition("=")[0]


@pytest.mark.parametrize("case_of", sorted([*MAKERS, *WITH_SERVERS]))
def test_an_ingress_is_published_and_a_second_run_writes_nothing(
    site: Site, case_of: str, request: pytest.FixtureRequest
) -> None:
    """At first as the provider's page says."""
    provider = case_of.partition(",")[0]
    site.apply(ingress("shop", site.name("shop"), annotations=ga(target="192.0.2.1", ttl="300")))
    backend = made(case_of, site.domain, request)
    with beside(lambda: backend) as case:
        flags = (f"--namespace={site.namespace}", f"--domain-filter={site.domain}", f"--txt-owner-id={site.owner}")
        wanted = (f"--provider={provider}", *flags, *case.flags, "--log-level=debug")
        ours = {(site.name("shop"), "A"), (site.name("a-shop"), "TXT")}

        def run(*given: str) -> subprocess.CompletedProcess[str]:
            return run_once(site.cluster, *given, env=case.environment)

        looked = run(*as_the_page_says(provider, *wanted))
        assert (looked.returncode, len(changes(looked))) == (0, 2), looked.stdout
        assert not {name for name, _ in case.held()} & {name for name, _ in ours}
        first = run(*wanted)
        assert first.returncode == 0, first.stdout
        assert len(changes(first)) == 2
        assert case.held() >= ours
        site.told(site.name("shop"))
        second = run(*wanted)
        assert (second.returncode, changes(second)) == (0, [])
        assert case.secret not in looked.stdout + first.stdout + second.stdout
