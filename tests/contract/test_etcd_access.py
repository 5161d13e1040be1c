"""Ways into etcd: credentials, TLS, several servers. Each etcd is real, and this test's own."""

from __future__ import annotations

import base64
import json
import urllib.request
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import pytest

from contract.build import create, record
from localcluster import build, flags
from localcluster.controlplane import STARTUP, answers, program_path
from localcluster.ports import LOOPBACK, free_port
from localcluster.process import Daemon
from localcluster.programs import ETCD
from zonewright.providers.base import Denied, Unavailable
from zonewright.providers.coredns.client import EtcdClient
from zonewright.providers.coredns.connection import from_environment
from zonewright.providers.coredns.provider import CoreDNS

ZONE = "example.org"
pytestmark = pytest.mark.usefixtures("coredns")  # it builds what is missing, outside of any test's time limit


@asynccontextmanager
async def coredns_at(environment: Mapping[str, str]) -> AsyncIterator[CoreDNS]:
    provider = CoreDNS(EtcdClient(from_environment(environment)), domains=[ZONE])
    try:
        yield provider
    finally:
        await provider.close()


async def can_write(environment: Mapping[str, str]) -> None:
    """Read, write, read back, in one zone. Raises as the provider does."""
    async with coredns_at(environment) as provider:
        (zone,) = await provider.zones()
        assert await provider.records(zone) == []
        a = record(f"a.{ZONE}", "A", "192.0.2.1")
        assert await provider.apply(zone, [create(a)]) == []
        assert await provider.records(zone) == [a]


class Etcd:
    """An etcd that can be stopped and started again with its data."""

    def __init__(self, directory: Path) -> None:
        build.ensure((ETCD,))
        self.port = free_port()
        self.url = f"http://{LOOPBACK}:{self.port}"
        self.data = directory / "data"
        self._daemon = Daemon(directory, "etcd")

    def start(self, *more: str) -> None:
        self._daemon.start([program_path(ETCD), *flags.etcd(self.data, self.port), *more])
        self._daemon.wait_ready(lambda: answers(f"{self.url}/health"), STARTUP)

    def stop(self) -> None:
        self._daemon.stop()

    def post(self, path: str, value: Mapping[str, Any], token: str = "") -> Any:
        headers = {"Content-Type": "application/json"} | ({"Authorization": token} if token else {})
        request = urllib.request.Request(f"{self.url}/v3/{path}", json.dumps(value).encode(), headers)
        with urllib.request.urlopen(request, timeout=10) as response:
            return json.load(response)


@pytest.fixture
def etcd_server(tmp_path: Path) -> Iterator[Etcd]:
    server = Etcd(tmp_path)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def locked(etcd_server: Etcd) -> Etcd:
    """It asks for a password: root may do everything, writer what is below /skydns/, guest nothing."""
    for name in ("root", "writer", "guest"):
        etcd_server.post("auth/user/add", {"name": name, "password": f"secret-{name}"})
    for role in ("root", "skydns"):
        etcd_server.post("auth/role/add", {"name": role})
    key, end = (base64.b64encode(text).decode() for text in (b"/skydns/", b"/skydns0"))
    permission = {"permType": "READWRITE", "key": key, "range_end": end}
    etcd_server.post("auth/role/grant", {"name": "skydns", "perm": permission})
    etcd_server.post("auth/user/grant", {"user": "root", "role": "root"})
    etcd_server.post("auth/user/grant", {"user": "writer", "role": "skydns"})
    etcd_server.post("auth/enable", {})
    return etcd_server


def login(server: Etcd, name: str, password: str | None = None) -> dict[str, str]:
    return {
        "ETCD_URLS": server.url,
        "ETCD_USERNAME": name,
        "ETCD_PASSWORD": f"secret-{name}" if password is None else password,
    }


async def test_credentials_open_what_they_should(locked: Etcd) -> None:
    await can_write(login(locked, "writer"))


