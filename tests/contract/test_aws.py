"""What is special about Route 53: aliases, routing policies, exact deletes, limits, zones and accounts."""

from __future__ import annotations

import logging
import secrets
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
import pytest_asyncio

from contract.backends.aws import Strict, client, strict
from contract.build import create, delete, record, replace, update
from localcluster import dynamodb
from zonewright.model.domain_filter import DomainFilter
from zonewright.model.endpoint import Endpoint
from zonewright.model.reason import Reason
from zonewright.model.zone import Visibility, Zone
from zonewright.providers.aws.batches import Limits
from zonewright.providers.aws.client import Route53Client
from zonewright.providers.aws.provider import Options, Route53
from zonewright.providers.awsclients import Access
from zonewright.providers.base import Changed, Denied, Rejected, Unavailable
from zonewright.providers.traffic import Bucket

ELB, NLB = "web-1.eu-central-1.elb.amazonaws.com", "net-1.elb.eu-central-1.amazonaws.com"
ELB_ZONE = "Z215JYRZR1TBD5"


@dataclass
class Account:
    """moto's own, and what is strict before it."""

    url: str
    faults: Strict
    domain: str
    monkeypatch: pytest.MonkeyPatch

    def provider(self, url: str = "", access: Access | None = None, **options: Any) -> Route53:
        for name, value in dynamodb.environment(url or self.faults.url).items():
            self.monkeypatch.setenv(name, value)
        given: dict[str, Any] = {"names": DomainFilter.of([self.domain]), "pause": 0.0} | options
        return Route53([Route53Client(access or Access(), bucket=Bucket(10_000, 10_000))], Options(**given))

    async def zone(self, name: str = "", *, private: bool = False, tags: Mapping[str, str] | None = None) -> str:
        async with client(self.url) as aws:
            network = {"VPC": {"VPCRegion": "us-east-1", "VPCId": "vpc-1"}} if private else {}
            config = {"PrivateZone": private, "Comment": ""}
            made = await aws.create_hosted_zone(
                Name=name or self.domain, CallerReference=secrets.token_hex(8), HostedZoneConfig=config, **network
            )
            zone_id = str(made["HostedZone"]["Id"].rpartition("/")[2])
            if tags:
                given = [{"Key": key, "Value": value} for key, value in tags.items()]
                await aws.change_tags_for_resource(ResourceType="hostedzone", ResourceId=zone_id, AddTags=given)
            return zone_id

    async def stored(self, zone_id: str) -> list[dict[str, Any]]:
        """As Route 53 has them, without those that make the zone."""
        async with client(self.url) as aws:
            answer = await aws.list_resource_record_sets(HostedZoneId=zone_id)
            return [one for one in answer["ResourceRecordSets"] if one["Type"] not in ("SOA", "NS")]


@pytest_asyncio.fixture
async def account(moto: str, domain: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Account]:
    async with strict(moto) as faults:
        yield Account(moto, faults, domain, monkeypatch)


async def published(account: Account, *wanted: Endpoint, **options: Any) -> tuple[Route53, Zone]:
    """All of it and its companions; read again it is what was normalized, so a second plan is empty."""
    await account.zone()
    provider = account.provider(**options)
    (zone,) = await provider.zones()
    answer = await provider.normalize(zone, wanted)
    assert answer.problems == {}
    every = [*answer.endpoints.values(), *(one for beside in answer.companions.values() for one in beside)]
    assert list(await provider.apply(zone, [create(*every)])) == []
    read = {one.key: one for one in await provider.records(zone)}
    default = provider.capabilities.default_ttl
    for one in every:
        found = read[one.key]
        ttl = one.ttl or (None if ("alias", "true") in one.properties else default)
        assert (found.targets, found.properties, found.ttl) == (one.targets, one.properties, ttl)
    return provider, zone


