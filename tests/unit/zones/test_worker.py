from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from simulation import virtualtime
from zonewright.model.change import Unit
from zonewright.model.endpoint import Endpoint
from zonewright.model.outcome import Outcome
from zonewright.model.reason import Problem, Reason
from zonewright.model.zone import Zone
from zonewright.planning.plan import NamePlan, Policy, Rules, plan_name
from zonewright.providers.base import Changed, Failure, Normalized, ProviderError, Rejected, Throttled, Unavailable
from zonewright.providers.inmemory import InMemory
from zonewright.registry.base import ZoneRecords
from zonewright.registry.txt.names import OwnershipNames
from zonewright.registry.txt.registry import TxtRegistry
from zonewright.zones import pace as pace_module
from zonewright.zones import worker as worker_module
from zonewright.zones.desired import Desired, Origin
from zonewright.zones.strangers import QUIET, Alarm
from zonewright.zones.surroundings import Surroundings
from zonewright.zones.worker import ZoneWorker

ME = '"heritage=external-dns,external-dns/owner=me,external-dns/resource=ingress/default/web"'
WWW = "www.example.org"


def a(name: str, *targets: str, resource: str = "ingress/default/web") -> Endpoint:
    return Endpoint.wanted(name, "A", targets or ["192.0.2.1"], labels={"resource": resource})


def owned(name: str, target: str = "192.0.2.1") -> list[Endpoint]:
    return [Endpoint.found(name, "A", [target]), Endpoint.found(f"a-{name}", "TXT", [ME])]


class Flaky(InMemory):
    """An in-memory provider that counts calls and fails on demand: by a queue of errors, or for ever by name."""

    def __init__(self, records: Sequence[Endpoint] = ()) -> None:
        super().__init__(["example.org"], records)
        self.reads = 0
        self.applies = 0
        self.read_errors: list[ProviderError] = []
        self.apply_errors: list[ProviderError | None] = []
        self.refused: set[str] = set()
        self.dropped: set[str] = set()

    async def records(self, zone: Zone) -> Sequence[Endpoint]:
        self.reads += 1
        if self.read_errors:
            raise self.read_errors.pop(0)
        return await super().records(zone)

    async def normalize(self, zone: Zone, endpoints: Sequence[Endpoint]) -> Normalized:
        kept = {e.key: e for e in endpoints if e.name not in self.dropped}
        problem = Problem(Reason.FILTERED, "left out")
        return Normalized(kept, {e.key: problem for e in endpoints if e.name in self.dropped})

    async def apply(self, zone: Zone, units: Sequence[Unit]) -> Sequence[Failure]:
        self.applies += 1
        if self.apply_errors and (error := self.apply_errors.pop(0)) is not None:
            raise error
        if any(unit.name in self.refused for unit in units):
            raise Rejected("this name is refused")
        return await super().apply(zone, units)

    async def standing(self) -> dict[tuple[str, str], tuple[str, ...]]:
        (zone,) = await self.zones()
        return {(r.name, r.rtype): r.targets for r in await super().records(zone)}


@dataclass
class Rig:
    """A worker with its surroundings in plain sight."""

    provider: Flaky
    desired: Desired = field(default_factory=Desired)
    outcomes: dict[Origin, Outcome] = field(default_factory=dict)
    status: Mapping[str, Any] = field(default_factory=dict)
    held: bool = False
    rounds: list[ProviderError | None] = field(default_factory=list)
    alarms: list[Alarm] = field(default_factory=list)
    published: set[str] = field(default_factory=set)
    claimed: set[str] = field(default_factory=set)

    def worker(
        self, *, dry_run: bool = False, policy: Policy = Policy.SYNC, interval: float = 3600.0, wary: bool = False
    ) -> ZoneWorker:
        around = Surroundings(
            self.desired,
            mine=lambda zone, name: name.endswith(zone.name),
            holds=lambda name: self.held,
            report=self.report,
            done=lambda zone, error: self.rounds.append(error),
            strangers=lambda zone, alarm: self.alarms.append(alarm),
            claimed=lambda name: name in self.claimed,
            published=lambda name: name in self.published,
            status=lambda namespace, name: self.status if (namespace, name) == ("default", "web") else {},
        )
        registry = TxtRegistry("me", OwnershipNames("", "", ""))
        rules = Rules(policy, frozenset({"A", "AAAA", "CNAME"}), "example.org")
        zone = Zone("example.org", "example.org")
        return ZoneWorker(zone, self.provider, registry, rules, around, dry_run=dry_run, interval=interval, wary=wary)

    def report(self, outcomes: Mapping[Origin, Outcome]) -> None:
        self.outcomes |= outcomes

    def want(self, *endpoints: Endpoint, obj: str = "web") -> set[str]:
        return self.desired.put("default", obj, dict(enumerate(endpoints)))

    def reason(self, entry: int = 0, obj: str = "web") -> Reason:
        return self.outcomes[Origin("default", obj, entry)].reason


