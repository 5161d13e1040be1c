from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from zonewright.model.endpoint import Endpoint
from zonewright.model.outcome import Outcome, OwnershipRecord
from zonewright.model.reason import Problem, Reason
from zonewright.zones.status import MAX_RECORDS, MAX_TARGETS, Line, build, same, tells_less

NOW = 1_800_000_000.0
WWW = Endpoint.wanted("www.example.org", "A", ["192.0.2.1"], ttl=60)
OWN = OwnershipRecord("me", "ingress/default/web", "a-www.example.org", '"heritage=external-dns"')


def synced(endpoint: Endpoint = WWW) -> Outcome:
    return Outcome(Reason.SYNCED, "", endpoint, "example.org", "coredns", OWN)


def failed(reason: Reason, message: str = "because") -> Outcome:
    return Outcome(reason, message, WWW, "example.org", "coredns", None, NOW + 5)


def line(outcome: Outcome | None, *problems: Problem) -> Line:
    return Line("www.example.org", "A", "", "ingress/default/web", outcome, problems)


def conditions(*lines: Line, before: dict[str, Any] | None = None) -> dict[str, tuple[str, str]]:
    status = build(lines, 3, before or {}, NOW)
    return {c["type"]: (c["status"], c["reason"]) for c in status["conditions"]}


BAD_TTL = Problem(Reason.INVALID_TTL, "'1d' is no duration")
NO_TARGETS = Problem(Reason.NO_TARGETS, "no address yet")


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        pytest.param(
            [line(synced())],
            {"Ready": ("True", "Synced"), "Accepted": ("True", "Synced"), "Programmed": ("True", "Synced")},
            id="all is well",
        ),
        pytest.param(
            [line(failed(Reason.NO_MATCHING_ZONE))],
            {
                "Ready": ("False", "NoMatchingZone"),
                "Accepted": ("True", "Synced"),
                "Programmed": ("False", "NoMatchingZone"),
            },
            id="a sound wish that DNS does not hold",
        ),
        pytest.param(
            [line(synced(), BAD_TTL)],
            {
                "Ready": ("False", "InvalidTTL"),
                "Accepted": ("False", "InvalidTTL"),
                "Programmed": ("True", "Synced"),
            },
            id="published, but not quite as it was asked for",
        ),
        pytest.param(
            [line(None, NO_TARGETS)],
            {
                "Ready": ("False", "NoTargets"),
                "Accepted": ("False", "NoTargets"),
                "Programmed": ("False", "NoTargets"),
            },
            id="nothing to publish",
        ),
        pytest.param(
            [line(synced()), line(None, NO_TARGETS)],
            {"Ready": ("True", "Synced"), "Accepted": ("True", "Synced"), "Programmed": ("True", "Synced")},
            id="one object has no address yet, another publishes the name",
        ),
        pytest.param(
            [line(synced()), line(failed(Reason.REJECTED))],
            {"Ready": ("False", "Rejected"), "Accepted": ("True", "Synced"), "Programmed": ("False", "Rejected")},
            id="one of two record sets is refused",
        ),
        pytest.param(
            [],
            {
                "Ready": ("False", "NoTargets"),
                "Accepted": ("False", "NoTargets"),
                "Programmed": ("False", "NoTargets"),
            },
            id="an object that asks for nothing",
        ),
    ],
)
def test_conditions_sum_up_the_lines(lines: list[Line], expected: dict[str, tuple[str, str]]) -> None:
    assert conditions(*lines) == expected


def test_a_note_is_told_and_takes_nothing_from_what_stands() -> None:
    noted = replace(line(synced()), notes=("left out: 1 of 2",))
    status = build([noted], 3, {}, NOW)
    assert [(c["type"], c["status"], c["reason"]) for c in status["conditions"]] == [
        ("Ready", "True", "Synced"), ("Accepted", "True", "Synced"), ("Programmed", "True", "Synced")
    ]  # fmt: skip
    assert status["conditions"][1]["message"] == "every wish is sound; www.example.org A: left out: 1 of 2"
    (record,) = status["records"]
    assert (record["state"], record["reason"], record["message"]) == ("Synced", "Synced", "left out: 1 of 2")


def test_a_record_tells_where_it_stands_and_who_owns_it() -> None:
    (record,) = build([line(synced())], 3, {}, NOW)["records"]
    assert record == {
        "dnsName": "www.example.org",
        "recordType": "A",
        "resource": "ingress/default/web",
        "state": "Synced",
        "reason": "Synced",
        "message": "",
        "provider": "coredns",
        "zone": "example.org",
        "targets": ["192.0.2.1"],
        "recordTTL": 60,
        "ownership": {
            "owner": "me",
            "resource": "ingress/default/web",
            "recordName": "a-www.example.org",
            "value": '"heritage=external-dns"',
        },
        "lastTransitionTime": "2027-01-15T08:00:00Z",
    }


def test_a_failure_tells_when_it_is_tried_again() -> None:
    (record,) = build([line(failed(Reason.THROTTLED))], 3, {}, NOW)["records"]
    assert (record["state"], record["nextRetryTime"]) == ("Pending", "2027-01-15T08:00:05Z")
    assert "ownership" not in record


