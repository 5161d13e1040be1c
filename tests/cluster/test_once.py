"""One pass with --once, as a CI job runs it: its exit code, its log, and how long it takes."""

from __future__ import annotations

import json
import re
import subprocess
import time
from collections.abc import Callable
from typing import Any

import pytest
from aiohttp import web

from cluster.manifests import dnsendpoint, entry, ga, ingress, record
from cluster.testsite import CRD, Site
from cluster.webhook import webhook
from contract.webhook_server import WebhookServer, answer
from localcluster.ports import LOOPBACK, free_port

pytestmark = pytest.mark.cluster
BUDGET = 5.0  # seconds: several times what it takes on a small machine, for one that is busy


def changes(log: str) -> list[str]:
    return [line for line in log.splitlines() if "Desired change" in line]


# -- exit code


def test_everything_published_ends_with_0_and_a_second_pass_has_nothing_to_do(site: Site) -> None:
    site.apply(ingress("shop", site.name("shop"), annotations=ga(target="192.0.2.1")))
    assert len(changes(site.publish())) == 2
    site.told(site.name("shop"))
    before = site.stored()
    assert changes(site.publish()) == []
    assert site.stored() == before


def test_nothing_to_publish_ends_with_0(site: Site) -> None:
    assert changes(site.publish()) == []


def test_wishes_that_cannot_be_met_are_no_failure(site: Site) -> None:
    """Whoever wrote them is told; the run has done its part."""
    site.apply(dnsendpoint("web", entry(site.name("app"), "no-address"), entry("elsewhere.example.net", "192.0.2.1")))
    assert changes(site.publish()) == []
    found = site.told("web", "Filtered")
    assert [one["reason"] for one in found["status"]["records"]] == ["InvalidTarget", "Filtered"]


def test_what_the_webhook_refuses_ends_with_1_and_is_named_and_the_rest_lands(site: Site) -> None:
    names = [site.name(short) for short in ("a", "bad", "c", "d")]
    site.apply(dnsendpoint("web", *(entry(name, "192.0.2.1") for name in names)))
    with webhook() as server:
        refuse(server, names[1])
        done = on_webhook(site, server)
        assert done.returncode == 1, done.stdout
        assert failed(done.stdout) == {names[1]: f"the webhook answered 400 to POST /records: {names[1]} is refused"}
        assert {name for name, rtype, _ in server.records if rtype == "A"} == set(names) - {names[1]}
    found = site.told("web", "Rejected")
    assert [one["reason"] for one in found["status"]["records"]] == ["Synced", "Rejected", "Synced", "Synced"]
    about = record(found, names[1], "A")
    assert (about["state"], "nextRetryTime" in about, "ownership" in about) == ("Failed", True, False)


def refuse(server: WebhookServer, name: str) -> None:
    """From now on the server takes no change that has to do with a name."""
    takes: Callable[[Any], web.Response] = server.apply

    def picky(asked: Any) -> web.Response:
        if f'"{name}"' in json.dumps(asked):
            return web.Response(status=400, text=f"{name} is refused")
        return takes(asked)

    setattr(server, "apply", picky)  # noqa: B010  # a method, in mypy's eyes


def test_records_that_cannot_be_read_end_with_1_and_every_name_says_so(site: Site) -> None:
    site.apply(dnsendpoint("web", entry(site.name("app"), "192.0.2.1")))
    with webhook() as server:
        server.respond["GET /records"] = lambda: web.Response(status=503, text="out of order")
        done = on_webhook(site, server)
        assert done.returncode == 1, done.stdout
        assert failed(done.stdout) == {site.name("app"): "the webhook answered 503 to GET /records: out of order"}
        assert server.applied == []
        found = site.told("web", "ProviderUnavailable")
        assert record(found, site.name("app"), "A")["state"] == "Pending"
        server.respond["GET /records"] = lambda: answer(None)
        assert on_webhook(site, server).returncode == 0
    site.told("web")


