"""The table of docs/sources/gateway.md that says whose annotation counts, taken at its word."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path
from typing import Any

import pytest

from unit.sources.builders import PREFIX, Cluster, accepted, gateway, listener, ref, route, settings
from unit.sources.listenersets import listener_set, open_gateway
from zonewright.model.claim import Claim
from zonewright.model.kind import LISTENERSET
from zonewright.model.reason import Reason
from zonewright.sources import route as routes

DOCUMENT = Path(__file__).parents[3] / "docs/sources/gateway.md"
HEAD = ("Annotation", "Route", "ListenerSet", "Gateway")
LEVELS = HEAD[1:]
# Two values with different effects, by the name in the table.
VALUES = {
    "target": ("192.0.2.1", "edge.io"),
    "ttl": ("60", "90"),
    "alias": ("true", "false"),
    "hostname": ("b.s.io", "c.s.io"),
    "gateway-hostname-source": ("annotation-only", "defined-hosts-only"),
    "ignore": ("true", "false"),
    "adopt": ("equal", "always"),
    "retain": ("true", "false"),
    "shared": ("true", "false"),
}
FAMILIES = {"cloudflare-*": "cloudflare-proxied"}


def table() -> dict[str, tuple[int | None, ...]]:
    """The rank of each level, None where the annotation is not read, by annotation."""
    rows = [line.strip("| ").split("|") for line in DOCUMENT.read_text().splitlines() if line.startswith("|")]
    cells = [tuple(cell.strip() for cell in row) for row in rows]
    start = next(number for number, row in enumerate(cells) if row[:4] == HEAD)
    found = {}
    for name, *ranks in (row[:4] for row in cells[start + 2 :]):
        if not name.startswith("`"):
            break
        found[name.strip("`")] = tuple(int(rank) if rank.isdigit() else None for rank in ranks)
    return found


TABLE = table()
CASES = [
    pytest.param(name, having, id=f"{name} on {' and '.join(LEVELS[i] for i in having)}")
    for name in TABLE
    for count in (1, 2, 3)
    for having in combinations(range(3), count)
]


def published(annotation: str, values: dict[int, str]) -> tuple[Claim, ...]:
    """The claims of a route on a set, with the annotation on these levels."""
    key = PREFIX + FAMILIES.get(annotation, annotation.replace("*", "x"))
    found = listener_set(listener("*.s.io"))
    objects = [route("a.s.io", parents=(ref("set", kind="ListenerSet"),)), found, open_gateway()]
    for level, value in values.items():
        objects[level]["metadata"]["annotations"][key] = value
    obj, beside, owner = objects
    cluster = Cluster.of(owner).having(LISTENERSET, beside)
    return routes.HTTP.claims(obj, cluster, settings(gateway_listener_sets=True))


def test_the_table_is_there() -> None:
    assert {"target", "ttl", "set-identifier", "aws-*", "webhook-*", "hostname", "ignore"} <= TABLE.keys()
    assert all(TABLE[name] == (1, 2, 3) for name in ("target", "ttl", "aws-*"))


@pytest.mark.parametrize("name", TABLE)
def test_the_values_of_the_cases_differ(name: str) -> None:
    first, second = VALUES.get(name, ("x", "y"))
    assert published(name, {0: first}) != published(name, {0: second})


@pytest.mark.parametrize("swapped", [False, True], ids=["", "swapped"])
@pytest.mark.parametrize(("name", "having"), CASES)
def test_whose_annotation_counts(name: str, having: tuple[int, ...], swapped: bool) -> None:
    wins, loses = VALUES.get(name, ("x", "y"))[:: -1 if swapped else 1]
    ranks = {level: rank for level in having if (rank := TABLE[name][level]) is not None}
    winner = min(ranks, key=lambda level: ranks[level]) if ranks else None
    given = {level: wins if level == winner else loses for level in having}
    assert published(name, given) == published(name, {} if winner is None else {0: wins})


# -- what no table can say


def claim(obj: dict[str, Any], *gateways: dict[str, Any]) -> Claim:
    (found,) = routes.HTTP.claims(obj, Cluster.of(*gateways), settings())
    return found


def test_each_setting_is_looked_up_by_itself() -> None:
    found = claim(route("a.io", aws_weight="1"), gateway(aws_weight="2", aws_region="eu", ttl="60", set_identifier="s"))
    (endpoint,) = found.endpoints
    assert (endpoint.ttl, endpoint.set_identifier) == (60, "s")
    assert endpoint.properties == (("aws/region", "eu"), ("aws/weight", "1"))


def test_empty_annotation_gives_way() -> None:
    found = claim(route("a.io", ttl="", target=""), gateway(ttl="60", target="192.0.2.9"))
    assert (found.endpoints[0].ttl, found.endpoints[0].targets) == (60, ("192.0.2.9",))


def test_wrong_ttl_of_a_gateway_is_told_of_the_gateway() -> None:
    found = claim(route("a.io"), gateway(ttl="1d"))
    (problem,) = found.problems
    assert problem.reason is Reason.INVALID_TTL
    assert problem.message.startswith("gateway/default/gw: annotation ttl: ")
    assert found.endpoints[0].ttl is None


def test_wrong_ttl_that_does_not_count_is_not_told() -> None:
    found = claim(route("a.io", ttl="60"), gateway(ttl="1d"))
    assert (found.problems, found.endpoints[0].ttl) == ((), 60)


def test_of_several_gateways_the_first_parent_counts() -> None:
    obj = route("a.io", parents=(ref("two"), ref()), status=[accepted(ref()), accepted(ref("two"))])
    found = claim(obj, gateway(ttl="60", aws_weight="1"), gateway(name="two", ttl="90", addresses=("192.0.2.20",)))
    (endpoint,) = found.endpoints
    assert endpoint.targets == ("192.0.2.10", "192.0.2.20")
    assert (endpoint.ttl, endpoint.properties) == (90, (("aws/weight", "1"),))


def test_gateway_that_publishes_nothing_sets_nothing() -> None:
    obj = route("a.io", parents=(ref("two"), ref()), status=[accepted(ref()), accepted(ref("two"), "False")])
    found = claim(obj, gateway(ttl="60"), gateway(name="two", ttl="90"))
    assert found.endpoints[0].ttl == 60


def test_target_of_each_gateway_replaces_its_own_addresses_alone() -> None:
    obj = route("a.io", parents=(ref(), ref("two")))
    found = claim(obj, gateway(target="192.0.2.1"), gateway(name="two", addresses=("192.0.2.20",)))
    assert found.endpoints[0].targets == ("192.0.2.1", "192.0.2.20")


def test_target_makes_up_for_a_gateway_without_address() -> None:
    assert claim(route("a.io"), gateway(addresses=(), target="192.0.2.1")).endpoints[0].targets == ("192.0.2.1",)
