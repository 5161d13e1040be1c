"""What every provider promises (providers/base.py). Tests are named after the promises."""

from __future__ import annotations

import dataclasses
import random

import pytest

from contract.build import create, delete, record, replace, update
from contract.conftest import Subject
from zonewright.model.change import Change, Unit
from zonewright.model.endpoint import Endpoint
from zonewright.providers.base import Changed, ProviderError
from zonewright.zones.snapshot import Snapshot

TABLE = [
    pytest.param("app", "A", ["192.0.2.1"], None, id="address"),
    pytest.param("app", "A", ["192.0.2.9", "192.0.2.1"], 60, id="two addresses and a TTL"),
    pytest.param("app", "AAAA", ["2001:DB8:0::1"], 300, id="IPv6"),
    pytest.param("app", "CNAME", ["LB.Example.com."], None, id="CNAME"),
    pytest.param("app", "TXT", ['"heritage=external-dns,external-dns/owner=me"'], None, id="ownership"),
    pytest.param("app", "TXT", ["b", "a \\ ü \u2028 <&>", "x" * 600], 1, id="texts"),
    pytest.param("*", "A", ["192.0.2.1"], None, id="wildcard"),
    pytest.param("*.a", "CNAME", ["lb.example.com"], None, id="deeper wildcard"),
    pytest.param("_a._b", "TXT", ["c"], 2**31 - 1, id="underscores and the longest TTL"),
    pytest.param("x" * 63, "A", ["192.0.2.1"], None, id="longest label"),
]


TYPES = {
    "A": ["192.0.2.1"],
    "AAAA": ["2001:db8::1"],
    "CNAME": ["lb.example.com"],
    "DNAME": ["other.example.com"],
    "NS": ["ns2.example.com", "ns1.example.com"],
    "PTR": ["host.example.com"],
    "MX": ["10 mail.example.com", "20 mail2.example.com"],
    "SRV": ["0 50 443 lb.example.com."],
    "NAPTR": ['10 100 s "SIP+D2U" "" _sip._udp.example.com.', '20 100 u E2U+sip "!^.*$!sip:x@example.com!" .'],
    "TXT": ["v=spf1 -all", '"in" "pieces"'],
    "CAA": ['0 issue "ca.example.com; a=b"', "128 iodef mailto:x@example.com"],
    "HTTPS": ['1 . alpn="h2,h3" ipv4hint=192.0.2.1,192.0.2.2 ech="AAT+DQAA"', "0 lb.example.com."],
    "SVCB": ['1 lb.example.com. mandatory=port alpn="a b" port=8443 key65333="x"'],
    "TLSA": ["3 1 1 " + "AB" * 32],
}


async def put(subject: Subject, *units: Unit) -> None:
    assert list(await subject.provider.apply(subject.zone, units)) == []


async def standing(subject: Subject) -> list[Endpoint]:
    """All but what makes a zone one: SOA and NS at its name (RFC 1034, section 4.2.1)."""
    found = await subject.provider.records(subject.zone)
    return [record for record in found if (record.name, record.rtype) not in subject.cut]


def filled(subject: Subject, endpoint: Endpoint) -> Endpoint:
    """With the ttl that the provider gives where none is asked for."""
    return dataclasses.replace(endpoint, ttl=endpoint.ttl or subject.provider.capabilities.default_ttl)


async def normalized(subject: Subject, endpoint: Endpoint) -> Endpoint:
    result = await subject.provider.normalize(subject.zone, [endpoint])
    assert not result.problems
    return result.endpoints[endpoint.key]


async def refusal(subject: Subject, unit: Unit) -> ProviderError:
    """The error of a unit that cannot land, whichever way it is told."""
    try:
        (failure,) = await subject.provider.apply(subject.zone, [unit])
    except ProviderError as e:
        return e
    assert failure.unit is unit
    return failure.error


async def test_an_empty_zone_has_no_records(subject: Subject) -> None:
    assert await standing(subject) == []


@pytest.mark.parametrize(("label", "rtype", "targets", "ttl"), TABLE)
async def test_what_is_created_is_reported_as_it_was_normalized(
    subject: Subject, label: str, rtype: str, targets: list[str], ttl: int | None
) -> None:
    targets = [target[: subject.provider.capabilities.longest_text] for target in targets]
    wanted = await normalized(subject, record(f"{label}.{subject.domain}", rtype, *targets, ttl=ttl))
    await put(subject, create(wanted))
    (found,) = await standing(subject)
    assert filled(subject, found) == filled(subject, wanted)
    assert found.targets == wanted.targets