def at(account: Account, rtype: str, *targets: str, set_identifier: str = "", **properties: str) -> Endpoint:
    named = {key.replace("__", "/").replace("_", "-"): value for key, value in properties.items()}
    return Endpoint.wanted(
        f"www.{account.domain}", rtype, targets, set_identifier=set_identifier, properties=named, ttl=None
    )


# -- aliases


@pytest.mark.parametrize(
    ("properties", "options", "types"),
    [
        pytest.param({}, {}, {"A", "AAAA"}, id="a name of AWS's"),
        pytest.param({}, {"prefer_cname": True}, {"CNAME"}, id="CNAMEs are preferred"),
        pytest.param({"alias": "true"}, {"prefer_cname": True}, {"A", "AAAA"}, id="asked for in spite of that"),
        pytest.param({"alias": "false"}, {}, {"CNAME"}, id="refused"),
        pytest.param({"alias": "A"}, {}, {"A"}, id="for IPv4 alone"),
        pytest.param({"alias": "AAAA"}, {}, {"AAAA"}, id="for IPv6 alone"),
    ],
)
async def test_names_of_aws_become_aliases(
    account: Account, properties: dict[str, str], options: dict[str, bool], types: set[str]
) -> None:
    provider, zone = await published(account, at(account, "CNAME", ELB, **properties), **options)
    stored = await account.stored(zone.id)
    assert {one["Type"] for one in stored} == types
    for one in stored:
        alias = one.get("AliasTarget")
        assert (alias and alias["HostedZoneId"]) == (ELB_ZONE if "CNAME" not in types else None)
    await provider.close()


@pytest.mark.parametrize(
    ("said", "default", "healthy"),
    [(None, True, True), (None, False, False), ("false", True, False), ("1", False, True)],
)
async def test_an_alias_looks_at_the_health_of_its_target(
    account: Account, said: str | None, default: bool, healthy: bool
) -> None:
    more = {} if said is None else {"aws__evaluate_target_health": said}
    provider, zone = await published(account, at(account, "CNAME", NLB, **more), evaluate=default)
    assert {one["AliasTarget"]["EvaluateTargetHealth"] for one in await account.stored(zone.id)} == {healthy}
    await provider.close()


async def test_an_alias_of_another_name_is_one_in_the_same_zone(account: Account) -> None:
    target = f"real.{account.domain}"
    provider, zone = await published(account, at(account, "CNAME", target, alias="true"))
    stored = await account.stored(zone.id)
    assert {(one["AliasTarget"]["DNSName"], one["AliasTarget"]["HostedZoneId"]) for one in stored} == {
        (f"{target}.", zone.id)
    }
    await provider.close()


# -- routing policies


@pytest.mark.parametrize(
    "properties",
    [
        pytest.param({"aws__weight": "10"}, id="weighted"),
        pytest.param({"aws__weight": "0"}, id="weight of nothing"),
        pytest.param({"aws__region": "eu-central-1"}, id="latency"),
        pytest.param({"aws__failover": "PRIMARY", "aws__health_check_id": "abc"}, id="failover with a health check"),
        pytest.param({"aws__multi_value_answer": ""}, id="multivalue answer"),
        pytest.param({"aws__geolocation_continent_code": "EU"}, id="continent"),
        pytest.param({"aws__geolocation_country_code": "US", "aws__geolocation_subdivision_code": "CA"}, id="country"),
    ],
)
async def test_record_sets_of_a_policy_stand_side_by_side(account: Account, properties: dict[str, str]) -> None:
    first = at(account, "A", "192.0.2.1", set_identifier="one", **properties)
    second = at(account, "A", "192.0.2.2", set_identifier="two", **properties)
    provider, zone = await published(account, first, second)
    assert {one["SetIdentifier"] for one in await account.stored(zone.id)} == {"one", "two"}
    old = next(one for one in await provider.records(zone) if one.set_identifier == "one")
    assert list(await provider.apply(zone, [delete(old)])) == []
    assert {one["SetIdentifier"] for one in await account.stored(zone.id)} == {"two"}
    await provider.close()


