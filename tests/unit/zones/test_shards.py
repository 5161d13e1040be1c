"""Which names are whose, and what a process does with those that are not its."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import count as numbers

from hypothesis import given
from hypothesis import strategies as st

from unit.ledger.faketable import FakeTable
from zonewright.ledger.ledger import Ledger
from zonewright.ledger.recorded import Recorded
from zonewright.model.domain_filter import DomainFilter
from zonewright.model.endpoint import Endpoint, Key
from zonewright.model.hostname import is_under
from zonewright.model.outcome import Outcome
from zonewright.model.ownership import Ownership
from zonewright.model.reason import Reason
from zonewright.model.shard import Shard, place
from zonewright.model.zone import Visibility, Zone
from zonewright.planning.brake import Brake, HeldPlan
from zonewright.planning.plan import Policy, Rules
from zonewright.providers.base import Unavailable
from zonewright.providers.inmemory import InMemory
from zonewright.registry.dynamodb.registry import DynamoDBRegistry
from zonewright.registry.dynamodb.rows import Row
from zonewright.registry.txt.names import OwnershipNames
from zonewright.registry.txt.registry import TxtRegistry
from zonewright.zones.desired import Desired, Origin
from zonewright.zones.manager import Links, Options, Zones
from zonewright.zones.routing import Routing
from zonewright.zones.shards import Shards, placed, shard_of
from zonewright.zones.strangers import Alarm

LABELS = st.sampled_from(["a", "b", "c", "www"])
NAMES = st.lists(LABELS, min_size=1, max_size=4).map(".".join)
ZONES = st.lists(NAMES | st.just(""), max_size=6).map(lambda names: [Zone(name, name) for name in names])


def of_shard(index: int, count: int = 2, pattern: str = "zone{}.test") -> str:
    """The name of a zone that a shard has."""
    return next(name for number in numbers() if place(name := pattern.format(number), count) == index)


OURS, THEIRS = of_shard(0), of_shard(1)
WITHIN = of_shard(1, pattern=f"sub{{}}.{OURS}")  # of the other shard, below our zone


# -- the predicate


@given(NAMES, ZONES, st.integers(1, 8))
def test_every_name_is_in_exactly_one_shard_whatever_the_zones(name: str, zones: list[Zone], count: int) -> None:
    every = [Shards(Shard(index, count)) for index in range(count)]
    for shards in every:
        shards.see(zones)
    assert sum(shards.mine(name) for shards in every) == 1


@given(NAMES, ZONES, st.integers(1, 8))
def test_all_names_of_a_zone_are_in_its_shard(name: str, zones: list[Zone], count: int) -> None:
    holding = [zone.name for zone in zones if is_under(name, zone.name)]
    expected = place(max(holding, key=len) if holding else name, count)
    assert shard_of(name, placed(zones, count), count) == expected


@given(NAMES, ZONES, st.integers(1, 8), st.booleans())
def test_a_shard_works_in_every_zone_that_a_name_of_it_goes_to(
    name: str, zones: list[Zone], count: int, every_private: bool
) -> None:
    zones = [Zone(zone.name, f"{zone.id}-{seen}", seen) for zone in zones for seen in Visibility]
    shards = Shards(Shard(shard_of(name, placed(zones, count), count), count))
    goes_to = Routing(every_private).among(zones).of(name)
    assert shards.working(zones, several=every_private) >= set(goes_to)


@given(ZONES, st.integers(1, 8))
def test_a_zone_has_one_shard_where_names_go_to_the_longest_zone_alone(zones: list[Zone], count: int) -> None:
    working = [Shards(Shard(index, count)).working(zones, several=False) for index in range(count)]
    assert sum(map(len, working)) == len(frozenset(zones))


def test_no_name_is_ours_before_the_zones_are_known() -> None:
    shards = Shards(Shard(0, 2))
    assert not shards.mine(f"www.{OURS}")
    shards.see([Zone(OURS, "1")])
    assert shards.mine(f"www.{OURS}")


# -- what a process does


class Provider(InMemory):
    """Holds all zones of the tests, and lists those of `visible`. private: they are for a private network."""

    def __init__(self, *visible: str, private: bool = False) -> None:
        super().__init__([OURS, THEIRS, WITHIN])
        self.visible = set(visible)
        self.down = False
        kind = Visibility.PRIVATE if private else Visibility.UNKNOWN
        self._zones = {name: Zone(name, name, kind) for name in self._zones}
        self._records = {zone: {} for zone in self._zones.values()}

    async def zones(self) -> Sequence[Zone]:
        if self.down:
            raise Unavailable("no answer")
        return [zone for zone in self._zones.values() if zone.name in self.visible]

    def standing(self, zone: str) -> set[str]:
        """The names that have addresses."""
        return {record.name for record in self._records[self._zones[zone]].values() if record.rtype == "A"}


class Rig:
    """One shard of two; objects have the names that they ask for. Zones are read anew in each round."""

    def __init__(
        self, index: int, provider: Provider, *, every_private: bool = False, table: FakeTable | None = None
    ) -> None:
        self.desired = Desired()
        self.outcomes: dict[str, Outcome] = {}
        self.alarms: list[Alarm] = []
        self.held: HeldPlan | None = None
        self.moves = 0
        options = Options(
            DomainFilter.of(),
            Rules(Policy.SYNC, frozenset({"A"})),
            False,
            0.0,
            wary=True,
            routing=Routing(every_private),
            brake=Brake(30, 2),
            shards=Shards(Shard(index, 2)),
        )
        links = Links(
            holds=lambda _: False,
            report=self._report,
            done=lambda _: None,
            strangers=lambda _, alarm: self.alarms.append(alarm),
            braked=self._braked,
            moved=self._moved,
        )
        texts = TxtRegistry("me", OwnershipNames("", "", ""))
        if table is None:
            self.zones = Zones(provider, texts, self.desired, options, links)
        else:
            recorded = Recorded(provider, Ledger(table, fresh=0))
            rows = DynamoDBRegistry("me", texts, removes_texts=False)
            self.zones = Zones(recorded, rows, self.desired, options, links)

    def want(self, *names: str) -> None:
        for name in names:
            self.zones.mark(self.desired.put("ns", name, {0: Endpoint.wanted(name, "A", ["192.0.2.1"])}))

    def drop(self, *names: str) -> None:
        for name in names:
            self.zones.mark(self.desired.drop("ns", name))

    def told(self) -> dict[str, Reason]:
        return {name: outcome.reason for name, outcome in self.outcomes.items()}

    def _report(self, outcomes: Mapping[Origin, Outcome]) -> None:
        self.outcomes |= {origin.name: outcome for origin, outcome in outcomes.items()}

    def _braked(self, zone: Zone, plan: HeldPlan | None) -> None:
        self.held = plan

    def _moved(self) -> None:
        self.moves += 1


async def both(
    provider: Provider, *names: str, every_private: bool = False, table: FakeTable | None = None
) -> tuple[Rig, Rig]:
    """The two shards of a cluster in which these names are wanted, after a round of each."""
    left, right = (Rig(index, provider, every_private=every_private, table=table) for index in (0, 1))
    for rig in (left, right):
        rig.want(*names)
        await rig.zones.round()
    return left, right


async def test_each_zone_is_written_and_told_of_by_its_shard_alone() -> None:
    provider = Provider(OURS, THEIRS)
    mine, others = f"www.{OURS}", f"www.{THEIRS}"
    left, right = await both(provider, mine, others)
    assert (provider.standing(OURS), provider.standing(THEIRS)) == ({mine}, {others})
    assert (left.told(), right.told()) == ({mine: Reason.SYNCED}, {others: Reason.SYNCED})
    assert [[zone.name for zone in rig.zones.snapshots()] for rig in (left, right)] == [[OURS], [THEIRS]]


async def test_a_name_that_no_zone_holds_is_told_so_by_one_shard() -> None:
    left, right = await both(Provider(OURS, THEIRS), "www.nowhere.test")
    told = [rig.told() for rig in (left, right) if rig.outcomes]
    assert told == [{"www.nowhere.test": Reason.NO_MATCHING_ZONE}]
    (outcome,) = [*left.outcomes.values(), *right.outcomes.values()]
    assert OURS in outcome.message
    assert THEIRS in outcome.message


async def test_a_name_is_deleted_by_its_shard_alone() -> None:
    provider = Provider(OURS, THEIRS)
    name = f"www.{THEIRS}"
    left, right = await both(provider, name)
    left.drop(name)
    await left.zones.round()
    assert provider.standing(THEIRS) == {name}
    right.drop(name)
    await right.zones.round()
    assert provider.standing(THEIRS) == set()


async def test_nothing_is_told_of_any_name_as_long_as_the_zones_cannot_be_listed() -> None:
    provider = Provider(OURS)
    provider.down = True
    left, right = await both(provider, f"www.{OURS}", f"www.{THEIRS}")
    assert (left.told(), right.told()) == ({}, {})
    assert not left.zones.sound


# -- zones that come and go


async def test_a_zone_that_is_divided_off_takes_its_names_along_without_a_delete() -> None:
    provider = Provider(OURS)
    name = f"www.{WITHIN}"
    left, right = await both(provider, name)
    provider.visible.add(WITHIN)
    for rig in (left, right):
        await rig.zones.round()
    assert provider.standing(OURS) == provider.standing(WITHIN) == {name}
    assert right.outcomes[name].zone == WITHIN
    assert (left.moves, right.moves) == (2, 2)


async def test_the_names_of_a_zone_that_goes_come_back_to_the_shard_of_its_parent() -> None:
    provider = Provider(OURS, WITHIN)
    name = f"www.{WITHIN}"
    left, right = await both(provider, name)
    assert (left.told(), right.told()) == ({}, {name: Reason.SYNCED})
    provider.visible.remove(WITHIN)
    for rig in (left, right):
        await rig.zones.round()
    assert left.told() == {name: Reason.SYNCED}
    assert provider.standing(OURS) == {name}


async def test_a_name_that_was_marked_before_it_became_anothers_is_left_alone() -> None:
    provider = Provider(OURS)
    name = f"www.{WITHIN}"
    left, _ = await both(provider, name)
    left.drop(name)  # marked, and not looked at yet
    provider.visible.add(WITHIN)
    await left.zones.round()
    assert provider.standing(OURS) == {name}


# -- two shards in one zone: every private zone that holds a name has it


async def test_in_a_zone_of_two_shards_neither_deletes_what_is_the_others_nor_takes_it_for_a_strangers() -> None:
    provider = Provider(OURS, WITHIN, private=True)
    mine, others = f"www.{OURS}", f"www.{WITHIN}"
    left, right = await both(provider, mine, others, every_private=True)
    assert provider.standing(OURS) == {mine, others}
    assert [sorted(zone.name for zone in rig.zones.snapshots()) for rig in (left, right)] == [
        [OURS],
        sorted([OURS, WITHIN]),
    ]
    left.drop(others)  # it may not know of what the other shard's objects ask for, and must not need to
    right.want(late := f"late.{WITHIN}")
    for rig in (left, right, left, right):
        await rig.zones.round()
    assert provider.standing(OURS) == {mine, others, late}
    assert (left.alarms, right.alarms) == ([], [])


async def test_the_brake_counts_what_is_ours_and_not_the_other_shards() -> None:
    provider = Provider(OURS, WITHIN, private=True)
    mine = [f"n{number}.{OURS}" for number in range(3)]
    others = [f"n{number}.{WITHIN}" for number in range(20)]
    left, _ = await both(provider, *mine, *others, every_private=True)
    left.drop(*mine[:2])  # two of three, and few of all that stands
    await left.zones.round()
    assert provider.standing(OURS) == {*mine, *others}
    assert left.held is not None
    assert (len(left.held.records), left.held.owned) == (2, 3)


async def test_rows_of_the_other_shards_names_are_left_alone_in_the_table_of_both() -> None:
    provider, table = Provider(OURS, WITHIN, private=True), FakeTable()
    mine, others, lone = f"www.{OURS}", f"www.{WITHIN}", f"lone.{WITHIN}"
    left, _ = await both(provider, mine, others, every_private=True, table=table)
    assert set(table.rows) == {f"{mine}#A#", f"{others}#A#"}
    without_record = Row.of(Key(lone, "A", ""), Ownership("me", "ingress/ns/lone"))
    table.rows[without_record.text] = without_record  # as it is when a shard dies between its row and its record
    left.drop(others)
    for _ in range(2):
        await left.zones.round()
    assert set(table.rows) == {f"{mine}#A#", f"{others}#A#", f"{lone}#A#"}
    left.drop(mine)
    await left.zones.round()
    assert set(table.rows) == {f"{others}#A#", f"{lone}#A#"}
    assert provider.standing(OURS) == {others}
