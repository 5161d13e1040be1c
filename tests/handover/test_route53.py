"""Route 53, on one server of moto's: both programs make the same zone of the same objects, take it over from each other
without a write, and need so many requests for it.
"""

from __future__ import annotations

import secrets
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import botocore.session
import pytest

from cluster.beside import beside
from cluster.manifests import dnsendpoint, entry
from contract.backends.aws import _is_write
from contract.backends.httpfaults import HttpFaults, faulty
from localcluster import dynamodb
from localcluster.cluster import Cluster
from localcluster.operator_process import environment, run_once
from localcluster.ports import LOOPBACK

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(180)]
OWNER = "handed-over"
ELB = "web-1.eu-central-1.elb.amazonaws.com"
MANY = 1000


@dataclass(frozen=True)
class Account:
    """A hosted zone of this test, and a proxy that counts what is asked."""

    cluster: Cluster
    namespace: str
    domain: str
    zone_id: str
    url: str
    counted: HttpFaults
    externaldns: Path

    def _flags(self) -> list[str]:
        place = [f"--namespace={self.namespace}", f"--domain-filter={self.domain}", f"--txt-owner-id={OWNER}"]
        affix = ["--txt-prefix=%{record_type}.own.", "--txt-wildcard-replacement=any"]
        return ["--provider=aws", "--source=crd", "--policy=sync", *place, *affix, "--aws-batch-change-interval=0s"]

    def by_externaldns(self) -> tuple[int, int]:
        """Requests and writes of one round."""
        given = [f"--kubeconfig={self.cluster.kubeconfig}", f"--metrics-address={LOOPBACK}:0"]
        command = [str(self.externaldns), "--once", *self._flags(), *given]
        before = self.counted.requests, self.counted.writes
        done = subprocess.run(
            command, env=environment(self._environment()), capture_output=True, text=True, timeout=90, check=False
        )
        assert done.returncode == 0, done.stderr[-4000:]
        return self.counted.requests - before[0], self.counted.writes - before[1]

    def by_zonewright(self) -> tuple[int, int]:
        """The same of ours."""
        before = self.counted.requests, self.counted.writes
        done = run_once(self.cluster, *self._flags(), "--brake-percent=100", env=self._environment())
        assert done.returncode == 0, done.stdout[-4000:]
        return self.counted.requests - before[0], self.counted.writes - before[1]

    def _environment(self) -> dict[str, str]:
        return dynamodb.environment(self.counted.url)

    def zone(self) -> list[dict[str, Any]]:
        """All record sets, as Route 53 lists them, without those that make the zone."""
        pages = _client(self.url).get_paginator("list_resource_record_sets").paginate(HostedZoneId=self.zone_id)
        every = [one for page in pages for one in page["ResourceRecordSets"] if one["Type"] not in ("SOA", "NS")]
        for one in every:
            if "AliasTarget" in one:
                one["AliasTarget"]["DNSName"] = one["AliasTarget"]["DNSName"].removesuffix(".")
        return sorted(every, key=lambda one: (one["Name"], one["Type"], one.get("SetIdentifier", "")))

    def empty(self) -> None:
        batch = [{"Action": "DELETE", "ResourceRecordSet": one} for one in self.zone()]
        _client(self.url).change_resource_record_sets(HostedZoneId=self.zone_id, ChangeBatch={"Changes": batch})


def _client(url: str) -> Any:
    env = dynamodb.environment(url)
    return botocore.session.get_session().create_client(  # type: ignore[no-untyped-call]
        "route53",
        endpoint_url=url,
        region_name="us-east-1",
        aws_access_key_id=env["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=env["AWS_SECRET_ACCESS_KEY"],
    )


@pytest.fixture(scope="module")
def moto() -> Iterator[str]:
    with dynamodb.serving() as url:
        yield url


@contextmanager
def counting(url: str) -> Iterator[HttpFaults]:
    with beside(lambda: faulty(url, _is_write)) as counted:
        yield counted


@pytest.fixture
def account(moto: str, cluster: Cluster, namespace: str, externaldns: Path) -> Iterator[Account]:
    domain = f"aws-{secrets.token_hex(4)}.example.org"
    made = _client(moto).create_hosted_zone(Name=domain, CallerReference=secrets.token_hex(8))
    with counting(moto) as counted:
        zone_id = made["HostedZone"]["Id"].rpartition("/")[2]
        yield Account(cluster, namespace, domain, zone_id, moto, counted, externaldns)


def mixed(domain: str) -> dict[str, Any]:
    """Aliases, weighted sets, a wildcard, the name of the zone, several addresses, a CNAME that is one."""

    def weighted(identifier: str, weight: str, target: str) -> dict[str, Any]:
        property_ = {"name": "aws/weight", "value": weight}
        return entry(f"w.{domain}", target, setIdentifier=identifier, providerSpecific=[property_])

    entries = [
        entry(f"elb.{domain}", ELB, rtype="CNAME"),
        weighted("one", "10", "192.0.2.1"),
        weighted("two", "90", "192.0.2.2"),
        entry(f"*.wild.{domain}", "192.0.2.3", recordTTL=60),
        entry(domain, "192.0.2.4"),
        entry(f"two.{domain}", "192.0.2.5", "192.0.2.6"),
        entry(f"six.{domain}", "2001:db8::1", rtype="AAAA"),
        entry(f"cname.{domain}", "lb.example.com", rtype="CNAME"),
    ]
    return dnsendpoint("mixed", *entries)


def test_both_make_the_same_zone_and_take_it_over_without_a_write(account: Account) -> None:
    account.cluster.apply(mixed(account.domain), namespace=account.namespace)
    account.by_externaldns()
    theirs = account.zone()
    assert {one["Type"] for one in theirs if one["Name"].startswith("elb.")} == {"A", "AAAA"}
    assert account.by_zonewright()[1] == 0
    assert account.zone() == theirs
    account.empty()
    account.by_zonewright()
    assert account.zone() == theirs
    assert account.by_externaldns()[1] == 0
    assert account.zone() == theirs
    changed = mixed(account.domain)
    del changed["spec"]["endpoints"][0]
    changed["spec"]["endpoints"][-1]["targets"] = ["other.example.com"]
    account.cluster.apply(changed, namespace=account.namespace)
    assert account.by_zonewright()[1] == 1
    ours = account.zone()
    assert not [one for one in ours if "elb." in one["Name"]]
    assert account.by_externaldns()[1] == 0
    assert account.zone() == ours


def test_requests_for_one_and_for_a_thousand_changes(account: Account) -> None:
    """Of a zone that has a thousand names already, where one more comes."""
    counts: dict[str, tuple[tuple[int, int], tuple[int, int]]] = {}
    for program, run in (("ExternalDNS", account.by_externaldns), ("Zonewright", account.by_zonewright)):
        # Names of its own: the server does not let come again what has been there.
        below = f"{program.lower()}.{account.domain}"
        many = [entry(f"n{number}.{below}", "192.0.2.1") for number in range(MANY)]
        account.cluster.apply(dnsendpoint("many", *many), namespace=account.namespace)
        thousand = run()
        one_more = entry(f"more.{below}", "192.0.2.1")
        account.cluster.apply(dnsendpoint("one", one_more), namespace=account.namespace)
        counts[program] = thousand, run()
        account.cluster.kubectl("delete", "dnsendpoint", "many", "one", f"--namespace={account.namespace}")
        run()
        assert account.zone() == []
    print(f"requests and writes for {MANY} changes, and for one more: {counts}")
    assert counts["Zonewright"][0][1] <= counts["ExternalDNS"][0][1]
    assert counts["Zonewright"][1][1] == 1