@pytest.fixture
def rig() -> Rig:
    return Rig(Flaky())


async def test_a_wish_is_written_with_its_ownership_and_reported_synced(rig: Rig) -> None:
    rig.want(a(WWW))
    await rig.worker().round()
    assert await rig.provider.standing() == {(WWW, "A"): ("192.0.2.1",), (f"a-{WWW}", "TXT"): (ME,)}
    outcome = rig.outcomes[Origin("default", "web", 0)]
    assert (outcome.reason, outcome.zone, outcome.provider) == (Reason.SYNCED, "example.org", "inmemory")
    assert outcome.ownership is not None
    assert (outcome.ownership.owner, outcome.ownership.name, outcome.ownership.value) == ("me", f"a-{WWW}", ME)


async def test_a_second_round_sends_nothing(rig: Rig) -> None:
    rig.want(a(WWW))
    worker = rig.worker()
    await worker.round()
    worker.mark_all()
    await worker.round()
    assert rig.provider.applies == 1


async def test_a_name_that_comes_while_others_wait_for_their_turn_is_the_next(rig: Rig) -> None:
    many = [a(f"n{number}.example.org") for number in range(6)]
    worker = rig.worker()
    worker.mark(rig.want(*many, obj="many"))
    done = asyncio.create_task(worker.caught_up())
    await asyncio.sleep(0)
    await worker.round(portion=2)
    worker.mark(rig.want(a(WWW)))
    await worker.round(portion=2)
    assert (WWW, "A") in await rig.provider.standing()
    assert len(rig.outcomes) == 4
    assert not done.done()
    await worker.round(portion=2)
    await worker.round(portion=2)
    await done
    assert len(await rig.provider.standing()) == 14


async def test_one_change_costs_one_call_and_no_reading_of_the_zone() -> None:
    rig = Rig(Flaky([r for i in range(200) for r in owned(f"n{i}.example.org")]))
    rig.want(*(a(f"n{i}.example.org") for i in range(200)))
    worker = rig.worker()
    await worker.round()
    before = rig.provider.reads, rig.provider.applies
    worker.mark(rig.want(*(a(f"n{i}.example.org") for i in range(199)), a("n199.example.org", "192.0.2.99")))
    await worker.round()
    assert (rig.provider.reads, rig.provider.applies) == (before[0], before[1] + 1)


async def test_a_wish_that_comes_while_the_provider_is_asked_holds_its_name_to_the_end_of_the_round() -> None:
    """The round has seen that nobody wants it yet; that its DNSEndpoint is there now must not let go of the delete."""

    class Asked(Flaky):
        async def normalize(self, zone: Zone, endpoints: Sequence[Endpoint]) -> Normalized:
            rig.want(a(WWW), obj="late")
            rig.held = False
            return await super().normalize(zone, endpoints)

    rig = Rig(Asked(owned(WWW)))
    rig.want(a("other.example.org"))
    rig.held = True
    await rig.worker().round()
    assert (WWW, "A") in await rig.provider.standing()


async def test_what_nobody_wants_goes_in_the_first_round() -> None:
    rig = Rig(Flaky(owned("old.example.org")))
    await rig.worker().round()
    assert await rig.provider.standing() == {}


