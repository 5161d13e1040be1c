from pathlib import Path

import pytest
import yaml

from localcluster import controlplane, credentials
from localcluster.cluster import Cluster, KubectlFailed


def _kubeconfig(folder: Path, text: str) -> Path:
    path = folder / "kubeconfig"
    path.write_text(text)
    return path


def _kubectl(folder: Path, script: str) -> str:
    path = folder / "kubectl"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return str(path)


def test_an_existing_cluster_is_read_from_its_kubeconfig(tmp_path: Path) -> None:
    path = _kubeconfig(tmp_path, credentials.kubeconfig("https://10.0.0.1:6443/", b"PEM", "abc"))
    cluster = Cluster.of_kubeconfig(path, Path("/usr/bin/kubectl"))
    assert cluster == Cluster(str(path), "https://10.0.0.1:6443", "abc", "/usr/bin/kubectl")


@pytest.mark.parametrize(
    "text", [pytest.param("", id="empty"), pytest.param(yaml.safe_dump({"current-context": "a"}), id="context missing")]
)
def test_a_kubeconfig_without_its_context_is_named_as_such(tmp_path: Path, text: str) -> None:
    with pytest.raises(LookupError, match="contexts"):
        Cluster.of_kubeconfig(_kubeconfig(tmp_path, text), Path("kubectl"))


@pytest.mark.parametrize(
    ("environment", "path"),
    [
        ({}, None),
        ({"KUBECONFIG": ""}, None),
        ({"KUBECONFIG": "/a"}, Path("/a")),
        ({"KUBECONFIG": "/a", "ZONEWRIGHT_TEST_KUBECONFIG": "/b"}, Path("/b")),
    ],
)
def test_the_variable_of_the_tests_wins(environment: dict[str, str], path: Path | None) -> None:
    assert controlplane.kubeconfig_of(environment) == path


def test_a_cluster_is_found_again_by_its_directory(tmp_path: Path) -> None:
    assert Cluster.load(tmp_path) is None
    cluster = Cluster("/k", "https://127.0.0.1:1", "abc", "/kubectl", "http://127.0.0.1:2")
    cluster.save(tmp_path)
    assert Cluster.load(tmp_path) == cluster


def test_a_cluster_that_does_not_run_is_not_found_by_what_it_left(tmp_path: Path) -> None:
    Cluster("/k", "https://127.0.0.1:1", "abc", "/kubectl").save(tmp_path)
    assert controlplane.find(tmp_path) is None


def test_kubectl_is_given_the_kubeconfig_and_the_input(tmp_path: Path) -> None:
    cluster = Cluster("/k", "", "", _kubectl(tmp_path, 'echo "$@"; cat'))
    assert cluster.kubectl("get", "pods", input="text") == "--kubeconfig=/k get pods\ntext"


@pytest.mark.parametrize(
    ("manifests", "input"),
    [
        pytest.param([{"a": 1}, {"b": 2}], '{"a": 1}\n{"b": 2}', id="JSON is a stream, for older versions too"),
        pytest.param(["a: 1", {"b": 2}], 'a: 1\n---\n{"b": 2}', id="YAML has separators"),
    ],
)
def test_several_objects_are_applied_at_once(tmp_path: Path, manifests: list[dict[str, int] | str], input: str) -> None:
    cluster = Cluster("/k", "", "", _kubectl(tmp_path, f"cat >{tmp_path}/input"))
    cluster.apply(*manifests)
    assert (tmp_path / "input").read_text() == input


def test_an_error_of_kubectl_is_told_with_its_text(tmp_path: Path) -> None:
    cluster = Cluster("/k", "", "", _kubectl(tmp_path, "echo not found >&2; exit 1"))
    with pytest.raises(KubectlFailed, match="kubectl get pods: not found"):
        cluster.kubectl("get", "pods")


def test_stopping_where_nothing_runs_is_no_error(tmp_path: Path) -> None:
    assert controlplane.down(tmp_path) == []
    assert controlplane.down(tmp_path / "never") == []
