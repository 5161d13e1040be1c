"""What is particular to the webhook protocol, against a strict server on the loopback."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import ClientTimeout, web

from contract.build import create, delete, record, update
from contract.conftest import a_webhook
from contract.webhook_server import WebhookServer, answer
from localcluster.ports import LOOPBACK, free_port
from zonewright.model.change import Unit
from zonewright.model.endpoint import Endpoint
from zonewright.model.reason import Reason
from zonewright.model.zone import Zone
from zonewright.providers.base import Changed, Denied, Normalized, ProviderError, Rejected, Throttled, Unavailable
from zonewright.providers.webhook.client import WebhookClient
from zonewright.providers.webhook.provider import Webhook

ZONE = Zone("", "webhook")
A = record("a.example.org", "A", "192.0.2.1")


class Pair:
    """A webhook provider and its server."""

    def __init__(self, provider: Webhook, server: WebhookServer) -> None:
        self.provider = provider
        self.server = server

    async def records(self) -> list[Endpoint]:
        return list(await self.provider.records(ZONE))

    async def normalize(self, *endpoints: Endpoint) -> Normalized:
        return await self.provider.normalize(ZONE, endpoints)

    async def apply(self, *units: Unit) -> None:
        assert list(await self.provider.apply(ZONE, units)) == []


@pytest_asyncio.fixture
async def pair() -> AsyncIterator[Pair]:
    async with a_webhook() as (provider, server):
        yield Pair(provider, server)


# -- negotiation


async def test_there_is_one_zone_known_by_the_url(pair: Pair) -> None:
    assert await pair.provider.zones() == [Zone("", pair.server.url)]


async def test_it_negotiates_once(pair: Pair) -> None:
    await asyncio.gather(pair.provider.zones(), pair.records(), pair.normalize(A))
    await pair.records()
    assert pair.server.calls["GET /"] == 1


async def test_it_negotiates_again_after_a_failure(pair: Pair) -> None:
    pair.server.respond["GET /"] = lambda: web.Response(status=503)
    with pytest.raises(Unavailable):
        await pair.provider.zones()
    pair.server.respond.clear()
    assert await pair.records() == []


@pytest.mark.parametrize(
    ("media_type", "accepted"),
    [
        ("application/external.dns.webhook+json;version=1", True),
        ("application/external.dns.webhook+json; version=1", True),
        ("application/external.dns.webhook+json;version=2", False),
        ("application/json", False),
        ("text/html; charset=utf-8", False),
    ],
)
async def test_another_media_type_is_refused_by_name(pair: Pair, media_type: str, accepted: bool) -> None:
    pair.server.respond["GET /"] = lambda: web.Response(body=b"{}", headers={"Content-Type": media_type})
    if accepted:
        assert await pair.records() == []
        return
    with pytest.raises(Unavailable, match="not application/external") as caught:
        await pair.records()
    assert media_type in str(caught.value)


@pytest.mark.parametrize("domain_filter", [["x"], {"include": "x"}, {"regexInclude": "("}])
async def test_a_domain_filter_that_makes_no_sense_admits_nothing(pair: Pair, domain_filter: Any) -> None:
    pair.server.domain_filter = domain_filter
    with pytest.raises(Unavailable, match="domain filter"):
        await pair.records()


async def test_names_outside_of_its_domain_filter_are_left_alone(pair: Pair) -> None:
    pair.server.domain_filter = {"include": ["example.org"], "exclude": ["sub.example.org"]}
    names = ["a.example.org", "a.sub.example.org", "a.example.net"]
    pair.server.seed(*({"dnsName": name, "recordType": "A", "targets": ["192.0.2.1"]} for name in names))
    assert [found.name for found in await pair.records()] == names[:1]
    result = await pair.normalize(*(record(name, "A", "192.0.2.1") for name in names))
    assert [key.name for key in result.endpoints] == names[:1]
    assert {key.name: problem.reason for key, problem in result.problems.items()} == dict.fromkeys(
        names[1:], Reason.FILTERED
    )


# -- adjusting


async def test_what_the_webhook_makes_of_a_record_set_is_the_normalized_one(pair: Pair) -> None:
    pair.server.adjust = lambda endpoints: [e | {"recordTTL": 300} for e in endpoints]
    asked = record("a.example.org", "A", "192.0.2.1", ttl=5).with_labels({"resource": "ingress/x/y"})
    result = await pair.normalize(asked)
    became = result.endpoints[asked.key]
    assert (became.ttl, became.labels) == (300, asked.labels)


async def test_what_the_webhook_leaves_out_is_told(pair: Pair) -> None:
    pair.server.adjust = lambda endpoints: [e for e in endpoints if e["dnsName"] != "b.example.org"]
    b = record("b.example.org", "A", "192.0.2.1")
    result = await pair.normalize(A, b)
    assert result.endpoints.keys() == {A.key}
    assert result.problems[b.key].reason is Reason.REJECTED
    assert "b.example.org" in result.problems[b.key].message


async def test_another_type_under_the_same_name_is_what_it_became(pair: Pair) -> None:
    pair.server.adjust = lambda endpoints: [e | {"recordType": "ALIAS"} for e in endpoints]
    asked = record("example.org", "CNAME", "lb.example.com")
    result = await pair.normalize(asked)
    assert result.endpoints[asked.key].rtype == "ALIAS"


async def test_a_webhook_that_answers_null_leaves_out_everything(pair: Pair) -> None:
    pair.server.adjust = lambda _: None
    result = await pair.normalize(A)
    assert (result.endpoints, list(result.problems)) == ({}, [A.key])


async def test_properties_of_other_providers_are_not_sent(pair: Pair) -> None:
    asked = record("a.example.org", "A", "192.0.2.1", webhook_x="1", aws_weight="2", coredns_group="3", alias="true")
    result = await pair.normalize(asked)
    assert dict(result.endpoints[asked.key].properties) == {"webhook/x": "1", "alias": "true"}


async def test_set_identifiers_stand_side_by_side(pair: Pair) -> None:
    both = [
        Endpoint.wanted("a.example.org", "A", [f"192.0.2.{n}"], set_identifier=identifier)
        for n, identifier in ((1, "one"), (2, "two"))
    ]
    result = await pair.normalize(*both)
    await pair.apply(*map(create, result.endpoints.values()))
    assert set(await pair.records()) == set(both)


# -- records


async def test_records_are_read_whatever_the_case_of_their_fields(pair: Pair) -> None:
    wire = {
        "DNSName": "A.Example.org.",
        "recordtype": "a",
        "Targets": ["192.0.2.1"],
        "recordTtl": 60,
        "SetIdentifier": "x",
        "ProviderSpecific": [{"Name": "alias", "Value": "true"}],
        "unknown": 1,
    }
    pair.server.respond["GET /records"] = lambda: answer([wire, {}, {"dnsName": "b.example.org"}])
    (found,) = await pair.records()
    assert found == Endpoint.found(
        "a.example.org", "A", ["192.0.2.1"], ttl=60, set_identifier="x", properties={"alias": "true"}
    )


async def test_a_record_set_goes_back_as_the_webhook_spelled_it(pair: Pair) -> None:
    labels = {"prefix": "0a1b"}
    wire = {"dnsName": "A.Example.ORG", "recordType": "CNAME", "targets": ["LB.example.com."], "labels": labels}
    pair.server.seed(wire)
    (old,) = await pair.records()
    await pair.apply(delete(old.with_labels({"owner": "me", "resource": "ingress/x/y"})))
    (body,) = pair.server.applied
    assert body == {"delete": [wire | {"labels": labels | {"owner": "me", "resource": "ingress/x/y"}}]}


async def test_after_our_own_update_it_is_spelled_as_we_sent_it(pair: Pair) -> None:
    pair.server.seed({"dnsName": "a.example.org", "recordType": "CNAME", "targets": ["LB.example.com."]})
    (old,) = await pair.records()
    new = record("a.example.org", "CNAME", "new.example.com")
    await pair.apply(update(old, new))
    await pair.apply(delete(new))
    assert pair.server.records == {}


async def test_a_request_holds_all_changes_with_their_labels(pair: Pair) -> None:
    old, new = record("u.example.org", "A", "192.0.2.1"), record("u.example.org", "A", "192.0.2.2", ttl=60)
    gone = record("d.example.org", "A", "192.0.2.1")
    await pair.apply(create(old), create(gone))
    await pair.apply(create(A.with_labels({"owner": "me"})), update(old, new), delete(gone))
    plain = {"recordType": "A", "targets": ["192.0.2.1"]}
    assert pair.server.applied[1] == {
        "create": [plain | {"dnsName": "a.example.org", "labels": {"owner": "me"}}],
        "updateOld": [plain | {"dnsName": "u.example.org"}],
        "updateNew": [{"recordType": "A", "targets": ["192.0.2.2"], "dnsName": "u.example.org", "recordTTL": 60}],
        "delete": [plain | {"dnsName": "d.example.org"}],
    }


async def test_changes_of_megabytes_do_not_block_the_event_loop_and_tell_their_length() -> None:
    """aiohttp warns of bytes of more than 1 MB, and warnings are errors here."""
    texts = [record(f"n{i}.example.org", "TXT", "x" * 60_000) for i in range(40)]
    async with a_webhook(max_body=0) as (provider, server):
        result = await provider.normalize(ZONE, texts)
        assert list(await provider.apply(ZONE, [create(each) for each in result.endpoints.values()])) == []
        assert {name for name, *_ in server.records} == {each.name for each in texts}
        assert [length for length in server.lengths if (length or 0) > 2 * 2**20] == server.lengths[-2:]


async def test_an_answer_of_200_to_changes_is_good_too(pair: Pair) -> None:
    pair.server.respond["POST /records"] = lambda: web.Response(status=200)
    await pair.apply(create(A))


# -- faults


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (500, Unavailable),
        (503, Unavailable),
        (302, Unavailable),
        (408, Unavailable),
        (429, Throttled),
        (401, Denied),
        (403, Denied),
        (409, Changed),
        (412, Changed),
        (400, Rejected),
        (404, Rejected),
        (422, Rejected),
    ],
)
@pytest.mark.parametrize("call", ["GET /records", "POST /records", "POST /adjustendpoints"])
async def test_each_status_is_the_error_with_its_remedy(
    pair: Pair, call: str, status: int, error: type[ProviderError]
) -> None:
    headers = {"Retry-After": "7", "Location": "http://localhost:1/"}
    pair.server.respond[call] = lambda: web.Response(status=status, text="its own words", headers=headers)
    action: Callable[[], Any] = {
        "GET /records": pair.records,
        "POST /records": lambda: pair.apply(create(A)),
        "POST /adjustendpoints": lambda: pair.normalize(A),
    }[call]
    with pytest.raises(ProviderError) as caught:
        await action()
    assert type(caught.value) is error
    if isinstance(caught.value, Throttled):
        assert caught.value.retry_after == 7
    else:
        assert f"answered {status} to {call}: its own words" in str(caught.value)


@pytest.mark.parametrize("body", ["no JSON", "{}", "7", "[7]", '[{"dnsName":"a","recordType":"A","targets":7}]'])
async def test_an_answer_of_another_shape_is_unavailable(pair: Pair, body: str) -> None:
    pair.server.respond["GET /records"] = lambda: web.Response(text=body)
    with pytest.raises(Unavailable):
        await pair.records()


@pytest.mark.parametrize(("limit", "enough"), [(1000, False), (0, True), (10**6, True)])
async def test_an_answer_longer_than_the_limit_is_not_read(limit: int, enough: bool) -> None:
    async with a_webhook(limit) as (provider, server):
        names = [f"n{i}.example.org" for i in range(100)]
        server.seed(*({"dnsName": name, "recordType": "A", "targets": ["192.0.2.1"]} for name in names))
        if enough:
            assert len(await provider.records(ZONE)) == 100
            return
        with pytest.raises(Unavailable, match="--webhook-provider-max-body-size"):
            await provider.records(ZONE)


async def test_a_webhook_that_is_not_there_is_unavailable_and_no_secret_is_told() -> None:
    port = free_port()
    provider = Webhook(WebhookClient(f"http://user:secret@{LOOPBACK}:{port}", 0))
    with pytest.raises(Unavailable, match=f"http://{LOOPBACK}:{port} does not answer") as caught:
        await provider.zones()
    await provider.close()
    assert "secret" not in str(caught.value)


async def test_a_webhook_that_does_not_answer_in_time_is_unavailable() -> None:
    with socket.create_server((LOOPBACK, 0)) as silent:  # it is connected to, and never answers
        port = silent.getsockname()[1]
        provider = Webhook(WebhookClient(f"http://{LOOPBACK}:{port}", 0, ClientTimeout(total=0.05)))
        with pytest.raises(Unavailable, match="time-out"):
            await provider.zones()
        await provider.close()
