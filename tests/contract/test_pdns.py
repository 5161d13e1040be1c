"""What is particular to PowerDNS, against a real server; a proxy before it shows what it is asked."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace as with_
from typing import Any

import pytest
import pytest_asyncio

from contract.build import create, delete, record, replace, update
from contract.conftest import a_powerdns
from contract.pdns_proxy import Proxy, proxied
from localcluster.pdns import PowerDns
from unit.planning.memoryzone import MemoryZone
from zonewright.model.change import Unit
from zonewright.model.endpoint import Endpoint
from zonewright.model.reason import Reason
from zonewright.model.zone import Zone
from zonewright.planning.plan import Policy, Rules, Wanted, plan_name
from zonewright.providers.base import Changed, Rejected
from zonewright.providers.pdns.provider import BY_NAME, PowerDNS
from zonewright.registry.txt.names import OwnershipNames
from zonewright.registry.txt.registry import TxtRegistry
from zonewright.zones.landing import land
from zonewright.zones.snapshot import Snapshot

ALIAS = {"alias": "true"}


@pytest.fixture
def zone_of(powerdns: PowerDns, domain: str) -> Iterator[str]:
    powerdns.add_zone(domain)
    yield domain
    powerdns.delete_zone(domain)


class Pair:
    """A provider with one zone, and what stands between it and the server."""

    def __init__(self, provider: PowerDNS, proxy: Proxy, zone: Zone) -> None:
        self.provider = provider
        self.proxy = proxy
        self.zone = zone

    @property
    def domain(self) -> str:
        return self.zone.name

    async def apply(self, *units: Unit) -> None:
        assert list(await self.provider.apply(self.zone, units)) == []

    async def standing(self) -> list[Endpoint]:
        """Without what makes the zone one."""
        found = await self.provider.records(self.zone)
        return [each for each in found if each.rtype not in ("SOA", "NS") or each.name != self.domain]

    async def normalized(self, endpoint: Endpoint) -> Endpoint:
        result = await self.provider.normalize(self.zone, [endpoint])
        assert not result.problems
        return result.endpoints[endpoint.key]

    def rrset(self, name: str, rtype: str) -> dict[str, Any]:
        """As the API has it."""
        (found,) = (
            each
            for each in self.proxy.server.rrsets(self.domain)
            if (each["name"], each["type"]) == (f"{name}.", rtype)
        )
        return found

    def put(self, name: str, rtype: str, *contents: str, disabled: tuple[str, ...] = (), **more: Any) -> None:
        """As somebody else would, behind the provider's back."""
        records = [{"content": content, "disabled": False} for content in contents]
        records += [{"content": content, "disabled": True} for content in disabled]
        rrset = {"name": f"{name}.", "type": rtype, "ttl": 60, "changetype": "REPLACE", "records": records}
        self.proxy.server.patch(self.domain, rrset | more)


@pytest_asyncio.fixture
async def pair(powerdns: PowerDns, zone_of: str) -> AsyncIterator[Pair]:
    async with proxied(powerdns) as proxy, a_powerdns(powerdns, zone_of, url=proxy.url) as provider:
        (zone,) = await provider.zones()
        yield Pair(provider, proxy, zone)


# -- zones


@pytest.fixture
def zones(powerdns: PowerDns, domain: str) -> Iterator[list[str]]:
    """A zone, one below it, and one that has a name like it."""
    names = [domain, f"sub.{domain}", f"un{domain}"]
    for name in names:
        powerdns.add_zone(name)
    yield names
    for name in names:
        powerdns.delete_zone(name)


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        pytest.param("{}", [0, 1], id="the domain and what is below it"),
        pytest.param("sub.{}", [0, 1], id="the zone that a domain lies in, too: a name of it may have to go there"),
        pytest.param("a.sub.{}", [0, 1], id="a domain within a zone"),
        pytest.param(".{}", [0, 1], id="only what is below the domain, which the zone can have"),
        pytest.param("example.net", [], id="another domain"),
    ],
)
async def test_zones_are_those_that_can_hold_names_of_the_filter(
    powerdns: PowerDns, zones: list[str], pattern: str, expected: list[int]
) -> None:
    async with a_powerdns(powerdns, pattern.format(zones[0])) as provider:
        assert sorted(zone.name for zone in await provider.zones()) == sorted(zones[i] for i in expected)


