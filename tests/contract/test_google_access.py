"""How Google lets us in: each kind of credentials by google-auth itself, and what is told where it does not."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import google.auth.compute_engine._metadata
import google.oauth2.credentials
import pytest
import pytest_asyncio
from cryptography.hazmat.primitives.asymmetric import rsa

from contract.build import create, record
from contract.conftest import closing
from contract.described.google_accounts import PROJECT, SUBJECT, federated_file, user_file
from contract.described.google_server import GoogleServer
from contract.described.server import serving
from zonewright.model.domain_filter import DomainFilter
from zonewright.providers.base import Denied, Unavailable
from zonewright.providers.google.client import OVERRIDE, CloudDns, endpoint
from zonewright.providers.google.credentials import FILE, Credentials, check_file
from zonewright.providers.google.provider import Google, Options

ZONE = "example.org"


@pytest_asyncio.fixture
async def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[GoogleServer]:
    """With no credentials but those that a test writes, and nothing outside that could be asked."""
    monkeypatch.setenv("CLOUDSDK_CONFIG", str(tmp_path / "gcloud"))
    monkeypatch.setenv("GCE_METADATA_IP", "127.0.0.1:1")
    for name in (FILE, "GOOGLE_CLOUD_PROJECT", "GCLOUD_PROJECT"):
        monkeypatch.delenv(name, raising=False)
    made = GoogleServer(ZONE)
    async with serving(made):
        yield made


Use = Callable[[Any], None]


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Not there yet."""
    found = tmp_path / "credentials.json"
    monkeypatch.setenv(FILE, str(found))
    return found


@pytest.fixture
def use(file: Path) -> Use:
    """Writes the file that the environment names."""

    def write(content: Any) -> None:
        file.write_text(json.dumps(content))

    return write


def provider(server: GoogleServer, project: str = "") -> Google:
    return Google(CloudDns(Credentials(project), server.url), Options(DomainFilter.of(()), pause=0.0))


async def test_a_key_of_a_service_account_signs_for_a_token(server: GoogleServer, use: Use) -> None:
    use(server.key_file())
    async with closing(provider(server)) as google:
        (zone,) = await google.zones()
        await google.records(zone)
    assert server.accounts.ways == ["service account"], "a token serves for more than one request"
    assert server.payers == [None, None]


async def test_the_project_is_that_of_the_credentials_unless_it_is_given(server: GoogleServer, use: Use) -> None:
    use(server.key_file())
    async with closing(provider(server)) as google:
        await google.zones()
    async with closing(provider(server, "other-project")) as google:
        with pytest.raises(Denied):
            await google.zones()
    assert [call.split("/")[4] for call in server.calls] == [PROJECT, "other-project"]