async def test_deletes_wait_as_long_as_they_are_held_and_creates_do_not() -> None:
    rig = Rig(Flaky(owned("old.example.org")), held=True)
    rig.want(a(WWW))
    worker = rig.worker()
    await worker.round()
    assert ("old.example.org", "A") in await rig.provider.standing()
    assert rig.reason() is Reason.SYNCED
    rig.held = False
    worker.mark_all()
    await worker.round()
    assert ("old.example.org", "A") not in await rig.provider.standing()


async def test_one_refused_name_does_not_stop_the_others(rig: Rig) -> None:
    rig.provider.refused = {"bad.example.org"}
    rig.want(*(a(f"n{i}.example.org") for i in range(20)), a("bad.example.org"))
    await rig.worker().round()
    assert [rig.reason(i) for i in range(20)] == [Reason.SYNCED] * 20
    outcome = rig.outcomes[Origin("default", "web", 20)]
    assert (outcome.reason, outcome.fault) == (Reason.REJECTED, True)
    assert "refused" in outcome.message
    assert outcome.retry_at is not None


async def test_a_quarantined_name_is_left_alone_until_it_is_due_or_changed(rig: Rig) -> None:
    rig.provider.refused = {WWW}
    rig.want(a(WWW))
    worker = rig.worker()
    await worker.round()
    worker.mark_all()
    await worker.round()
    assert rig.provider.applies == 1
    assert rig.reason() is Reason.REJECTED
    rig.provider.refused = set()
    worker.mark(rig.want(a(WWW, "192.0.2.2")))
    await worker.round()
    assert rig.reason() is Reason.SYNCED


def test_a_quarantined_name_of_which_nothing_is_left_to_do_is_not_looked_at_over_and_over() -> None:
    async def scenario() -> None:
        rig = Rig(Flaky())
        rig.provider.refused = {WWW}
        rig.want(a(WWW))
        worker = rig.worker()
        running = asyncio.create_task(worker.run())
        await asyncio.sleep(2)
        assert rig.reason() is Reason.REJECTED
        rig.provider.seed([Endpoint.found(WWW, "A", ["192.0.2.9"])])  # by somebody else
        worker.reread()
        await asyncio.sleep(1800)
        assert rig.reason() is Reason.NOT_OWNED
        assert len(rig.rounds) < 10
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)

    virtualtime.run(scenario())


@pytest.mark.parametrize(
    ("error", "reason"),
    [(Unavailable("down"), Reason.PROVIDER_UNAVAILABLE), (Throttled("p", 7.0), Reason.THROTTLED)],
    ids=["unavailable", "throttled"],
)
async def test_a_zone_that_cannot_be_read_is_what_its_names_are_told(
    rig: Rig, error: ProviderError, reason: Reason
) -> None:
    rig.provider.read_errors = [error]
    rig.want(a(WWW))
    worker = rig.worker()
    await worker.round()
    assert rig.reason() is reason
    assert rig.rounds == [error]
    await worker.round()
    assert rig.reason() is Reason.SYNCED
    assert rig.rounds == [error, None]


async def test_after_an_answer_that_never_came_the_zone_is_read_again(rig: Rig) -> None:
    rig.want(a(WWW))
    rig.provider.apply_errors = [Unavailable("cut")]
    worker = rig.worker()
    await worker.round()
    assert rig.reason() is Reason.PROVIDER_UNAVAILABLE
    reads = rig.provider.reads
    await worker.round()
    assert rig.provider.reads == reads + 1
    assert rig.reason() is Reason.SYNCED


async def test_a_dry_run_calls_apply_never_and_says_what_would_be(
    caplog: pytest.LogCaptureFixture,
) -> None:
    rig = Rig(Flaky(owned("old.example.org")))
    rig.want(a(WWW))
    with caplog.at_level("INFO"):
        await rig.worker(dry_run=True).round()
    assert rig.provider.applies == 0
    assert rig.reason() is Reason.DRY_RUN
    assert any("CREATE www.example.org A" in message for message in caplog.messages)
    assert any("DELETE old.example.org A" in message for message in caplog.messages)