async def test_without_filter_all_zones_of_the_server_are_served(powerdns: PowerDns, zones: list[str]) -> None:
    async with a_powerdns(powerdns) as provider:
        assert set(zones) <= {zone.name for zone in await provider.zones()}


async def test_a_zone_below_another_is_read_by_itself(powerdns: PowerDns, zones: list[str]) -> None:
    async with a_powerdns(powerdns, zones[0]) as provider:
        above, below = sorted(await provider.zones(), key=lambda zone: len(zone.name))
        inner = record(f"a.{below.name}", "A", "192.0.2.1")
        await provider.apply(below, [create(inner)])
        assert inner.key not in {found.key for found in await provider.records(above)}
        assert inner.key in {found.key for found in await provider.records(below)}


async def test_a_zone_whose_name_is_escaped_in_the_api_is_served(powerdns: PowerDns, domain: str) -> None:
    """A delegation of less than 256 addresses (RFC 2317)."""
    name = f"0/25.{domain}"
    powerdns.call("POST", "/zones", {"name": f"{name}.", "kind": "Native", "nameservers": []})
    async with a_powerdns(powerdns, name) as provider:
        (zone,) = await provider.zones()
        pointer = Endpoint.found(f"1.{name}", "PTR", ["host.example.org"])  # nobody can ask for such a name, yet
        assert await provider.apply(zone, [create(pointer)]) == []
        assert pointer.key in {found.key for found in await provider.records(zone)}
    powerdns.call("DELETE", f"/zones/{zone.id}")


async def test_a_copy_of_another_server_is_left_alone_and_told(powerdns: PowerDns, domain: str) -> None:
    """The server would take the change, and lose it with the next transfer."""
    powerdns.add_zone(domain, kind="Slave")
    asked = record(f"a.{domain}", "A", "192.0.2.1")
    async with a_powerdns(powerdns, domain) as provider:
        (zone,) = await provider.zones()
        problem = (await provider.normalize(zone, [asked])).problems[asked.key]
        assert (problem.reason, "copy from another server" in problem.message) == (Reason.REJECTED, True)
        assert await provider.records(zone) == ()
        with pytest.raises(Rejected, match="copy from another server"):
            await provider.apply(zone, [create(asked)])
    powerdns.delete_zone(domain)


async def test_a_path_before_the_apis_is_kept(powerdns: PowerDns, zone_of: str) -> None:
    async with proxied(powerdns, prefix="/dns/main") as proxy:
        for url in (proxy.url, f"{proxy.url}/"):
            async with a_powerdns(powerdns, zone_of, url=url) as provider:
                (zone,) = await provider.zones()
                assert await provider.records(zone)


# -- what is sent


async def test_a_batch_is_one_patch_in_which_what_goes_comes_first(pair: Pair) -> None:
    name = f"a.{pair.domain}"
    cname, address = record(name, "CNAME", "lb.example.com", ttl=60), record(name, "A", "192.0.2.1")
    other = record(f"b.{pair.domain}", "TXT", "t")
    await pair.apply(create(cname))
    await pair.apply(create(other), replace(cname, address))
    assert pair.proxy.patches[1] == [
        {"name": f"{name}.", "type": "CNAME", "changetype": "DELETE"},
        {
            "name": f"{name}.",
            "type": "A",
            "changetype": "REPLACE",
            "ttl": 300,
            "records": [{"content": "192.0.2.1", "disabled": False}],
        },
        {
            "name": f"b.{pair.domain}.",
            "type": "TXT",
            "changetype": "REPLACE",
            "ttl": 300,
            "records": [{"content": '"t"', "disabled": False}],
        },
    ]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(("A", "192.0.2.1"), ("CNAME", "lb.example.com"), id="A to CNAME"),
        pytest.param(("CNAME", "lb.example.com"), ("A", "192.0.2.1"), id="CNAME to A"),
    ],
)
async def test_a_type_gives_way_to_another_in_one_patch(
    pair: Pair, before: tuple[str, str], after: tuple[str, str]
) -> None:
    name = f"a.{pair.domain}"
    old, new = record(name, *before), record(name, *after)
    await pair.apply(create(old))
    await pair.apply(Unit(name, (*create(new).changes, *delete(old).changes)))  # even in the wrong order
    assert len(pair.proxy.patches) == 2
    assert [found.key for found in await pair.standing()] == [new.key]


