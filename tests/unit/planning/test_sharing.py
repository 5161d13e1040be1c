"""Names that several owners share: what is published is the union of what each states, whoever comes and goes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from unit.planning.builders import RULES, WEB, WWW, lines, owned, plan, proof, record, want
from unit.planning.memoryzone import MemoryZone
from zonewright.model.endpoint import Endpoint
from zonewright.model.reason import Reason
from zonewright.planning.plan import NamePlan, Policy, Wanted
from zonewright.registry.dynamodb.registry import DynamoDBRegistry
from zonewright.registry.noop import NoopRegistry
from zonewright.registry.txt.names import OwnershipNames
from zonewright.registry.txt.registry import TxtRegistry

ME, YOU, THIRD = (TxtRegistry(owner, OwnershipNames()) for owner in ("me", "you", "third"))
ONE, TWO, THREE = "192.0.2.1", "192.0.2.2", "192.0.2.3"


def sharing(*targets: str, rtype: str = "A", resource: str = WEB, **fields: object) -> Wanted:
    wanted = want(rtype, *targets, resource=resource, **fields)  # type: ignore[arg-type]
    return replace(wanted, endpoint=wanted.endpoint.with_labels({**dict(wanted.endpoint.labels), "shared": "true"}))


def after(zone: MemoryZone, planned: NamePlan) -> MemoryZone:
    return zone.carry_out(planned.units)


def shared_by(**targets: str) -> MemoryZone:
    """WWW as owners have come to share it, one after the other: a target of each."""
    zone = MemoryZone([])
    for owner, target in targets.items():
        zone = after(zone, plan(zone, sharing(target), registry=TxtRegistry(owner, OwnershipNames())))
    return zone


def published(zone: MemoryZone, rtype: str = "A") -> tuple[str, ...]:
    standing = zone.get(WWW, rtype)
    return standing.targets if standing else ()


def stated(zone: MemoryZone) -> list[str]:
    text = zone.get("a-www.example.com", "TXT")
    return [t.strip('"').removeprefix("heritage=external-dns,external-dns/") for t in text.targets] if text else []


def test_the_published_set_is_the_union_of_what_the_owners_state() -> None:
    zone = shared_by(me=ONE, you=TWO)
    assert published(zone) == (ONE, TWO)
    assert stated(zone) == [
        f"owner=me,external-dns/resource={WEB},external-dns/shared={ONE}",
        f"owner=you,external-dns/resource={WEB},external-dns/shared={TWO}",
    ]


def test_a_second_plan_of_each_owner_is_empty() -> None:
    zone = shared_by(me=ONE, you=TWO)
    for registry, target in ((ME, ONE), (YOU, TWO)):
        again = plan(zone, sharing(target), registry=registry)
        assert not again.units
        (verdict,) = again.verdicts
        assert (verdict.reason, verdict.endpoint and verdict.endpoint.targets) == (Reason.SYNCED, (ONE, TWO))
        assert verdict.ownership
        assert verdict.ownership.owner == registry.owner_id


def test_the_status_says_with_whom_a_name_is_shared() -> None:
    (verdict,) = plan(shared_by(me=ONE, you=TWO, third=THREE), sharing(ONE)).verdicts
    assert verdict.message == "shared with the owner 'third', 'you'"


def test_an_owner_who_leaves_takes_its_own_targets_alone() -> None:
    zone = shared_by(me=ONE, you=TWO)
    planned = plan(zone)
    assert lines(planned.units) == [["UPDATE www A", "UPDATE a-www TXT"]]
    zone = after(zone, planned)
    assert (published(zone), len(stated(zone))) == ((TWO,), 1)
    assert not plan(zone).units


def test_a_target_that_another_owner_states_too_stays() -> None:
    zone = shared_by(me=ONE, you=ONE)
    zone = after(zone, plan(zone))
    assert published(zone) == (ONE,)


def test_the_name_goes_with_its_last_owner() -> None:
    zone = shared_by(me=ONE, you=TWO)
    zone = after(zone, plan(zone, registry=YOU))
    zone = after(zone, plan(zone))
    assert not list(zone)


def test_a_change_of_one_owner_touches_nothing_of_the_others() -> None:
    zone = shared_by(me=ONE, you=TWO)
    zone = after(zone, plan(zone, sharing(THREE)))
    assert published(zone) == (TWO, THREE)
    assert [text for text in stated(zone) if "owner=you" in text] == [stated(shared_by(you=TWO))[0]]


@pytest.mark.parametrize("rule", [Policy.UPSERT_ONLY, Policy.CREATE_ONLY])
def test_who_may_not_delete_does_not_leave(rule: Policy) -> None:
    assert not plan(shared_by(me=ONE, you=TWO), rules=replace(RULES, policy=rule)).units


def test_while_deletes_are_held_nobody_leaves() -> None:
    assert not plan(shared_by(me=ONE, you=TWO), rules=replace(RULES, hold_deletes=True)).units


def test_who_may_only_create_cannot_join() -> None:
    planned = plan(shared_by(you=TWO), sharing(ONE), rules=replace(RULES, policy=Policy.CREATE_ONLY))
    assert (planned.units, planned.verdicts[0].reason) == ((), Reason.POLICY)


# -- who does not share


def test_a_name_that_its_owner_does_not_share_is_not_joined() -> None:
    planned = plan(owned("A", owner="you"), sharing(ONE))
    assert (planned.units, planned.verdicts[0].reason) == ((), Reason.OWNED_BY_OTHER)


def test_who_does_not_share_does_not_join() -> None:
    planned = plan(shared_by(you=TWO), want("A", ONE))
    assert (planned.units, planned.verdicts[0].reason) == ((), Reason.OWNED_BY_OTHER)


def test_who_no_longer_says_that_it_shares_keeps_its_part_and_changes_nothing() -> None:
    planned = plan(shared_by(me=ONE, you=TWO), want("A", THREE))
    (verdict,) = planned.verdicts
    assert (planned.units, verdict.reason) == ((), Reason.OWNED_BY_OTHER)
    assert "'you'" in verdict.message
    assert "annotation shared" in verdict.message


def test_the_last_owner_may_have_the_name_for_itself() -> None:
    zone = shared_by(me=ONE)
    zone = after(zone, plan(zone, want("A", ONE)))
    assert stated(zone) == [f"owner=me,external-dns/resource={WEB}"]


def test_an_owner_may_begin_to_share_what_it_has() -> None:
    zone = MemoryZone(owned("A"))
    zone = after(zone, plan(zone, sharing(ONE)))
    assert stated(zone) == [f"owner=me,external-dns/resource={WEB},external-dns/shared={ONE}"]
    assert published(zone) == (ONE,)


def test_other_types_of_owners_that_share_stand_beside_each_other() -> None:
    zone = shared_by(you=TWO)
    zone = after(zone, plan(zone, sharing("2001:db8::1", rtype="AAAA")))
    assert (published(zone), published(zone, "AAAA")) == ((TWO,), ("2001:db8::1",))


def test_a_name_does_not_go_from_the_sharing_owners_to_a_cname_of_one() -> None:
    planned = plan(shared_by(me=ONE, you=TWO), want("CNAME", "lb.example.net"))
    assert (planned.units, planned.verdicts[0].reason) == ((), Reason.CNAME_CONFLICT)


@pytest.mark.parametrize(
    ("registry", "word"),
    [
        pytest.param(NoopRegistry(), "--registry=noop", id="noop"),
        pytest.param(DynamoDBRegistry("me", ME, removes_texts=False), "--registry=txt", id="dynamodb"),
    ],
)
def test_a_registry_that_has_one_owner_for_a_record_refuses_the_annotation(registry: object, word: str) -> None:
    planned = plan(MemoryZone([]), sharing(ONE), registry=registry)  # type: ignore[arg-type]
    (verdict,) = planned.verdicts
    assert (planned.units, verdict.reason) == ((), Reason.INVALID_ANNOTATION)
    assert word in verdict.message


@pytest.mark.parametrize(
    "wanted",
    [
        pytest.param(sharing("lb.example.net", rtype="CNAME"), id="CNAME"),
        pytest.param(sharing("lb.example.net", properties={"alias": "true"}), id="alias"),
    ],
)
def test_only_addresses_are_shared(wanted: Wanted) -> None:
    (verdict,) = plan(MemoryZone([]), wanted).verdicts
    assert (verdict.reason, "addresses" in verdict.message) == (Reason.INVALID_ANNOTATION, True)


def test_a_label_that_somebody_wrote_by_hand_is_no_statement() -> None:
    wanted = want("A", ONE)
    labelled = replace(wanted, endpoint=wanted.endpoint.with_labels({"resource": WEB, "shared": f"{TWO} {THREE}"}))
    zone = after(MemoryZone([]), plan(MemoryZone([]), labelled))
    assert stated(zone) == [f"owner=me,external-dns/resource={WEB}"]


# -- what cannot be a union


@pytest.mark.parametrize(("mine", "then"), [(None, 300), (60, 60), (900, 300)])
def test_the_lowest_ttl_of_the_owners_holds(mine: int | None, then: int) -> None:
    zone = MemoryZone([])
    zone = after(zone, plan(zone, sharing(TWO, ttl=300), registry=YOU))
    zone = after(zone, plan(zone, sharing(ONE, ttl=mine)))
    for registry, wanted in ((YOU, sharing(TWO, ttl=300)), (ME, sharing(ONE, ttl=mine))):
        assert not plan(zone, wanted, registry=registry).units
    assert (standing := zone.get(WWW, "A"))
    assert standing.ttl == then


def test_properties_stay_as_they_are_while_several_have_the_name() -> None:
    zone = MemoryZone([])
    zone = after(zone, plan(zone, sharing(TWO, properties={"proxied": "true"}), registry=YOU))
    zone = after(zone, plan(zone, sharing(ONE)))
    assert (standing := zone.get(WWW, "A"))
    assert standing.properties == (("proxied", "true"),)


# -- what is missing


def test_a_record_that_somebody_deleted_comes_back_with_all_its_targets() -> None:
    zone = MemoryZone([e for e in shared_by(me=ONE, you=TWO) if e.rtype == "TXT"])
    assert published(after(zone, plan(zone, sharing(ONE)))) == (ONE, TWO)


def test_a_newcomer_brings_back_what_is_missing_of_the_others() -> None:
    zone = MemoryZone([e for e in shared_by(you=TWO) if e.rtype == "TXT"])
    zone = after(zone, plan(zone, sharing(ONE)))
    assert (published(zone), len(stated(zone))) == ((ONE, TWO), 2)


def test_a_target_that_nobody_states_is_taken_out() -> None:
    zone = MemoryZone([*(e for e in shared_by(me=ONE, you=TWO) if e.rtype == "TXT"), record("A", ONE, TWO, THREE)])
    assert published(after(zone, plan(zone, sharing(ONE)))) == (ONE, TWO)


def test_a_part_that_another_owner_has_overwritten_is_stated_again() -> None:
    zone = shared_by(you=TWO)  # as if its write had come from a reading before ours
    zone = after(zone, plan(zone, sharing(ONE)))
    assert published(zone) == (ONE, TWO)


def test_many_targets_are_stated_in_several_values_that_each_fit_into_a_string() -> None:
    targets = [f"2001:db8:1111:2222:3333:4444:5555:{n:04x}" for n in range(0x1000, 0x1014)]
    zone = MemoryZone([])
    zone = after(zone, plan(zone, sharing(*targets, rtype="AAAA")))
    assert (text := zone.get(f"aaaa-{WWW}", "TXT"))
    assert len(text.targets) > 4
    assert all(len(target) <= 257 for target in text.targets)
    assert not plan(zone, sharing(*targets, rtype="AAAA")).units
    zone = after(zone, plan(zone, sharing("2001:db8::1", rtype="AAAA")))
    assert (text := zone.get(f"aaaa-{WWW}", "TXT"))
    assert len(text.targets) == 1


def test_an_owner_id_that_leaves_no_room_for_a_target_is_told_so() -> None:
    long = TxtRegistry("o" * 200, OwnershipNames())
    (verdict,) = plan(MemoryZone([]), sharing(ONE), registry=long).verdicts
    assert (verdict.reason, "does not fit" in verdict.message) == (Reason.INVALID_ANNOTATION, True)


def test_retained_records_of_one_owner_do_not_outlast_it_while_others_have_the_name() -> None:
    zone = MemoryZone([])
    wanted = sharing(ONE)
    wanted = replace(wanted, endpoint=wanted.endpoint.with_labels({**dict(wanted.endpoint.labels), "retain": "true"}))
    zone = after(zone, plan(zone, wanted))
    zone = after(zone, plan(zone, sharing(TWO), registry=YOU))
    zone = after(zone, plan(zone))
    assert published(zone) == (TWO,)


def test_text_of_others_stays_beside_shared_ownership() -> None:
    standing = [e if e.rtype == "A" else replace(e, targets=(*e.targets, '"v=spf1 -all"')) for e in shared_by(me=ONE)]
    zone = after(MemoryZone(standing), plan(standing, sharing(TWO), registry=YOU))
    zone = after(zone, plan(zone))
    zone = after(zone, plan(zone, registry=YOU))
    assert [(e.key.rtype, e.targets) for e in zone] == [("TXT", ('"v=spf1 -all"',))]


def test_an_owner_beside_sharing_ones_that_does_not_share_has_it_alone() -> None:
    """Somebody has put it there; nobody of the others can say what it would have to have."""
    mixed: list[Endpoint] = [record("A", ONE), *(e for e in shared_by(me=ONE) if e.rtype == "TXT")]
    mixed[1] = replace(mixed[1], targets=(*mixed[1].targets, *proof("A", "you").targets))
    planned = plan(mixed, sharing(ONE))
    assert (planned.units, planned.verdicts[0].reason) == ((), Reason.OWNED_BY_OTHER)


def test_a_shared_record_that_was_ours_is_ours_again_with_targets_of_others_in_it() -> None:
    """Its ownership record is gone: who else has had a part in it states that again."""
    before = replace(sharing(TWO), owned_before=True)
    zone = after(MemoryZone([record("A", ONE, TWO)]), plan([record("A", ONE, TWO)], before))
    assert stated(zone) == [f"owner=me,external-dns/resource={WEB},external-dns/shared={TWO}"]
    assert published(zone) == (TWO,)
    zone = after(zone, plan(zone, sharing(ONE), registry=YOU))
    assert published(zone) == (ONE, TWO)


@pytest.mark.parametrize(
    ("wanted", "standing"),
    [
        (sharing(TWO), record("A", ONE, TWO)),  # never told that it is ours
        (replace(sharing(TWO), owned_before=True), record("A", ONE)),  # nothing of ours in it
        (replace(want("A", TWO), owned_before=True), record("A", ONE, TWO)),  # not shared
        (replace(sharing(TWO, ttl=60), owned_before=True), record("A", ONE, TWO, ttl=300)),  # never as high
    ],
    ids=["not-told", "other-targets", "not-shared", "higher-ttl"],
)
def test_any_other_record_without_ownership_stays_nobodys(wanted: Wanted, standing: Endpoint) -> None:
    planned = plan([standing], wanted)
    assert not planned.units
    assert [verdict.reason for verdict in planned.verdicts] == [Reason.NOT_OWNED]