async def test_two_objects_with_one_key_are_not_mixed_up_by_the_provider_s_answer(rig: Rig) -> None:
    rig.want(a(WWW, "192.0.2.7", resource="ingress/default/web"), obj="web")
    rig.want(a(WWW, "192.0.2.5", resource="service/default/app"), obj="app")
    await rig.worker().round()
    assert (await rig.provider.standing())[WWW, "A"] == ("192.0.2.5",)
    assert rig.reason(obj="app") is Reason.SYNCED
    assert rig.reason(obj="web") is Reason.HOSTNAME_CONFLICT


async def test_what_the_provider_leaves_out_is_told_and_no_fault(rig: Rig) -> None:
    rig.provider.dropped = {WWW}
    rig.want(a(WWW))
    await rig.worker().round()
    outcome = rig.outcomes[Origin("default", "web", 0)]
    assert (outcome.reason, outcome.message, outcome.fault) == (Reason.FILTERED, "left out", False)


async def test_drift_is_found_when_the_zone_is_read_again(rig: Rig) -> None:
    rig.want(a(WWW))
    worker = rig.worker(interval=0.0)
    await worker.round()
    rig.provider.seed([Endpoint.found(WWW, "A", ["203.0.113.66"])])
    await worker.round()
    assert (await rig.provider.standing())[WWW, "A"] == ("192.0.2.1",)


def shared(target: str) -> Endpoint:
    return Endpoint.wanted(WWW, "A", [target], labels={"resource": "ingress/default/web", "shared": "true"})


def states(owner: str, target: str) -> str:
    said = f"external-dns/owner={owner},external-dns/resource=ingress/default/web,external-dns/shared={target}"
    return f'"heritage=external-dns,{said}"'


def join_by_hand(rig: Rig) -> None:
    """Another owner comes to share what we have, unseen."""
    rig.provider.seed([Endpoint.found(WWW, "A", ["192.0.2.1", "192.0.2.2"])])
    rig.provider.seed([Endpoint.found(f"a-{WWW}", "TXT", [states("me", "192.0.2.1"), states("you", "192.0.2.2")])])


async def test_before_a_shared_name_is_changed_the_zone_is_read_again(rig: Rig) -> None:
    """Another owner has joined since it was read last: what it has stays."""
    rig.want(shared("192.0.2.1"))
    worker = rig.worker()
    await worker.round()
    join_by_hand(rig)
    worker.mark(rig.want(shared("192.0.2.3")))
    await worker.round()
    assert await rig.provider.standing() == {
        (WWW, "A"): ("192.0.2.2", "192.0.2.3"),
        (f"a-{WWW}", "TXT"): (states("me", "192.0.2.3"), states("you", "192.0.2.2")),
    }
    assert rig.provider.reads == 2


async def test_who_leaves_a_shared_name_reads_the_zone_again_before(rig: Rig) -> None:
    """To him it is his alone, as he has read it last."""
    rig.want(shared("192.0.2.1"))
    worker = rig.worker()
    await worker.round()
    join_by_hand(rig)
    worker.mark(rig.want())
    await worker.round()
    assert await rig.provider.standing() == {
        (WWW, "A"): ("192.0.2.2",),
        (f"a-{WWW}", "TXT"): (states("you", "192.0.2.2"),),
    }


async def test_before_ownership_without_its_shared_record_goes_the_zone_is_read_again(rig: Rig) -> None:
    """Another owner may have joined, and written the record that was missing: it would be nobody's."""
    rig.provider.seed([Endpoint.found(f"a-{WWW}", "TXT", [states("me", "192.0.2.1")])])
    rig.want(replace(shared("192.0.2.1"), targets=()))  # as with a load balancer that has no address yet
    worker = rig.worker()
    await worker.round()
    join_by_hand(rig)
    worker.mark(rig.want())
    await worker.round()
    assert await rig.provider.standing() == {
        (WWW, "A"): ("192.0.2.2",),
        (f"a-{WWW}", "TXT"): (states("you", "192.0.2.2"),),
    }


async def test_run_works_on_marks_and_stops_when_it_is_told(rig: Rig) -> None:
    worker = rig.worker()
    task = asyncio.create_task(worker.run())
    await worker.caught_up()
    worker.mark(rig.want(a(WWW)))
    await worker.caught_up()
    assert rig.reason() is Reason.SYNCED
    worker.stop()
    async with asyncio.timeout(5):
        await task