def test_times_stay_as_long_as_nothing_changes_and_move_when_it_does() -> None:
    first = build([line(synced())], 3, {}, NOW)
    again = build([line(synced())], 3, first, NOW + 100)
    assert again == first
    later = build([line(failed(Reason.DENIED))], 3, first, NOW + 100)
    moved = {c["type"]: c["lastTransitionTime"] for c in later["conditions"]}
    assert moved["Ready"] == "2027-01-15T08:01:40Z"
    assert moved["Accepted"] == "2027-01-15T08:00:00Z"


def test_a_status_that_differs_in_times_only_is_the_same() -> None:
    first = build([line(failed(Reason.THROTTLED))], 3, {}, NOW)
    assert same(first, build([line(failed(Reason.THROTTLED))], 3, {}, NOW + 60))
    assert not same(first, build([line(synced())], 3, {}, NOW))
    assert not same({}, first)


@pytest.mark.parametrize(
    ("ours", "theirs", "less"),
    [
        pytest.param(Reason.FILTERED, synced(), True, id="filtered here, published there"),
        pytest.param(Reason.FILTERED, failed(Reason.REJECTED), True, id="filtered here, tried there"),
        pytest.param(Reason.FILTERED, failed(Reason.FILTERED), False, id="filtered by both"),
        pytest.param(Reason.REJECTED, synced(), False, id="tried here as well"),
        pytest.param(Reason.NO_MATCHING_ZONE, synced(), False, id="a zone of this very provider is gone"),
    ],
)
def test_who_does_not_publish_a_name_leaves_word_of_who_does(ours: Reason, theirs: Outcome, less: bool) -> None:
    before = build([line(theirs)], 1, {}, NOW)
    assert tells_less([line(failed(ours))], 1, before) is less
    assert not tells_less([line(failed(ours))], 2, before)


def test_another_provider_may_have_the_zone() -> None:
    before = build([line(replace(synced(), provider="elsewhere"))], 1, {}, NOW)
    assert tells_less([line(failed(Reason.NO_MATCHING_ZONE))], 1, before)


def test_columns_show_the_first_few_and_count_the_rest() -> None:
    lines = [
        Line(f"n{i}.example.org", "A", "", "", synced(Endpoint.wanted(f"n{i}.example.org", "A", [f"192.0.2.{i}"])))
        for i in range(1, 6)
    ]
    summary = build(lines, 1, {}, NOW)["summary"]
    assert summary["hostnames"] == "n1.example.org,n2.example.org,n3.example.org,+2"
    assert summary["targets"] == "192.0.2.1,192.0.2.2,192.0.2.3,+2"
    assert (summary["types"], summary["zones"], summary["owner"]) == ("A", "example.org", "me")


def test_the_size_of_a_status_is_bounded() -> None:
    lines = [line(None, Problem(Reason.INVALID_NAME, "x" * 5000)) for _ in range(3 * MAX_RECORDS)]
    status = build(lines, 1, {}, NOW)
    assert len(status["records"]) == MAX_RECORDS
    assert all(len(c["message"]) <= 1024 for c in status["conditions"])


def test_where_not_all_fit_what_is_wrong_is_told_first_and_in_its_order() -> None:
    wrong = {MAX_RECORDS + 7, MAX_RECORDS + 9}
    lines = [Line(f"n{i}", "A", "", "", synced(), (BAD_TTL,) if i in wrong else ()) for i in range(MAX_RECORDS + 10)]
    names = [record["dnsName"] for record in build(lines, 1, {}, NOW)["records"]]
    assert names == [f"n{i}" for i in [*range(MAX_RECORDS - 2), *sorted(wrong)]]


@pytest.mark.parametrize("records", [1, MAX_RECORDS])
def test_targets_are_shown_as_far_as_an_object_has_room(records: int) -> None:
    many = Endpoint.wanted("www.example.org", "A", [f"10.0.{i // 256}.{i % 256}" for i in range(MAX_TARGETS + 1)])
    shown = build([line(synced(many))] * records, 1, {}, NOW)["records"]
    assert {len(record["targets"]) for record in shown} == {MAX_TARGETS // records}


@pytest.mark.parametrize("junk", [{"records": [None, 7], "conditions": ["x"]}, {"records": None}, {"records": {}}])
def test_a_status_that_somebody_else_has_written_does_no_harm(junk: dict[str, Any]) -> None:
    assert build([line(synced())], 1, junk, NOW)["conditions"][0]["status"] == "True"
    assert not same(junk, build([line(synced())], 1, junk, NOW))


@pytest.mark.parametrize(
    ("outcome", "remembered"),
    [
        pytest.param(failed(Reason.PENDING), True, id="waits"),
        pytest.param(failed(Reason.DRY_RUN), True, id="would be written"),
        pytest.param(synced().failed(Reason.REJECTED, "no", NOW + 5), True, id="refused by the provider"),
        pytest.param(synced().failed(Reason.PROVIDER_UNAVAILABLE, "no", NOW + 5), True, id="no answer"),
        pytest.param(failed(Reason.NOT_OWNED), False, id="nobody's by now"),
        pytest.param(failed(Reason.NO_MATCHING_ZONE), False, id="in no zone"),
    ],
)
def test_ownership_is_not_forgotten_for_an_outage(outcome: Outcome, remembered: bool) -> None:
    before = build([line(synced())], 3, {}, NOW)
    (record,) = build([line(outcome)], 3, before, NOW)["records"]
    assert (record.get("ownership") == before["records"][0]["ownership"]) is remembered
