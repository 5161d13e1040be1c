"""`make demo`: from Kubernetes objects to answers of a DNS server, with everything real but the cloud.

The load balancers' addresses are filled in here, since no cloud does it. The cluster is always one of its own, even
with KUBECONFIG set: a demonstration has no business in a cluster that people use.

On a terminal everything goes on running at the end. Without a terminal, or with ONESHOT=1, everything is taken down.
"""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from localcluster import build, controlplane, coredns
from localcluster.cluster import Cluster, KubectlFailed
from localcluster.operator_process import PROGRAM, environment
from localcluster.ports import LOOPBACK, free_port
from localcluster.process import Daemon, Died, exit_on_sigterm, tail
from localcluster.programs import ALL
from localcluster.progress import timed
from localcluster.stage import Expected, Stage, WrongAnswer, heading
from localcluster.wait import wait_until

REPOSITORY = Path(__file__).parents[2]
DIRECTORY = REPOSITORY / ".cluster"
SAMPLES = "manifests/samples"
NAMESPACE = "demo"
SECONDS = 30.0  # for an answer to arrive; it takes a fraction of one

# Wildcards are asked for by their own names: CoreDNS's etcd plugin does not expand them to others, as RFC 4592 has it.
FIRST_ANSWERS = (
    Expected("shop.example.org", "A", ("203.0.113.10",), ttl=60),
    Expected("cart.example.org", "A", ("203.0.113.10",), ttl=60),
    Expected("game.example.org", "A", ("203.0.113.20",)),
    Expected("game.example.org", "AAAA", ("2001:db8::20",)),
    Expected("*.play.example.org", "A", ("203.0.113.20",)),
    Expected("blog.example.org", "A", ("203.0.113.30",)),
    Expected("www.example.org", "A", ("192.0.2.80", "192.0.2.81"), ttl=300),
    Expected("www.example.org", "AAAA", ("2001:db8::80",), ttl=300),
    Expected("docs.example.org", "A", ("192.0.2.80", "192.0.2.81"), alias="www.example.org"),
    Expected("*.preview.example.org", "A", ("192.0.2.82",)),
)
AFTER_THE_ANNOTATION = (
    Expected("shop.example.org", "A", ("203.0.113.99",), ttl=60),
    Expected("cart.example.org", "A", ("203.0.113.99",), ttl=60),
)
AFTER_THE_DELETION = (
    Expected("shop.example.org", "A", ()),
    Expected("cart.example.org", "A", ()),
    Expected("blog.example.org", "A", ("203.0.113.30",)),
)

EXPECTED_ERRORS = (WrongAnswer, Died, TimeoutError, KubectlFailed, subprocess.CalledProcessError)


def main() -> int:
    """0 if every answer was right."""
    exit_on_sigterm()
    os.chdir(REPOSITORY)  # the commands shown are those that a reader would type there
    build.ensure(ALL)
    if os.environ.get("ONESHOT") == "1" or not sys.stdout.isatty():
        return _oneshot()
    return _guarded(DIRECTORY, at_end=lambda stage: _play_on(DIRECTORY, stage))


def _oneshot() -> int:
    with tempfile.TemporaryDirectory(prefix="zonewright-demo-") as folder:
        try:
            return _guarded(Path(folder), at_end=lambda _: None)
        finally:
            controlplane.down(Path(folder))
            print("Everything is taken down again.")


def _guarded(directory: Path, at_end: Callable[[Stage], None]) -> int:
    try:
        stage = _play(directory)
    except EXPECTED_ERRORS as error:
        operator = Daemon(directory, "zonewright")
        print(f"\nThe demonstration failed: {error}\n\nThe end of the operator's log:\n{tail(operator.log, 30)}")
        return 1
    print("\nEvery answer was right.")
    at_end(stage)
    return 0


def _play(directory: Path) -> Stage:
    stage = _set_up(directory)
    _start_operator(directory, stage)
    _apply_samples(stage)
    heading(4, "One object per hostname, and its answers in DNS")
    stage.expect(FIRST_ANSWERS, SECONDS)
    print(flush=True)
    _show_objects(stage)
    heading(5, "An annotation changes the answer")
    stage.kubectl("annotate", "ingress", "shop", "external-dns.alpha.kubernetes.io/target=203.0.113.99")
    stage.expect(AFTER_THE_ANNOTATION, SECONDS)
    heading(6, "Without the Ingress the names are gone, and no others")
    stage.kubectl("delete", "--filename", f"{SAMPLES}/ingress.yaml")
    stage.expect(AFTER_THE_DELETION, SECONDS)
    wait_until(lambda: not {"shop.example.org", "cart.example.org"} & _names(stage), SECONDS)
    print(flush=True)
    stage.kubectl("get", "dnsendpoints")
    return stage