@pytest.mark.parametrize(
    ("wanted", "word"),
    [
        pytest.param({"set_identifier": "x"}, "routing policy", id="a set identifier alone"),
        pytest.param({"set_identifier": "x", "aws__weight": "many"}, "aws/weight", id="no number"),
        pytest.param({"set_identifier": "x", "aws__weight": "256"}, "aws/weight", id="too heavy"),
        pytest.param({"set_identifier": "x", "aws__weight": "1", "aws__region": "x"}, "exactly one", id="two policies"),
        pytest.param(
            {"set_identifier": "x", "aws__geoproximity_coordinates": "north"}, "latitude", id="nowhere on earth"
        ),
    ],
)
async def test_policies_that_make_no_sense_are_told_without_a_call(
    account: Account, wanted: dict[str, str], word: str
) -> None:
    await account.zone()
    provider = account.provider()
    (zone,) = await provider.zones()
    endpoint = at(account, "A", "192.0.2.1", **wanted)
    problem = (await provider.normalize(zone, [endpoint])).problems[endpoint.key]
    assert (problem.reason, word in problem.message) == (Reason.REJECTED, True)
    await provider.close()


# -- writing


async def test_text_that_is_not_ascii_has_octal_escapes(account: Account) -> None:
    provider, zone = await published(account, at(account, "TXT", '"gr\\195\\188n \\"quoted\\""'))
    (one,) = await account.stored(zone.id)
    assert one["ResourceRecords"] == [{"Value": '"gr\\303\\274n \\"quoted\\""'}]
    await provider.close()


async def test_one_change_costs_one_request_and_an_update_is_in_place(account: Account) -> None:
    provider, zone = await published(account, at(account, "A", "192.0.2.1"))
    before = account.faults.requests
    old = record(f"www.{account.domain}", "A", "192.0.2.1")
    await provider.apply(zone, [update(old, record(old.name, "A", "192.0.2.2", ttl=60))])
    assert account.faults.requests - before == 1
    assert account.faults.changes[-1] == {"DELETE": 1, "UPSERT": 1}
    (one,) = await account.stored(zone.id)
    assert (one["ResourceRecords"], one["TTL"]) == ([{"Value": "192.0.2.2"}], 60)
    await provider.close()


async def test_what_somebody_has_changed_is_not_overwritten(account: Account) -> None:
    provider, zone = await published(account, at(account, "A", "192.0.2.1"))
    other = account.provider()
    await other.zones()
    await other.records(zone)
    old = record(f"www.{account.domain}", "A", "192.0.2.1")
    await other.apply(zone, [update(old, record(old.name, "A", "198.51.100.1"))])
    with pytest.raises(Changed):
        await provider.apply(zone, [update(old, record(old.name, "A", "192.0.2.2"))])
    (one,) = await account.stored(zone.id)
    assert one["ResourceRecords"] == [{"Value": "198.51.100.1"}]
    await other.close()
    await provider.close()


async def test_what_was_there_before_can_come_again_where_the_server_remembers_it(account: Account) -> None:
    """moto refuses a CREATE of what it has seen created, though it is gone; Route 53 does not."""
    await account.zone()
    provider = account.provider(account.url)
    (zone,) = await provider.zones()
    www, last = record(f"www.{account.domain}", "A", "192.0.2.1"), record(f"z.{account.domain}", "A", "192.0.2.9")
    await provider.apply(zone, [create(www), create(last)])
    await provider.apply(zone, [delete(www)])
    with pytest.raises(Changed):
        await provider.apply(zone, [create(www)])
    await provider.records(zone)
    await provider.apply(zone, [create(www)])
    assert www.name in {one.name for one in await provider.records(zone)}
    cname = record(www.name, "CNAME", "lb.example.com")
    for old, new in ((www, cname), (cname, www)):
        try:
            await provider.apply(zone, [replace(old, new)])
        except Changed:
            await provider.records(zone)
            await provider.apply(zone, [replace(old, new)])
    assert {one.rtype for one in await provider.records(zone) if one.name == www.name} == {"A"}
    await provider.close()


