"""/healthz and /readyz of a real operator: alive from the start, ready after the first full pass and from then on."""

from __future__ import annotations

import socket
import urllib.error
import urllib.request
from collections.abc import Iterator

import pytest

from cluster.manifests import dnsendpoint, entry, ingress, load_balancer
from cluster.rights import ENDPOINTS, WATCHED, account, ingresses
from cluster.testsite import Site
from cluster.webhook import broken, operator, webhook
from contract.webhook_server import WebhookServer
from localcluster.operator_process import Operator
from localcluster.ports import LOOPBACK
from localcluster.wait import wait_until

pytestmark = pytest.mark.cluster


@pytest.fixture
def provider() -> Iterator[WebhookServer]:
    with webhook() as server:
        yield server


def asked(provider: WebhookServer, call: str, times: int) -> None:
    wait_until(lambda: provider.calls[call] >= times, 15, what=f"{call}, {times} times")


def listens(running: Operator) -> None:
    wait_until(lambda: running.status("/healthz"), 15, what="the port to be open")


def page(running: Operator, path: str) -> tuple[int, str]:
    """Status and text."""
    try:
        with urllib.request.urlopen(f"http://{LOOPBACK}:{running.port}{path}", timeout=5) as response:
            return response.status, response.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()


NOT_READY = (503, "the first full pass is not done")
WELL = (200, "OK")


@pytest.mark.parametrize(
    "call", [pytest.param("GET /", id="zones cannot be listed"), pytest.param("GET /records", id="zone cannot be read")]
)
def test_not_ready_before_a_zone_was_read_but_alive(site: Site, provider: WebhookServer, call: str) -> None:
    provider.respond[call] = broken
    with operator(site, provider, ready=False) as running:
        asked(provider, call, 2)
        assert (page(running, "/readyz"), page(running, "/healthz")) == (NOT_READY, WELL)
        del provider.respond[call]
        running.wait_ready()
        assert (page(running, "/readyz"), page(running, "/healthz")) == (WELL, WELL)


def test_not_ready_before_all_kinds_are_listed_but_alive(site: Site) -> None:
    with account(site.cluster, site.namespace, *ENDPOINTS) as limited:
        here = Site(limited.cluster, site.dns, site.namespace, site.domain)
        with here.operator("--source=ingress", "--source=crd", ready=False) as running:
            listens(running)
            wait_until(lambda: "No watch on ingresses" in running.log())
            assert (page(running, "/readyz"), page(running, "/healthz")) == (NOT_READY, WELL)
            limited.grant(*ENDPOINTS, ingresses(*WATCHED))
            running.wait_ready()


def test_ready_means_that_all_there_was_is_in_dns(site: Site) -> None:
    shorts = [f"app-{number}" for number in range(50)]
    site.apply(ingress("web", *map(site.name, shorts)))
    site.cluster.set_status("ingress", "web", load_balancer("192.0.2.1"), site.namespace)
    site.apply(dnsendpoint("hand", entry(site.name("by-hand"), "192.0.2.2")))
    with site.operator():
        standing = site.standing()
    wanted = {short: ["192.0.2.1"] for short in shorts} | {"by-hand": ["192.0.2.2"]}
    assert {short: standing.get(short) for short in wanted} == wanted


def test_ready_stays_ready_and_alive_while_the_provider_fails(site: Site, provider: WebhookServer) -> None:
    """A start anew would not mend the provider, and would list everything once more."""
    with operator(site, provider) as running:
        provider.respond["GET /records"] = broken
        asked(provider, "GET /records", provider.calls["GET /records"] + 3)
        assert (page(running, "/readyz"), page(running, "/healthz")) == (WELL, WELL)


def test_only_the_three_pages_are_served(site: Site) -> None:
    with site.operator() as running:
        assert {path: running.status(path) for path in ("/metrics", "/healthz", "/readyz", "/", "/debug")} == {
            "/metrics": 200,
            "/healthz": 200,
            "/readyz": 200,
            "/": 404,
            "/debug": 404,
        }


def test_a_port_that_is_taken_ends_the_start_with_the_name_of_its_flag(site: Site) -> None:
    running = site.operator(ready=False)
    with socket.create_server((LOOPBACK, running.port)), running:
        assert running.process.wait(20) == 1
        assert f"--metrics-address={LOOPBACK}:{running.port}: cannot listen there: " in running.log()


def test_a_signal_ends_it_with_0_and_the_port_is_free_again(site: Site) -> None:
    with site.operator() as running:
        assert running.stop() == 0
        with socket.create_server((LOOPBACK, running.port)):
            pass