async def test_one_bad_record_takes_nothing_of_its_batch_along(pair: Pair) -> None:
    good = [record(f"n{i}.{pair.domain}", "A", "192.0.2.1") for i in range(99)]
    bad = Endpoint.found(f"bad.{pair.domain}", "A", ["no-address"])
    units = [*map(create, good[:50]), create(bad), *map(create, good[50:])]
    with pytest.raises(Rejected, match="no-address"):
        await pair.provider.apply(pair.zone, units)
    assert await pair.standing() == []
    landing = await land(pair.provider, pair.zone, units)
    assert [failure.unit.name for failure in landing.failures] == [bad.name]
    assert not landing.doubtful
    assert {found.name for found in await pair.standing()} == {each.name for each in good}
    assert len(pair.proxy.patches) <= 2 + 2 * 7  # log₂ of 100


async def test_a_batch_that_is_too_large_for_the_server_lands_in_parts(pair: Pair) -> None:
    """webserver-max-bodysize is 2 MB."""
    texts = [record(f"n{i}.{pair.domain}", "TXT", "x" * 60_000) for i in range(50)]
    landing = await land(pair.provider, pair.zone, [create(each) for each in texts])
    assert landing.failures == []
    assert {found.name for found in await pair.standing()} == {each.name for each in texts}


async def test_a_thousand_records_are_one_patch_and_one_reading(pair: Pair) -> None:
    records = [await pair.normalized(record(f"n{i}.{pair.domain}", "A", "192.0.2.1", ttl=60)) for i in range(1000)]
    await pair.apply(*map(create, records))
    pair.proxy.calls.clear()
    assert set(await pair.standing()) == set(records)
    assert len(pair.proxy.patches) == len(pair.proxy.calls) == 1


async def test_few_names_are_read_by_name_before_a_write_and_many_with_their_zone(pair: Pair) -> None:
    few = [record(f"few{i}.{pair.domain}", "A", "192.0.2.1") for i in range(BY_NAME)]
    many = [record(f"many{i}.{pair.domain}", "A", "192.0.2.1") for i in range(BY_NAME + 1)]
    await pair.standing()
    pair.proxy.calls.clear()
    await pair.apply(*map(create, few))
    await pair.apply(*map(create, many))
    zone = f"/zones/{pair.domain}."
    by_name = [f"GET {zone}?rrset_name={each.name}." for each in few]
    assert pair.proxy.calls == [*by_name, f"PATCH {zone}", f"GET {zone}", f"PATCH {zone}"]


async def test_a_unit_that_somebody_was_faster_with_is_left_out_and_the_rest_lands(pair: Pair) -> None:
    old, new, other = (record(f"{n}.{pair.domain}", "A", f"192.0.2.{i}") for n, i in (("a", 1), ("a", 2), ("b", 3)))
    await pair.apply(create(old))
    pair.put(old.name, "A", "192.0.2.99")
    (failure,) = await pair.provider.apply(pair.zone, [update(old, new), create(other)])
    assert (failure.unit.name, type(failure.error)) == (old.name, Changed)
    assert {found.targets for found in await pair.standing()} == {("192.0.2.99",), ("192.0.2.3",)}


async def test_nothing_is_sent_when_no_unit_is_left(pair: Pair) -> None:
    (failure,) = await pair.provider.apply(pair.zone, [delete(record(f"a.{pair.domain}", "A", "192.0.2.1"))])
    assert isinstance(failure.error, Changed)
    assert pair.proxy.patches == []


# -- spellings


