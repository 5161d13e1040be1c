"""Zonewright and ExternalDNS v0.22.0 are shown the same random objects; what they publish is compared."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from differential.accepted import RULES, Difference, Rule, differences, explanation
from differential.running import GROUP, ZONEWRIGHT, Key, Objects, Record
from differential.running import externaldns as externaldns_tool
from differential.scenarios import DOMAIN, Scenario, scenarios
from localcluster import controlplane
from localcluster.cluster import Cluster

pytestmark = [
    pytest.mark.cluster,
    pytest.mark.timeout(1200),
]
DOCS = Path(__file__).parents[2] / "docs" / "differences.md"
TOGETHER = 30  # scenarios of one run
RUNS = 9  # of which the first is the simplest there is: objects that ask for nothing
ROUTES = ("httproute", "grpcroute", "tlsroute", "tcproute", "udproute")
KINDS = ("ingress", "service", *(f"gateway-{route}" for route in ROUTES))
TYPES = ("A", "AAAA", "CNAME", "SRV")
FLAGS = (
    "--publish-internal-services",
    "--publish-host-ip",
    "--always-publish-not-ready-addresses",
    "--ignore-ingress-tls-spec",
    "--ignore-ingress-rules-spec",
    "--expose-internal-ipv6",
    "--exclude-target-net=10.0.0.0/8",
    "--nat64-networks=64:ff9b::/96",
    "--service-type-filter=LoadBalancer",
    "--fqdn-template={{.Name}}.{{.Namespace}}.tpl.example.org",
    "--combine-fqdn-annotation",
)
NODES = (
    ("n0", [("ExternalIP", "203.0.113.1"), ("InternalIP", "10.0.0.1"), ("InternalIP", "fd00::1")], False),
    ("n1", [("InternalIP", "10.0.0.2"), ("ExternalIP", "2001:db8:1::2"), ("ExternalIP", "203.0.113.2")], False),
    ("n2", [("ExternalIP", "203.0.113.3")], True),
)


@pytest.fixture(scope="module")
def plane(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A control plane of its own: Nodes belong to everybody."""
    directory = tmp_path_factory.mktemp("differential")
    try:
        cluster = controlplane.up(directory)
        objects = Objects(cluster)
        for name, addresses, cordoned in NODES:
            status = {"addresses": [{"type": kind, "address": address} for kind, address in addresses]}
            node = {"apiVersion": "v1", "kind": "Node", "metadata": {"name": name}, "status": status}
            objects.put(node | {"spec": {"unschedulable": cordoned}}, "", "nodes")
        yield cluster
    finally:
        controlplane.down(directory)


class Run:
    """Scenarios that are shown together, and the flags. What differs is told by the test, not by its arguments."""

    def __init__(self, drawn: tuple[tuple[Scenario, ...], list[str]]) -> None:
        self.scenarios, self.flags = drawn

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        printer.text(f"{len(self.scenarios)} scenarios with {self.flags}")


runs = st.tuples(
    st.tuples(*(scenarios(number) for number in range(TOGETHER))),
    st.lists(st.sampled_from(FLAGS), unique=True, max_size=3),
).map(Run)


@given(run=runs)
@settings(
    max_examples=RUNS,
    derandomize=True,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_both_publish_the_same_of_random_objects(plane: Cluster, externaldns: Path, run: Run) -> None:
    group = f"g{next(_groups)}"
    objects = Objects(plane)
    for number, scenario in enumerate(run.scenarios):
        objects.create(scenario, f"{group}-s{number}", group)
    common = [f"--source={kind}" for kind in KINDS] + [f"--managed-record-types={rtype}" for rtype in TYPES]
    common += ["--registry=noop", "--policy=sync", f"--label-filter={GROUP}={group}", *run.flags]
    theirs = externaldns_tool(externaldns).published(plane, common)
    ours = ZONEWRIGHT.published(plane, [*common, f"--txt-owner-id={group}"])
    told: list[Difference] = []
    for number, scenario in enumerate(run.scenarios):
        told += differences(scenario, _of(number, group, theirs), _of(number, group, ours))
    ways = Counter(rule.name if (rule := explanation(d)) else "UNEXPLAINED" for d in told)
    print(f"{len(theirs)} record sets, {len(ours)} of ours; flags {run.flags}; differences {dict(ways)}")
    unexplained = [d for d in told if explanation(d) is None]
    assert not unexplained, "\n\n".join(_shown(d, run.flags) for d in unexplained[:10])


_groups = iter(range(10_000))


def _of(number: int, group: str, published: dict[Key, Record]) -> dict[Key, Record]:
    """What belongs to a scenario: its names, and those of the template."""
    ends = (f".s{number}.{DOMAIN}", f".{group}-s{number}.tpl.{DOMAIN}")
    return {key: record for key, record in published.items() if key.name.endswith(ends)}


def _shown(difference: Difference, flags: list[str]) -> str:
    lines = [f"{difference.hostname} with {flags}"]
    lines += [f"  theirs {key.rtype} {key.set_identifier} {record}" for key, record in difference.theirs.items()]
    lines += [f"  ours   {key.rtype} {key.set_identifier} {record}" for key, record in difference.ours.items()]
    return "\n".join([*lines, *(json.dumps(obj) for obj in difference.scenario.objects)])


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_every_accepted_difference_is_documented(rule: Rule) -> None:
    assert rule.documented in DOCS.read_text()
