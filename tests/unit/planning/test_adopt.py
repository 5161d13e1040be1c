"""Taking over records that nobody owns: on purpose, whole, and nothing of anybody else."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from unit.planning.builders import MX_TOO, RULES, WWW, lines, owned, plan, proof, record, want
from unit.planning.memoryzone import MemoryZone
from unit.planning.test_properties import RESOURCES, Case, cases, changes, is_ownership, owner, stands_alone, thorough
from zonewright.model.adopt import Adopt
from zonewright.model.change import Action
from zonewright.model.endpoint import Endpoint, Key
from zonewright.model.reason import Problem, Reason
from zonewright.planning.plan import NamePlan, Policy, Rules, Wanted, plan_name
from zonewright.registry.noop import NoopRegistry

SHOP = "service/default/shop"
CREATE_ONLY, UPSERT_ONLY = (replace(RULES, policy=policy) for policy in (Policy.CREATE_ONLY, Policy.UPSERT_ONLY))
EQUAL, ALWAYS = Adopt.EQUAL, Adopt.ALWAYS
OURS = "192.0.2.1"
THEIRS = "192.0.2.99"


def adopt(how: Adopt, rtype: str, *targets: str, **fields: str) -> Wanted:
    return replace(want(rtype, *targets, **fields), adopt=how)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("zone", "wanted", "expected"),
    [
        pytest.param([record("A")], adopt(EQUAL, "A"), [["CREATE a-www TXT"]], id="equal: ownership alone"),
        pytest.param([record("A")], adopt(ALWAYS, "A"), [["CREATE a-www TXT"]], id="always, and it is equal"),
        pytest.param(
            [record("A", THEIRS)],
            adopt(ALWAYS, "A"),
            [["CREATE a-www TXT", "UPDATE www A"]],
            id="always: ownership first, then the record",
        ),
        pytest.param(
            [record("A", ttl=60)], adopt(EQUAL, "A"), [["CREATE a-www TXT"]], id="a ttl that nobody asked for is equal"
        ),
        pytest.param(
            [record("CNAME")],
            adopt(ALWAYS, "A"),
            [["CREATE a-www TXT", "DELETE www CNAME", "CREATE www A"]],
            id="a CNAME gives way to addresses, as one unit",
        ),
        pytest.param(
            [record("A"), record("AAAA")],
            adopt(ALWAYS, "CNAME"),
            [["CREATE cname-www TXT", "DELETE www A", "DELETE www AAAA", "CREATE www CNAME"]],
            id="all that a CNAME cannot stand beside gives way",
        ),
        pytest.param(
            [record("A"), record("AAAA")],
            adopt(EQUAL, "A"),
            [["CREATE a-www TXT"]],
            id="what nobody asks for is left alone",
        ),
        pytest.param(
            [record("A", set_identifier="x"), record("A", set_identifier="y")],
            adopt(EQUAL, "A", set_identifier="x"),
            [["CREATE a-www TXT x"]],
            id="one of several set identifiers",
        ),
    ],
)
def test_takes_over(zone: list[Endpoint], wanted: Wanted, expected: list[list[str]]) -> None:
    planned = plan(zone, wanted)
    assert lines(planned.units) == expected
    (verdict,) = planned.verdicts
    assert (verdict.reason, verdict.ownership and verdict.ownership.owner) == (Reason.SYNCED, "me")
    assert verdict.endpoint
    assert verdict.endpoint.targets == wanted.endpoint.targets
    after = MemoryZone(zone).carry_out(planned.units)
    assert plan(after, replace(wanted, adopt=Adopt.NONE)).units == ()


@pytest.mark.parametrize(
    ("zone", "wanted", "reason", "words"),
    [
        pytest.param([record("A")], want("A"), Reason.NOT_OWNED, f"zonewright adopt {WWW}", id="nobody asked for it"),
        pytest.param(
            [record("A", THEIRS)], adopt(EQUAL, "A"), Reason.NOT_OWNED, THEIRS, id="equal, and the targets differ"
        ),
        pytest.param(
            [record("A", ttl=60)],
            adopt(EQUAL, "A", ttl=300),  # type: ignore[arg-type]
            Reason.NOT_OWNED,
            "ttl 60",
            id="equal, and the ttl differs",
        ),
        pytest.param(
            [record("A", properties={"webhook/w": "1"})],
            adopt(EQUAL, "A"),
            Reason.NOT_OWNED,
            "webhook/w=1",
            id="equal, and a property differs",
        ),
        pytest.param([record("CNAME")], adopt(EQUAL, "A"), Reason.NOT_OWNED, "adopt=always", id="equal, another type"),
        pytest.param(
            [record("A")],
            adopt(ALWAYS, "AAAA"),
            Reason.NOT_OWNED,
            "by hand",
            id="always: what can stand beside it stays, and in the way",
        ),
        pytest.param(owned("A", owner="other"), adopt(ALWAYS, "A"), Reason.OWNED_BY_OTHER, "'other'", id="of another"),
        pytest.param(
            owned("CNAME", owner="other"), adopt(ALWAYS, "A"), Reason.OWNED_BY_OTHER, "'other'", id="a type of another"
        ),
        pytest.param(
            [record("A"), *owned("AAAA", owner="other")],
            adopt(EQUAL, "A"),
            Reason.OWNED_BY_OTHER,
            "'other'",
            id="beside a record of another",
        ),
        pytest.param(
            [record("A"), record("TXT", name=f"a-{WWW}")],
            adopt(ALWAYS, "A"),
            Reason.HOSTNAME_CONFLICT,
            "place of its ownership record",
            id="ownership has no place",
        ),
        pytest.param(
            [record("CNAME"), record("A", properties={"alias": "true"})],
            adopt(EQUAL, "CNAME"),
            Reason.HOSTNAME_CONFLICT,
            "the A record of this name ours as well",
            id="its ownership would count for another record",
        ),
        pytest.param(
            [record("MX"), record("A")],
            adopt(ALWAYS, "CNAME"),
            Reason.CNAME_CONFLICT,
            "MX",
            id="a type that is not managed is not taken away",
        ),
    ],
)
def test_leaves_alone(zone: list[Endpoint], wanted: Wanted, reason: Reason, words: str) -> None:
    planned = plan(zone, wanted)
    assert planned.units == ()
    (verdict,) = planned.verdicts
    assert verdict.reason is reason
    assert words in verdict.message


def test_an_annotation_that_is_there_is_not_what_people_are_told_to_add() -> None:
    (verdict,) = plan([record("A", THEIRS)], adopt(EQUAL, "A")).verdicts
    assert "give the object the annotation" not in verdict.message


@pytest.mark.parametrize(
    ("zone", "wanted", "rules", "expected", "reason"),
    [
        pytest.param(
            [record("A")],
            adopt(EQUAL, "A"),
            CREATE_ONLY,
            [["CREATE a-www TXT"]],
            Reason.SYNCED,
            id="ownership is created",
        ),
        pytest.param(
            [record("A", THEIRS)],
            adopt(ALWAYS, "A"),
            CREATE_ONLY,
            [["CREATE a-www TXT"]],
            Reason.POLICY,
            id="create-only: ours from now on, and as it was",
        ),
        pytest.param(
            [record("A", THEIRS)],
            adopt(ALWAYS, "A"),
            UPSERT_ONLY,
            [["CREATE a-www TXT", "UPDATE www A"]],
            Reason.SYNCED,
            id="upsert-only changes it",
        ),
        pytest.param([record("CNAME")], adopt(ALWAYS, "A"), UPSERT_ONLY, [], Reason.POLICY, id="no other type"),
        pytest.param(
            [record("CNAME")],
            adopt(ALWAYS, "A"),
            replace(RULES, hold_deletes=True),
            [],
            Reason.PENDING,
            id="deletes wait, so does a change of type",
        ),
    ],
)
def test_policy_holds_for_what_is_taken_over(
    zone: list[Endpoint], wanted: Wanted, rules: Rules, expected: list[list[str]], reason: Reason
) -> None:
    planned = plan(zone, wanted, rules=rules)
    assert lines(planned.units) == expected
    assert [verdict.reason for verdict in planned.verdicts] == [reason]
    assert plan(MemoryZone(zone).carry_out(planned.units), wanted, rules=rules).units == ()


# -- several who ask


def told(planned: NamePlan) -> list[Reason]:
    return [verdict.reason for verdict in planned.verdicts]


def test_others_have_the_name_too_once_it_is_taken_over() -> None:
    planned = plan([record("A")], adopt(EQUAL, "A"), want("AAAA", resource=SHOP))
    assert told(planned) == [Reason.SYNCED, Reason.SYNCED]
    assert sorted(lines(planned.units)) == [["CREATE a-www TXT"], ["CREATE aaaa-www TXT", "CREATE www AAAA"]]


def test_one_adopts_and_nobody_takes_the_record_from_it() -> None:
    planned = plan([record("A", THEIRS)], want("A", "192.0.2.0", resource=SHOP), adopt(ALWAYS, "A", OURS))
    assert told(planned) == [Reason.HOSTNAME_CONFLICT, Reason.SYNCED]


def test_what_would_be_replaced_at_once_is_not_adopted_as_equal() -> None:
    """Addresses win over a CNAME: ours, it would have to go."""
    planned = plan([record("CNAME")], adopt(EQUAL, "CNAME"), want("A", resource=SHOP))
    assert planned.units == ()
    assert told(planned) == [Reason.CNAME_CONFLICT, Reason.NOT_OWNED]


def test_adoption_does_not_win_a_name_that_another_namespace_holds() -> None:
    zone = [record("A"), *owned("MX", resource="ingress/other/mail")]
    wanted = [want("MX", resource="ingress/other/mail", since="2"), replace(adopt(ALWAYS, "A"), since="1")]
    planned = plan(zone, *wanted, rules=MX_TOO)
    assert planned.units == ()
    assert told(planned) == [Reason.SYNCED, Reason.HOSTNAME_CONFLICT]


def test_of_two_namespaces_the_one_that_adopts_has_a_name_of_nobody() -> None:
    first = want("A", resource="ingress/other/web", since="1")
    planned = plan([record("A")], first, replace(adopt(EQUAL, "A"), since="2"))
    assert told(planned) == [Reason.SYNCED, Reason.SYNCED]  # the first one asks for the very same
    assert lines(planned.units) == [["CREATE a-www TXT"]]


def test_a_wish_that_the_provider_refuses_adopts_nothing() -> None:
    refused = replace(adopt(ALWAYS, "A"), problem=Problem(Reason.INVALID_TARGET, "no"))
    assert plan([record("A", THEIRS)], refused).units == ()


# -- whatever stands, and whoever asks


@st.composite
def adopting(draw: st.DrawFn) -> Case:
    """An object has one annotation, for all that it asks for."""
    case = draw(cases())
    how = {resource: draw(st.sampled_from([Adopt.NONE, EQUAL, ALWAYS, ALWAYS])) for resource in RESOURCES}
    return replace(case, wanted=[replace(wanted, adopt=how[wanted.resource]) for wanted in case.wanted])


def wishes_of(case: Case, keys: Iterable[Key]) -> Sequence[Wanted]:
    return [wanted for wanted in case.wanted if wanted.endpoint.key in keys]


@thorough
@given(adopting())
def test_only_what_is_ours_or_nobodys_and_asked_for_is_touched(case: Case) -> None:
    for change in changes(case.plan()):
        if change.old is None or is_ownership(change.old):
            continue
        whose = owner(case.zone, case.scheme, change.old)
        assert whose in ("me", None)
        if whose is not None:
            continue
        asking = [
            w for w in case.wanted if w.adopt is ALWAYS and w.endpoint.set_identifier == change.key.set_identifier
        ]
        if change.action is Action.UPDATE:
            assert any(w.endpoint.key == change.key for w in asking)
        else:  # a change of type
            assert any((w.endpoint.rtype == "CNAME") != (change.key.rtype == "CNAME") for w in asking)


@thorough
@given(adopting())
def test_what_becomes_ours_was_nobodys_and_somebody_has_adopted_it(case: Case) -> None:
    after = case.zone.carry_out(case.plan().units)
    for endpoint in after.at(WWW):
        before = case.zone.get(*endpoint.key)
        if before is None or is_ownership(endpoint) or is_ownership(before):
            continue
        whose, now = owner(case.zone, case.scheme, before), owner(after, case.scheme, endpoint)
        assert whose != "other" or (before, now) == (endpoint, "other")
        if whose is None and now == "me":
            asking = [w for w in wishes_of(case, [endpoint.key]) if w.adopt is not Adopt.NONE]
            assert asking
            assert endpoint == before or any(w.adopt is ALWAYS for w in asking)


@thorough
@given(adopting())
def test_without_the_annotation_nothing_of_nobody_is_touched(case: Case) -> None:
    case = replace(case, wanted=[replace(wanted, adopt=Adopt.NONE) for wanted in case.wanted])
    for change in changes(case.plan()):
        if change.old is not None and not is_ownership(change.old):
            assert owner(case.zone, case.scheme, change.old) == "me"


@thorough
@given(adopting())
def test_second_plan_after_adoption_is_empty(case: Case) -> None:
    first = case.plan()
    second = case.plan(case.zone.carry_out(first.units))
    assert second.units == ()
    identified = {bool(e.set_identifier) for e in (*case.zone.at(WWW), *(w.endpoint for w in case.wanted))}
    if stands_alone(case.zone) and len(identified) < 2:  # what no server can hold may be told in two ways
        assert told(second) == told(first)


@thorough
@given(adopting())
def test_adoption_cut_after_any_change_arrives_at_the_same_end(case: Case) -> None:
    planned = changes(case.plan())
    end = case.zone.change(planned)
    for cut in range(1, len(planned)):
        between = case.zone.change(planned[:cut])
        assert hosts(between.carry_out(case.plan(between).units), case) == hosts(end, case)


def hosts(zone: MemoryZone, case: Case) -> list[tuple[Endpoint, str | None]]:
    """All records but texts, and whose they are."""
    return [(e, owner(zone, case.scheme, e)) for e in zone if e.rtype != "TXT"]


@settings(thorough, max_examples=50)
@given(adopting())
def test_without_registry_the_annotation_changes_nothing(case: Case) -> None:
    without = [replace(wanted, adopt=Adopt.NONE) for wanted in case.wanted]
    with_it, as_ever = (plan_name(WWW, w, NoopRegistry(), case.zone, case.rules) for w in (case.wanted, without))
    assert with_it.units == as_ever.units
    assert told(with_it) == told(as_ever)


def test_proof_of_another_set_identifier_is_none() -> None:
    zone = [record("A", set_identifier="x"), proof("A", "other")]
    assert lines(plan(zone, adopt(EQUAL, "A", set_identifier="x")).units) == [["CREATE a-www TXT x"]]