async def test_what_has_been_written_is_read_as_it_is_known(subject: Subject) -> None:
    """Else a zone that nobody has touched would look like one that somebody has, and statuses would change by it."""
    known = Snapshot(await subject.provider.records(subject.zone), subject.provider.capabilities.default_ttl)
    wanted = [record(f"app{n}.{subject.domain}", "A", "192.0.2.1", ttl=ttl) for n, ttl in enumerate((None, 120))]
    units = [create(await normalized(subject, one)) for one in wanted]
    await put(subject, *units)
    known.apply(units)
    found = Snapshot(await subject.provider.records(subject.zone))
    assert known.same(found)


async def test_the_name_of_the_zone_holds_records_too(subject: Subject) -> None:
    apex = await normalized(subject, record(subject.domain, "A", "192.0.2.1"))
    await put(subject, create(apex))
    (found,) = await standing(subject)
    assert filled(subject, found) == filled(subject, apex)


async def test_normalizing_twice_changes_nothing(subject: Subject) -> None:
    once = await normalized(subject, record(f"a.{subject.domain}", "A", "192.0.2.1", aws_weight="1", alias="true"))
    assert await normalized(subject, once) == once


async def test_types_that_are_not_declared_are_told_as_problems(subject: Subject) -> None:
    name = f"a.{subject.domain}"
    targets = {"MX": "10 x.example.org", "SRV": "0 0 1 x.example.org.", "A": "192.0.2.1"}
    asked = [Endpoint.found(name, rtype, [target]) for rtype, target in targets.items()]
    result = await subject.provider.normalize(subject.zone, asked)
    refused = {endpoint.key for endpoint in asked if endpoint.rtype not in subject.provider.capabilities.record_types}
    assert result.problems.keys() == refused
    assert result.endpoints.keys() == {endpoint.key for endpoint in asked} - refused


async def test_every_declared_type_is_reported_as_it_was_normalized(subject: Subject) -> None:
    declared = sorted(TYPES.keys() & subject.provider.capabilities.record_types)
    asked = [record(f"{rtype}.{subject.domain}", rtype, *TYPES[rtype], ttl=60) for rtype in declared]
    wanted = [await normalized(subject, each) for each in asked]
    await put(subject, *map(create, wanted))
    assert sorted(await standing(subject), key=str) == sorted(wanted, key=str)
    assert all(found.same_targets(each) for found, each in zip(wanted, asked, strict=True))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param((["192.0.2.1"], None), (["192.0.2.2"], None), id="other target"),
        pytest.param((["192.0.2.1"], None), (["192.0.2.1", "192.0.2.2"], None), id="one more target"),
        pytest.param((["192.0.2.1", "192.0.2.2"], 60), (["192.0.2.2"], 60), id="one target less"),
        pytest.param((["192.0.2.1", "192.0.2.2"], None), (["192.0.2.1", "192.0.2.2"], 60), id="a TTL"),
        pytest.param((["192.0.2.1"], 60), (["192.0.2.1"], None), id="no TTL any more"),
        pytest.param((["192.0.2.1"], 60), (["192.0.2.3", "192.0.2.4"], 3600), id="all of it"),
    ],
)
async def test_an_update_leaves_the_new_record_set_alone(
    subject: Subject, before: tuple[list[str], int | None], after: tuple[list[str], int | None]
) -> None:
    name = f"a.{subject.domain}"
    old, new = record(name, "A", *before[0], ttl=before[1]), record(name, "A", *after[0], ttl=after[1])
    await put(subject, create(old))
    await put(subject, update(old, new))
    assert subject.seen(await standing(subject)) == subject.seen([new])


async def test_a_delete_takes_its_own_record_set_and_no_other(subject: Subject) -> None:
    name = f"a.{subject.domain}"
    gone = record(name, "A", "192.0.2.1", "192.0.2.2")
    others = [
        record(name, "AAAA", "2001:db8::1"),
        record(name, "TXT", "text"),
        record(f"below.{name}", "A", "192.0.2.1"),
        record(f"a{name}", "A", "192.0.2.1"),
        record(f"*.{subject.domain}", "A", "192.0.2.1"),
    ]
    await put(subject, create(gone), *map(create, others))
    await put(subject, delete(gone))
    assert subject.seen(await standing(subject)) == subject.seen(others)