@pytest.mark.parametrize(
    ("rtype", "target", "content"),
    [
        pytest.param("CNAME", "lb.example.com", "lb.example.com.", id="final dot of a CNAME"),
        pytest.param("DNAME", "other.example.com", "other.example.com.", id="final dot of a DNAME"),
        pytest.param("NS", "ns.example.com", "ns.example.com.", id="final dot of an NS"),
        pytest.param("PTR", "host.example.com", "host.example.com.", id="final dot of a PTR"),
        pytest.param("MX", "10 mail.example.com", "10 mail.example.com.", id="final dot of an MX"),
        pytest.param("MX", "0 .", "0 .", id="a domain without mail"),
        pytest.param("SRV", "0 0 443 lb.example.com.", "0 0 443 lb.example.com.", id="SRV"),
        pytest.param("TXT", "a b", '"a b"', id="a text without quotes"),
        pytest.param("TXT", 'say "hi" \\ ü', '"say \\"hi\\" \\\\ \\195\\188"', id="quotes, backslash, other letters"),
        pytest.param("TXT", '"a" "b"', '"a" "b"', id="two texts of one record"),
        pytest.param("TXT", "x" * 300, f'"{"x" * 255}" "{"x" * 45}"', id="more than 255 octets"),
        pytest.param("CAA", "0 ISSUE ca.example.com", '0 issue "ca.example.com"', id="CAA"),
        pytest.param("NAPTR", '1 2 s SIP+D2U "" a.example.com.', '1 2 "s" "SIP+D2U" "" a.example.com.', id="NAPTR"),
        pytest.param("HTTPS", '1 . port="443" alpn="h2,h3"', "1 . alpn=h2,h3 port=443", id="HTTPS, values bare"),
        pytest.param("HTTPS", '1 . alpn="a b" ech="AAEC"', '1 . alpn="a b" ech="AAEC"', id="HTTPS, values in quotes"),
        pytest.param("SVCB", '1 a.example.com. key65333="x"', '1 a.example.com. key65333="x"', id="SVCB, by number"),
        pytest.param("TLSA", "3 1 1 " + "AB" * 32, "3 1 1 " + "ab" * 32, id="TLSA"),
    ],
)
async def test_each_type_has_its_content(pair: Pair, rtype: str, target: str, content: str) -> None:
    asked = record(f"a.{pair.domain}", rtype, target)
    wanted = await pair.normalized(asked)
    await pair.apply(create(wanted))
    assert pair.rrset(asked.name, rtype)["records"] == [{"content": content, "disabled": False}]
    (found,) = await pair.standing()
    assert (found.targets, found.same_targets(asked)) == (wanted.targets, True)


@pytest.mark.parametrize(
    "content", ['"a"', '"a" ""', '"\\195\\188"', '"ü"', '"' + "x" * 600 + '"', '"a\\065"', '""', '"\\;"']
)
async def test_a_text_in_a_strangers_spelling_is_known_and_can_be_taken_away(pair: Pair, content: str) -> None:
    pair.put(f"a.{pair.domain}", "TXT", content)
    (found,) = await pair.standing()
    wanted = await pair.normalized(found)
    assert found.same_targets(wanted)
    await pair.apply(update(found, with_(wanted, ttl=120)))
    await pair.apply(delete(wanted))
    assert await pair.standing() == []


async def test_a_name_in_capitals_is_the_same_name(pair: Pair) -> None:
    pair.put(f"UP.{pair.domain}".upper(), "CNAME", "LB.Example.COM.")
    (found,) = await pair.standing()
    assert (found.name, found.targets) == (f"up.{pair.domain}", ("LB.Example.COM",))
    await pair.apply(update(found, record(found.name, "CNAME", "other.example.com")))
    assert [each.targets for each in await pair.standing()] == [("other.example.com",)]


async def test_a_name_in_other_letters_is_one_in_a_labels(pair: Pair) -> None:
    await pair.apply(create(record(f"bücher.{pair.domain}", "CNAME", "straße.example")))
    assert pair.rrset(f"xn--bcher-kva.{pair.domain}", "CNAME")["records"][0]["content"] == "xn--strae-oqa.example."


async def test_a_ttl_that_nobody_asks_for_is_that_of_externaldns(pair: Pair) -> None:
    await pair.apply(create(record(f"a.{pair.domain}", "A", "192.0.2.1")))
    assert pair.rrset(f"a.{pair.domain}", "A")["ttl"] == 300


# -- disabled records and comments


