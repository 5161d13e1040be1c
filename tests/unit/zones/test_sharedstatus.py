"""A status that several shards write into: each its own lines, and the summary of all."""

from __future__ import annotations

from typing import Any

from zonewright.model.endpoint import Endpoint
from zonewright.model.outcome import Outcome, OwnershipRecord
from zonewright.model.reason import Problem, Reason
from zonewright.model.shard import Shard
from zonewright.zones.sharedstatus import Beside, build_beside
from zonewright.zones.status import MAX_RECORDS, Line, same

NOW = 1_800_000_000.0
A, B = "www.a.test", "www.b.test"
PLACES = {A: 0, B: 1}
BAD_TTL = Problem(Reason.INVALID_TTL, "'1d' is no duration")

Status = dict[str, Any]


def line(name: str, reason: Reason = Reason.SYNCED, *problems: Problem, target: str = "192.0.2.1") -> Line:
    endpoint = Endpoint.wanted(name, "A", [target])
    own = OwnershipRecord("me", "crd/ns/both") if reason is Reason.SYNCED else None
    message = "" if reason is Reason.SYNCED else "because"
    outcome = Outcome(reason, message, endpoint, name.partition(".")[2], "pdns", own)
    return Line(name, "A", "", "crd/ns/both", outcome, problems)


def spoken(
    shard: int, *lines: Line, before: Status | None = None, generation: int = 1, places: dict[str, int] | None = None
) -> Status:
    """The status after a shard of two has spoken."""
    beside = Beside(Shard(shard, 2), places or PLACES)
    return build_beside(lines, beside, generation, before or {}, NOW)


def conditions(status: Status) -> dict[str, tuple[str, str]]:
    return {c["type"]: (c["status"], c["reason"]) for c in status["conditions"]}


def summed_up(status: Status) -> dict[str, tuple[str, str]]:
    found = conditions(status)
    return {kind: found[kind] for kind in ("Ready", "Accepted", "Programmed")}


def message(status: Status, kind: str) -> str:
    (found,) = [c["message"] for c in status["conditions"] if c["type"] == kind]
    return str(found)


def test_an_object_is_ready_when_all_its_shards_have_spoken() -> None:
    first = spoken(0, line(A))
    assert summed_up(first) == dict.fromkeys(("Ready", "Accepted", "Programmed"), ("Unknown", "Pending"))
    assert message(first, "Ready") == "waiting for shard 1/2: www.b.test"
    both = spoken(1, line(B), before=first)
    assert summed_up(both) == dict.fromkeys(("Ready", "Accepted", "Programmed"), ("True", "Synced"))
    assert [record["dnsName"] for record in both["records"]] == [A, B]


def test_it_does_not_matter_who_speaks_first() -> None:
    one = spoken(1, line(B), before=spoken(0, line(A)))
    other = spoken(0, line(A), before=spoken(1, line(B)))
    assert same(one, other)


def test_who_says_nothing_new_writes_nothing() -> None:
    both = spoken(1, line(B), before=spoken(0, line(A)))
    assert same(both, spoken(0, line(A), before=both))
    assert same(both, spoken(1, line(B), before=both))


def test_the_lines_of_others_stay_as_they_are() -> None:
    both = spoken(1, line(B), before=spoken(0, line(A)))
    again = spoken(0, line(A, target="192.0.2.2"), before=both)
    assert again["records"][1] == both["records"][1]
    assert again["records"][0]["targets"] == ["192.0.2.2"]


def test_of_another_generation_nothing_is_claimed_until_all_have_spoken_of_it() -> None:
    both = spoken(1, line(B), before=spoken(0, line(A)))
    changed = spoken(0, line(A), before=both, generation=2)
    assert summed_up(changed)["Ready"] == ("Unknown", "Pending")
    assert changed["observedGeneration"] == 2
    assert summed_up(spoken(1, line(B), before=changed, generation=2))["Ready"] == ("True", "Synced")


