"""The plain manifests: taken by a real API server, and with the rights and arguments that the operator needs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from localcluster.cluster import Cluster
from zonewright.rights import roles
from zonewright.settings import from_args

pytestmark = pytest.mark.cluster

BASE = Path(__file__).parents[2] / "manifests" / "base"
SHARDS = BASE.parent / "samples" / "shards"


def documents(name: str) -> list[dict[str, Any]]:
    return list(yaml.safe_load_all((BASE / name).read_text()))


def container() -> dict[str, Any]:
    (deployment,) = documents("deployment.yaml")
    (found,) = deployment["spec"]["template"]["spec"]["containers"]
    return dict(found)


@pytest.fixture
def its_namespace(cluster: Cluster) -> Iterator[None]:
    """It has to be there for the API server to look at what is in it."""
    cluster.kubectl("apply", f"--filename={BASE / 'namespace.yaml'}")
    yield
    cluster.kubectl("delete", f"--filename={BASE / 'namespace.yaml'}", "--wait=false")


@pytest.mark.usefixtures("its_namespace")
def test_the_api_server_takes_them_all(cluster: Cluster) -> None:
    done = cluster.kubectl("apply", f"--kustomize={BASE}", "--server-side", "--dry-run=server")
    kinds = {line.split("/")[0].partition(".")[0] for line in done.splitlines()}
    assert kinds >= {"namespace", "serviceaccount", "clusterrole", "role", "deployment", "poddisruptionbudget"}
    assert "Warning" not in done


def test_the_arguments_are_understood() -> None:
    run, *flags = container()["args"]
    assert run == "run"
    assert from_args(flags, {}).leader_election_lease_name == "zonewright"


def test_the_rights_are_those_that_these_arguments_need() -> None:
    settings = from_args(container()["args"][1:], {})
    given = [document for document in documents("rbac.yaml") if document["kind"] in ("ClusterRole", "Role")]
    assert given == roles(settings, "zonewright")


def test_the_container_can_do_as_little_as_possible() -> None:
    assert container()["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    (deployment,) = documents("deployment.yaml")
    pod = deployment["spec"]["template"]["spec"]["securityContext"]
    assert pod["runAsNonRoot"] is True
    assert pod["seccompProfile"] == {"type": "RuntimeDefault"}
    dockerfile = (BASE.parents[1] / "Dockerfile").read_text()
    assert f"USER {pod['runAsUser']}:{pod['runAsGroup']}" in dockerfile


# -- shards


def built(cluster: Cluster, folder: Path) -> list[dict[str, Any]]:
    return list(yaml.safe_load_all(cluster.kubectl("kustomize", str(folder))))


def arguments(workload: dict[str, Any]) -> list[str]:
    (found,) = workload["spec"]["template"]["spec"]["containers"]
    return list(found["args"][1:])


@pytest.mark.parametrize(
    ("folder", "kind", "count"), [(SHARDS, "StatefulSet", 4), (SHARDS / "standbys", "Deployment", 2)]
)
def test_the_samples_of_shards_are_taken_and_have_the_rights_that_they_need(
    cluster: Cluster, namespace: str, folder: Path, kind: str, count: int
) -> None:
    documents = built(cluster, folder)
    everything = yaml.safe_dump_all([_moved(one, namespace) for one in documents if one["kind"] != "Namespace"])
    done = cluster.kubectl("apply", "--filename=-", "--server-side", "--dry-run=server", input=everything)
    assert "Warning" not in done
    workloads = [one for one in documents if one["kind"] in ("StatefulSet", "Deployment")]
    assert {one["kind"] for one in workloads} == {kind}
    flags = [[flag.replace("$(POD_INDEX)", "0") for flag in arguments(one)] for one in workloads]
    shards = [from_args(given, {}).shard for given in flags]
    assert shards == [f"{index}/{count}" for index in range(len(workloads))]
    (needed,) = (role for role in roles(from_args(flags[0], {}), "zonewright") if role["kind"] == "Role")
    (given,) = (one for one in documents if one["kind"] == "Role")
    assert given["rules"] == needed["rules"]


def _moved(document: dict[str, Any], namespace: str) -> dict[str, Any]:
    """Into a namespace that is there."""
    moved = {"namespace": namespace} if "namespace" in document["metadata"] else {}
    return {**document, "metadata": {**document["metadata"], **moved}}


def test_there_are_as_many_pods_as_shards(cluster: Cluster) -> None:
    (one,) = (document for document in built(cluster, SHARDS) if document["kind"] == "StatefulSet")
    assert f"--shard=$(POD_INDEX)/{one['spec']['replicas']}" in arguments(one)
