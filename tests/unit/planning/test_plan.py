"""The table of decisions, one name at a time."""

from __future__ import annotations

from dataclasses import replace

import pytest

from unit.planning.builders import MX_TOO, RULES, WEB, WWW, lines, owned, plan, proof, record, says, want
from unit.planning.memoryzone import MemoryZone
from zonewright.model.endpoint import Endpoint
from zonewright.model.outcome import OwnershipRecord
from zonewright.model.reason import Problem, Reason
from zonewright.planning.plan import Policy, Rules, Wanted, plan_name
from zonewright.registry.noop import NoopRegistry

NOTHING: list[list[str]] = []
UPSERT_ONLY = replace(RULES, policy=Policy.UPSERT_ONLY)
CREATE_ONLY = replace(RULES, policy=Policy.CREATE_ONLY)
IN_ZONE = replace(RULES, zone_name="example.com")


@pytest.mark.parametrize(
    ("zone", "wanted", "expected"),
    [
        pytest.param(
            [], [want("A")], [["CREATE a-www TXT", "CREATE www A"]], id="ownership is written before its record"
        ),
        pytest.param(owned("A"), [want("A")], NOTHING, id="what is right stays"),
        pytest.param(owned("A", ttl=60), [want("A")], NOTHING, id="ttl that is not asked for stays"),
        pytest.param(owned("A", ttl=60), [want("A", ttl=30)], [["UPDATE www A"]], id="ttl that is asked for is set"),
        pytest.param(owned("A"), [want("A", "192.0.2.2")], [["UPDATE www A"]], id="target changed"),
        pytest.param(
            owned("CNAME", "LB.Example.NET."), [want("CNAME")], NOTHING, id="case and final dots are no change"
        ),
        pytest.param(
            owned("AAAA", "2001:db8:0::0001"), [want("AAAA")], NOTHING, id="spelling of addresses is no change"
        ),
        pytest.param(
            owned("A"),
            [want("A", properties={"webhook/w": "1"})],
            [["UPDATE a-www TXT", "UPDATE www A"]],
            id="property",
        ),
        pytest.param(
            owned("A"), [want("A", resource="service/default/app")], NOTHING, id="hand-over alone is no change"
        ),
        pytest.param(
            owned("A"),
            [want("A", "192.0.2.2", resource="service/default/app")],
            [["UPDATE a-www TXT", "UPDATE www A"]],
            id="hand-over with another target is written",
        ),
        pytest.param(
            [record("A"), proof("")],
            [want("A")],
            [["CREATE a-www TXT"]],
            id="ownership without type gets the typed one",
        ),
        pytest.param([proof("A")], [want("A")], [["CREATE www A"]], id="own orphan is used"),
        pytest.param(
            [proof("A", resource="crd/ns/d")],
            [want("A")],
            [["UPDATE a-www TXT", "CREATE www A"]],
            id="own orphan of another resource is updated first",
        ),
        pytest.param(
            owned("A"), [], [["DELETE www A", "DELETE a-www TXT"]], id="ownership is deleted after its record"
        ),
        pytest.param([proof("A")], [], [["DELETE a-www TXT"]], id="own orphan is deleted"),
        pytest.param([proof("")], [], [["DELETE www TXT"]], id="own orphan without type is deleted"),
        pytest.param(
            [record("A"), proof("A"), proof("")],
            [],
            [["DELETE www A", "DELETE www TXT", "DELETE a-www TXT"]],
            id="ownership without type goes along",
        ),
        pytest.param(
            owned("A"),
            [want("AAAA")],
            [["CREATE aaaa-www TXT", "CREATE www AAAA"], ["DELETE www A", "DELETE a-www TXT"]],
            id="other address family: come first, go then, each by itself",
        ),
        pytest.param(
            owned("A"),
            [want("CNAME")],
            [["CREATE cname-www TXT", "DELETE www A", "CREATE www CNAME", "DELETE a-www TXT"]],
            id="address to name is one unit",
        ),
        pytest.param(
            owned("CNAME"),
            [want("A"), want("AAAA")],
            [
                [
                    "CREATE a-www TXT",
                    "CREATE aaaa-www TXT",
                    "DELETE www CNAME",
                    "CREATE www A",
                    "CREATE www AAAA",
                    "DELETE cname-www TXT",
                ]
            ],
            id="name to addresses is one unit",
        ),
        pytest.param(
            [record("A"), proof("")],
            [want("CNAME")],
            [["CREATE cname-www TXT", "DELETE www A", "DELETE www TXT", "CREATE www CNAME"]],
            id="ownership at the very name makes room for a CNAME",
        ),
        pytest.param(
            [record("A"), record("A", "192.0.2.9", set_identifier="x"), proof("A"), proof("A", set_identifier="x")],
            [want("A"), want("A", "192.0.2.8", set_identifier="x", origin="x")],
            [["UPDATE www A x"]],
            id="set identifiers are records of their own",
        ),
        pytest.param(
            owned("A", set_identifier="x"),
            [want("A", set_identifier="y")],
            [["CREATE a-www TXT y", "CREATE www A y"], ["DELETE www A x", "DELETE a-www TXT x"]],
            id="another set identifier is another record",
        ),
        pytest.param(
            owned("A"),
            [want("A", set_identifier="x")],
            [["CREATE a-www TXT x", "DELETE www A", "CREATE www A x", "DELETE a-www TXT"]],
            id="plain record makes room for one with a set identifier",
        ),
        pytest.param(
            [record("MX")], [want("A")], [["CREATE a-www TXT", "CREATE www A"]], id="unmanaged type is no hindrance"
        ),
    ],
)
def test_units(zone: list[Endpoint], wanted: list[Wanted], expected: list[list[str]]) -> None:
    planned = plan(zone, *wanted)
    assert lines(planned.units) == expected
    assert [(v.origin, v.reason) for v in planned.verdicts] == [(w.origin, Reason.SYNCED) for w in wanted]


