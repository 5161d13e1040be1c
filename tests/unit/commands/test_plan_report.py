from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any

import click
import pytest

from unit.commands.shape import documented, misfits
from unit.planning.builders import REGISTRY, RULES, WEB, WWW, owned, plan, want
from unit.planning.memoryzone import MemoryZone
from unit.planning.test_retain import kept
from unit.sources.builders import settings
from zonewright.commands import plan as command
from zonewright.commands.changes import zone_changes
from zonewright.commands.options import Given
from zonewright.commands.plan import Refused, Report, document, lines
from zonewright.kube.store import ObjectId
from zonewright.model.endpoint import Endpoint
from zonewright.model.reason import Problem, Reason
from zonewright.model.zone import Zone
from zonewright.planning.plan import NamePlan, Policy, Wanted, plan_name
from zonewright.zones.status import Line

ZONE = Zone("example.com", "1")
NOTHING = {"create": 0, "update": 0, "delete": 0}


def refusal(reason: Reason, name: str = WWW) -> Refused:
    line = Line(name, "A", "", "ingress/default/web", None, (Problem(reason, "so it is"),))
    return Refused(ObjectId("default", "web"), line)


def report(
    *plans: NamePlan, refused: tuple[Refused, ...] = (), errors: tuple[str, ...] = (), objects: Any = None
) -> Report:
    zones = (zone_changes(ZONE, dict(zip("abc", plans, strict=False)), REGISTRY),) if plans else ()
    return Report("inmemory", "me", zones, refused, objects or NOTHING, errors)


def text(found: Report) -> list[str]:
    return [line.strip() for line in click.unstyle("\n".join(lines(found))).splitlines() if line.strip()]


RELEASE = plan(kept(*owned("A")))
CREATE, UPDATE, DELETE = plan([], want("A")), plan(owned("A", "192.0.2.9"), want("A", ttl=60)), plan(owned("A"))


def test_changes_are_told_with_a_sign_and_an_arrow_and_counted() -> None:
    assert text(report(CREATE, UPDATE, DELETE)) == [
        "example.com  (inmemory)",
        f"+ {WWW}  A  192.0.2.1  ingress/default/web",
        f"+ a-{WWW}  TXT  ownership",
        f"~ {WWW}  A  192.0.2.9 → 192.0.2.1  ttl default → 60  ingress/default/web",
        f"- {WWW}  A  192.0.2.1  ingress/default/web",
        f"- a-{WWW}  TXT  ownership",
        "1 to create, 1 to update, 1 to delete (with 2 ownership records).",
    ]


def test_a_release_is_told_with_the_record_that_stays_and_the_object_that_it_outlasts() -> None:
    assert text(report(RELEASE)) == [
        "example.com  (inmemory)",
        f"~ {WWW}  A  192.0.2.1  released: it outlasts {WEB}, and is nobody's from then on",
        f"- a-{WWW}  TXT  ownership",
        "0 to create, 0 to update, 0 to delete, 1 to release (with 1 ownership record).",
    ]
    assert document(report(RELEASE))["summary"]["release"] == 1


def test_nothing_to_do_is_said() -> None:
    assert text(report(plan(owned("A"), want("A")))) == ["Nothing to do: DNS is as it should be."]


def test_after_an_error_nothing_is_said_to_be_as_it_should_be() -> None:
    assert text(report(errors=("services cannot be listed",))) == [
        "Error: services cannot be listed",
        "Nothing is known of what would change.",
    ]


def test_refusals_have_their_reason_and_those_on_purpose_are_counted() -> None:
    found = report(refused=(refusal(Reason.NOT_OWNED), refusal(Reason.FILTERED), refusal(Reason.FILTERED)))
    assert text(found)[:3] == [
        "Not published:",
        f"! {WWW}  A  NotOwned: so it is  (ingress/default/web)",
        "2 record sets outside of the domain filters (Filtered): see --output=json",
    ]
    assert [one["reason"] for one in document(found)["refused"]] == ["NotOwned", "Filtered", "Filtered"]


def test_long_lists_of_targets_are_cut_for_people_alone() -> None:
    targets = [f"192.0.2.{n}" for n in range(20)]
    found = report(plan([], want("A", *targets)))
    assert "and 12 more" in "\n".join(text(found))
    assert len(document(found)["zones"][0]["changes"][0]["targets"]) == 20


def test_foreign_text_cannot_drive_a_terminal() -> None:
    hostile = Endpoint.found("\x1b[2Jwww.example.com", "A", ["192.0.2.1"]).with_labels({"resource": "x\x1b[31m"})
    made = plan_name(hostile.name, [Wanted(hostile, "origin")], REGISTRY, MemoryZone(), RULES)
    shown = "\n".join(lines(report(made, refused=(refusal(Reason.NOT_OWNED, "\x1b[2J"),))))
    assert not re.search(r"\x1b(?!\[\d*m)", shown)  # colours are ours
    assert "\x1b[2J" not in shown
    assert "x\x1b[31m" not in shown


def test_json_can_be_read_and_has_the_same_fields_whatever_is_in_it() -> None:
    full, empty = json.loads(json.dumps(document(report(CREATE)))), document(report())
    assert full.keys() == empty.keys()
    assert full["summary"].keys() == empty["summary"].keys() == documented("The plan as JSON")["summary"].keys()


def test_json_is_as_the_documentation_has_it() -> None:
    held = plan(owned("A"), rules=replace(RULES, policy=Policy.UPSERT_ONLY))
    found = report(CREATE, UPDATE, held, RELEASE, refused=(refusal(Reason.NOT_OWNED),), errors=("x",))
    assert len(found.zones[0].retained) == 1
    assert misfits(json.loads(json.dumps(document(found))), documented("The plan as JSON")) == []


# -- exit codes


@pytest.mark.parametrize(
    ("found", "detailed", "code"),
    [
        pytest.param(report(), False, 0, id="nothing to do"),
        pytest.param(report(), True, 0, id="nothing to do, in detail"),
        pytest.param(report(CREATE), False, 0, id="changes"),
        pytest.param(report(CREATE), True, 2, id="changes, in detail"),
        pytest.param(report(RELEASE), True, 2, id="a release is a change, in detail"),
        pytest.param(report(errors=("x",)), False, 1, id="error"),
        pytest.param(report(CREATE, errors=("x",)), True, 1, id="an error is worse than changes"),
        pytest.param(report(refused=(refusal(Reason.NOT_OWNED),)), True, 0, id="refusals are no changes"),
        pytest.param(report(objects=NOTHING | {"create": 1}), True, 0, id="nor are DNSEndpoints"),
    ],
)
def test_exit_codes_are_those_of_terraform(
    found: Report, detailed: bool, code: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def looked(_: Any) -> Report:
        return found

    monkeypatch.setattr(command, "_looked", looked)
    given = Given({"output": "text", "detailed-exitcode": "true" if detailed else ""})
    assert command.run(settings(), given) == code