async def test_a_disabled_record_is_no_record(pair: Pair) -> None:
    pair.put(f"a.{pair.domain}", "A", disabled=("192.0.2.1",))
    pair.put(f"b.{pair.domain}", "A", "192.0.2.2", disabled=("192.0.2.3",))
    assert [found.targets for found in await pair.standing()] == [("192.0.2.2",)]


@pytest.mark.parametrize("read_before", [False, True])
async def test_a_disabled_record_is_kept_by_every_change(pair: Pair, read_before: bool) -> None:
    name, kept = f"a.{pair.domain}", {"content": "192.0.2.9", "disabled": True}
    pair.put(name, "A", disabled=("192.0.2.9",))
    if read_before:
        await pair.standing()
    first, second = (record(name, "A", f"192.0.2.{n}") for n in (1, 2))
    await pair.apply(create(first))
    assert kept in pair.rrset(name, "A")["records"]
    await pair.apply(update(first, second))
    assert kept in pair.rrset(name, "A")["records"]
    await pair.apply(delete(second))
    assert pair.rrset(name, "A")["records"] == [kept]


async def test_a_disabled_record_that_is_wanted_is_enabled(pair: Pair) -> None:
    name = f"a.{pair.domain}"
    pair.put(name, "A", disabled=("192.0.2.1", "192.0.2.2"))
    await pair.apply(create(record(name, "A", "192.0.2.1")))
    assert sorted(pair.rrset(name, "A")["records"], key=str) == [
        {"content": "192.0.2.1", "disabled": False},
        {"content": "192.0.2.2", "disabled": True},
    ]


async def test_a_disabled_cname_is_in_nobodys_way_but_a_cnames(pair: Pair) -> None:
    """The server takes one CNAME for a name, disabled or not; and the disabled one is somebody's."""
    name = f"a.{pair.domain}"
    pair.put(name, "CNAME", disabled=("lb.example.com.",))
    address, cname = record(name, "A", "192.0.2.1"), record(name, "CNAME", "other.example.com")
    await pair.apply(create(address))
    (failure,) = await pair.provider.apply(pair.zone, [replace(address, cname)])
    assert isinstance(failure.error, Rejected)
    assert "disabled CNAME record" in str(failure.error)
    same = record(name, "CNAME", "lb.example.com")
    await pair.apply(replace(address, same))
    assert [found.key for found in await pair.standing()] == [same.key]
    await pair.apply(replace(same, address))
    assert [found.key for found in await pair.standing()] == [address.key]


async def test_disabled_addresses_are_in_nobodys_way(pair: Pair) -> None:
    name = f"a.{pair.domain}"
    pair.put(name, "A", "192.0.2.1", disabled=("192.0.2.2",))
    (old,) = await pair.standing()
    cname = record(name, "CNAME", "lb.example.com")
    await pair.apply(replace(old, cname))
    assert [found.key for found in await pair.standing()] == [cname.key]
    assert pair.rrset(name, "A")["records"] == [{"content": "192.0.2.2", "disabled": True}]
    await pair.apply(replace(cname, old))
    assert [found.targets for found in await pair.standing()] == [old.targets]


async def test_a_comment_is_kept_by_an_update_and_goes_with_its_record(pair: Pair) -> None:
    name = f"a.{pair.domain}"
    pair.put(name, "A", "192.0.2.1", comments=[{"content": "by hand", "account": "me"}])
    (found,) = await pair.standing()
    new = record(name, "A", "192.0.2.2")
    await pair.apply(update(found, new))
    assert [comment["content"] for comment in pair.rrset(name, "A")["comments"]] == ["by hand"]
    await pair.apply(delete(new))
    assert await pair.standing() == []


# -- aliases


async def test_a_cname_at_the_name_of_its_zone_is_an_alias(pair: Pair) -> None:
    wanted = await pair.normalized(record(pair.domain, "CNAME", "lb.example.com"))
    text = record(pair.domain, "TXT", '"v=spf1 -all"')
    await pair.apply(create(wanted), create(text))
    assert pair.rrset(pair.domain, "ALIAS")["records"] == [{"content": "lb.example.com.", "disabled": False}]
    assert {found.key for found in await pair.standing()} == {wanted.key, text.key}