FOREIGN, UNOWNED = owned("A", owner="other"), [record("A")]


@pytest.mark.parametrize(
    ("zone", "wanted", "rules", "reason", "words"),
    [
        pytest.param(
            FOREIGN, want("A", "192.0.2.2"), RULES, Reason.OWNED_BY_OTHER, "'other'", id="record of another owner"
        ),
        pytest.param(FOREIGN, want("AAAA"), RULES, Reason.OWNED_BY_OTHER, "the A record", id="name of another owner"),
        pytest.param(UNOWNED, want("A"), RULES, Reason.NOT_OWNED, f"zonewright adopt {WWW}", id="record without owner"),
        pytest.param(UNOWNED, want("AAAA"), RULES, Reason.NOT_OWNED, "the A record", id="name without owner"),
        pytest.param([record("CNAME")], want("A"), RULES, Reason.NOT_OWNED, "CNAME", id="CNAME without owner"),
        pytest.param(
            [proof("A", "other")],
            want("A"),
            RULES,
            Reason.OWNED_BY_OTHER,
            "without its record",
            id="orphan of another owner",
        ),
        pytest.param(
            [], want("MX"), RULES, Reason.UNSUPPORTED_TYPE, "--managed-record-types", id="type that does not count"
        ),
        pytest.param(
            [],
            want("CNAME", name="example.com"),
            IN_ZONE,
            Reason.APEX_CNAME,
            "name of its zone",
            id="CNAME at the apex",
        ),
        pytest.param(
            [],
            want("A", name="example.com"),
            IN_ZONE,
            Reason.INVALID_NAME,
            "--txt-prefix",
            id="ownership outside the zone",
        ),
        pytest.param(
            [],
            want("A", set_identifier="x"),
            replace(RULES, set_identifiers=False),
            Reason.REJECTED,
            "set ident",
            id="set id",
        ),
        pytest.param(
            [record("MX")],
            want("CNAME"),
            RULES,
            Reason.CNAME_CONFLICT,
            "MX",
            id="CNAME beside a type that does not count",
        ),
        pytest.param(
            [record("CNAME")],
            want("A"),
            replace(RULES, managed=frozenset({"A"})),
            Reason.CNAME_CONFLICT,
            "CNAME",
            id="beside a CNAME that does not count",
        ),
        pytest.param(
            owned("A", owner="other", set_identifier="x"),
            want("CNAME"),
            RULES,
            Reason.CNAME_CONFLICT,
            "A record",
            id="CNAME beside a record of another owner under a set identifier",
        ),
        pytest.param(
            owned("A"), want("CNAME"), UPSERT_ONLY, Reason.POLICY, "upsert-only", id="type change needs deletes"
        ),
        pytest.param(
            owned("CNAME"),
            want("A"),
            replace(RULES, hold_deletes=True),
            Reason.PENDING,
            "waits",
            id="type change waits while deletes are held",
        ),
        pytest.param(
            owned("A"), want("A", "192.0.2.2"), CREATE_ONLY, Reason.POLICY, "192.0.2.1", id="create-only keeps"
        ),
        pytest.param(
            [Endpoint.found("a-www.example.com", "TXT", ["hello"])],
            want("A"),
            RULES,
            Reason.HOSTNAME_CONFLICT,
            "a-www.example.com",
            id="place of ownership is taken",
        ),
        pytest.param(
            [proof("")], want("TXT"), MX_TOO, Reason.HOSTNAME_CONFLICT, "ownership", id="place has an ownership"
        ),
    ],
)
def test_refusal_says_why_and_changes_nothing(
    zone: list[Endpoint], wanted: Wanted, rules: Rules, reason: Reason, words: str
) -> None:
    planned = plan(zone, wanted, rules=rules)
    (verdict,) = planned.verdicts
    assert lines(planned.units) == NOTHING
    assert (verdict.origin, verdict.reason, verdict.endpoint) == (wanted.origin, reason, None)
    assert words in verdict.message


