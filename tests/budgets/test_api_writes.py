"""What the operator asks of the API server for each thing that happens. Events and its lease are not counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from math import ceil

import pytest

from chaos.way import Call, Way, way_to_cluster
from cluster.manifests import dnsendpoint, entry, ga, ingress
from cluster.testsite import Site
from localcluster.operator_process import Operator
from localcluster.wait import wait_until

pytestmark = pytest.mark.cluster
FLAGS = ("--source=ingress", "--source=crd", "--interval=0.3s")
PAGE = 500
QUESTION = "POST selfsubjectaccessreviews"  # what one may do: it is posted, and nothing is written
LAST_SYNC = "external_dns_controller_last_sync_timestamp_seconds"


@contextmanager
def counting(site: Site) -> Iterator[tuple[Operator, Way]]:
    """An operator that has looked at everything, and the way by which it asks the API server."""
    with way_to_cluster(site.cluster) as (way, seen), replace(site, cluster=seen).operator(*FLAGS) as operator:
        rounds_after(operator, 2)
        yield operator, way


def rounds_after(operator: Operator, count: int) -> None:
    """Wait until so many more rounds have found nothing to do: what was to be written has been."""
    seen = {operator.metric(LAST_SYNC)}

    def look() -> bool:
        seen.add(operator.metric(LAST_SYNC))
        return len(seen) > count

    wait_until(look, 30, what=f"{count} more rounds")


def written(way: Way, operator: Operator) -> list[str]:
    """The writes since the last time: method, and the end of the path: the name of the object, or "status"."""
    rounds_after(operator, 4)
    found = [f"{call.method} {call.path.rpartition('/')[2]}" for call in way.asked(writes=True)]
    way.calls.clear()
    return [write for write in found if write != QUESTION]


def lists(calls: list[Call], plural: str) -> int:
    return sum(call.lists and call.path.endswith(f"/{plural}") for call in calls)


def test_a_new_hostname_is_two_writes_and_a_changed_target_two(site: Site) -> None:
    name = site.name("app")
    with counting(site) as (operator, way):
        way.calls.clear()
        site.apply(ingress("web", name, annotations=ga(target="192.0.2.1")))
        site.told(name)
        assert written(way, operator) == ["POST dnsendpoints", "PATCH status"]
        site.apply(ingress("web", name, annotations=ga(target="192.0.2.2")))
        wait_until(lambda: "192.0.2.2" in site.standing()["app"], 15)
        site.told(name)
        assert written(way, operator) == [f"PATCH {name}", "PATCH status"]


def test_an_object_that_is_written_by_hand_is_one_write(site: Site) -> None:
    with counting(site) as (operator, way):
        way.calls.clear()
        site.apply(dnsendpoint("web", entry(site.name("app"), "192.0.2.1")))
        site.told("web")
        assert written(way, operator) == ["PATCH status"]


def test_a_restart_with_nothing_changed_writes_nothing_and_lists_each_kind_once(site: Site) -> None:
    """Objects of which nothing is asked are listed like all others, and quicker made."""
    count = PAGE + 1
    site.apply(
        ingress("web", site.name("app"), annotations=ga(target="192.0.2.1")),
        *(dnsendpoint(f"n{number}", entry(site.name(f"n{number}"), "192.0.2.1")) for number in range(count)),
    )
    with counting(site) as (operator, way):
        site.told(f"n{count - 1}", timeout=60)
        wait_until(lambda: len(site.standing()) >= count, 60)
        written(way, operator)
    with counting(site) as (operator, way):
        calls = list(way.calls)
        assert written(way, operator) == []
    found = Counter({plural: lists(calls, plural) for plural in ("dnsendpoints", "ingresses")})
    assert found == {"dnsendpoints": ceil(count / PAGE), "ingresses": 1}
