from __future__ import annotations

import json

from zonewright.kube.echoes import MOST, Echoes


def line(version: str, kind: str = "MODIFIED", **annotations: str) -> bytes:
    meta = {"annotations": annotations, "name": "www", "resourceVersion": version}
    event = {"type": kind, "object": {"kind": "DNSEndpoint", "metadata": meta, "spec": {}}}
    return json.dumps(event, separators=(",", ":")).encode()


def test_the_event_of_a_write_of_ours_is_an_echo_once() -> None:
    echoes = Echoes()
    echoes.wrote("7")
    assert not echoes.is_one(line("8"))
    assert echoes.is_one(line("7"))
    assert not echoes.is_one(line("7"))


def test_text_of_people_is_not_taken_for_a_version() -> None:
    echoes = Echoes()
    echoes.wrote("7")
    assert not echoes.is_one(line("9", note='"resourceVersion":"7"'))


def test_a_bookmark_without_our_version_passes() -> None:
    echoes = Echoes()
    echoes.wrote("7")
    assert not echoes.is_one(b'{"type":"BOOKMARK","object":{"kind":"DNSEndpoint","metadata":{}}}')


def test_no_more_versions_are_remembered_than_can_be_overtaken() -> None:
    echoes = Echoes()
    for version in range(MOST + 10):
        echoes.wrote(str(version))
    assert len(echoes) == MOST
    assert not echoes.is_one(line("3"))
    assert echoes.is_one(line(str(MOST + 9)))