def test_problem_of_the_provider_is_told_and_the_record_stays() -> None:
    problem = Problem(Reason.INVALID_TARGET, "the provider takes no such address")
    planned = plan(owned("A"), replace(want("A", "192.0.2.2"), problem=problem))
    assert planned.units == ()
    assert (planned.verdicts[0].reason, planned.verdicts[0].message) == (problem.reason, problem.message)


def test_record_without_targets_is_not_written_and_what_stands_stays() -> None:
    empty = Wanted(Endpoint(WWW, "A", ()), "d")
    for zone in ([], owned("A")):
        planned = plan(zone, empty)
        assert (planned.units, planned.verdicts[0].reason) == ((), Reason.NO_TARGETS)


def test_owned_record_is_updated_beside_one_of_another_owner() -> None:
    zone = [*owned("A"), *owned("AAAA", owner="other")]
    planned = plan(zone, want("A", "192.0.2.2"), want("AAAA", "2001:db8::2"))
    assert lines(planned.units) == [["UPDATE www A"]]
    assert [v.reason for v in planned.verdicts] == [Reason.SYNCED, Reason.OWNED_BY_OTHER]


def test_record_does_not_make_room_for_one_that_cannot_come() -> None:
    zone = [*owned("A", name="example.com"), Endpoint.found("a-example.com", "TXT", [says("me")])]
    planned = plan(zone, want("CNAME", name="example.com"), rules=IN_ZONE)
    assert (planned.units, planned.verdicts[0].reason) == ((), Reason.APEX_CNAME)
    assert plan(owned("A"), want("MX")).units != ()  # a type that does not count is as good as not wanted


@pytest.mark.parametrize(
    ("zone", "wanted"),
    [
        pytest.param([], [], id="nothing"),
        pytest.param(FOREIGN, [], id="another owner"),
        pytest.param(UNOWNED, [], id="no owner"),
        pytest.param([proof("A", "other")], [], id="orphan of another owner"),
        pytest.param(owned("MX"), [], id="ours, of a type that does not count"),
        pytest.param([proof("MX")], [], id="orphan of a type that does not count"),
    ],
)
def test_what_is_not_ours_stays(zone: list[Endpoint], wanted: list[Wanted]) -> None:
    assert plan(zone, *wanted).units == ()


@pytest.mark.parametrize("rules", [UPSERT_ONLY, CREATE_ONLY, replace(RULES, hold_deletes=True)])
def test_what_must_stay_for_now_is_told(rules: Rules) -> None:
    planned = plan(owned("A"), rules=rules)
    assert planned.units == ()
    assert [held.endpoint.rtype for held in planned.retained] == ["A"]
    assert plan(owned("A")).retained == ()


def test_ownership_without_type_goes_with_the_last_record_that_leans_on_it() -> None:
    zone = MemoryZone([record("A"), record("MX"), proof("")])
    first = plan(zone, want("MX"), rules=MX_TOO)
    assert lines(first.units) == [["CREATE mx-www TXT"], ["DELETE www A"]]
    last = plan(zone.carry_out(first.units), rules=MX_TOO)
    assert lines(last.units) == [["DELETE www MX", "DELETE www TXT", "DELETE mx-www TXT"]]
    both = plan(zone, rules=MX_TOO)
    assert lines(both.units) == [["DELETE www A", "DELETE www MX", "DELETE www TXT"]]