async def test_who_comes_while_the_provider_is_given_a_rest_is_told_at_once(rig: Rig) -> None:
    rig.want(a(WWW))
    rig.provider.read_errors = [Throttled("inmemory", 60.0)]
    worker = rig.worker()
    await worker.round()
    worker.mark(rig.want(a("late.example.org"), obj="late"))
    assert rig.reason(obj="late") is Reason.THROTTLED


async def test_of_two_record_sets_of_a_name_only_the_refused_one_is_told(rig: Rig) -> None:
    class NoSixes(Flaky):
        async def apply(self, zone: Zone, units: Sequence[Unit]) -> Sequence[Failure]:
            if any(change.endpoint.rtype == "AAAA" for unit in units for change in unit.changes):
                raise Rejected("no AAAA here")
            return await super().apply(zone, units)

    rig.provider = NoSixes()
    rig.want(a(WWW), Endpoint.wanted(WWW, "AAAA", ["2001:db8::1"], labels={"resource": "ingress/default/web"}))
    worker = rig.worker()
    for _ in range(2):  # also while it is in quarantine
        await worker.round()
        assert [rig.reason(0), rig.reason(1)] == [Reason.SYNCED, Reason.REJECTED]
        worker.mark_all()


async def test_an_outage_ends_the_round_with_the_first_batch_that_gets_nowhere() -> None:
    rig = Rig(Flaky())
    rig.provider.capabilities = replace(rig.provider.capabilities, batch_size=10)
    rig.provider.apply_errors = [Throttled("inmemory", 60.0)] * 99
    rig.want(*(a(f"n{i}.example.org") for i in range(50)))
    await rig.worker().round()
    assert rig.provider.applies == 1
    assert {rig.reason(i) for i in range(50)} == {Reason.THROTTLED}


async def test_what_failed_since_the_zone_had_changed_is_tried_again_at_once_where_something_landed() -> None:
    """No fault of its own: names beside it must not wait as long as one that is refused."""
    rig = Rig(Flaky())
    rig.provider.capabilities = replace(rig.provider.capabilities, batch_size=10)
    rig.provider.apply_errors = [None, Changed("it is there already")]
    rig.want(*(a(f"n{i}.example.org") for i in range(12)))
    worker = rig.worker()
    await worker.round()
    assert {rig.reason(i) for i in range(12)} == {Reason.SYNCED, Reason.PROVIDER_UNAVAILABLE}
    await worker.round()
    assert {rig.reason(i) for i in range(12)} == {Reason.SYNCED}
    assert rig.provider.reads == 2


# -- an ownership record that is lost

OURS = {
    "records": [
        {
            "dnsName": WWW,
            "recordType": "A",
            "provider": "inmemory",
            "zone": "example.org",
            "ownership": {"owner": "me", "resource": "ingress/default/web"},
        }
    ]
}


async def test_ownership_that_is_lost_is_written_again_where_the_status_says_that_it_was_ours() -> None:
    rig = Rig(Flaky([Endpoint.found(WWW, "A", ["192.0.2.1"])]), status=OURS)
    rig.want(a(WWW))
    await rig.worker().round()
    assert await rig.provider.standing() == {(WWW, "A"): ("192.0.2.1",), (f"a-{WWW}", "TXT"): (ME,)}
    assert rig.reason() is Reason.SYNCED


async def test_record_that_was_never_ours_is_left_alone_though_it_is_what_is_wanted() -> None:
    rig = Rig(Flaky([Endpoint.found(WWW, "A", ["192.0.2.1"])]))
    rig.want(a(WWW))
    await rig.worker().round()
    assert (rig.reason(), rig.provider.applies) == (Reason.NOT_OWNED, 0)


async def test_ownership_that_could_not_be_written_alone_is_told() -> None:
    rig = Rig(Flaky([Endpoint.found(WWW, "A", ["192.0.2.1"])]), status=OURS)
    rig.want(a(WWW))
    rig.provider.refused = {WWW}
    await rig.worker().round()
    assert rig.reason() is Reason.REJECTED