def test_a_name_that_has_just_come_to_a_shard_is_waited_for() -> None:
    both = spoken(1, line(B), before=spoken(0, line(A)))
    moved = spoken(0, line(A), before=both, places={A: 0, B: 1, "new.b.test": 1})
    assert summed_up(moved)["Ready"] == ("Unknown", "Pending")


def test_lines_of_names_that_are_not_asked_for_any_more_go_whoevers_they_were() -> None:
    three = {A: 0, B: 1, "old.b.test": 1}
    both = spoken(1, line(B), line("old.b.test"), before=spoken(0, line(A), places=three), places=three)
    assert [record["dnsName"] for record in spoken(0, line(A), before=both)["records"]] == [A, B]


def test_what_another_shard_has_left_behind_goes_with_the_last_of_its_names() -> None:
    both = spoken(1, line(B), before=spoken(0, line(A)))
    moved = spoken(0, line(A), line(B), before=both, places={A: 0, B: 0})
    assert set(conditions(moved)) == {"Ready", "Accepted", "Programmed", "Shard0Accepted", "Shard0Programmed"}
    assert summed_up(moved)["Ready"] == ("True", "Synced")


def test_what_is_wrong_in_one_shard_is_wrong_with_the_object_and_told_with_the_shard() -> None:
    first = spoken(0, line(A, Reason.REJECTED))
    assert summed_up(first)["Programmed"] == ("False", "Rejected")  # known, though the other has not spoken yet
    both = spoken(1, line(B), before=first)
    assert summed_up(both) == {
        "Ready": ("False", "Rejected"),
        "Accepted": ("True", "Synced"),
        "Programmed": ("False", "Rejected"),
    }
    assert "www.a.test A: because" in message(both, "Ready")
    assert conditions(both)["Shard1Programmed"] == ("True", "Synced")


def test_a_wish_that_is_not_sound_is_told_in_the_summary_by_whoever_writes_last() -> None:
    faulty = spoken(0, line(A, Reason.SYNCED, BAD_TTL))
    both = spoken(1, line(B), before=faulty)
    assert summed_up(both)["Accepted"] == summed_up(both)["Ready"] == ("False", "InvalidTTL")
    assert summed_up(both)["Programmed"] == ("True", "Synced")


def test_conditions_keep_their_times_while_their_status_stays() -> None:
    both = spoken(1, line(B), before=spoken(0, line(A)))
    later = build_beside([line(A)], Beside(Shard(0, 2), PLACES), 1, both, NOW + 60)
    assert later["conditions"] == both["conditions"]


def test_the_columns_of_kubectl_show_what_all_have_said() -> None:
    both = spoken(1, line(B, target="192.0.2.9"), before=spoken(0, line(A)))
    assert both["summary"] == {
        "hostnames": f"{A},{B}",
        "types": "A",
        "targets": "192.0.2.1,192.0.2.9",
        "zones": "a.test,b.test",
        "owner": "me",
    }


def test_no_more_lines_are_written_than_there_is_room_for_and_faults_have_it_first() -> None:
    names = [f"n{number:04}.a.test" for number in range(MAX_RECORDS)]
    places = {**dict.fromkeys(names, 0), B: 1}
    full = spoken(0, *map(line, names), places=places)
    both = spoken(1, line(B, Reason.REJECTED), before=full, places=places)
    assert len(both["records"]) == MAX_RECORDS
    assert both["records"][-1]["dnsName"] == B
    assert summed_up(spoken(0, *map(line, names), before=both, places=places))["Programmed"] == ("False", "Rejected")


def test_junk_in_a_status_is_no_ones_word() -> None:
    junk: Status = {"records": ["x", {"dnsName": B}, 7], "conditions": {"type": "Ready"}}
    assert summed_up(spoken(0, line(A), before=junk))["Ready"] == ("Unknown", "Pending")
