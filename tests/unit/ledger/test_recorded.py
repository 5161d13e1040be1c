"""A worker on a provider with a table: what names are told, and what stands at the end."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from unit.ledger.faketable import FakeTable
from zonewright.ledger.ledger import Ledger
from zonewright.ledger.leftovers import Leftovers
from zonewright.ledger.recorded import Recorded
from zonewright.model.change import Unit
from zonewright.model.endpoint import Endpoint, Key
from zonewright.model.outcome import Outcome
from zonewright.model.ownership import Ownership
from zonewright.model.reason import Reason
from zonewright.model.zone import Zone
from zonewright.planning.plan import Policy, Rules
from zonewright.providers.base import Denied, Failure, ProviderError, Rejected, Throttled, Unavailable
from zonewright.providers.inmemory import InMemory
from zonewright.registry.dynamodb.registry import DynamoDBRegistry
from zonewright.registry.dynamodb.rows import Row
from zonewright.registry.txt.names import OwnershipNames
from zonewright.registry.txt.registry import TxtRegistry
from zonewright.zones.desired import Desired, Origin
from zonewright.zones.surroundings import Surroundings
from zonewright.zones.worker import ZoneWorker

ZONE = Zone("example.org", "example.org")
WWW, FTP = "www.example.org", "ftp.example.org"
WEB = "ingress/default/web"


class Provider(InMemory):
    """errors: of the next `apply`."""

    def __init__(self, records: Sequence[Endpoint] = ()) -> None:
        super().__init__(["example.org"], records)
        self.errors: list[ProviderError] = []
        self.applied: list[Unit] = []

    async def apply(self, zone: Zone, units: Sequence[Unit]) -> Sequence[Failure]:
        if self.errors:
            raise self.errors.pop(0)
        self.applied += units
        return await super().apply(zone, units)


class Rig:
    """One installation: its wishes, and what it was told of them."""

    def __init__(self, provider: Provider, table: FakeTable, owner: str = "me", *, dry_run: bool = False) -> None:
        self.provider, self.table = provider, table
        self.desired = Desired()
        self.outcomes: dict[Origin, Outcome] = {}
        around = Surroundings(
            self.desired,
            mine=lambda zone, name: name.endswith(zone.name),
            holds=lambda name: False,
            report=self._report,
            done=lambda zone, error: None,
        )
        registry = DynamoDBRegistry(owner, TxtRegistry(owner, OwnershipNames()), removes_texts=False)
        rules = Rules(Policy.SYNC, frozenset({"A", "AAAA", "CNAME"}), "example.org")
        recorded = Recorded(provider, Ledger(table, fresh=0))
        self.worker = ZoneWorker(ZONE, recorded, registry, rules, around, dry_run=dry_run, interval=3600)

    def _report(self, outcomes: Mapping[Origin, Outcome]) -> None:
        self.outcomes |= outcomes

    def want(self, *names: str, target: str = "192.0.2.1") -> None:
        wanted = [Endpoint.wanted(name, "A", [target], labels={"resource": WEB}) for name in names]
        self.worker.mark(self.desired.put("default", "web", dict(enumerate(wanted))))

    def reasons(self) -> list[Reason]:
        return [outcome.reason for _, outcome in sorted(self.outcomes.items())]

    async def names(self) -> set[str]:
        return {record.name for record in await InMemory.records(self.provider, ZONE)}


@pytest.fixture
def rig() -> Rig:
    return Rig(Provider(), FakeTable())


def row(name: str, owner: str = "me") -> Row:
    return Row.of(Key(name, "A", ""), Ownership(owner, WEB))


async def test_a_name_comes_with_its_row_and_goes_with_it(rig: Rig) -> None:
    rig.want(WWW)
    await rig.worker.round()
    assert (rig.reasons(), await rig.names()) == ([Reason.SYNCED], {WWW})
    assert rig.table.rows == {f"{WWW}#A#": row(WWW)}
    rig.want()
    await rig.worker.round()
    assert (await rig.names(), rig.table.rows) == (set(), {})


async def test_dry_run_writes_neither_records_nor_rows() -> None:
    dry = Rig(Provider(), FakeTable(), dry_run=True)
    dry.want(WWW)
    await dry.worker.round()
    assert dry.reasons() == [Reason.DRY_RUN]
    assert (dry.table.batches, dry.provider.applied) == ([], [])


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        pytest.param(Throttled("t"), Reason.THROTTLED, id="throttled"),
        pytest.param(Denied("no"), Reason.DENIED, id="denied"),
        pytest.param(Unavailable("no answer"), Reason.PROVIDER_UNAVAILABLE, id="unavailable"),
    ],
)
async def test_without_the_table_nothing_is_written_and_the_names_say_why(
    rig: Rig, error: ProviderError, reason: Reason
) -> None:
    rig.want(WWW, FTP)
    rig.table.errors = [error] * 3
    await rig.worker.round()
    assert (rig.reasons(), await rig.names()) == ([reason, reason], set())


async def test_a_table_that_cannot_be_read_is_told_to_all_names(rig: Rig) -> None:
    rig.want(WWW, FTP)
    rig.table.scan_errors = [Denied("no right to Scan")]
    await rig.worker.round()
    assert rig.reasons() == [Reason.DENIED, Reason.DENIED]


async def test_another_owner_who_comes_first_has_the_name(rig: Rig) -> None:
    await rig.worker.round()
    rig.table.rows[f"{WWW}#A#"] = row(WWW, "other")
    rig.want(FTP, WWW)
    await rig.worker.round()
    assert (rig.reasons(), await rig.names()) == ([Reason.SYNCED, Reason.OWNED_BY_OTHER], {FTP})
    assert rig.table.rows[f"{WWW}#A#"] == row(WWW, "other")


async def test_a_record_that_is_refused_leaves_its_row_for_the_next_try(rig: Rig) -> None:
    rig.want(WWW)
    rig.provider.errors = [Rejected("no")]
    await rig.worker.round()
    assert (rig.reasons(), list(rig.table.rows)) == ([Reason.REJECTED], [f"{WWW}#A#"])
    rig.want(WWW, target="192.0.2.9")
    await rig.worker.round()
    assert (rig.reasons(), await rig.names()) == ([Reason.SYNCED], {WWW})


async def test_a_row_that_nobody_wants_any_more_goes_when_the_table_is_read_again(rig: Rig) -> None:
    rig.want(WWW)
    rig.provider.errors = [Rejected("no")]
    await rig.worker.round()
    rig.want()
    rig.worker.reread()
    await rig.worker.round()
    assert (await rig.names(), rig.table.rows) == (set(), {})


async def test_a_row_that_cannot_be_deleted_goes_later(rig: Rig) -> None:
    rig.want(WWW)
    await rig.worker.round()
    rig.want()
    rig.table.errors = [Unavailable("no answer")]
    await rig.worker.round()
    assert (await rig.names(), list(rig.table.rows)) == (set(), [f"{WWW}#A#"])
    rig.worker.reread()
    await rig.worker.round()
    assert rig.table.rows == {}


async def test_records_of_the_provider_that_look_like_rows_do_not_count() -> None:
    forged = Endpoint.found(f"#.{WWW}", "A", ['{"o": "me", "l": {}}'])
    rig = Rig(Provider([forged, Endpoint.found(WWW, "A", ["192.0.2.7"])]), FakeTable())
    rig.want(WWW)
    await rig.worker.round()
    assert (rig.reasons(), rig.provider.applied) == ([Reason.NOT_OWNED], [])


async def test_ownership_txt_records_that_stay_are_told_once(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    text = f'"heritage=external-dns,external-dns/owner=me,external-dns/resource={WEB}"'
    records = [Endpoint.found(WWW, "A", ["192.0.2.1"]), Endpoint.found(f"a-{WWW}", "TXT", [text])]
    for removes, told in ((False, 1), (True, 0)):
        caplog.clear()
        registry = DynamoDBRegistry("me", TxtRegistry("me", OwnershipNames()), removes_texts=removes)
        recorded = Recorded(Provider(records), Ledger(FakeTable(), fresh=0), Leftovers(registry))
        for _ in range(3):
            await recorded.records(ZONE)
        assert [r.getMessage()[:47] for r in caplog.records] == [
            "Ownership TXT records of 1 names are left, such"
        ] * told


# -- two owners

NAMES = [WWW, FTP, "a.example.org", "*.example.org"]
ADDRESSES = st.sampled_from(["192.0.2.1", "192.0.2.2"])
MISHAPS = st.sampled_from([None, Throttled("t"), Unavailable("no answer")])


class TwoOwners(RuleBasedStateMachine):
    """Two installations on one zone and one table, which fails now and then. Neither writes what is the other's."""

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        rows: dict[str, Row] = {}
        self.provider = Provider()
        self.rigs = {owner: Rig(self.provider, FakeTable(rows), owner) for owner in ("one", "two")}

    @rule(owner=st.sampled_from(["one", "two"]), names=st.sets(st.sampled_from(NAMES)), address=ADDRESSES)
    def wish(self, owner: str, names: set[str], address: str) -> None:
        self.rigs[owner].want(*sorted(names), target=address)

    @rule(owner=st.sampled_from(["one", "two"]), again=st.booleans(), table=MISHAPS, lost=MISHAPS, dns=MISHAPS)
    def round(
        self,
        owner: str,
        again: bool,
        table: ProviderError | None,
        lost: ProviderError | None,
        dns: ProviderError | None,
    ) -> None:
        rig = self.rigs[owner]
        rig.table.errors, rig.table.lost = [table] if table else [], [lost] if lost else []
        self.provider.errors, self.provider.applied = [dns] if dns else [], []
        before = dict(rig.table.rows)
        if again:
            rig.worker.reread()
        self.runner.run(rig.worker.round())
        others = {text: r for text, r in before.items() if r.ownership.owner != owner}
        assert {text: rig.table.rows.get(text) for text in others} == others
        for change in (change for unit in self.provider.applied for change in unit.changes):
            holder = before.get(f"{change.key.name}#A#")
            assert holder is None or holder.ownership.owner == owner

    @invariant()
    def each_record_has_a_row(self) -> None:
        for record in self.runner.run(self.provider.records(ZONE)):
            assert f"{record.name}#A#" in self.rigs["one"].table.rows

    def teardown(self) -> None:
        """Without mishaps each owner has, in the end, what it asks for and the other one does not have."""
        self.provider.errors = []
        for rig in (*self.rigs.values(), *self.rigs.values()):
            rig.table.errors, rig.table.lost = [], []
            rig.worker.reread()
            rig.worker.mark(NAMES)
            self.runner.run(rig.worker.round())
        wanted = {name for rig in self.rigs.values() for name in rig.desired.names()}
        assert {record.name for record in self.runner.run(self.provider.records(ZONE))} == wanted
        assert set(self.rigs["one"].table.rows) == {f"{name}#A#" for name in wanted}
        self.runner.close()


TestTwoOwners = TwoOwners.TestCase
TestTwoOwners.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)
