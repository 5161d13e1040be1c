from __future__ import annotations

import asyncio

import pytest

from unit.ledger.faketable import FakeTable
from zonewright.ledger.answers import Taken
from zonewright.ledger.ledger import Ledger
from zonewright.model.change import Change, Unit
from zonewright.model.endpoint import Endpoint, Key
from zonewright.model.ownership import Ownership
from zonewright.providers.base import Denied, ProviderError, Throttled, Unavailable
from zonewright.registry.dynamodb.rows import Row, as_endpoint

NAMES = [f"n{number}.example.org" for number in range(60)]
WEB = "ingress/default/web"


def key(name: str) -> Key:
    return Key(name, "A", "")


def row(name: str, owner: str = "me", resource: str = WEB) -> Row:
    return Row.of(key(name), Ownership(owner, resource))


def create(name: str, owner: str = "me") -> Unit:
    said = as_endpoint(key(name), Ownership(owner, WEB))
    return Unit(name, (Change(None, said), Change(None, Endpoint.found(name, "A", ["192.0.2.1"]))))


def delete(name: str) -> Unit:
    said = as_endpoint(key(name), Ownership("me", WEB))
    return Unit(name, (Change(Endpoint.found(name, "A", ["192.0.2.1"]), None), Change(said, None)))


def table_with(*rows: Row) -> FakeTable:
    return FakeTable({each.text: each for each in rows})


# -- reading


async def test_all_zones_share_one_reading() -> None:
    table = table_with(row("a.org"))
    ledger = Ledger(table, fresh=60)
    both = await asyncio.gather(ledger.rows(), ledger.rows())
    assert [list(rows) for rows in both] == [[row("a.org")]] * 2
    assert table.scans == 1


async def test_a_reading_that_is_old_is_done_again() -> None:
    table = table_with()
    ledger = Ledger(table, fresh=0)
    await ledger.rows()
    table.rows["a.org#A#"] = row("a.org", "other")
    assert list(await ledger.rows()) == [row("a.org", "other")]


async def test_own_writes_are_known_without_reading() -> None:
    table = table_with()
    ledger = Ledger(table, fresh=60)
    await ledger.rows()
    await ledger.before([create("a.org"), create("b.org")])
    await ledger.after([delete("b.org")])
    assert list(await ledger.rows()) == [row("a.org")]
    assert table.scans == 1


async def test_what_is_written_while_the_table_is_read_is_not_lost() -> None:
    table = table_with(row("b.org"))
    ledger = Ledger(table, fresh=0)
    await ledger.rows()
    table.pause = asyncio.Event()
    reading = asyncio.create_task(ledger.rows())
    await table.reading.wait()
    await ledger.before([create("a.org")])
    await ledger.after([delete("b.org")])
    table.pause.set()
    assert list(await reading) == [row("a.org")]


async def test_of_two_spellings_of_a_key_the_usual_one_counts() -> None:
    other = Row(key("a.org"), "A.ORG#A#", Ownership("me"))
    for rows in ([row("a.org"), other], [other, row("a.org")]):
        assert list(await Ledger(table_with(*rows), fresh=0).rows()) == [row("a.org")]


# -- writing


async def test_rows_are_written_in_batches_of_25() -> None:
    table = table_with()
    assert await Ledger(table, fresh=60).before([create(name) for name in NAMES]) == {}
    assert [len(batch) for batch in table.batches] == [25, 25, 10]
    assert len(table.rows) == 60


async def test_a_row_that_says_it_already_costs_no_statement() -> None:
    table = table_with(row("a.org"))
    ledger = Ledger(table, fresh=60)
    await ledger.rows()
    assert await ledger.before([create("a.org")]) == {}
    assert table.batches == []


@pytest.mark.parametrize(
    ("meanwhile", "taken"),
    [
        pytest.param(row("a.org", "other"), True, id="another owner has come"),
        pytest.param(row("a.org"), False, id="the row is ours: an answer was lost"),
        pytest.param(row("a.org", resource="ingress/x/y"), False, id="the row is ours, with another resource"),
    ],
)
async def test_after_a_conflict_the_table_is_asked(meanwhile: Row, taken: bool) -> None:
    table = table_with()
    ledger = Ledger(table, fresh=60)
    await ledger.rows()
    table.rows[meanwhile.text] = meanwhile
    units = [create("a.org"), create("b.org")]
    failures = await ledger.before(units)
    assert [isinstance(error, Taken) for error in failures.values()] == [True] * taken
    assert list(failures) == units[:taken]
    assert table.rows["a.org#A#"] == (meanwhile if taken else row("a.org"))
    assert table.rows["b.org#A#"] == row("b.org")


async def test_a_write_whose_fate_is_not_known_is_found_by_reading() -> None:
    table = table_with()
    ledger = Ledger(table, fresh=60)
    await ledger.rows()
    table.lost.append(Unavailable("no answer"))
    with pytest.raises(Unavailable):
        await ledger.before([create("a.org")])
    assert await ledger.before([create("a.org")]) == {}
    assert table.scans == 2
    assert len(table.batches) == 1


@pytest.mark.parametrize("error", [Throttled("t"), Denied("no"), Unavailable("no answer")])
async def test_a_table_that_fails_as_a_whole_stops_the_batch(error: ProviderError) -> None:
    table = table_with()
    table.errors.append(error)
    with pytest.raises(type(error)):
        await Ledger(table, fresh=60).before([create(name) for name in NAMES])
    assert table.rows == {}


async def test_a_statement_that_fails_fails_its_unit_alone() -> None:
    table = table_with()
    table.refused["a.org#A#"] = Throttled("t")
    units = [create("a.org"), create("b.org")]
    failures = await Ledger(table, fresh=60).before(units)
    assert [(unit, type(error)) for unit, error in failures.items()] == [(units[0], Throttled)]
    assert list(table.rows) == ["b.org#A#"]


# -- deleting


async def test_rows_that_cannot_be_deleted_are_told_and_tried_again() -> None:
    table = table_with(*(row(name) for name in NAMES))
    ledger = Ledger(table, fresh=60)
    await ledger.rows()
    table.errors = [Unavailable("no answer")]
    units = [delete(name) for name in NAMES]
    left = await ledger.after(units)
    assert list(left) == units
    assert await ledger.after(units) == {}
    assert table.rows == {}


async def test_a_row_that_has_changed_hands_is_not_deleted_and_no_fault() -> None:
    table = table_with(row("a.org"))
    ledger = Ledger(table, fresh=60)
    await ledger.rows()
    table.rows["a.org#A#"] = row("a.org", "other")
    assert await ledger.after([delete("a.org")]) == {}
    assert table.rows == {"a.org#A#": row("a.org", "other")}
