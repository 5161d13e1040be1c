"""The definition of DNSEndpoint on a real API server: what it takes, what it refuses, what kubectl shows."""

from __future__ import annotations

import json
from typing import Any

import pytest

from localcluster.cluster import Cluster, KubectlFailed

pytestmark = pytest.mark.cluster
KIND = "dnsendpoints.externaldns.k8s.io"
GOOD = {"dnsName": "a.example.org", "recordType": "A", "targets": ["192.0.2.1"]}
ENTRY = GOOD | {
    "recordTTL": 300,
    "setIdentifier": "blue",
    "labels": {"team": "web"},
    "providerSpecific": [{"name": "alias", "value": "false"}],
}
STATUS = {
    "observedGeneration": 1,
    "conditions": [
        {
            "type": kind,
            "status": "True",
            "reason": "Synced",
            "message": "DNS holds 2 record sets",
            "observedGeneration": 1,
            "lastTransitionTime": "2026-08-24T12:00:00Z",
        }
        for kind in ("Ready", "Accepted", "Programmed")
    ],
    "summary": {
        "hostnames": "a.example.org,b.example.org",
        "types": "A,AAAA",
        "targets": "192.0.2.1,2001:db8::1",
        "zones": "example.org",
        "owner": "me",
    },
    "records": [
        {
            "dnsName": "a.example.org",
            "recordType": "A",
            "setIdentifier": "blue",
            "resource": "ingress/default/web",
            "targets": ["192.0.2.1"],
            "recordTTL": 300,
            "provider": "coredns",
            "zone": "example.org",
            "state": "Synced",
            "reason": "Synced",
            "message": "",
            "ownership": {
                "owner": "me",
                "resource": "ingress/default/web",
                "recordName": "a-a.example.org",
                "value": '"heritage=external-dns,external-dns/owner=me"',
            },
            "lastTransitionTime": "2026-08-24T12:00:00Z",
            "nextRetryTime": "2026-08-24T12:01:00Z",
        },
        {"dnsName": "not a name", "state": "Failed", "reason": "InvalidName", "message": "a space"},
    ],
}


def endpoint(name: str, **parts: Any) -> dict[str, Any]:
    return {"apiVersion": "externaldns.k8s.io/v1alpha1", "kind": "DNSEndpoint", "metadata": {"name": name}, **parts}


def with_endpoints(*entries: object) -> dict[str, Any]:
    return endpoint("x", spec={"endpoints": list(entries)})


@pytest.mark.parametrize(
    "manifest",
    [
        pytest.param(endpoint("x"), id="no spec"),
        pytest.param(endpoint("x", spec={}), id="no endpoints"),
        pytest.param(with_endpoints(), id="empty list of endpoints"),
        pytest.param(with_endpoints(ENTRY), id="every field"),
        pytest.param(with_endpoints(GOOD | {"recordTTL": -5}), id="negative ttl"),
        pytest.param(with_endpoints(GOOD | {"recordTTL": 2**40}), id="ttl beyond 32 bits"),
        pytest.param(with_endpoints(GOOD | {"dnsName": "a.example.org."}), id="final dot"),
        pytest.param(with_endpoints(GOOD | {"dnsName": "*.Example.ORG"}), id="wildcard in capitals"),
        pytest.param(with_endpoints(GOOD | {"targets": ["nonsense", ""]}), id="bad targets get their reason"),
        pytest.param(with_endpoints({"dnsName": "a.example.org", "recordType": "A"}), id="no targets yet"),
        pytest.param(with_endpoints(GOOD | {"recordType": "SSHFP"}), id="a type that others publish"),
        pytest.param(with_endpoints({}, {"dnsName": "", "recordType": "nope"}, GOOD), id="bad ones beside a good one"),
        pytest.param(with_endpoints(*[{"dnsName": "x"}] * 20_000, GOOD), id="as many as fit, the good one last"),
    ],
)
def test_what_might_be_published_is_accepted(cluster: Cluster, namespace: str, manifest: dict[str, Any]) -> None:
    cluster.apply(manifest, namespace=namespace)
    assert cluster.get(KIND, "x", namespace).get("spec") == manifest.get("spec")


@pytest.mark.parametrize(
    "manifest",
    [
        pytest.param(with_endpoints({}), id="an empty entry"),
        pytest.param(with_endpoints({"recordType": "A", "targets": ["192.0.2.1"]}), id="no name"),
        pytest.param(with_endpoints(GOOD | {"dnsName": ""}), id="empty name"),
        pytest.param(with_endpoints({"dnsName": "a.example.org", "targets": ["192.0.2.1"]}), id="no type"),
        pytest.param(with_endpoints(GOOD | {"recordType": "a"}), id="type in small letters"),
        pytest.param(with_endpoints(GOOD | {"recordType": "BOGUS"}), id="no type of DNS"),
        pytest.param(with_endpoints({"dnsName": "a"}, {"recordType": "A"}), id="name and type in different entries"),
    ],
)
def test_what_could_never_be_published_is_refused(cluster: Cluster, namespace: str, manifest: dict[str, Any]) -> None:
    with pytest.raises(KubectlFailed, match="none of the endpoints could ever be published: at least one needs"):
        cluster.apply(manifest, namespace=namespace)


def test_status_comes_back_as_it_was_written(cluster: Cluster, namespace: str) -> None:
    cluster.apply(with_endpoints(GOOD), namespace=namespace)
    cluster.set_status(KIND, "x", STATUS, namespace)
    assert cluster.get(KIND, "x", namespace)["status"] == STATUS


def test_status_is_kept_out_of_manifests(cluster: Cluster, namespace: str) -> None:
    cluster.apply(with_endpoints(GOOD), namespace=namespace)
    cluster.set_status(KIND, "x", STATUS, namespace)
    replaced = json.dumps(with_endpoints(GOOD | {"recordTTL": 60}) | {"status": {"records": []}})
    cluster.kubectl("replace", f"--namespace={namespace}", "-f", "-", input=replaced)
    found = cluster.get(KIND, "x", namespace)
    assert found["spec"]["endpoints"][0]["recordTTL"] == 60
    assert found["status"] == STATUS


def test_plain_get_shows_every_column(cluster: Cluster, namespace: str) -> None:
    cluster.apply(with_endpoints(GOOD), namespace=namespace)
    cluster.set_status(KIND, "x", STATUS, namespace)
    head, row = cluster.kubectl("get", "dnsep", f"--namespace={namespace}").splitlines()
    assert head.split() == ["NAME", "HOSTNAME", "TYPES", "TARGETS", "ZONE", "OWNER", "READY", "REASON", "AGE"]
    assert row.split()[:-1] == ["x", *STATUS["summary"].values(), "True", "Synced"]  # type: ignore[attr-defined]


def test_definition_is_established_without_conflicts(cluster: Cluster) -> None:
    conditions = cluster.get("customresourcedefinitions", KIND)["status"]["conditions"]
    states = {condition["type"]: condition["status"] for condition in conditions}
    assert states == {"Established": "True", "NamesAccepted": "True", "KubernetesAPIApprovalPolicyConformant": "True"}


@pytest.mark.parametrize("field", ["dnsendpoint.spec.endpoints", "dnsendpoint.status.records.ownership"])
def test_every_field_is_explained(cluster: Cluster, field: str) -> None:
    assert "<no description>" not in cluster.kubectl("explain", field, "--recursive=false")
