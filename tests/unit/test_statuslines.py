from __future__ import annotations

from zonewright.model.claim import Claim, Note, Resource
from zonewright.model.endpoint import Endpoint, Key
from zonewright.model.outcome import Outcome
from zonewright.model.reason import Reason
from zonewright.sources.dnsendpoint import Reading
from zonewright.statuslines import entry_lines

NAME = "www.example.org"
A, TXT = Endpoint.wanted(NAME, "A", ["192.0.2.1"]), Endpoint.wanted(NAME, "TXT", ["x"])
WEB = Resource("Ingress", "default", "web")


def notes(*claims: Claim) -> list[tuple[str, ...]]:
    reading = Reading(Resource("crd", "default", "www"), {0: A, 1: TXT})
    done = {entry: Outcome(Reason.SYNCED, "", endpoint) for entry, endpoint in reading.endpoints.items()}
    return [line.notes for line in entry_lines(reading, done, claims)]


def claim(rtype: str, *texts: str) -> Claim:
    return Claim(NAME, (A, TXT), WEB, notes=tuple(Note(Key(NAME, rtype, ""), text) for text in texts))


def test_a_note_stands_with_the_record_set_that_it_is_about() -> None:
    assert notes(claim("TXT", "some"), claim("A", "others")) == [("others",), ("some",)]


def test_a_note_on_a_record_set_of_which_nothing_is_left_stands_with_the_first() -> None:
    assert notes(claim("AAAA", "all of it")) == [("all of it",), ()]


def test_what_several_objects_say_alike_is_told_once() -> None:
    assert notes(claim("A", "one"), claim("A", "one", "two")) == [("one", "two"), ()]
