"""What other tests take for granted of the servers they run on."""

from __future__ import annotations

import base64
import json
import urllib.request

import pytest

from localcluster.cluster import Cluster, KubectlFailed
from localcluster.controlplane import kubeconfig_of
from localcluster.dnsserver import DnsServer
from localcluster.programs import APISERVER, version
from localcluster.wait import wait_until

pytestmark = pytest.mark.cluster
ours = pytest.mark.skipif(kubeconfig_of() is not None, reason="an existing cluster is as it is")


def config_map(name: str, owner: dict[str, str] | None = None) -> dict[str, object]:
    metadata: dict[str, object] = {"name": name, "ownerReferences": [owner] if owner else []}
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata}


def service(name: str, spec: dict[str, object]) -> dict[str, object]:
    return {"apiVersion": "v1", "kind": "Service", "metadata": {"name": name}, "spec": spec}


def is_gone(cluster: Cluster, kind: str, name: str, namespace: str) -> bool:
    try:
        cluster.get(kind, name, namespace)
    except KubectlFailed as error:
        return "NotFound" in str(error)
    return False


@ours
def test_the_servers_know_their_version(cluster: Cluster) -> None:
    told = json.loads(cluster.kubectl("version", "--output=json"))
    wanted = version(APISERVER.folder, APISERVER.module)
    assert (told["serverVersion"]["gitVersion"], told["clientVersion"]["gitVersion"]) == (wanted, wanted)


@ours
def test_an_object_goes_with_its_owner(cluster: Cluster, namespace: str) -> None:
    cluster.apply(config_map("owner"), namespace=namespace)
    uid = cluster.get("configmap", "owner", namespace)["metadata"]["uid"]
    owner = {"apiVersion": "v1", "kind": "ConfigMap", "name": "owner", "uid": uid}
    cluster.apply(config_map("owned", owner), namespace=namespace)
    cluster.kubectl("delete", "configmap", "owner", f"--namespace={namespace}")
    wait_until(lambda: is_gone(cluster, "configmap", "owned", namespace), 30)


@ours
def test_a_service_can_have_addresses_of_both_families(cluster: Cluster, namespace: str) -> None:
    spec: dict[str, object] = {"ipFamilyPolicy": "RequireDualStack", "ports": [{"port": 80}]}
    cluster.apply(service("web", spec), namespace=namespace)
    addresses = cluster.get("service", "web", namespace)["spec"]["clusterIPs"]
    assert [":" in address for address in addresses] == [False, True]


@pytest.mark.parametrize("kind", ["dnsendpoints", "gateways", "httproutes", "tcproutes", "udproutes"])
def test_the_kinds_that_tests_use_are_installed(cluster: Cluster, kind: str) -> None:
    assert kind in cluster.kubectl("api-resources", "--output=name", "--cached=false").replace(".", " ").split()


def test_a_status_is_written_as_its_controller_would(cluster: Cluster, namespace: str) -> None:
    spec: dict[str, object] = {"type": "LoadBalancer", "ports": [{"port": 80}]}
    cluster.apply(service("web", spec), namespace=namespace)
    status = {"loadBalancer": {"ingress": [{"ip": "203.0.113.1"}]}}
    cluster.set_status("service", "web", status, namespace)
    [address] = cluster.get("service", "web", namespace)["status"]["loadBalancer"]["ingress"]
    assert address["ip"] == "203.0.113.1"


def test_what_etcd_holds_is_answered_and_nothing_else(coredns: DnsServer, domain: str) -> None:
    """Written here by etcd's JSON interface, without the provider under test."""
    assert coredns.query(f"www.{domain}").rcode == "NXDOMAIN"
    put(coredns, f"www.{domain}", {"host": "192.0.2.1", "ttl": 30})
    answer = coredns.query(f"www.{domain}")
    assert (answer.records, answer.ttl) == (("192.0.2.1",), 30)


def put(server: DnsServer, name: str, record: dict[str, object]) -> None:
    key = "/".join([server.path, *reversed(name.split(".")), "x"])
    body = {"key": encoded(key), "value": encoded(json.dumps(record))}
    with urllib.request.urlopen(f"{server.etcd}/v3/kv/put", json.dumps(body).encode(), timeout=10) as response:
        assert response.status == 200


def encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()
