"""What is worth an Event: the way into trouble and out of it, once each."""

from __future__ import annotations

from dataclasses import replace

import pytest

from zonewright.model.endpoint import Endpoint
from zonewright.model.outcome import Outcome
from zonewright.model.reason import Problem, Reason
from zonewright.zones.announcements import Announcement, announcements
from zonewright.zones.status import Line, build

WWW = Endpoint.wanted("www.example.org", "A", ["192.0.2.1"])
SYNCED = Outcome(Reason.SYNCED, "", WWW, "example.org", "inmemory")
REFUSED = replace(SYNCED, reason=Reason.REJECTED, message="no such type")
AWAY = replace(SYNCED, reason=Reason.PROVIDER_UNAVAILABLE, message="no answer", fault=True)
BUSY = replace(SYNCED, reason=Reason.THROTTLED, message="slow down", fault=True)
EXPOSED = replace(SYNCED, caution=Problem(Reason.PRIVATE_ADDRESS, "10.0.0.1: private, in a zone that is public"))
SAID = {
    "refused": Announcement(True, "Rejected", "www.example.org A: no such type", "ingress/ns/web"),
    "away": Announcement(True, "ProviderUnavailable", "www.example.org A: no answer", "ingress/ns/web"),
    "well": Announcement(False, "Synced", "www.example.org A: DNS holds it", "ingress/ns/web"),
    "exposed": Announcement(
        True, "PrivateAddress", "www.example.org A: 10.0.0.1: private, in a zone that is public", "ingress/ns/web"
    ),
}


def line(outcome: Outcome) -> Line:
    return Line("www.example.org", "A", "", "ingress/ns/web", outcome)


@pytest.mark.parametrize(
    ("outcomes", "said"),
    [
        pytest.param([SYNCED], [], id="well from the start"),
        pytest.param([REFUSED], ["refused"], id="refused from the start"),
        pytest.param([REFUSED, REFUSED], ["refused"], id="still refused"),
        pytest.param([SYNCED, REFUSED, SYNCED], ["refused", "well"], id="refused for a time"),
        pytest.param([SYNCED, AWAY, AWAY, SYNCED], ["away", "well"], id="an outage"),
        pytest.param([SYNCED, BUSY, SYNCED], [], id="what passes by itself"),
        pytest.param([EXPOSED, EXPOSED], ["exposed"], id="a private address"),
        pytest.param([EXPOSED, SYNCED, EXPOSED], ["exposed", "exposed"], id="a private address, twice"),
        pytest.param([REFUSED, AWAY], ["refused", "away"], id="from one trouble into another"),
    ],
)
def test_transitions_are_announced(outcomes: list[Outcome], said: list[str]) -> None:
    status: dict[str, object] = {}
    found = []
    for outcome in outcomes:
        lines = [line(outcome)]
        after = build(lines, 1, status, 0.0)
        found += announcements(lines, status, after)
        status = after
    assert found == [SAID[word] for word in said]


def test_what_could_not_become_an_entry_is_announced_too() -> None:
    lines = [Line("x..y", "", "", "ingress/ns/web", None, (Problem(Reason.INVALID_NAME, "an empty label"),))]
    found = announcements(lines, {}, build(lines, 1, {}, 0.0))
    assert found == [Announcement(True, "InvalidName", "x..y: an empty label", "ingress/ns/web")]


@pytest.mark.parametrize("junk", [{"records": None}, {"records": ["x", None]}, {}])
def test_a_status_that_somebody_spoiled_hides_nothing(junk: dict[str, object]) -> None:
    lines = [line(REFUSED)]
    assert announcements(lines, junk, build(lines, 1, junk, 0.0)) == [SAID["refused"]]
