"""A cluster without a definition of DNSEndpoint that can hold our status: what a start says, and that the remedy works.

The control plane is one of its own: the shared one must keep its definition.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cluster.manifests import condition, dnsendpoint, entry
from cluster.testsite import CRD
from localcluster import controlplane
from localcluster.cluster import Cluster
from localcluster.operator_process import Operator, run_once

pytestmark = pytest.mark.cluster
REPOSITORY = Path(__file__).parents[2]
REMEDY = "kubectl apply --server-side --force-conflicts -f crds/"
FLAGS = ("--provider=inmemory", "--inmemory-zone=example.org", "--namespace=default")

_TEXT = {"type": "string"}


def _listed(of: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": of}


def _mapping(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties}


def of_externaldns() -> dict[str, Any]:
    """ExternalDNS v0.22.0's definition, in short: the same spec, and a status with observedGeneration alone."""
    endpoint = _mapping(
        dnsName=_TEXT,
        recordType=_TEXT,
        targets=_listed(_TEXT),
        recordTTL={"type": "integer", "format": "int64"},
        setIdentifier=_TEXT,
        labels={"type": "object", "additionalProperties": _TEXT},
        providerSpecific=_listed(_mapping(name=_TEXT, value=_TEXT)),
    )
    status = _mapping(observedGeneration={"type": "integer", "format": "int64"})
    schema = _mapping(spec=_mapping(endpoints=_listed(endpoint)), status=status)
    version = {
        "name": "v1alpha1",
        "served": True,
        "storage": True,
        "schema": {"openAPIV3Schema": schema},
        "subresources": {"status": {}},
    }
    names = {"kind": "DNSEndpoint", "listKind": "DNSEndpointList", "plural": "dnsendpoints", "singular": "dnsendpoint"}
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {
            "name": CRD,
            "annotations": {"api-approved.kubernetes.io": "https://github.com/kubernetes-sigs/external-dns/pull/2007"},
        },
        "spec": {"group": "externaldns.k8s.io", "names": names, "scope": "Namespaced", "versions": [version]},
    }


@pytest.fixture
def bare(tmp_path: Path) -> Iterator[Cluster]:
    """A cluster without any definition of DNSEndpoint."""
    try:
        cluster = controlplane.up(tmp_path)
        cluster.kubectl("delete", "customresourcedefinition", CRD)
        yield cluster
    finally:
        controlplane.down(tmp_path)


def refused(cluster: Cluster) -> str:
    """What a start says that ends with 1, with --once or without: the same."""
    done = run_once(cluster, *FLAGS)
    with Operator(cluster, *FLAGS, ready=False) as operator:
        assert (done.returncode, operator.process.wait(30)) == (1, 1)
        last = [text.splitlines()[-1].partition(" level=")[2] for text in (done.stdout, operator.log())]
    assert last[0] == last[1]
    return last[0]


def test_a_definition_that_is_missing_or_externaldns_s_is_told_with_a_remedy_that_works(
    bare: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert refused(bare) == (
        f'error msg="the cluster has no definition {CRD}; install Zonewright\'s definition: {REMEDY}"'
    )
    establish(bare, of_externaldns())
    hand = dnsendpoint("hand", entry("app.example.org", "192.0.2.1"))
    bare.apply(hand, namespace="default")
    assert refused(bare) == (
        f'error msg="the definition {CRD} on the cluster would drop status.conditions, status.records, status.summary'
        f" (it is ExternalDNS's own, or an old one); install Zonewright's definition: {REMEDY}\""
    )
    monkeypatch.chdir(REPOSITORY)
    bare.kubectl(*shlex.split(REMEDY)[1:])
    assert run_once(bare, *FLAGS).returncode == 0
    found = bare.get(CRD, "hand", "default")
    assert found["spec"] == hand["spec"]  # existing objects stay as they are
    assert condition(found, "Ready")["reason"] == "Synced"


def establish(cluster: Cluster, definition: dict[str, Any]) -> None:
    cluster.apply(definition)
    cluster.kubectl("wait", "--for=condition=Established", "--timeout=30s", f"customresourcedefinition/{CRD}")


def test_readme_has_the_remedy_in_the_same_words() -> None:
    commands = re.findall(r"^ *\$ (.*crds/.*)$", (REPOSITORY / "README.md").read_text(), re.MULTILINE)
    assert commands == [REMEDY]
