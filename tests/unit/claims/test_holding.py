from __future__ import annotations

import json
from typing import Any

import pytest

from zonewright.claims.book import Slot
from zonewright.claims.generated import annotations_to_write, differs, manifest
from zonewright.claims.holding import Patience, is_missing, missing_since
from zonewright.model.claim import Claim, Resource
from zonewright.model.endpoint import Endpoint
from zonewright.model.marks import MISSING_SINCE_ANNOTATION
from zonewright.model.reason import Problem, Reason

SLOT = Slot("shop", "a.example.org")
NOW = 1_800_000_000.0
PATIENCE = Patience(1800.0)
NOBODY: tuple[Claim, ...] = ()


def who(name: str) -> Resource:
    return Resource("Ingress", "shop", name, "networking.k8s.io/v1", uid=f"uid-{name}")


def claim(name: str, *targets: str, rtype: str = "A") -> Claim:
    labels = {"resource": str(who(name))}
    return Claim(SLOT.hostname, (Endpoint.wanted(SLOT.hostname, rtype, targets, labels=labels),), who(name))


def missing(name: str, reason: Reason = Reason.NO_TARGETS, *, lasting: bool = False) -> Claim:
    return Claim(SLOT.hostname, (), who(name), (Problem(reason, "none", lasting),))


def made(*claims: Claim) -> dict[str, Any]:
    return manifest(SLOT, claims, "me", "a.example.org")


class Server:
    """A DNSEndpoint that is brought in line with claims, as the writer does it."""

    def __init__(self, *claims: Claim) -> None:
        self.obj = made(*claims)

    def follow(self, *claims: Claim, at: float, patience: Patience = PATIENCE) -> float | None:
        wanted, until = patience.held(made(*claims), self.obj, claims, at)
        if differs(self.obj, wanted):
            marks = annotations_to_write(self.obj, wanted)
            found = {**self.obj["metadata"]["annotations"], **marks}
            kept = {key: value for key, value in found.items() if value is not None}
            self.obj = {**wanted, "metadata": {**wanted["metadata"], "annotations": kept}}
        return until

    def targets(self) -> list[tuple[str, list[str]]]:
        return [(entry["recordType"], entry["targets"]) for entry in self.obj["spec"]["endpoints"]]


@pytest.mark.parametrize("reason", [Reason.NO_TARGETS, Reason.SOURCE_NOT_READY])
def test_the_last_targets_stay_for_as_long_as_patience_lasts(reason: Reason) -> None:
    server = Server(claim("web", "192.0.2.1"))
    assert server.follow(missing("web", reason), at=NOW) == NOW + 1800
    assert server.targets() == [("A", ["192.0.2.1"])]
    assert missing_since(server.obj) == {"ingress/shop/web": NOW}
    assert server.follow(missing("web", reason), at=NOW + 1799) == NOW + 1800
    assert server.targets() == [("A", ["192.0.2.1"])]
    assert server.follow(missing("web", reason), at=NOW + 1800) is None
    assert server.targets() == []
    assert MISSING_SINCE_ANNOTATION not in server.obj["metadata"]["annotations"]


def test_targets_that_come_back_end_the_wait_and_the_next_one_starts_anew() -> None:
    server = Server(claim("web", "192.0.2.1"))
    server.follow(missing("web"), at=NOW)
    assert server.follow(claim("web", "192.0.2.2"), at=NOW + 60) is None
    assert server.targets() == [("A", ["192.0.2.2"])]
    assert missing_since(server.obj) == {}
    assert server.follow(missing("web"), at=NOW + 1700) == NOW + 3500


def test_no_patience_follows_at_once() -> None:
    server = Server(claim("web", "192.0.2.1"))
    assert server.follow(missing("web"), at=NOW, patience=Patience(0)) is None
    assert server.targets() == []


@pytest.mark.parametrize(
    "claims",
    [
        pytest.param(NOBODY, id="the object is gone"),
        pytest.param((missing("web", lasting=True),), id="it is not to have targets"),
        pytest.param((missing("web", Reason.IGNORED),), id="it is to be ignored"),
        pytest.param((missing("web", Reason.FILTERED),), id="it is filtered"),
        pytest.param((missing("web", Reason.INVALID_TARGET),), id="its targets are wrong"),
        pytest.param((missing("other"),), id="another object lacks targets"),
    ],
)
def test_what_is_meant_so_is_followed_at_once(claims: tuple[Claim, ...]) -> None:
    server = Server(claim("web", "192.0.2.1"))
    assert server.follow(*claims, at=NOW) is None
    assert server.targets() == []


def test_a_record_set_that_others_give_targets_for_follows_them() -> None:
    server = Server(claim("api", "192.0.2.1"), claim("web", "192.0.2.2"))
    assert server.targets() == [("A", ["192.0.2.1", "192.0.2.2"])]
    assert server.follow(missing("api"), claim("web", "192.0.2.2"), at=NOW) is None
    assert server.targets() == [("A", ["192.0.2.2"])]


def test_of_two_objects_each_is_waited_for_in_its_own_time() -> None:
    server = Server(claim("api", "192.0.2.1"), claim("web", "2001:db8::1", rtype="AAAA"))
    server.follow(missing("api"), claim("web", "2001:db8::1", rtype="AAAA"), at=NOW)
    assert server.follow(missing("api"), missing("web"), at=NOW + 1000) == NOW + 1800
    assert sorted(server.targets()) == [("A", ["192.0.2.1"]), ("AAAA", ["2001:db8::1"])]
    assert server.follow(missing("api"), missing("web"), at=NOW + 1800) == NOW + 2800
    assert server.targets() == [("AAAA", ["2001:db8::1"])]


@pytest.mark.parametrize("text", ["", "x", "[]", "1", '{"ingress/shop/web": 5}', '{"ingress/shop/web": "soon"}'])
def test_a_time_that_somebody_has_spoilt_starts_anew(text: str) -> None:
    server = Server(claim("web", "192.0.2.1"))
    server.follow(missing("web"), at=NOW)
    server.obj["metadata"]["annotations"][MISSING_SINCE_ANNOTATION] = text
    assert server.follow(missing("web"), at=NOW + 100) == NOW + 1900
    assert json.loads(server.obj["metadata"]["annotations"][MISSING_SINCE_ANNOTATION]).keys() == {"ingress/shop/web"}


def test_nothing_is_written_while_it_waits() -> None:
    server = Server(claim("web", "192.0.2.1"))
    server.follow(missing("web"), at=NOW + 0.7)
    wanted, _ = PATIENCE.held(made(missing("web")), server.obj, (missing("web"),), NOW + 900)
    assert not differs(server.obj, wanted)


def test_a_claim_with_targets_lacks_none() -> None:
    assert not is_missing(claim("web", "192.0.2.1"))
    assert is_missing(missing("web"))