def test_a_provider_that_is_not_there_ends_with_1(site: Site) -> None:
    site.apply(dnsendpoint("web", entry(site.name("app"), "192.0.2.1")))
    done = site.once(f"--webhook-provider-url=http://{LOOPBACK}:{free_port()}", provider="webhook")
    assert done.returncode == 1, done.stdout
    assert failed(done.stdout).keys() == {site.name("app")}
    assert "does not answer" in failed(done.stdout)[site.name("app")]


def on_webhook(site: Site, server: WebhookServer) -> subprocess.CompletedProcess[str]:
    return site.once(f"--webhook-provider-url={server.url}", provider="webhook")


def failed(log: str) -> dict[str, str]:
    """The names that a run has failed for, with the reason that it gives."""
    said = re.findall(r'level=error msg="Failed: (\S+): (.*?)"', log)
    return dict(said)


# -- log


def test_each_change_has_the_line_that_users_of_externaldns_look_for(site: Site) -> None:
    site.apply(dnsendpoint("web", entry(site.name("app"), "192.0.2.1")))
    logs = {"CREATE": site.publish()}
    site.apply(dnsendpoint("web", entry(site.name("app"), "192.0.2.2")))
    logs["UPDATE"] = site.publish()
    site.delete(CRD, "web")
    logs["DELETE"] = site.publish()
    zone_id = f"{site.dns.path}/org/example/{site.domain.partition('.')[0]}"
    for action, log in logs.items():
        told = f'level=info msg="Desired change: {action} {site.name("app")} A [Id: {zone_id}]" '
        assert log.count(told) == 1, log


def test_json_has_one_object_per_line_with_the_parts_of_a_change_in_fields(site: Site) -> None:
    site.apply(dnsendpoint("web", entry(site.name("app"), "192.0.2.2", "192.0.2.1", recordTTL=60)))
    lines = [json.loads(line) for line in site.publish("--log-format=json", "--log-level=debug").splitlines()]
    assert all({"time", "level", "msg"} <= line.keys() for line in lines)
    (change,) = [line for line in lines if line["msg"].startswith(f"Desired change: CREATE {site.name('app')} A ")]
    assert (change["level"], change["zone"], change["targets"], change["ttl"]) == (
        "info",
        site.domain,
        "192.0.2.1,192.0.2.2",
        60,
    )


def test_debug_says_why_an_object_was_skipped_and_info_does_not(site: Site) -> None:
    target = ga(target="192.0.2.1")
    site.apply(
        ingress("classless", site.name("a"), annotations=target),
        ingress("others", site.name("b"), annotations=target | ga(controller="somebody-else"), ingressClassName="x"),
        dnsendpoint("web", entry(site.name("c"), "192.0.2.1")),
    )
    flags = ("--source=ingress", "--ingress-class=x")
    log = site.publish(*flags, "--log-level=debug")
    why = dict(re.findall(r'level=debug msg="Skipped (.+?): (.*)"$', log, re.MULTILINE))
    assert why.keys() == {
        f"{kind} {site.namespace}/{name}"
        for kind, name in (("Ingress", "classless"), ("Ingress", "others"), ("DNSEndpoint", "web"))
    }
    assert "--ingress-class" in why[f"Ingress {site.namespace}/classless"]
    assert "somebody-else" in why[f"Ingress {site.namespace}/others"]
    assert "crd is not among the values of --source" in why[f"DNSEndpoint {site.namespace}/web"]
    assert "Skipped" not in site.publish(*flags)
    assert site.standing() == {}


# -- time


def test_one_ingress_takes_little_time_from_start_to_exit(site: Site) -> None:
    site.apply(ingress("shop", site.name("shop"), annotations=ga(target="192.0.2.1")))
    seconds = min(_timed(lambda: site.publish(provider="inmemory")) for _ in range(3))
    print(f"--once for one Ingress, best of 3: {seconds:.2f} s")
    site.told(site.name("shop"))
    assert seconds < BUDGET


def _timed(act: Callable[[], object]) -> float:
    started = time.monotonic()
    act()
    return time.monotonic() - started