@pytest.mark.parametrize(
    ("limits", "batches"),
    [
        pytest.param(Limits(), 1, id="all in one"),
        pytest.param(Limits(changes=7), 3, id="changes"),
        pytest.param(Limits(values=10), 4, id="values"),
        pytest.param(Limits(octets=100), 4, id="octets"),
    ],
)
async def test_batches_keep_to_their_limits(account: Account, limits: Limits, batches: int) -> None:
    await account.zone()
    provider = account.provider(limits=limits)
    (zone,) = await provider.zones()
    units = [create(record(f"n{i}.{account.domain}", "A", "192.0.2.1", "192.0.2.2")) for i in range(20)]
    assert list(await provider.apply(zone, units)) == []
    assert len(account.faults.changes) == batches
    assert len(await account.stored(zone.id)) == 20
    await provider.close()


async def test_a_unit_that_no_batch_holds_is_alone_in_being_refused(account: Account) -> None:
    await account.zone()
    provider = account.provider()
    (zone,) = await provider.zones()
    large = create(record(f"large.{account.domain}", "TXT", *(f"{number} {'x' * 200}" for number in range(200))))
    (failure,) = await provider.apply(zone, [large, create(record(f"n.{account.domain}", "A", "192.0.2.1"))])
    assert (failure.unit, isinstance(failure.error, Rejected)) == (large, True)
    assert len(await account.stored(zone.id)) == 1
    await provider.close()


# -- zones and accounts


async def test_zones_are_told_apart_by_visibility_type_id_and_tags(account: Account) -> None:
    public = await account.zone(tags={"team": "web"})
    private = await account.zone(private=True, tags={"team": "db", "env": "prod"})
    expected: dict[tuple[tuple[str, Any], ...], set[tuple[str, Visibility]]] = {
        (): {(public, Visibility.PUBLIC), (private, Visibility.PRIVATE)},
        (("zone_type", "public"),): {(public, Visibility.PUBLIC)},
        (("zone_type", "private"),): {(private, Visibility.PRIVATE)},
        (("zone_ids", (private[-6:],)),): {(private, Visibility.PRIVATE)},
        (("tags", ("team",)),): {(public, Visibility.PUBLIC), (private, Visibility.PRIVATE)},
        (("tags", ("team=db", "env")),): {(private, Visibility.PRIVATE)},
        (("tags", ("nobody",)),): set(),
    }
    for options, zones in expected.items():
        provider = account.provider(**dict(options))
        assert {(zone.id, zone.visibility) for zone in await provider.zones()} == zones, options
        await provider.close()


async def test_a_list_of_zones_serves_for_as_long_as_it_may(account: Account) -> None:
    await account.zone()
    provider = account.provider(cached=3600.0)
    await provider.zones()
    before = account.faults.requests
    await provider.zones()
    assert account.faults.requests == before
    await provider.close()


async def test_a_zone_of_nobody_is_unavailable(account: Account) -> None:
    provider = account.provider()
    with pytest.raises(Unavailable, match="not among those"):
        await provider.records(Zone(account.domain, "Z0"))
    await provider.close()


async def test_missing_credentials_are_denied(account: Account) -> None:
    provider = account.provider()
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        account.monkeypatch.delenv(name)
    account.monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nowhere")
    account.monkeypatch.setenv("AWS_CONFIG_FILE", "/nowhere")
    with pytest.raises(Denied, match="credentials"):
        await provider.zones()
    await provider.close()


async def test_no_log_shows_the_secret(account: Account, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG, logger="zonewright"):
        provider, _ = await published(account, at(account, "A", "192.0.2.1"))
        await provider.close()
    assert dynamodb.environment("")["AWS_SECRET_ACCESS_KEY"] not in caplog.text