async def test_an_alias_is_asked_for_by_a_property_and_is_told_by_it(pair: Pair) -> None:
    wanted = await pair.normalized(
        Endpoint.wanted(f"a.{pair.domain}", "CNAME", ["lb.example.com"], ttl=60, properties=ALIAS | {"aws/weight": "1"})
    )
    await pair.apply(create(wanted))
    assert await pair.standing() == [wanted]
    assert wanted.properties == (("alias", "true"),)


async def test_a_cname_becomes_an_alias_and_a_cname_again(pair: Pair) -> None:
    cname = record(f"a.{pair.domain}", "CNAME", "lb.example.com", ttl=60)
    alias = cname.with_properties(ALIAS)
    await pair.apply(create(cname))
    for old, new in ((cname, alias), (alias, cname)):
        await pair.apply(update(old, new))
        assert await pair.standing() == [new]


async def test_an_alias_gives_way_to_an_address(pair: Pair) -> None:
    alias = record(pair.domain, "CNAME", "lb.example.com").with_properties(ALIAS)
    address = record(pair.domain, "A", "192.0.2.1")
    await pair.apply(create(alias))
    await pair.apply(replace(alias, address))
    assert [found.key for found in await pair.standing()] == [address.key]


async def test_an_address_record_that_shall_be_an_alias_is_told_to_ask_for_a_cname(pair: Pair) -> None:
    asked = Endpoint.wanted(f"a.{pair.domain}", "A", ["lb.example.com"], properties=ALIAS)
    problem = (await pair.provider.normalize(pair.zone, [asked])).problems[asked.key]
    assert (problem.reason, "ask for a CNAME to lb.example.com" in problem.message) == (Reason.REJECTED, True)


async def test_a_second_plan_is_empty(pair: Pair) -> None:
    """For records of all kinds together, ownership among them, at the name of the zone and below."""
    registry = TxtRegistry("me", OwnershipNames(prefix="%{record_type}.", wildcard="any"))
    capabilities = pair.provider.capabilities
    rules = Rules(
        Policy.SYNC,
        frozenset(capabilities.record_types),
        zone_name=pair.domain,
        apex_cname=capabilities.apex_cname,
        aliases=capabilities.aliases,
    )
    rules = with_(rules, managed=rules.managed - {"NS"})  # those of the zone itself are nobody's
    asked = [
        Endpoint.wanted(pair.domain, "CNAME", ["lb.example.com"]),
        Endpoint.wanted(pair.domain, "MX", ["10 mail.example.com", "0 ."]),
        Endpoint.wanted(f"al.{pair.domain}", "CNAME", ["lb.example.com"], properties=ALIAS),
        Endpoint.wanted(f"*.{pair.domain}", "A", ["192.0.2.2", "192.0.2.1"], properties={"alias": "false"}),
        Endpoint.wanted(f"t.{pair.domain}", "TXT", ["x" * 400, 'say "hi"']),
        Endpoint.wanted(f"h.{pair.domain}", "HTTPS", ['1 . alpn="h2,h3" port=443']),
        Endpoint.wanted(f"_sip._udp.{pair.domain}", "SRV", ["0 0 5060 sip.example.com."], ttl=30),
    ]

    async def plan() -> list[Unit]:
        standing = MemoryZone(await pair.provider.records(pair.zone))
        wanted = [Wanted(await pair.normalized(each), each.key) for each in asked]
        names = sorted({each.name for each in asked})
        plans = [plan_name(n, [w for w in wanted if w.endpoint.name == n], registry, standing, rules) for n in names]
        return [unit for each in plans for unit in each.units]

    first = await plan()
    assert len(first) == len(asked)
    await pair.apply(*first)
    assert await plan() == []


async def test_a_snapshot_patched_by_our_writes_is_what_is_read_again(pair: Pair) -> None:
    records = [
        await pair.normalized(record(f"{n}.{pair.domain}", t, target, ttl=60))
        for n, t, target in (("a", "A", "192.0.2.1"), ("t", "TXT", "hello"), ("c", "CNAME", "lb.example.com"))
    ]
    snapshot, units = Snapshot([]), list(map(create, records))
    await pair.apply(*units)
    snapshot.apply(units)
    assert {each for name in snapshot.names() for each in snapshot.at(name)} == set(await pair.standing())