def _set_up(directory: Path) -> Stage:
    heading(1, "A control plane and a DNS server on the loopback")
    with timed("etcd, kube-apiserver, kube-controller-manager and CoreDNS are ready"):
        Daemon(directory, "zonewright").stop()  # of an earlier demonstration
        stage = Stage(controlplane.up(directory), coredns.start(directory), NAMESPACE)
        _fresh_namespace(stage.cluster)
    stage.kubectl("get", "customresourcedefinitions", "--output=name")
    return stage


def _fresh_namespace(cluster: Cluster) -> None:
    cluster.kubectl("delete", "namespace", NAMESPACE, "--ignore-not-found", "--timeout=60s", timeout=70)
    cluster.kubectl("create", "namespace", NAMESPACE)
    cluster.kubectl("config", "set-context", "--current", f"--namespace={NAMESPACE}")


def _start_operator(directory: Path, stage: Stage) -> None:
    heading(2, "The operator")
    port = free_port()
    flags = (
        "--provider=coredns",
        "--domain-filter=example.org",
        "--txt-owner-id=demo",
        f"--kubeconfig={stage.cluster.kubeconfig}",
        f"--metrics-address={LOOPBACK}:{port}",
    )
    print(f"$ ETCD_URLS={stage.dns.etcd} zonewright run {shlex.join(flags)} &", flush=True)
    operator = Daemon(directory, "zonewright")
    operator.log.unlink(missing_ok=True)
    operator.start([PROGRAM, "run", *flags], environment({"ETCD_URLS": stage.dns.etcd}))
    operator.wait_ready(lambda: controlplane.answers(f"http://{LOOPBACK}:{port}/readyz"), SECONDS)
    print(f"It is ready. Its log: {operator.log}", flush=True)


def _apply_samples(stage: Stage) -> None:
    heading(3, "An Ingress, a Service, a Gateway with a route, and records written by hand")
    stage.kubectl("apply", "--filename", SAMPLES)
    print("The part of the cloud: addresses for what is exposed.\n", flush=True)
    _fill_in(stage, "ingress", "shop", {"loadBalancer": {"ingress": [{"ip": "203.0.113.10"}]}})
    both = [{"ip": "203.0.113.20"}, {"ip": "2001:db8::20"}]
    _fill_in(stage, "service", "game", {"loadBalancer": {"ingress": both}})
    _fill_in(stage, "gateway", "public", {"addresses": [{"type": "IPAddress", "value": "203.0.113.30"}]})
    route = stage.cluster.get("httproute", "blog", NAMESPACE)
    _fill_in(stage, "httproute", "blog", {"parents": [accepted("public", route["metadata"])]})


def accepted(gateway: str, route: Mapping[str, Any]) -> dict[str, Any]:
    """The entry in a route's status by which a Gateway takes it. `route` is the metadata of the route."""
    condition = {
        "type": "Accepted",
        "status": "True",
        "reason": "Accepted",
        "message": "",
        "observedGeneration": route["generation"],
        "lastTransitionTime": route["creationTimestamp"],
    }
    return {
        "parentRef": {"name": gateway},
        "controllerName": "example.org/sample-controller",
        "conditions": [condition],
    }


def _fill_in(stage: Stage, kind: str, name: str, status: Mapping[str, Any]) -> None:
    stage.cluster.set_status(kind, name, status, NAMESPACE)


def _show_objects(stage: Stage) -> None:
    """A status is written after its record: wait for it, so that what is shown is the end of the story."""
    wait_until(lambda: all(_is_ready(one) for one in stage.cluster.objects("dnsendpoint", NAMESPACE)), SECONDS)
    stage.kubectl("get", "dnsendpoints")
    stage.kubectl("describe", "dnsendpoint", "shop.example.org")


def _names(stage: Stage) -> set[str]:
    return {one["metadata"]["name"] for one in stage.cluster.objects("dnsendpoint", NAMESPACE)}


def _is_ready(endpoint: Mapping[str, Any]) -> bool:
    conditions = endpoint.get("status", {}).get("conditions", ())
    return any(one["type"] == "Ready" and one["status"] == "True" for one in conditions)


def _play_on(directory: Path, stage: Stage) -> None:
    print(
        f"""
Everything goes on running. To play on:
  eval "$(PYTHONPATH=tests .venv/bin/python -m localcluster env)"
  kubectl get dnsendpoints --watch
  kubectl apply --filename {SAMPLES}/ingress.yaml     # its address is the cloud's part, so give it a target:
  kubectl annotate ingress shop external-dns.alpha.kubernetes.io/target=203.0.113.11
  dig +short -p {stage.dns.port} @{stage.dns.host} shop.example.org
  tail -f {Daemon(directory, "zonewright").log}
To stop it all: make cluster-down"""
    )


if __name__ == "__main__":
    sys.exit(main())
