"""Fixtures that stand on real servers. They are started once per test run, when a test needs them, never for others."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest

from localcluster import bind as bind9
from localcluster import build, controlplane, pdns, programs, shared
from localcluster.bind import Bind
from localcluster.cluster import Cluster
from localcluster.dnsserver import DnsServer
from localcluster.pdns import PowerDns

GUARD = pytest.StashKey[shared.Guard]()
DIRECTORY = pytest.StashKey[Path]()
# CI draws the same examples each time: what it says depends on the change alone. By hand they are new each time.
hypothesis.settings.register_profile("ci", derandomize=True, deadline=None)

NEED_SERVERS = {"cluster", "coredns"}
NEED_PEER = {"externaldns"}


def pytest_configure(config: pytest.Config) -> None:
    """The first process of the run guards its servers; workers are told its directory."""
    # Or else pytest-asyncio has one made, which nobody closes when a test calls asyncio.run.
    asyncio.set_event_loop(None)
    handed_down: dict[str, Any] | None = getattr(config, "workerinput", None)
    if handed_down is not None:
        config.stash[DIRECTORY] = Path(handed_down["servers"])
        return
    guard = shared.Guard()
    config.stash[GUARD] = guard
    config.stash[DIRECTORY] = guard.directory


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    node.workerinput["servers"] = str(node.config.stash[DIRECTORY])


def pytest_unconfigure(config: pytest.Config) -> None:
    guard = config.stash.get(GUARD, None)
    if guard:
        guard.close()


def pytest_report_header() -> list[str]:
    existing = controlplane.kubeconfig_of()
    return [f"cluster: the existing one of {existing}"] if existing else []


def pytest_collection_finish(session: pytest.Session) -> None:
    """Start here what tests will need: no test's time limit runs yet, and a build's progress can be seen."""
    if session.config.option.collectonly:
        return
    if any(NEED_SERVERS & set(getattr(item, "fixturenames", ())) for item in session.items):
        capture = session.config.pluginmanager.getplugin("capturemanager")
        # An error is not lost: the fixture meets it again, and fails its tests alone.
        with capture.global_and_fixture_disabled(), contextlib.suppress(Exception):
            shared.acquire(session.config.stash[DIRECTORY])
    if any(NEED_PEER & set(getattr(item, "fixturenames", ())) for item in session.items):
        capture = session.config.pluginmanager.getplugin("capturemanager")
        with capture.global_and_fixture_disabled(), contextlib.suppress(Exception):
            build.ensure([programs.EXTERNALDNS])


@pytest.fixture(scope="session")
def _servers(request: pytest.FixtureRequest) -> shared.Shared:
    return shared.acquire(request.config.stash[DIRECTORY])


@pytest.fixture(scope="session")
def cluster(_servers: shared.Shared) -> Cluster:
    """A real control plane with our CRDs and the Gateway API's, shared by all tests of the run."""
    return _servers.cluster


@pytest.fixture(scope="session")
def coredns(_servers: shared.Shared) -> DnsServer:
    """A real CoreDNS on etcd that serves example.org and the root, shared by all tests of the run."""
    return _servers.dns


@pytest.fixture(scope="session")
def powerdns(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PowerDns]:
    """A real PowerDNS without zones, one for each process of the run. Where none can be had, its tests are skipped."""
    directory = tmp_path_factory.mktemp("pdns")
    try:
        server = pdns.start(directory)
    except pdns.NotToBeHad as reason:
        pytest.skip(f"no PowerDNS: {reason}")
    yield server
    pdns.stop(directory)


@pytest.fixture(scope="session")
def bind(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bind]:
    """A real BIND without zones, one for each process of the run. Where none can be had, its tests are skipped."""
    directory = tmp_path_factory.mktemp("bind")
    try:
        server = bind9.start(directory)
    except bind9.NotToBeHad as reason:
        pytest.skip(f"no BIND: {reason}")
    yield server
    bind9.stop(directory)


@pytest.fixture(scope="session")
def externaldns() -> Path:
    """The program ExternalDNS, built when it is needed for the first time."""
    build.ensure([programs.EXTERNALDNS])
    return programs.cached(programs.EXTERNALDNS)


@pytest.fixture
def namespace(cluster: Cluster) -> Iterator[str]:
    """A namespace of this test's own. It is deleted behind the test's back: that takes seconds."""
    name = f"test-{secrets.token_hex(4)}"
    cluster.kubectl("create", "namespace", name)
    yield name
    cluster.kubectl("delete", "namespace", name, "--wait=false")


@pytest.fixture
def domain() -> str:
    """A domain below example.org that no other test uses."""
    return f"test-{secrets.token_hex(4)}.example.org"
