"""Purging on a provider in memory, with the registry and the planning that are in use."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from typing import Any

import click
import pytest
from hypothesis import given
from hypothesis import strategies as st

from unit.sources.builders import settings
from zonewright.commands import confirm
from zonewright.commands import purge as command
from zonewright.commands.options import Given
from zonewright.commands.purge import Outcome, carry_out, look
from zonewright.commands.survey import Misused
from zonewright.model.change import Unit
from zonewright.model.endpoint import Endpoint
from zonewright.model.zone import Zone
from zonewright.providers.base import Failure, Unavailable
from zonewright.providers.inmemory import InMemory
from zonewright.registry.catalog import build

ZONES = ("example.com", "example.org")
NAMES = st.sampled_from([f"{label}.{zone}" for label in ("a", "b", "*.c") for zone in ZONES])
DEAD = settings(txt_owner_id="dead")


def says(name: str, rtype: str, owner: str) -> Endpoint:
    text = f'"heritage=external-dns,external-dns/owner={owner},external-dns/resource=ingress/x/y"'
    return Endpoint.found(f"{rtype.lower()}-{name}", "TXT", [text])


def stands(name: str, owner: str = "", rtype: str = "A") -> list[Endpoint]:
    target = {"A": "192.0.2.1", "AAAA": "2001:db8::1", "MX": "10 mx.example.net"}[rtype]
    return [Endpoint.found(name, rtype, [target]), *([says(name, rtype, owner)] if owner else [])]


async def purged(provider: InMemory, agreed: dict[Zone, list[Unit]] | None = None, **flags: Any) -> Outcome:
    asked = settings(txt_owner_id="dead", **flags)
    found = await look(asked, provider, build(asked))
    return await carry_out(found, provider, found.units() if agreed is None else agreed)


async def records(provider: InMemory) -> set[tuple[str, str]]:
    return {(r.name, r.rtype) for zone in await provider.zones() for r in await provider.records(zone)}


def keys(endpoints: Iterable[Endpoint]) -> set[tuple[str, str]]:
    return {(endpoint.name, endpoint.rtype) for endpoint in endpoints}


@given(
    st.dictionaries(
        st.tuples(NAMES, st.sampled_from(["A", "AAAA"])), st.sampled_from(["dead", "live", "dead-too", ""]), max_size=12
    )
)
def test_all_of_the_owner_goes_and_nothing_else_in_any_zone(content: dict[tuple[str, str], str]) -> None:
    dead = [e for (name, rtype), owner in content.items() if owner == "dead" for e in stands(name, owner, rtype)]
    rest = [e for (name, rtype), owner in content.items() if owner != "dead" for e in stands(name, owner, rtype)]

    async def check() -> None:
        provider = InMemory(ZONES, [*dead, *rest])
        outcome = await purged(provider)
        assert (await records(provider), outcome.left) == (keys(rest), [])
        again = await look(DEAD, provider, build(DEAD))
        assert not any(again.units().values())

    asyncio.run(check())


async def test_what_has_changed_since_it_was_shown_is_left_and_told() -> None:
    provider = InMemory(ZONES, [*stands("a.example.com", "dead"), *stands("b.example.com", "dead")])
    agreed = (await look(DEAD, provider, build(DEAD))).units()
    provider.seed([Endpoint.found("a.example.com", "A", ["192.0.2.99"])])
    outcome = await purged(provider, agreed)
    assert outcome.left == ["a.example.com: has changed meanwhile, look again"]
    assert await records(provider) == keys(stands("a.example.com", "dead"))


async def test_what_has_another_owner_by_now_is_left_in_peace() -> None:
    provider = InMemory(ZONES, stands("a.example.com", "dead"))
    agreed = (await look(DEAD, provider, build(DEAD))).units()
    provider.seed([says("a.example.com", "A", "live")])
    outcome = await purged(provider, agreed)
    assert (outcome.deleted, outcome.left) == ([], [])
    assert await records(provider) == keys(stands("a.example.com", "live"))


async def test_types_that_are_not_managed_stay_and_are_told() -> None:
    provider = InMemory(ZONES, [*stands("a.example.com", "dead"), *stands("a.example.com", "dead", "MX")])
    found = await look(DEAD, provider, build(DEAD))
    assert [(one.held.endpoint.rtype, one.why) for one in found.stays] == [
        ("MX", "MX is not among --managed-record-types")
    ]
    await purged(provider)
    assert await records(provider) == keys(stands("a.example.com", "dead", "MX"))


async def test_what_is_to_outlast_its_object_outlasts_its_owner_as_nobodys() -> None:
    record, says_so = stands("a.example.com", "dead")
    (text,) = says_so.targets
    kept = Endpoint.found(
        says_so.name, "TXT", [text.replace(",external-dns/resource", ",external-dns/retain=true,external-dns/resource")]
    )
    provider = InMemory(ZONES, [record, kept])
    found = await look(DEAD, provider, build(DEAD))
    assert [(one.held.endpoint.name, "outlast" in one.why) for one in found.stays] == [("a.example.com", True)]
    shown = [
        line for line in click.unstyle("\n".join(command.lines(found, DEAD))).splitlines() if "a.example.com  A" in line
    ]
    assert shown == ["  ~ a.example.com  A  192.0.2.1  released: it outlasts ingress/x/y, and is nobody's from then on"]
    await purged(provider)
    assert await records(provider) == keys([record])


async def test_an_ownership_record_that_was_left_behind_goes_as_well() -> None:
    provider = InMemory(ZONES, [says("a.example.com", "A", "dead")])
    await purged(provider)
    assert await records(provider) == set()


async def test_an_ownership_record_of_a_type_that_is_not_managed_stays_and_is_told() -> None:
    provider = InMemory(ZONES, [says("a.example.com", "MX", "dead"), says("b.example.com", "MX", "live")])
    found = await look(DEAD, provider, build(DEAD))
    assert [(one.held.endpoint.name, one.why) for one in found.stays] == [
        ("a.example.com", "MX is not among --managed-record-types")
    ]
    assert not any(found.units().values())


class HalfDead(InMemory):
    """One zone cannot be read, and one name cannot be written."""

    async def records(self, zone: Zone) -> Sequence[Endpoint]:
        if zone.name == "example.org":
            raise Unavailable("no answer")
        return await super().records(zone)

    async def apply(self, zone: Zone, units: Sequence[Unit]) -> Sequence[Failure]:
        bad = [Failure(unit, Unavailable("not this one")) for unit in units if unit.name.startswith("bad.")]
        await super().apply(zone, [unit for unit in units if not unit.name.startswith("bad.")])
        return bad


async def test_a_zone_and_a_name_that_fail_leave_the_others_alone() -> None:
    content = [e for name in ("a", "bad", "c") for e in stands(f"{name}.example.com", "dead")]
    provider = HalfDead(ZONES, [*content, *stands("a.example.org", "dead")])
    outcome = await purged(provider)
    assert {unit.name for unit in outcome.deleted} == {"a.example.com", "c.example.com"}
    assert outcome.left == ["zone example.org: no answer", "bad.example.com: not this one"]


# -- before anything is looked at


@pytest.mark.parametrize(
    ("flags", "fields", "named"),
    [
        pytest.param([], {}, "--txt-owner-id", id="no owner: the default is somebody's"),
        pytest.param(["--txt-owner-id=x"], {"policy": "create-only"}, "--policy", id="a policy that deletes nothing"),
        pytest.param(["--txt-owner-id", "x"], {"registry": "noop"}, "--registry", id="no registry: all is ours"),
    ],
)
def test_flags_that_would_purge_too_much_or_nothing_are_refused(
    flags: list[str], fields: dict[str, Any], named: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(command.OWNER_VARIABLE, raising=False)
    with pytest.raises(Misused, match=named):
        command.run(settings(**fields), Given({"output": "text", "yes": "true"}, flags=flags))


# -- asking


@pytest.mark.parametrize(
    ("yes", "terminal", "typed", "agreed"),
    [
        pytest.param("true", False, "", True, id="--yes without a terminal"),
        pytest.param("", False, "y\n", False, id="no terminal: what comes in by a pipe is no answer"),
        pytest.param("", True, "y\n", True, id="yes on a terminal"),
        pytest.param("", True, "\n", False, id="return alone is no"),
        pytest.param("", True, "", False, id="the terminal was closed"),
    ],
)
def test_nothing_is_done_without_a_yes(
    yes: str, terminal: bool, typed: str, agreed: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Terminal:
        def isatty(self) -> bool:
            return terminal

    def answered(*_: Any) -> str:
        if not typed:
            raise EOFError
        return typed.rstrip("\n")

    monkeypatch.setattr("sys.stdin", Terminal())
    monkeypatch.setattr("click.termui.visible_prompt_func", answered)
    assert confirm.confirmed("Delete all of this?", yes) is agreed