@pytest.mark.parametrize(
    "environment",
    [
        pytest.param(lambda server: {"ETCD_URLS": server.url}, id="no credentials"),
        pytest.param(lambda server: login(server, "writer", "wrong"), id="wrong password"),
        pytest.param(lambda server: login(server, "nobody"), id="unknown user"),
        pytest.param(lambda server: login(server, "guest"), id="no rights"),
    ],
)
async def test_without_the_right_credentials_it_is_denied(
    locked: Etcd, environment: Callable[[Etcd], dict[str, str]]
) -> None:
    with pytest.raises(Denied) as caught:
        await can_write(environment(locked))
    assert "secret" not in str(caught.value)
    assert "wrong" not in str(caught.value)


async def test_a_token_that_etcd_has_forgotten_is_renewed(locked: Etcd) -> None:
    async with coredns_at(login(locked, "writer")) as provider:
        (zone,) = await provider.zones()
        await provider.records(zone)
        locked.stop()
        with pytest.raises(Unavailable):
            await provider.records(zone)
        locked.start()  # its tokens were in memory
        assert await provider.records(zone) == []


async def test_a_change_of_rights_does_not_lock_us_out(locked: Etcd) -> None:
    async with coredns_at(login(locked, "writer")) as provider:
        (zone,) = await provider.zones()
        await provider.records(zone)
        root = locked.post("auth/authenticate", {"name": "root", "password": "secret-root"})["token"]
        locked.post("auth/user/add", {"name": "another", "password": "x"}, root)
        assert await provider.records(zone) == []


async def test_credentials_that_nobody_asks_for_do_no_harm(etcd_server: Etcd) -> None:
    await can_write(login(etcd_server, "writer"))


async def test_the_next_server_is_tried_when_one_does_not_answer(etcd_server: Etcd) -> None:
    await can_write({"ETCD_URLS": f"http://{LOOPBACK}:{free_port()}, {etcd_server.url}/"})


async def test_without_any_server_it_is_unavailable_and_says_where() -> None:
    url = f"http://user:secret@{LOOPBACK}:{free_port()}"
    with pytest.raises(Unavailable, match=rf"http://{LOOPBACK}:\d+ does not answer") as caught:
        await can_write({"ETCD_URLS": url})
    assert "secret" not in str(caught.value)


async def test_what_is_no_etcd_is_unavailable(etcd_server: Etcd) -> None:
    with pytest.raises(Unavailable, match="404"):
        await can_write({"ETCD_URLS": f"{etcd_server.url}/elsewhere"})


@contextmanager
def tls_server(directory: Path) -> Iterator[tuple[Etcd, str]]:
    """An etcd with a certificate that it has signed itself, for 127.0.0.1; and the path of that certificate."""
    server = Etcd(directory)
    secure = f"https://{LOOPBACK}:{free_port()}"
    server.start("--auto-tls", f"--listen-client-urls={server.url},{secure}", f"--advertise-client-urls={secure}")
    server.url = secure
    try:
        yield server, str(server.data / "fixtures" / "client" / "cert.pem")
    finally:
        server.stop()


async def test_the_certificate_of_etcd_is_checked(tmp_path: Path) -> None:
    with tls_server(tmp_path) as (server, authority):
        by_name = server.url.replace(LOOPBACK, "localhost")
        with pytest.raises(Unavailable, match="certificate"):
            await can_write({"ETCD_URLS": server.url})
        with pytest.raises(Unavailable, match="certificate"):
            await can_write({"ETCD_URLS": by_name, "ETCD_CA_FILE": authority})
        right = {"ETCD_URLS": server.url, "ETCD_CA_FILE": authority}
        with pytest.raises(Unavailable, match="certificate"):
            await can_write(right | {"ETCD_TLS_SERVER_NAME": "etcd.example.org"})
        await can_write(right)


@pytest.mark.parametrize(
    "more",
    [
        pytest.param({"ETCD_TLS_SERVER_NAME": LOOPBACK, "ETCD_CA_FILE": "{authority}"}, id="another name to check"),
        pytest.param({"ETCD_TLS_INSECURE": "True"}, id="not checked at all"),
    ],
)
async def test_the_check_of_the_certificate_can_be_adapted(tmp_path: Path, more: dict[str, str]) -> None:
    with tls_server(tmp_path) as (server, authority):
        url = {"ETCD_URLS": server.url.replace(LOOPBACK, "localhost")}
        await can_write(url | {name: value.format(authority=authority) for name, value in more.items()})
