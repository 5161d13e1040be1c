"""The brake: deletes that are too many wait, show themselves in an object, and go when that very plan is approved."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterable
from typing import Any

import pytest

from cluster.manifests import condition, dnsendpoint, entry
from cluster.testsite import CRD, Site
from localcluster.operator_process import PROGRAM, Operator
from localcluster.wait import NotYet, wait_until

pytestmark = pytest.mark.cluster

HELD = "zonewright.io/held-deletes=true"
NAMES = tuple(f"n{number:02}" for number in range(12))


def want(site: Site, names: Iterable[str]) -> None:
    """One object that asks for all these names, and for no other."""
    site.apply(dnsendpoint("many", *(entry(site.name(name), "192.0.2.1") for name in names)))


def standing(site: Site) -> list[str]:
    """The names that have addresses."""
    return sorted(name for name, values in site.standing().items() if "192.0.2.1" in values)


def comes(site: Site, names: Iterable[str]) -> None:
    """Wait until these names stand, and no others."""
    wanted = sorted(names)
    wait_until(lambda: standing(site) == wanted, 15, what=f"{len(wanted)} names to stand")


def shown(site: Site) -> list[dict[str, Any]]:
    """The objects that show deletes which are held."""
    listed = site.cluster.kubectl("get", CRD, f"--namespace={site.namespace}", f"--selector={HELD}", "--output=json")
    found: list[dict[str, Any]] = json.loads(listed)["items"]
    return found


def held(site: Site, count: int) -> dict[str, Any]:
    """The object that shows so many deletes, as soon as it does."""

    def look() -> dict[str, Any]:
        found = shown(site)
        if not found or len(found[0].get("status", {}).get("records", ())) != count:
            raise NotYet(json.dumps(found))
        return found[0]

    return wait_until(look, 15, what=f"{count} deletes to be held")


def approve(site: Site, *args: str) -> subprocess.CompletedProcess[str]:
    command = [
        str(PROGRAM),
        "approve",
        f"--kubeconfig={site.cluster.kubeconfig}",
        f"--namespace={site.namespace}",
        *(() if any(arg.startswith("--txt-owner-id=") for arg in args) else (f"--txt-owner-id={site.owner}",)),
    ]
    return subprocess.run([*command, *args], capture_output=True, text=True, timeout=60, check=False)


def test_a_flood_of_deletes_waits_for_the_command_and_goes_by_it(site: Site) -> None:
    want(site, NAMES)
    with site.operator() as operator:
        comes(site, NAMES)
        want(site, NAMES[:4])
        found = held(site, 8)
        ready = condition(found, "Ready")
        assert (ready["status"], ready["reason"]) == ("False", "HeldByBrake")
        assert "8 of 12 record sets would be deleted" in ready["message"]
        assert {line["reason"] for line in found["status"]["records"]} == {"HeldByBrake"}
        assert standing(site) == sorted(NAMES)
        _tells(site, operator, found)
        assert site.owner in approve(site, "--txt-owner-id=somebody-else").stdout
        refused = approve(site, site.domain)
        assert refused.returncode == 1, "nobody was there to say yes"
        assert site.name(NAMES[7]) in refused.stdout
        done = approve(site, site.domain, "--yes")
        assert done.returncode == 0, done.stderr
        comes(site, NAMES[:4])
        wait_until(lambda: shown(site) == [], 15, what="nothing to be held any more")
        assert "No deletes are held" in approve(site).stdout


def _tells(site: Site, operator: Operator, found: dict[str, Any]) -> None:
    """By metric and Event as well."""
    wait_until(lambda: operator.metric("zonewright_held_deletes", zone=site.domain) == 8, 10, what="the metric")
    uid = found["metadata"]["uid"]
    look = ("get", "events.events.k8s.io", f"--namespace={site.namespace}", "--output=json")

    def events() -> list[dict[str, Any]]:
        items = json.loads(site.cluster.kubectl(*look))["items"]
        return [one for one in items if (one.get("regarding") or {}).get("uid") == uid]

    wait_until(lambda: [one["reason"] for one in events()] == ["HeldByBrake"], 10, what="the Event")


def test_an_approval_holds_for_the_plan_that_was_shown_and_for_no_other(site: Site) -> None:
    want(site, NAMES)
    with site.operator():
        comes(site, NAMES)
        want(site, NAMES[:6])
        plan = held(site, 6)["metadata"]["annotations"]["zonewright.io/held-plan"]
        want(site, NAMES[:5])
        name = held(site, 7)["metadata"]["name"]
        annotate = ("annotate", CRD, name, f"--namespace={site.namespace}")
        site.cluster.kubectl(*annotate, f"zonewright.io/approve={plan}")
        wait_until(
            lambda: "zonewright.io/approve" not in held(site, 7)["metadata"]["annotations"], 15, what="the refusal"
        )
        assert standing(site) == sorted(NAMES)
        plan = held(site, 7)["metadata"]["annotations"]["zonewright.io/held-plan"]
        site.cluster.kubectl(*annotate, f"zonewright.io/approve={plan}")
        comes(site, NAMES[:5])


def test_names_that_come_back_are_not_held_any_more(site: Site) -> None:
    want(site, NAMES)
    with site.operator():
        comes(site, NAMES)
        want(site, ())
        held(site, 12)
        want(site, NAMES[6:])
        held(site, 6)
        assert standing(site) == sorted(NAMES)
        want(site, NAMES)
        wait_until(lambda: shown(site) == [], 15, what="nothing to be held any more")


def test_what_is_held_survives_a_restart_and_an_approval_meanwhile_counts(site: Site) -> None:
    want(site, NAMES)
    site.publish()
    want(site, NAMES[:4])
    done = site.once()
    assert done.returncode == 1, done.stdout
    assert "8 of 12 record sets would be deleted" in done.stdout
    assert standing(site) == sorted(NAMES)
    assert approve(site, "--yes").returncode == 0
    site.publish()
    assert standing(site) == sorted(NAMES[:4])
    assert shown(site) == []
