"""Flags and variables of a real process: what is refused before anything starts, and what the rest does in DNS."""

from __future__ import annotations

import socket
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from cluster.manifests import (
    accepted,
    dnsendpoint,
    entry,
    ga,
    gateway,
    gateway_addresses,
    httproute,
    ingress,
    load_balancer,
    service,
)
from cluster.testsite import CRD, Site
from localcluster import credentials
from localcluster.operator_process import PROGRAM, environment, run_once
from localcluster.ports import LOOPBACK

LAST_WORDS = "Nothing was started. All flags: zonewright run --help"


# -- what is refused


@dataclass(frozen=True)
class Trap:
    """Something that notes each call, in the place of the API server, on the very port that is to be listened on."""

    listener: socket.socket
    kubeconfig: Path

    @property
    def address(self) -> str:
        host, port = self.listener.getsockname()
        return f"{host}:{port}"

    def start(self, *args: str, **variables: str) -> subprocess.CompletedProcess[str]:
        """The program, with all that it would need to start."""
        given = {"EXTERNAL_DNS_KUBECONFIG": str(self.kubeconfig), "EXTERNAL_DNS_METRICS_ADDRESS": self.address}
        env = environment(given | variables)
        return subprocess.run([PROGRAM, *args], env=env, capture_output=True, text=True, timeout=60, check=False)

    def untouched(self) -> bool:
        try:
            self.listener.accept()[0].close()
        except BlockingIOError:
            return True
        return False


@pytest.fixture
def trap(tmp_path: Path) -> Iterator[Trap]:
    with socket.create_server((LOOPBACK, 0)) as listener:
        listener.setblocking(False)
        caught = Trap(listener, tmp_path / "kubeconfig")
        caught.kubeconfig.write_text(credentials.kubeconfig(f"http://{caught.address}", b"", "token"))
        yield caught


@pytest.mark.parametrize(
    ("args", "problems"),
    [
        pytest.param(
            ["run"],
            ["--provider: must be given; choose inmemory, coredns, skydns"],
            id="no provider",
        ),
        pytest.param(
            ["--policy=mirror", "--provider=coredns"],
            ["--policy: 'mirror' is not allowed; choose sync, upsert-only or create-only"],
            id="wrong value",
        ),
        pytest.param(
            ["run", "--provider=coredns", "--interval=1d"], ["--interval: '1d' is not a duration"], id="no duration"
        ),
        pytest.param(
            ["run", "--provider=coredns", "--metrics-address=7979"],
            ["--metrics-address: '7979' is no address to listen on"],
            id="no address",
        ),
        pytest.param(
            ["run", "--provider=godaddy"],
            ["--provider: ExternalDNS has 'godaddy', Zonewright does not"],
            id="their provider",
        ),
        pytest.param(
            ["run", "--provider=coredns", "--source=traefik-proxy"],
            ["--source: ExternalDNS has 'traefik-proxy', Zonewright does not have it yet"],
            id="their source",
        ),
        pytest.param(
            ["run", "--provider=coredns", "--registry=aws-sd"],
            ["--registry: ExternalDNS has 'aws-sd', Zonewright does not have it yet"],
            id="their registry",
        ),
        pytest.param(
            [
                "run",
                "--provider=coredns",
                "--oci-zone-scope=public",
                "--ns1-ignoressl",
                "--no-ovh-enable-cname-relative",
            ],
            [
                "--oci-zone-scope: ExternalDNS has this flag, Zonewright does not have it yet",
                "--ns1-ignoressl: ExternalDNS has this flag, Zonewright does not have it yet",
                "--ovh-enable-cname-relative: ExternalDNS has this flag, Zonewright does not have it yet",
            ],
            id="their flags, each of them",
        ),
        pytest.param(
            ["run", "--provider=coredns", "--polcy=sync"],
            ["--polcy: there is no such flag; did you mean --policy?"],
            id="a slip of the pen",
        ),
        pytest.param(
            ["run", "--provider=coredns", "--txt-owner-id=a,b"],
            ["--txt-owner-id: an ownership record cannot hold a comma"],
            id="an owner id that no record could hold",
        ),
    ],
)
def test_a_wrong_flag_is_told_before_anything_is_started(trap: Trap, args: list[str], problems: list[str]) -> None:
    done = trap.start(*args)
    assert (done.returncode, done.stdout) == (2, "")
    *told, last = done.stderr.splitlines()
    assert all(line.startswith(problem) for line, problem in zip(told, problems, strict=True)), told
    assert last == LAST_WORDS
    assert trap.untouched()