async def test_a_change_of_type_is_one_unit(subject: Subject) -> None:
    name = f"a.{subject.domain}"
    cname, address = record(name, "CNAME", "lb.example.com"), record(name, "A", "192.0.2.1")
    await put(subject, create(cname))
    await put(subject, replace(cname, address))
    assert subject.seen(await standing(subject)) == subject.seen([address])


async def test_record_and_ownership_land_together(subject: Subject) -> None:
    pair = [record(f"a-app.{subject.domain}", "TXT", "mine"), record(f"app.{subject.domain}", "A", "192.0.2.1")]
    await put(subject, create(*pair))
    assert subject.seen(await standing(subject)) == subject.seen(pair)
    await put(subject, delete(*reversed(pair)))
    assert await standing(subject) == []


async def test_a_large_batch_lands_whole(subject: Subject) -> None:
    records = [record(f"n{i}.{subject.domain}", "A", "192.0.2.1", "192.0.2.2") for i in range(300)]
    await put(subject, *map(create, records))
    assert subject.seen(await standing(subject)) == subject.seen(records)


async def test_what_is_there_is_not_created_again(subject: Subject) -> None:
    first, second = (record(f"a.{subject.domain}", "A", target) for target in ("192.0.2.1", "192.0.2.2"))
    await put(subject, create(first))
    assert isinstance(await refusal(subject, create(second)), Changed)
    assert subject.seen(await standing(subject)) == subject.seen([first])


@pytest.mark.parametrize("what", ["update", "delete"])
async def test_what_is_gone_is_neither_updated_nor_deleted(subject: Subject, what: str) -> None:
    gone = record(f"a.{subject.domain}", "A", "192.0.2.1")
    unit = delete(gone) if what == "delete" else update(gone, record(gone.name, "A", "192.0.2.2"))
    assert isinstance(await refusal(subject, unit), Changed)
    assert await standing(subject) == []


@pytest.mark.parametrize("what", ["update", "delete"])
async def test_what_has_other_targets_by_now_is_neither_updated_nor_deleted(subject: Subject, what: str) -> None:
    name = f"a.{subject.domain}"
    real, thought, new = (record(name, "A", f"192.0.2.{i}") for i in (1, 2, 3))
    await put(subject, create(real))
    assert isinstance(await refusal(subject, delete(thought) if what == "delete" else update(thought, new)), Changed)
    assert subject.seen(await standing(subject)) == subject.seen([real])


async def test_a_unit_that_fails_leaves_nothing_behind(subject: Subject) -> None:
    gone = record(f"gone.{subject.domain}", "A", "192.0.2.1")
    new = record(f"a.{subject.domain}", "A", "192.0.2.1")
    unit = Unit(new.name, (Change(None, new), Change(gone, None)))
    assert isinstance(await refusal(subject, unit), Changed)
    assert await standing(subject) == []


@pytest.mark.parametrize("seed", range(3))
async def test_any_way_of_changes_arrives_at_what_is_wanted(subject: Subject, seed: int) -> None:
    """Many rounds on few names, above and below each other; the snapshot of the round before is what is known."""
    dice = random.Random(seed)
    names = [f"{label}{subject.domain}" for label in ("", "a.", "b.a.", "c.b.a.", "*.", "*.a.")]
    before: dict[tuple[str, str], Endpoint] = {}
    for _ in range(12):
        after = {
            (name, rtype): record(name, rtype, *dice.sample(targets, dice.randint(1, 3)), ttl=dice.choice([None, 60]))
            for name in names
            for rtype, targets in {
                "A": ["192.0.2.1", "192.0.2.2", "192.0.2.3"],
                "TXT": ["x", "y", "z"],
            }.items()
            if dice.random() < 0.6
        }
        changes = [Change(before.get(key), after.get(key)) for key in before.keys() | after.keys()]
        await put(subject, *(Unit(c.key.name, (c,)) for c in changes if c.old != c.new))
        assert subject.seen(await standing(subject)) == subject.seen(after.values())
        before = after


async def test_closing_twice_is_no_error(subject: Subject) -> None:
    await subject.provider.close()
    await subject.provider.close()