async def test_dry_run_says_that_ownership_would_be_written_alone() -> None:
    rig = Rig(Flaky([Endpoint.found(WWW, "A", ["192.0.2.1"])]), status=OURS)
    rig.want(a(WWW))
    await rig.worker(dry_run=True).round()
    assert (rig.reason(), rig.provider.applies) == (Reason.DRY_RUN, 0)


# -- other writers under our owner id

INTERVAL = 60.0
LONG = QUIET * INTERVAL


class Clock:
    """What the worker takes for the time."""

    def __init__(self) -> None:
        self.now = 1000.0

    def monotonic(self) -> float:
        return self.now

    def time(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    for module in (worker_module, pace_module):
        monkeypatch.setattr(module, "time", clock)
        monkeypatch.setattr(module, "monotonic", clock.monotonic)
    return clock


async def later(worker: ZoneWorker, clock: Clock, seconds: float = INTERVAL) -> None:
    clock.now += seconds
    await worker.round()


async def names(rig: Rig) -> set[str]:
    return {name for name, rtype in await rig.provider.standing() if rtype == "A"}


async def test_the_end_of_another_writer_is_told_by_the_next_reading_and_deletes_go_on(rig: Rig, clock: Clock) -> None:
    worker = rig.worker(interval=INTERVAL)
    worker.mark(rig.want(a(WWW)))
    await worker.round()
    rig.provider.seed(owned("x.example.org"))
    await later(worker, clock)
    assert rig.alarms == [Alarm(True, frozenset({"x.example.org"}), frozenset({"x.example.org"}))]
    worker.mark(rig.want())
    await worker.round()
    assert await names(rig) == {WWW, "x.example.org"}
    await later(worker, clock, LONG)
    assert await names(rig) == set()
    await later(worker, clock)
    assert [bool(alarm) for alarm in rig.alarms] == [True, True, False]
    assert not rig.alarms[1].seen


async def test_a_name_that_stands_again_after_our_delete_is_told_and_left(rig: Rig, clock: Clock) -> None:
    rig.provider.seed([r for i in range(3) for r in owned(f"n{i}.example.org")])
    worker = rig.worker(interval=INTERVAL)
    await worker.round()
    assert await names(rig) == set()
    rig.provider.seed(owned("n1.example.org"))
    await later(worker, clock)
    assert [alarm.come for alarm in rig.alarms] == [{"n1.example.org"}]
    assert await names(rig) == {"n1.example.org"}


async def test_what_we_have_failed_to_write_and_stands_all_the_same_is_no_sign(rig: Rig, clock: Clock) -> None:
    class Deaf(Flaky):
        async def apply(self, zone: Zone, units: Sequence[Unit]) -> Sequence[Failure]:
            await InMemory.apply(self, zone, units)
            raise Unavailable("the answer is lost")

    rig.provider = Deaf()
    worker = rig.worker(interval=INTERVAL)
    worker.mark(rig.want(a(WWW)))
    await worker.round()
    worker.mark(rig.want())
    await later(worker, clock)
    assert rig.alarms == []


def cluster_of_ten() -> list[Endpoint]:
    return [r for i in range(10) for r in owned(f"n{i}.example.org")]


async def test_a_fresh_cluster_deletes_nothing_of_what_stands_under_its_id(clock: Clock) -> None:
    rig = Rig(Flaky(cluster_of_ten()))
    rig.want(a(WWW))
    worker = rig.worker(interval=INTERVAL, wary=True)
    await worker.round()
    assert len(await names(rig)) == 11
    (alarm,) = rig.alarms
    assert (alarm.seen, len(alarm.doubtful)) == (False, 10)
    for _ in range(int(QUIET) - 1):
        await later(worker, clock)
    assert len(await names(rig)) == 11
    assert len(rig.alarms) == 1


async def test_what_nobody_writes_again_goes_in_the_end(clock: Clock) -> None:
    rig = Rig(Flaky(cluster_of_ten()))
    worker = rig.worker(interval=INTERVAL, wary=True)
    await worker.round()
    await later(worker, clock, LONG)
    assert len(await names(rig)) == 9
    await later(worker, clock)
    await later(worker, clock, LONG)
    assert await names(rig) == set()
    assert [bool(alarm) for alarm in rig.alarms] == [True, False]


async def test_who_writes_the_first_one_again_keeps_them_all(clock: Clock) -> None:
    rig = Rig(Flaky(cluster_of_ten()))
    worker = rig.worker(interval=INTERVAL, wary=True)
    await worker.round()
    for _ in range(100):
        await later(worker, clock)
        assert len(await names(rig)) >= 9
        rig.provider.seed(cluster_of_ten())
    assert any(alarm.come for alarm in rig.alarms)
    assert all(rig.alarms)


async def test_what_we_publish_ourselves_goes_promptly_though_other_names_are_in_doubt(clock: Clock) -> None:
    rig = Rig(Flaky(cluster_of_ten()))
    worker = rig.worker(interval=INTERVAL, wary=True)
    worker.mark(rig.want(a(WWW), a("n1.example.org", "192.0.2.7")))
    await worker.round()
    worker.mark(rig.want())
    await worker.round()
    assert await names(rig) == {f"n{i}.example.org" for i in range(10)} - {"n1.example.org"}


async def test_deleted_while_down_goes_at_once_where_anything_was_published_here(clock: Clock) -> None:
    rig = Rig(Flaky([*owned(WWW), *cluster_of_ten()]), published={WWW})
    rig.want(a(WWW))
    await rig.worker(interval=INTERVAL, wary=True).round()
    assert await names(rig) == {WWW}
    assert rig.alarms == []


async def test_deleted_since_the_start_goes_at_once_where_it_was_wanted_then(clock: Clock) -> None:
    """Its wish has gone before the sources were complete: an Ingress that was edited while we were down."""
    rig = Rig(Flaky(owned(WWW)), held=True)
    rig.want(a(WWW))
    worker = rig.worker(interval=INTERVAL, wary=True)
    rig.want()
    await worker.round()
    assert await names(rig) == {WWW}
    rig.held = False
    worker.mark_all()
    await worker.round()
    assert await names(rig) == set()


@pytest.mark.parametrize(
    ("policy", "told"), [(Policy.SYNC, 1), (Policy.UPSERT_ONLY, 0), (Policy.CREATE_ONLY, 0)], ids=str
)
async def test_nothing_is_in_doubt_where_nothing_would_be_deleted(clock: Clock, policy: Policy, told: int) -> None:
    rig = Rig(Flaky(cluster_of_ten()))
    await rig.worker(policy=policy, wary=True).round()
    assert len(rig.alarms) == told


async def test_while_in_doubt_no_status_proves_that_a_record_is_ours(clock: Clock) -> None:
    rig = Rig(Flaky(cluster_of_ten()))
    rig.want(a(WWW))
    worker = rig.worker(interval=INTERVAL, wary=True)
    await worker.round()
    assert (rig.reason(), rig.outcomes[Origin("default", "web", 0)].ownership) == (Reason.SYNCED, None)
    for seconds in (LONG, INTERVAL, LONG):
        await later(worker, clock, seconds)
    outcome = rig.outcomes[Origin("default", "web", 0)]
    assert outcome.ownership is not None
    assert outcome.ownership.owner == "me"


async def test_when_doubt_ends_all_is_told_again_with_its_ownership(clock: Clock) -> None:
    """Names whose objects are written one after another are known to be ours only when the last one is there."""
    rig = Rig(Flaky([*owned(WWW), *owned("api.example.org")]), held=True)
    worker = rig.worker(interval=INTERVAL, wary=True)
    worker.mark(rig.want(a(WWW)))
    await worker.round()
    assert rig.outcomes[Origin("default", "web", 0)].ownership is None
    worker.mark(rig.want(a("api.example.org"), obj="api"))
    await worker.round()
    await worker.round()
    assert rig.outcomes[Origin("default", "web", 0)].ownership is not None


async def test_what_an_object_asks_for_is_not_in_doubt_before_its_dnsendpoint_is_there(clock: Clock) -> None:
    rig = Rig(Flaky([*owned(WWW), *owned("api.example.org")]), claimed={"api.example.org"})
    worker = rig.worker(interval=INTERVAL, wary=True)
    worker.mark(rig.want(a(WWW)))
    await worker.round()
    assert rig.outcomes[Origin("default", "web", 0)].ownership is not None


async def test_proof_from_before_the_start_is_not_taken_away_before_the_sources_are_complete(clock: Clock) -> None:
    rig = Rig(Flaky([*owned(WWW), *cluster_of_ten()]), held=True)
    worker = rig.worker(interval=INTERVAL, wary=True)
    await worker.round()  # before anything is listed
    rig.published.add(WWW)
    worker.mark(rig.want(a(WWW)))
    await worker.round()
    assert rig.outcomes[Origin("default", "web", 0)].ownership is not None


async def test_whose_names_there_are_is_found_once_for_each_state_of_the_zone(
    rig: Rig, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    class Counting(TxtRegistry):
        def owned_names(self, records: ZoneRecords) -> Iterable[str]:
            asked.append(records)
            return super().owned_names(records)

    monkeypatch.setattr(f"{__name__}.TxtRegistry", Counting)
    worker = rig.worker(interval=INTERVAL)
    worker.mark(rig.want(a(WWW)))
    await worker.round()  # reads, and writes
    assert len(asked) == 1
    worker.mark_all()
    await worker.round()  # has to see what was written
    assert len(asked) == 2
    worker.mark_all()
    await worker.round()
    assert len(asked) == 2
    await later(worker, clock)  # reads what it knows
    assert len(asked) == 2
    rig.provider.seed([a("other.example.org")])
    await later(worker, clock)
    assert len(asked) == 3


async def test_a_reading_that_shows_nothing_new_plans_nothing_but_what_is_not_settled(
    rig: Rig, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    planned: list[str] = []

    def counting(name: str, *args: Any) -> NamePlan:
        planned.append(name)
        return plan_name(name, *args)

    monkeypatch.setattr("zonewright.zones.planner.plan_name", counting)
    rig.provider.refused = {"bad.example.org"}
    worker = rig.worker(interval=INTERVAL)
    worker.mark(rig.want(a(WWW), a("bad.example.org")))
    await worker.round()
    await later(worker, clock)  # looks once more at what has just been written
    planned.clear()
    await later(worker, clock)
    assert set(planned) == {"bad.example.org"}
    rig.provider.seed([a(WWW, "192.0.2.99")])  # by hand
    await later(worker, clock)
    assert (await rig.provider.standing())[WWW, "A"] == ("192.0.2.1",)


async def test_a_bug_in_the_first_reading_does_not_end_the_zone_for_good(rig: Rig) -> None:
    class Broken(Flaky):
        async def records(self, zone: Zone) -> Sequence[Endpoint]:
            if not self.reads:
                self.reads += 1
                raise KeyError("our own")
            return await super().records(zone)

    rig.provider = Broken()
    worker = rig.worker()
    worker.mark(rig.want(a(WWW)))
    running = asyncio.create_task(worker.run())
    async with asyncio.timeout(10):
        await worker.caught_up()
    worker.stop()
    await running
    assert rig.reason() == Reason.SYNCED


async def test_after_a_failed_reading_everybody_is_told_that_it_is_over(rig: Rig, clock: Clock) -> None:
    worker = rig.worker(interval=INTERVAL)
    worker.mark(rig.want(a(WWW)))
    await worker.round()
    rig.provider.read_errors = [Unavailable("no answer")]
    await later(worker, clock)
    assert rig.reason() == Reason.PROVIDER_UNAVAILABLE
    await later(worker, clock)
    assert rig.reason() == Reason.SYNCED


async def test_a_full_round_without_a_reading_sees_what_is_ours_now(rig: Rig) -> None:
    rig.provider.refused = {WWW}
    rig.want(a(WWW))
    worker = rig.worker()
    await worker.round()
    rig.provider.refused = set()
    worker.mark(rig.want(a(WWW)) | {WWW})
    await worker.round()
    assert await names(rig) == {WWW}
    rig.held = True
    worker.mark(rig.want())
    await worker.round()
    rig.held = False
    worker.mark_all()
    await worker.round()
    assert await names(rig) == set()
    assert rig.provider.reads == 1