def test_cname_gives_way_and_is_told_to_whom() -> None:
    planned = plan([], want("CNAME", resource="service/default/app"), want("A"))
    assert lines(planned.units) == [["CREATE a-www TXT", "CREATE www A"]]
    assert [v.reason for v in planned.verdicts] == [Reason.CNAME_CONFLICT, Reason.SYNCED]
    assert WEB in planned.verdicts[0].message


def test_what_nobody_asks_for_goes_though_a_cname_is_asked_for_that_gives_way() -> None:
    planned = plan([*owned("A"), *owned("AAAA")], want("A"), want("CNAME", resource="service/default/app"))
    assert lines(planned.units) == [["DELETE www AAAA", "DELETE aaaa-www TXT"]]
    assert [v.reason for v in planned.verdicts] == [Reason.SYNCED, Reason.CNAME_CONFLICT]


def test_cname_does_not_give_way_to_what_cannot_come() -> None:
    assert plan([], want("CNAME"), want("MX")).verdicts[0].reason is Reason.SYNCED
    standing = plan(owned("CNAME"), want("CNAME"), want("A"), rules=UPSERT_ONLY)
    assert [v.reason for v in standing.verdicts] == [Reason.SYNCED, Reason.POLICY]


def test_cnames_give_way_across_set_identifiers() -> None:
    planned = plan([], want("CNAME", set_identifier="x"), want("A", set_identifier="y"))
    assert [v.reason for v in planned.verdicts] == [Reason.CNAME_CONFLICT, Reason.SYNCED]


def test_verdict_tells_the_record_and_where_its_ownership_stands() -> None:
    (created,) = plan([], want("A", ttl=60)).verdicts
    assert created.endpoint
    assert (created.endpoint.targets, created.endpoint.ttl) == (("192.0.2.1",), 60)
    assert created.ownership == OwnershipRecord("me", WEB, "a-www.example.com", says("me"))
    (standing,) = plan(owned("A", ttl=60), want("A", resource="crd/ns/d")).verdicts
    assert standing.endpoint
    assert standing.endpoint.ttl == 60
    assert standing.ownership == created.ownership  # a hand-over alone is not written
    (foreign,) = plan(FOREIGN, want("A")).verdicts
    assert foreign.ownership == OwnershipRecord("other", WEB, "a-www.example.com", says("other"))


def test_the_one_who_holds_a_name_keeps_it_and_the_other_is_told() -> None:
    smaller = want("A", "192.0.2.1", resource="ingress/b/web")
    planned = plan(owned("A", "192.0.2.9"), smaller, want("A", "192.0.2.9"))
    assert planned.units == ()
    assert [v.reason for v in planned.verdicts] == [Reason.HOSTNAME_CONFLICT, Reason.SYNCED]
    assert WEB in planned.verdicts[0].message


def test_who_asks_for_the_same_is_content() -> None:
    planned = plan([], want("A"), want("A", resource="service/default/app"))
    assert [v.reason for v in planned.verdicts] == [Reason.SYNCED, Reason.SYNCED]
    assert WEB in planned.verdicts[1].message


def test_labels_of_an_object_are_written_but_never_its_own_owner() -> None:
    endpoint = record("A").with_labels({"resource": "crd/ns/d", "owner": "mallory", "team": "x"})
    (unit,) = plan([], Wanted(endpoint, "d")).units
    assert unit.changes[0].endpoint.targets == (
        '"heritage=external-dns,external-dns/owner=me,external-dns/resource=crd/ns/d,external-dns/team=x"',
    )


def test_first_plan_after_externaldns_is_empty_though_its_ownership_has_old_labels() -> None:
    zone = [record("A", ttl=300), proof("A", resource="ingress/default/long-gone")]
    assert plan(zone, want("A")).units == ()


def test_zone_without_registry_is_ours_as_a_whole_but_for_what_makes_it_a_zone() -> None:
    zone = MemoryZone([record("A", name="example.com"), record("MX", name="example.com")])
    zone = MemoryZone([*zone, Endpoint.found("example.com", "NS", ["ns.example.net"])])
    rules = replace(IN_ZONE, managed=frozenset({"A", "NS"}))
    planned = plan_name("example.com", (), NoopRegistry(), zone, rules)
    assert lines(planned.units) == [["DELETE example.com A"]]