@pytest.mark.parametrize(
    ("variables", "problem"),
    [
        pytest.param({"EXTERNAL_DNS_POLICY": "mirror"}, "EXTERNAL_DNS_POLICY: 'mirror' is not allowed", id="wrong"),
        pytest.param(
            {"EXTERNAL_DNS_SOURCE": "ingress,service"},
            "EXTERNAL_DNS_SOURCE: 'ingress,service' is not allowed; give the flag once for each value",
            id="a comma list",
        ),
        pytest.param(
            {"EXTERNAL_DNS_PROVIDER_CACHE_TIME": "1h"},
            "EXTERNAL_DNS_PROVIDER_CACHE_TIME: ExternalDNS has this flag, --provider-cache-time, Zonewright does not",
            id="of a flag that does not exist here",
        ),
        pytest.param(
            {"ETCD_URLS": "etcd.example.net:2379"},
            'level=error msg="ETCD_URLS: each URL must begin with http:// or https://"',
            id="of the provider",
        ),
    ],
)
def test_a_wrong_variable_is_told_by_its_name(trap: Trap, variables: dict[str, str], problem: str) -> None:
    done = trap.start("run", "--provider=coredns", **variables)
    assert done.returncode == 2
    assert problem in done.stderr
    assert trap.untouched()


def test_the_trap_notes_a_start(trap: Trap) -> None:
    """Else the tests above would prove nothing."""
    done = trap.start("run", "--provider=inmemory", EXTERNAL_DNS_KUBE_API_REQUEST_TIMEOUT="0.5s")
    assert done.returncode == 1
    assert not trap.untouched()


def test_a_kubeconfig_that_is_not_there_is_told_after_the_flags(trap: Trap) -> None:
    trap.kubeconfig.unlink()
    assert "kubeconfig" not in trap.start("run", "--policy=mirror").stderr
    done = trap.start("run", "--provider=inmemory")
    assert done.returncode == 1
    assert f"kubeconfig {trap.kubeconfig}: [Errno 2] No such file or directory" in done.stderr
    assert "see --kubeconfig" in done.stderr


# -- what is done


@pytest.mark.cluster
def test_variables_work_a_list_has_a_line_for_each_value_and_a_flag_beats_its_variable(site: Site) -> None:
    names = {short: site.name(short) for short in ("a.one", "b.two", "c.three")}
    site.apply(dnsendpoint("hand", *(entry(name, "192.0.2.1") for name in names.values())), ingress("web", "no.org"))
    variables = {
        "EXTERNAL_DNS_PROVIDER": "coredns",
        "EXTERNAL_DNS_SOURCE": "crd",
        "EXTERNAL_DNS_NAMESPACE": site.namespace,
        "EXTERNAL_DNS_DOMAIN_FILTER": f"{site.name('one')}\n{site.name('two')}\n",
        "EXTERNAL_DNS_TXT_OWNER_ID": "of-the-variable",
        "EXTERNAL_DNS_LOG_FORMAT": "json",
        "EXTERNAL_DNS_DRY_RUN": "true",
        "ETCD_URLS": site.dns.etcd,
    }
    done = run_once(site.cluster, "--no-dry-run", f"--txt-owner-id={site.owner}", env=variables)
    assert done.returncode == 0, done.stdout
    assert all(line.startswith("{") for line in done.stdout.splitlines())
    assert site.standing() == {
        "a.one": ["192.0.2.1"],
        "a-a.one": [site.ownership("crd/hand")],
        "b.two": ["192.0.2.1"],
        "a-b.two": [site.ownership("crd/hand")],
    }
    assert [one["metadata"]["name"] for one in site.cluster.objects(CRD, site.namespace)] == ["hand"]


def one_of_each_kind(site: Site) -> None:
    """Objects that publish a name that is short for their source."""
    site.apply(
        ingress("web", site.name("ingress")),
        service("web", ga(hostname=site.name("service"))),
        gateway("gateway"),
        httproute("web", site.name("gateway-httproute")),
        dnsendpoint("hand", entry(site.name("crd"), "192.0.2.1")),
    )
    statuses = {
        "ingress/web": load_balancer("192.0.2.1"),
        "service/web": load_balancer("192.0.2.1"),
        "gateway/gateway": gateway_addresses("192.0.2.1"),
        "httproute/web": accepted(),
    }
    for target, status in statuses.items():
        kind, _, name = target.partition("/")
        site.cluster.set_status(kind, name, status, site.namespace)


ALL = {"ingress", "service", "gateway-httproute", "crd"}


@pytest.mark.cluster
@pytest.mark.parametrize(
    ("sources", "published"),
    [
        pytest.param([], ALL, id="all four without the flag"),
        pytest.param(["ingress"], {"ingress"}, id="ingress alone, and no DNSEndpoint by hand"),
        pytest.param(["crd"], {"crd"}, id="crd alone, and no Ingress"),
        pytest.param(["service", "gateway-httproute"], {"service", "gateway-httproute"}, id="the other two"),
    ],
)
def test_only_the_sources_that_are_asked_for_publish(site: Site, sources: list[str], published: set[str]) -> None:
    one_of_each_kind(site)
    site.publish(*(f"--source={source}" for source in sources))
    assert {name for name in site.standing() if not name.startswith("a-")} == published
    about = {one["metadata"]["name"]: "status" in one for one in site.cluster.objects(CRD, site.namespace)}
    assert about == {site.name(short): True for short in published - {"crd"}} | {"hand": "crd" in published}
