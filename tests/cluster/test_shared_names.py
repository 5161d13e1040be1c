"""One name of several clusters: each operator states its targets, and DNS has all of them until the last one goes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest

from cluster.manifests import condition, dnsendpoint, entry, ga, ingress
from cluster.test_commands import give
from cluster.testsite import CRD, Site
from localcluster.operator_process import Operator
from localcluster.wait import wait_until

pytestmark = pytest.mark.cluster
ONE, TWO, THREE = "192.0.2.1", "192.0.2.2", "192.0.2.3"


def flags(owner: str) -> tuple[str, ...]:
    """An operator that sees what has its label alone, as if it were in a cluster of its own."""
    return f"--txt-owner-id={owner}", f"--label-filter=tenant={owner}", "--source=ingress", "--source=crd"


@contextmanager
def operators(site: Site, *owners: str) -> Iterator[dict[str, Operator]]:
    with ExitStack() as stack:
        every = {o: stack.enter_context(site.operator(*flags(o), "--interval=1s", ready=False)) for o in owners}
        for one in every.values():
            one.wait_ready()
        yield every


def ask(site: Site, owner: str, *targets: str, shared: str = "true", ttl: str = "60") -> None:
    obj = ingress(f"web-{owner}", site.name("www"), annotations=ga(target=",".join(targets), shared=shared, ttl=ttl))
    obj["metadata"]["labels"] = {"tenant": owner}
    site.apply(obj)


def asked_by(site: Site, owner: str) -> str:
    """The DNSEndpoint that the operator of an owner has written; "" as long as there is none."""
    labels = {one["metadata"]["name"]: one["metadata"]["labels"] for one in site.cluster.objects(CRD, site.namespace)}
    return next((name for name, found in labels.items() if found["zonewright.io/owner-id"] == owner), "")


def share(site: Site, owner: str, *targets: str) -> str:
    resource = f"ingress/{site.namespace}/web-{owner}"
    said = [f"owner={owner}", f"resource={resource}", f"shared={' '.join(targets)}"]
    return f'"heritage=external-dns,{",".join(f"external-dns/{label}" for label in said)}"'


def test_clusters_come_change_and_go_and_dns_has_what_is_left(site: Site) -> None:
    with operators(site, "one", "two"):
        ask(site, "one", ONE)
        site.expect({"www": [ONE], "a-www": [share(site, "one", ONE)]})
        ask(site, "two", TWO)
        site.expect({"www": [ONE, TWO], "a-www": [share(site, "one", ONE), share(site, "two", TWO)]})
        ask(site, "one", ONE, THREE)
        site.expect({"www": [ONE, TWO, THREE], "a-www": [share(site, "one", ONE, THREE), share(site, "two", TWO)]})
        site.remove("www")
        site.expect({"www": [ONE, TWO, THREE], "a-www": [share(site, "one", ONE, THREE), share(site, "two", TWO)]})
        site.delete("ingress", "web-two")
        site.expect({"www": [ONE, THREE], "a-www": [share(site, "one", ONE, THREE)]})
        site.delete("ingress", "web-one")
        site.expect({})


def test_the_status_tells_with_whom_a_name_is_shared(site: Site) -> None:
    obj = dnsendpoint("web", entry(site.name("www"), ONE), annotations=ga(shared="true"))
    site.apply(obj)
    site.publish("--txt-owner-id=one")
    site.delete("dnsendpoint", "web")
    obj["spec"]["endpoints"][0]["targets"] = [TWO]
    site.apply(obj)
    site.publish("--txt-owner-id=two")
    record = site.endpoint("web")["status"]["records"][0]
    assert (record["targets"], record["ownership"]["owner"]) == ([ONE, TWO], "two")
    assert record["message"] == "shared with the owner 'one'"
    assert condition(site.endpoint("web"), "Ready")["status"] == "True"


def test_a_dead_cluster_is_purged_and_the_living_keep_what_is_theirs(site: Site) -> None:
    with operators(site, "one", "two") as running:
        ask(site, "one", ONE)
        ask(site, "two", TWO)
        site.expect({"www": [ONE, TWO], "a-www": [share(site, "one", ONE), share(site, "two", TWO)]})
        running["two"].kill()
        told = give(site, "explain", site.name("www"), "--txt-owner-id=one", "--label-filter=tenant=one")
        assert f"shared with owner two: {TWO}" in told.stdout
        done = give(site, "purge", "--txt-owner-id=two", "--yes", "--kubeconfig=/nowhere")
        assert (done.returncode, done.stderr) == (0, "")
        site.expect({"www": [ONE], "a-www": [share(site, "one", ONE)]})


def test_who_does_not_share_gets_no_part_of_a_shared_name(site: Site) -> None:
    with operators(site, "one", "two"):
        ask(site, "one", ONE)
        site.expect({"www": [ONE], "a-www": [share(site, "one", ONE)]})
        ask(site, "two", TWO, shared="false")
        site.told(wait_until(lambda: asked_by(site, "two"), what="the DNSEndpoint of the other"), "OwnedByOther")
    assert site.standing() == {"www": [ONE], "a-www": [share(site, "one", ONE)]}
