from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zonewright.kube.lease import DURATION, Sight, Term, Verdict, judge, released, renewed, seen, taken

ME, OTHER = "me", "other"


def lease(holder: str = OTHER, renew: str = "2026-01-01T00:00:00.000000Z", duration: Any = 12) -> dict[str, Any]:
    spec = {"holderIdentity": holder, "leaseDurationSeconds": duration, "renewTime": renew, "leaseTransitions": 3}
    return {"metadata": {"namespace": "ns", "name": "z", "resourceVersion": "7", "labels": {"a": "b"}}, "spec": spec}


@pytest.mark.parametrize(
    ("found", "age", "dead", "verdict"),
    [
        pytest.param(None, 0, False, Verdict.FREE, id="there is none"),
        pytest.param(lease(""), 0, False, Verdict.FREE, id="released"),
        pytest.param({"metadata": {}}, 0, False, Verdict.FREE, id="without a spec"),
        pytest.param(lease(ME), 0, False, Verdict.OURS, id="ours"),
        pytest.param(lease(ME), 99, False, Verdict.OURS, id="ours and run out"),
        pytest.param(lease(), 0, False, Verdict.HELD, id="just seen, whatever its times say"),
        pytest.param(lease(), 11.9, False, Verdict.HELD, id="not run out"),
        pytest.param(lease(), 12, False, Verdict.FREE, id="run out"),
        pytest.param(lease(duration=30), 29, False, Verdict.HELD, id="its own duration counts"),
        pytest.param(lease(duration="x"), 11, False, Verdict.HELD, id="a duration that is none"),
        pytest.param(lease(), 0, True, Verdict.FREE, id="the holder is proven dead"),
    ],
)
def test_who_may_take_a_lease(found: dict[str, Any] | None, age: float, dead: bool, verdict: Verdict) -> None:
    sight = seen(None, found, 100.0)
    assert judge(sight, ME, 100.0 + age, dead=dead) is verdict


@given(renew=st.text(max_size=40), seconds=st.floats(0, DURATION - 0.01))
def test_a_lease_is_held_for_its_duration_after_it_was_seen_to_change_whatever_clocks_say(
    renew: str, seconds: float
) -> None:
    first = seen(None, lease(), 0.0)
    changed = seen(first, lease(renew=renew), 500.0)
    assert judge(changed, ME, 500.0 + seconds) is (Verdict.HELD if renew != first.term.renewed else Verdict.FREE)  # type: ignore[union-attr]


def test_time_runs_from_the_first_sight_of_what_is_unchanged() -> None:
    sight = seen(None, lease(), 10.0)
    for now in range(11, 20):
        sight = seen(sight, lease(), float(now))
    assert sight.since == 10.0


def test_a_lease_that_vanishes_is_held_for_as_long_as_it_would_have_been() -> None:
    """Its holder finds out at its next renewal, and would write until then."""
    sight = seen(seen(None, lease(), 10.0), None, 15.0)
    assert [judge(sight, ME, now) for now in (15.0, 21.9, 22.0)] == [Verdict.HELD, Verdict.HELD, Verdict.FREE]


def test_a_change_by_people_is_no_sign_of_life() -> None:
    labelled = lease()
    labelled["metadata"] = {**labelled["metadata"], "resourceVersion": "8", "labels": {}}
    assert seen(seen(None, lease(), 10.0), labelled, 15.0) == Sight(Term.of(lease()), 10.0)


def test_what_is_written_keeps_what_others_have_put_there_and_names_the_version_that_was_read() -> None:
    for written in (taken(lease(), "ns", "z", ME, 0.0), renewed(lease(), 0.0), released(lease(), 0.0)):
        assert written["metadata"] == lease()["metadata"]
        assert written["spec"].keys() >= lease()["spec"].keys()


def test_a_lease_is_taken_with_one_more_transition_and_by_the_same_holder_with_none() -> None:
    def transitions(found: dict[str, Any] | None) -> int:
        return int(taken(found, "ns", "z", ME, 0.0)["spec"]["leaseTransitions"])

    assert [transitions(found) for found in (None, lease(), lease(""), lease(ME))] == [0, 4, 4, 3]


def test_the_first_lease_has_all_that_kubectl_shows() -> None:
    assert taken(None, "ns", "z", ME, 1_767_225_600.25) == {
        "apiVersion": "coordination.k8s.io/v1",
        "kind": "Lease",
        "metadata": {"namespace": "ns", "name": "z"},
        "spec": {
            "holderIdentity": ME,
            "leaseDurationSeconds": 12,
            "acquireTime": "2026-01-01T00:00:00.250000Z",
            "renewTime": "2026-01-01T00:00:00.250000Z",
            "leaseTransitions": 0,
        },
    }