async def test_a_person_has_a_refresh_token_and_a_project_that_pays(
    server: GoogleServer, use: Use, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(google.oauth2.credentials, "_GOOGLE_OAUTH2_TOKEN_ENDPOINT", f"{server.url}/token")
    use(user_file())
    async with closing(provider(server, PROJECT)) as cloud:
        assert len(await cloud.zones()) == 1
    assert (server.accounts.ways, server.payers) == (["user"], ["who-pays"])


@pytest.mark.parametrize(
    ("acting", "ways"),
    [
        pytest.param(False, ["federation"], id="as the workload itself"),
        pytest.param(True, ["federation", "impersonation"], id="as a service account"),
    ],
)
async def test_federation_exchanges_the_token_of_the_cluster(
    server: GoogleServer, use: Use, tmp_path: Path, acting: bool, ways: list[str]
) -> None:
    """The project is given, so nobody is asked for it: the resource manager is not there."""
    use(federated_file(server.url, tmp_path, acting=acting))
    async with closing(provider(server, PROJECT)) as cloud:
        assert len(await cloud.zones()) == 1
    assert server.accounts.ways == ways


async def test_a_token_of_the_cluster_is_read_anew_when_it_is_needed_again(
    server: GoogleServer, use: Use, tmp_path: Path
) -> None:
    use(federated_file(server.url, tmp_path, acting=False))
    (tmp_path / "token").write_text("one that has ended")
    async with closing(provider(server, PROJECT)) as cloud:
        with pytest.raises(Denied):
            await cloud.zones()
        (tmp_path / "token").write_text(SUBJECT)
        assert len(await cloud.zones()) == 1


async def test_the_machine_or_the_pod_has_a_token_and_a_project(
    server: GoogleServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The metadata server, also that of workload identity on GKE. Its address is read when google-auth is imported."""
    monkeypatch.setattr(google.auth.compute_engine._metadata, "_GCE_METADATA_HOST", urlsplit(server.url).netloc)
    monkeypatch.setenv("GCE_METADATA_IP", urlsplit(server.url).netloc)
    async with closing(provider(server)) as cloud:
        (zone,) = await cloud.zones()
        assert list(await cloud.apply(zone, [create(record(f"www.{ZONE}", "A", "192.0.2.1"))])) == []
    assert server.accounts.ways == ["metadata"]
    assert f"/projects/{PROJECT}/" in server.calls[0]


@pytest.mark.parametrize("writing", [False, True], ids=["reading", "writing"])
async def test_a_token_that_is_refused_is_fetched_anew(server: GoogleServer, use: Use, writing: bool) -> None:
    use(server.key_file())
    async with closing(provider(server)) as cloud:
        (zone,) = await cloud.zones()
        await cloud.records(zone)
        server.accounts.tokens.clear()
        if writing:
            assert list(await cloud.apply(zone, [create(record(f"www.{ZONE}", "A", "192.0.2.1"))])) == []
        else:
            assert len(await cloud.records(zone)) == 2


async def test_tokens_that_are_always_refused_are_told_without_a_storm(
    server: GoogleServer, use: Use, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(server.key_file())
    monkeypatch.setattr(server.accounts, "tokens", set[str]())
    monkeypatch.setattr(server.accounts, "_give", lambda way, into: "no-good")
    async with closing(provider(server)) as cloud:
        with pytest.raises(Denied):
            await cloud.zones()
    assert len(server.calls) == 2


async def test_a_key_of_somebody_else_is_denied_without_showing_it(server: GoogleServer, use: Use) -> None:
    other = server.key_file(rsa.generate_private_key(public_exponent=65537, key_size=2048))
    use(other)
    async with closing(provider(server)) as cloud:
        with pytest.raises(Denied) as denied:
            await cloud.zones()
    assert "invalid_grant" in str(denied.value)
    assert other["private_key"][100:140] not in str(denied.value)


async def test_a_token_server_that_fails_is_waited_for(server: GoogleServer, use: Use, tmp_path: Path) -> None:
    """It is no fault of the credentials."""
    use(federated_file(server.url, tmp_path, acting=False))
    server.accounts.down = True
    async with closing(provider(server, PROJECT)) as cloud:
        with pytest.raises(Unavailable) as unavailable:
            await cloud.zones()
        server.accounts.down = False
        assert len(await cloud.zones()) == 1
    assert SUBJECT not in str(unavailable.value)


async def test_a_token_server_that_does_not_answer_is_waited_for(server: GoogleServer, use: Use) -> None:
    use(server.key_file() | {"token_uri": "http://127.0.0.1:1/token"})
    async with closing(provider(server)) as cloud:
        with pytest.raises(Unavailable):
            await cloud.zones()


async def test_without_any_credentials_one_is_told(server: GoogleServer) -> None:
    async with closing(provider(server)) as cloud:
        with pytest.raises(Denied, match="credentials"):
            await cloud.zones()


async def test_without_a_project_the_flag_is_named(
    server: GoogleServer, use: Use, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(google.oauth2.credentials, "_GOOGLE_OAUTH2_TOKEN_ENDPOINT", f"{server.url}/token")
    use(user_file())
    async with closing(provider(server)) as cloud:
        with pytest.raises(Denied, match="--google-project"):
            await cloud.zones()


async def test_the_address_is_that_of_the_universe(server: GoogleServer, use: Use) -> None:
    """Of Google's sovereign clouds. Nobody is asked: an address that there is not does not answer."""
    use(server.key_file() | {"universe_domain": "cloud.invalid"})
    async with closing(Google(CloudDns(Credentials()), Options(DomainFilter.of(())))) as cloud:
        with pytest.raises(Unavailable, match=r"https://dns\.cloud\.invalid"):
            await cloud.zones()


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        pytest.param(None, "cannot be read", id="absent"),
        pytest.param("", "is no JSON", id="empty"),
        pytest.param("[]", "has no type", id="no object"),
        pytest.param('{"private_key": "a-secret"}', "has no type", id="no type"),
    ],
)
def test_a_file_that_is_none_is_told_before_the_start(file: Path, content: str | None, expected: str) -> None:
    if content is not None:
        file.write_text(content)
    with pytest.raises(ValueError, match=f"{FILE}: .*{expected}") as told:
        check_file()
    assert "a-secret" not in str(told.value)


def test_a_file_that_is_one_and_none_at_all_are_no_trouble(use: Use, monkeypatch: pytest.MonkeyPatch) -> None:
    use(user_file())
    check_file()
    monkeypatch.delenv(FILE)
    check_file()


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        pytest.param("", "", id="none"),
        pytest.param("https://dns.example", "https://dns.example", id="as it is used"),
        pytest.param("https://dns.example/", "https://dns.example", id="with a slash"),
        pytest.param("https://dns.example/dns/v1/", "https://dns.example", id="with the path of the API"),
        pytest.param("https://proxy.example/google", "https://proxy.example/google", id="with a path of its own"),
    ],
)
def test_another_address_is_taken_from_the_environment(
    monkeypatch: pytest.MonkeyPatch, given: str, expected: str
) -> None:
    monkeypatch.setenv(OVERRIDE, given)
    assert endpoint() == expected


@pytest.mark.parametrize("given", ["dns.example", "ftp://dns.example", "https://", "/dns"])
def test_an_address_that_is_none_is_told_before_the_start(monkeypatch: pytest.MonkeyPatch, given: str) -> None:
    monkeypatch.setenv(OVERRIDE, given)
    with pytest.raises(ValueError, match=OVERRIDE):
        endpoint()


async def test_no_secret_is_shown_by_what_holds_it(server: GoogleServer, use: Use) -> None:
    key = server.key_file()
    use(key)
    credentials = Credentials()
    async with closing(Google(CloudDns(credentials, server.url), Options(DomainFilter.of(())))) as cloud:
        await cloud.zones()
        shown = repr(credentials) + repr(cloud) + repr(credentials._found)
    assert not any(secret in shown for secret in (key["private_key"][100:140], *server.accounts.tokens))
