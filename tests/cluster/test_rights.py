"""The rights that `zonewright rbac` prints are enough: RBAC is on in the control plane of the tests."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from cluster.manifests import ga, ingress, load_balancer, service
from cluster.rights import account
from cluster.testsite import CRD, Site
from localcluster.cluster import Cluster
from localcluster.operator_process import Operator
from localcluster.wait import NotYet, wait_until
from unit.sources.builders import settings
from zonewright.rights import roles

pytestmark = pytest.mark.cluster
EVERY_SOURCE = ("ingress", "service", "gateway-httproute", "gateway-grpcroute", "node", "pod", "crd")


@contextlib.contextmanager
def bound(admin: Cluster, manifests: list[dict[str, Any]], namespace: str) -> Iterator[None]:
    """Roles bound to the service account `limited` of a namespace, until the end of the block."""
    subject = {"kind": "ServiceAccount", "name": "limited", "namespace": namespace}
    bindings = [_binding(role, subject) for role in manifests]
    admin.apply(*manifests, *bindings)
    try:
        yield
    finally:
        for role in (*bindings, *manifests):
            where = role["metadata"].get("namespace")
            admin.kubectl(
                "delete", role["kind"], role["metadata"]["name"], *([f"--namespace={where}"] if where else [])
            )


def _binding(role: dict[str, Any], subject: dict[str, str]) -> dict[str, Any]:
    reference = {"apiGroup": "rbac.authorization.k8s.io", "kind": role["kind"], "name": role["metadata"]["name"]}
    meta = {"apiVersion": role["apiVersion"], "kind": f"{role['kind']}Binding", "metadata": role["metadata"]}
    return {**meta, "subjects": [subject], "roleRef": reference}


@pytest.mark.parametrize(
    ("sources", "everywhere", "lease"),
    [
        pytest.param(EVERY_SOURCE, True, "", id="every source, all namespaces"),
        pytest.param(("ingress", "service", "crd"), False, "replicas", id="one namespace, a Lease with a name"),
    ],
)
def test_printed_rights_are_enough(site: Site, sources: tuple[str, ...], everywhere: bool, lease: str) -> None:
    """Everywhere are the objects of other tests too: a label keeps them out."""
    flags: dict[str, Any] = {"source": sources} | ({} if everywhere else {"namespace": site.namespace})
    flags |= {"leader_election_namespace": site.namespace, "leader_election_lease_name": lease}
    types = () if everywhere else ("LoadBalancer",)  # nodes are nobody's namespace
    manifests = roles(settings(**flags, service_type_filter=types), site.namespace)
    objects = (
        ingress("web", site.name("web"), annotations=ga(target="192.0.2.1")),
        service("app", annotations=ga(hostname=site.name("app"))),
    )
    for one in objects:
        one["metadata"]["labels"] = {"test": site.namespace}
    site.apply(*objects)
    site.cluster.set_status("service", "app", load_balancer("192.0.2.2"), site.namespace)
    with (
        account(site.cluster, site.namespace) as limited,
        bound(site.cluster, manifests, site.namespace),
        Operator(
            limited.cluster,
            "--provider=inmemory",
            f"--domain-filter={site.domain}",
            f"--label-filter=test={site.namespace}",
            f"--txt-owner-id={site.owner}",
            *(f"--source={source}" for source in sources),
            *(f"--service-type-filter={kind}" for kind in types),
            *([] if everywhere else [f"--namespace={site.namespace}"]),
            f"--leader-election-namespace={site.namespace}",
            f"--leader-election-lease-name={lease}",
        ) as operator,
    ):
        for name in ("web", "app"):
            site.told(site.name(name))
        site.delete("ingress", "web")
        wait_until(lambda: _gone(site, site.name("web")), 15)
        assert operator.metric("external_dns_source_errors_total") == 0
        assert "403" not in operator.log()


def _gone(site: Site, name: str) -> bool:
    names = {found["metadata"]["name"] for found in site.cluster.objects(CRD, site.namespace)}
    if name in names:
        raise NotYet(name)
    return True


def test_what_is_printed_is_what_the_api_server_takes(site: Site) -> None:
    manifests = roles(settings(source=EVERY_SOURCE), "zonewright-printed")
    text = yaml.safe_dump_all(manifests)
    site.cluster.kubectl("apply", "--dry-run=server", "-f", "-", input=text)


def test_names_are_published_though_statuses_cannot_be_written(site: Site) -> None:
    manifests = roles(settings(source=("crd",), leader_election_namespace=site.namespace), site.namespace)
    for role in manifests:
        role["rules"] = [rule for rule in role["rules"] if "dnsendpoints/status" not in rule["resources"]]
    entry = {"dnsName": site.name("a"), "recordType": "A", "targets": ["192.0.2.1"]}
    site.apply(
        {
            "apiVersion": "externaldns.k8s.io/v1alpha1",
            "kind": "DNSEndpoint",
            "metadata": {"name": "a"},
            "spec": {"endpoints": [entry]},
        }
    )
    with (
        account(site.cluster, site.namespace) as limited,
        bound(site.cluster, manifests, site.namespace),
        Operator(
            limited.cluster,
            "--provider=coredns",
            "--source=crd",
            f"--domain-filter={site.domain}",
            f"--txt-owner-id={site.owner}",
            f"--leader-election-namespace={site.namespace}",
            env={"ETCD_URLS": site.dns.etcd},
        ) as operator,
    ):
        wait_until(lambda: site.dns.query(site.name("a")).records == ("192.0.2.1",), 15)
        wait_until(lambda: "403" in operator.log(), 15)
    assert "Synced" not in str(site.endpoint("a").get("status"))
