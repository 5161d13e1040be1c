"""What is particular to etcd: layout, foreign hands, conditions, limits, ways in. All on a real etcd."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from typing import Any

import pytest
import pytest_asyncio

from contract.build import create, delete, record, seen, update
from localcluster.dnsserver import DnsServer
from zonewright.model.change import Change, Unit
from zonewright.model.endpoint import Endpoint
from zonewright.model.zone import Zone
from zonewright.providers.base import Changed, Rejected
from zonewright.providers.coredns import requests
from zonewright.providers.coredns.client import EtcdClient
from zonewright.providers.coredns.layout import Layout, Range
from zonewright.providers.coredns.provider import CoreDNS


class Store:
    """Keys of one domain, as another program sees and writes them."""

    def __init__(self, etcd: EtcdClient, domain: str) -> None:
        self.client = etcd
        self.domain = domain
        self.path = Layout().path(domain)

    async def put(self, path: str, value: Mapping[str, Any] | str) -> None:
        """path: below the domain, such as "/a/1"; "" is the domain's own key."""
        text = value if isinstance(value, str) else json.dumps(value)
        await self.client.transact(requests.transaction([], [requests.put(self.path + path, text)], []))

    async def delete(self, path: str) -> None:
        await self.client.transact(requests.transaction([], [requests.delete(self.path + path)], []))

    async def keys(self) -> dict[str, tuple[dict[str, Any], int]]:
        """Value and revision of each key, by path."""
        page = await self.client.read(requests.read(Range(self.path, self.path + "0")))
        return {kv.key.removeprefix(self.path): (json.loads(kv.value), kv.revision) for kv in page.found}

    async def values(self) -> dict[str, dict[str, Any]]:
        return {path: value for path, (value, _) in (await self.keys()).items()}

    def provider(self, *domains: str, page: int = 2000) -> CoreDNS:
        return CoreDNS(self.client, domains=domains or [self.domain], page=page)


@pytest_asyncio.fixture
async def store(etcd: EtcdClient, domain: str) -> AsyncIterator[Store]:
    yield Store(etcd, domain)


async def only_zone(provider: CoreDNS) -> Zone:
    (zone,) = await provider.zones()
    return zone


async def read(provider: CoreDNS) -> list[Endpoint]:
    return list(await provider.records(await only_zone(provider)))


async def put(provider: CoreDNS, *units: Unit) -> None:
    assert list(await provider.apply(await only_zone(provider), units)) == []


async def errors(provider: CoreDNS, *units: Unit) -> dict[str, type[Exception]]:
    failures = await provider.apply(await only_zone(provider), units)
    return {failure.unit.name: type(failure.error) for failure in failures}


# -- the layout is ExternalDNS's


async def test_each_target_stands_under_a_made_up_label(store: Store) -> None:
    await put(store.provider(), create(record(f"a.b.{store.domain}", "A", "192.0.2.1", "192.0.2.2", ttl=60)))
    values = await store.values()
    assert all(path.startswith("/b/a/") and len(path) == len("/b/a/") + 8 for path in values)
    assert sorted(values.values(), key=lambda v: v["host"]) == [
        {"host": "192.0.2.1", "ttl": 60, "targetstrip": 1},
        {"host": "192.0.2.2", "ttl": 60, "targetstrip": 1},
    ]


async def test_text_wildcard_and_group_as_externaldns_writes_them(store: Store) -> None:
    grouped = record(f"*.{store.domain}", "A", "192.0.2.1", coredns_group="blue")
    await put(store.provider(), create(record(store.domain, "TXT", '"heritage=x"')), create(grouped))
    values = await store.values()
    (text,) = (value for path, value in values.items() if not path.startswith("/*/"))
    (wildcard,) = (value for path, value in values.items() if path.startswith("/*/"))
    assert text == {"text": '"heritage=x"', "targetstrip": 1}
    assert wildcard == {"host": "192.0.2.1", "targetstrip": 1, "group": "blue"}


async def test_taking_over_from_externaldns_changes_nothing(store: Store) -> None:
    await store.put("/app/0a1b2c3d", {"host": "192.0.2.1", "ttl": 60, "targetstrip": 1, "group": "g"})
    await store.put("/a-app/4e5f6071", {"text": '"heritage=external-dns"', "ttl": 60, "targetstrip": 1})
    provider = store.provider()
    found = await read(provider)
    wanted = [
        record(f"app.{store.domain}", "A", "192.0.2.1", ttl=60, coredns_group="g", aws_weight="5"),
        record(f"a-app.{store.domain}", "TXT", '"heritage=external-dns"', ttl=60),
    ]
    normalized = await provider.normalize(await only_zone(provider), wanted)
    assert set(found) == set(normalized.endpoints.values())


# -- records by other hands


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        pytest.param({"/a": {"host": "192.0.2.1"}}, {("a.", "A", ("192.0.2.1",), None)}, id="no made-up label"),
        pytest.param({"": {"host": "192.0.2.1"}}, {("", "A", ("192.0.2.1",), None)}, id="the domain's own key"),
        pytest.param(
            {"/a/x1": {"host": "192.0.2.1", "ttl": 30}, "/a/x2": {"host": "192.0.2.2", "ttl": 30}},
            {("x1.a.", "A", ("192.0.2.1",), 30), ("x2.a.", "A", ("192.0.2.2",), 30)},
            id="labels without targetstrip are names",
        ),
        pytest.param(
            {
                "/a/1": {"host": "192.0.2.1", "targetstrip": 1, "text": "t"},
                "/a/2": {"host": "2001:db8::1", "targetstrip": 1},
                "/a/3": {"host": "LB.example.com.", "targetstrip": 1},
            },
            {
                ("a.", "A", ("192.0.2.1",), None),
                ("a.", "AAAA", ("2001:db8::1",), None),
                ("a.", "CNAME", ("LB.example.com",), None),
                ("a.", "TXT", ("t",), None),
            },
            id="one record set per type, text beside a host",
        ),
        pytest.param(
            {
                "/a/1": {"host": "192.0.2.1", "ttl": 30, "targetstrip": 1},
                "/a/2": {"host": "192.0.2.2", "targetstrip": 1},
            },
            {("a.", "A", ("192.0.2.1", "192.0.2.2"), 30)},
            id="the lowest TTL, 300 where there is none",
        ),
        pytest.param(
            {"/a/1": {"Host": "192.0.2.1", "TTL": 5}}, {("1.a.", "A", ("192.0.2.1",), 5)}, id="case of fields"
        ),
        pytest.param({"/a/1": {"host": "::ffff:192.0.2.1"}}, {("1.a.", "A", ("192.0.2.1",), None)}, id="mapped IPv4"),
        pytest.param(
            {"/a/1/2": {"host": "192.0.2.1", "targetstrip": 2}}, {("a.", "A", ("192.0.2.1",), None)}, id="two"
        ),
    ],
)
async def test_records_by_hand_are_read_as_coredns_answers_them(
    store: Store, keys: dict[str, dict[str, Any]], expected: set[tuple[str, str, tuple[str, ...], int | None]]
) -> None:
    for path, value in keys.items():
        await store.put(path, value)
    below = {(f"{name}{store.domain}", rtype, targets, ttl) for name, rtype, targets, ttl in expected}
    assert seen(await read(store.provider())) == below


@pytest.mark.parametrize("value", ["", "no JSON", "[]", "7", '{"host": 7}', '{"host": "a", "ttl": "x"}', '{"ttl": -1}'])
async def test_a_broken_value_hides_no_other_and_does_no_harm(
    store: Store, value: str, caplog: pytest.LogCaptureFixture
) -> None:
    await store.put("/a/broken", value)
    await store.put("/a/1", {"host": "192.0.2.1", "targetstrip": 1})
    provider = store.provider()
    (found,) = await read(provider)
    assert "/a/broken" in caplog.text
    await put(provider, delete(found), create(record(store.domain, "A", "192.0.2.1")))
    assert await read(provider) == [record(store.domain, "A", "192.0.2.1")]


async def test_an_update_writes_only_what_differs(store: Store) -> None:
    name = f"a.{store.domain}"
    await store.put("/a/first", {"host": "192.0.2.1", "targetstrip": 1})
    await store.put("/a/second", {"host": "192.0.2.2", "targetstrip": 1})
    before = await store.keys()
    provider = store.provider()
    (old,) = await read(provider)
    await put(provider, update(old, record(name, "A", "192.0.2.1", "192.0.2.3")))
    after = await store.keys()
    assert after["/a/first"] == before["/a/first"]
    assert "/a/second" not in after
    assert seen(await read(provider)) == seen([record(name, "A", "192.0.2.1", "192.0.2.3")])


async def test_a_value_written_again_keeps_its_key_and_what_we_do_not_know(store: Store) -> None:
    await store.put("/a/1", {"host": "192.0.2.1", "targetstrip": 1, "port": 8080, "owner": "me", "x": [1]})
    provider = store.provider()
    (old,) = await read(provider)
    await put(provider, update(old, record(old.name, "A", "192.0.2.1", ttl=60)))
    expected = {"host": "192.0.2.1", "ttl": 60, "targetstrip": 1, "port": 8080, "owner": "me", "x": [1]}
    assert await store.values() == {"/a/1": expected}


async def test_a_text_beside_a_host_moves_out_when_it_changes(store: Store) -> None:
    await store.put("/a/1", {"host": "192.0.2.1", "text": "t", "targetstrip": 1})
    provider = store.provider()
    (text,) = [found for found in await read(provider) if found.rtype == "TXT"]
    await put(provider, update(text, record(text.name, "TXT", "t", "u", ttl=60)))
    assert (await store.values())["/a/1"] == {"host": "192.0.2.1", "targetstrip": 1}
    a = record(text.name, "A", "192.0.2.1")
    assert seen(await read(provider)) == seen([a, record(text.name, "TXT", "t", "u", ttl=60)])


@pytest.mark.parametrize(("rtype", "left"), [("A", {"text": "t"}), ("TXT", {"host": "192.0.2.1"})])
async def test_of_a_shared_value_only_the_own_part_is_deleted(store: Store, rtype: str, left: dict[str, Any]) -> None:
    await store.put("/a/1", {"host": "192.0.2.1", "text": "t", "targetstrip": 1})
    provider = store.provider()
    await put(provider, delete(*[found for found in await read(provider) if found.rtype == rtype]))
    assert await store.values() == {"/a/1": left | {"targetstrip": 1}}


async def test_both_parts_of_a_shared_value_can_go_in_one_unit(store: Store) -> None:
    await store.put("/a/1", {"host": "192.0.2.1", "text": "t", "targetstrip": 1})
    provider = store.provider()
    await put(provider, delete(*await read(provider)))
    assert await store.values() == {}


# -- conditions


@pytest.mark.parametrize("interference", ["changed", "deleted", "joined"])
@pytest.mark.parametrize("what", ["update", "delete"])
async def test_what_somebody_else_has_touched_since_we_read_is_not_overwritten(
    store: Store, what: str, interference: str
) -> None:
    await store.put("/a/1", {"host": "192.0.2.1", "targetstrip": 1})
    await store.put("/b/1", {"host": "192.0.2.1", "targetstrip": 1})
    provider = store.provider()
    a, b = sorted(await read(provider), key=lambda found: found.name)
    match interference:
        case "changed":
            await store.put("/a/1", {"host": "198.51.100.1", "targetstrip": 1})
        case "deleted":
            await store.delete("/a/1")
        case "joined":
            await store.put("/a/2", {"host": "198.51.100.1", "targetstrip": 1})
    foreign = {path: value for path, value in (await store.values()).items() if path.startswith("/a/")}
    unit = delete(a) if what == "delete" else update(a, record(a.name, "A", "192.0.2.9"))
    assert await errors(provider, unit, delete(b)) == {a.name: Changed}  # b was in the same transaction, and landed
    assert await store.values() == foreign


@pytest.mark.parametrize("path", ["/a", "/a/1"])
async def test_nothing_is_created_beside_what_appeared_since_we_read(store: Store, path: str) -> None:
    provider = store.provider()
    assert await read(provider) == []
    await store.put(path, {"host": "198.51.100.1", "targetstrip": path.count("/") - 1})
    a, b = (record(f"{label}.{store.domain}", "A", "192.0.2.1") for label in "ab")
    assert await errors(provider, create(a), create(b)) == {a.name: Changed}
    foreign = record(a.name, "A", "198.51.100.1")
    assert seen(await read(provider)) == seen([foreign, b])


async def test_our_own_writes_below_a_name_are_no_foreign_ones(store: Store) -> None:
    provider = store.provider()
    assert await read(provider) == []
    above, below = (record(f"{label}{store.domain}", "A", "192.0.2.1") for label in ("a.", "b.a."))
    await put(provider, create(below))
    await put(provider, create(above))
    await put(provider, update(above, record(above.name, "A", "192.0.2.2")), delete(below))
    assert seen(await read(provider)) == seen([record(above.name, "A", "192.0.2.2")])


async def test_after_a_foreign_change_reading_again_is_enough(store: Store) -> None:
    provider = store.provider()
    assert await read(provider) == []
    await store.put("/a/1", {"host": "198.51.100.1", "targetstrip": 1})
    new = create(record(f"b.a.{store.domain}", "A", "192.0.2.1"), record(store.domain, "A", "192.0.2.1"))
    assert await errors(provider, new) == {f"b.a.{store.domain}": Changed}
    await read(provider)
    await put(provider, new)


async def test_the_same_create_sent_twice_is_one_record(store: Store) -> None:
    first, second = store.provider(), store.provider()
    assert await read(first) == await read(second) == []
    wanted = create(record(f"a.{store.domain}", "A", "192.0.2.1"))
    await put(first, wanted)
    assert await errors(second, wanted) == {wanted.name: Changed}
    assert len(await store.keys()) == 1


async def test_apply_without_reading_first_reads(store: Store) -> None:
    await store.put("/a/1", {"host": "192.0.2.1", "targetstrip": 1})
    await put(store.provider(), delete(record(f"a.{store.domain}", "A", "192.0.2.1")))
    assert await store.values() == {}


# -- limits


@pytest.mark.parametrize(
    "targets",
    [
        pytest.param(200, id="more than etcd's operations"),
        pytest.param(20_000, id="more than gRPC's message, and found out in no more time than there are targets"),
    ],
)
async def test_a_record_set_that_no_transaction_holds_is_rejected_alone(store: Store, targets: int) -> None:
    large = record(f"large.{store.domain}", "A", *(f"10.0.{i // 256}.{i % 256}" for i in range(targets)))
    others = [record(f"n{i}.{store.domain}", "A", "192.0.2.1") for i in range(100)]
    provider = store.provider()
    units = [*map(create, others[:50]), create(large), *map(create, others[50:])]
    assert await errors(provider, *units) == {large.name: Rejected}
    assert seen(await read(provider)) == seen(others)


async def test_long_texts_are_split_over_transactions(store: Store) -> None:
    texts = [record(f"n{i}.{store.domain}", "TXT", "ü" * 30_000) for i in range(20)]
    provider = store.provider()
    await put(provider, *map(create, texts))
    assert seen(await read(provider)) == seen(texts)


async def test_a_zone_is_read_by_pages(store: Store) -> None:
    records = [record(f"n{i}.{store.domain}", "A", "192.0.2.1") for i in range(25)]
    await put(store.provider(), *map(create, records))
    for page in (1, 7, 25):
        assert seen(await read(store.provider(page=page))) == seen(records)


# -- zones


async def test_a_zone_below_another_has_its_records_for_itself(store: Store) -> None:
    inner = f"sub.{store.domain}"
    names = {
        store.domain: [store.domain, f"a.{store.domain}", f"sub-x.{store.domain}", f"xsub.{store.domain}"],
        inner: [inner, f"a.{inner}", f"b.a.{inner}"],
    }
    provider = store.provider(store.domain, inner)
    for zone in await provider.zones():
        assert await provider.records(zone) == []
        units = [create(record(name, "A", "192.0.2.1")) for name in names[zone.name]]
        assert await provider.apply(zone, units) == []
    for zone in await provider.zones():
        assert {found.name for found in await provider.records(zone)} == set(names[zone.name])


async def test_writes_in_a_nested_zone_do_not_disturb_the_outer_one(store: Store) -> None:
    inner = f"sub.{store.domain}"
    provider = store.provider(store.domain, inner)
    outer_zone, inner_zone = sorted(await provider.zones(), key=lambda zone: len(zone.name))
    assert await provider.records(outer_zone) == []
    assert await provider.apply(inner_zone, [create(record(f"a.{inner}", "A", "192.0.2.1"))]) == []
    assert await provider.apply(outer_zone, [create(record(store.domain, "A", "192.0.2.1"))]) == []


async def test_without_domains_there_is_one_zone_that_holds_all(
    etcd: EtcdClient, coredns: DnsServer, domain: str
) -> None:
    provider = CoreDNS(etcd)
    (zone,) = await provider.zones()
    assert zone == Zone("", "/skydns/")
    a = record(f"a.{domain}", "A", "192.0.2.1")
    await put(provider, create(a))
    assert a in await provider.records(zone)


async def test_reverse_names_are_pointers(etcd: EtcdClient, domain: str) -> None:
    label = domain.split(".")[0]
    reverse = Store(etcd, f"{label}.in-addr.arpa")
    await reverse.put("/1", {"host": "a.example.org"})
    (found,) = await read(reverse.provider())
    assert (found.name, found.rtype) == (f"1.{label}.in-addr.arpa", "PTR")


async def test_a_change_may_take_several_names_at_once(store: Store) -> None:
    a, b = (record(f"{label}.{store.domain}", "A", "192.0.2.1") for label in "ab")
    provider = store.provider()
    await put(provider, create(a))
    await put(provider, Unit(b.name, (Change(None, b), Change(a, None))))
    assert await read(provider) == [b]


@pytest.mark.parametrize(
    ("rtype", "target", "says"),
    [
        pytest.param("AAAA", "::ffff:192.0.2.1", "as an A record", id="IPv4 address in IPv6 clothes"),
        pytest.param("A", "lb.example.com", "as a CNAME", id="alias"),
    ],
)
async def test_what_would_be_answered_as_another_type_is_refused(
    store: Store, rtype: str, target: str, says: str
) -> None:
    provider = store.provider()
    wanted = record(f"app.{store.domain}", rtype, target, alias="true")
    result = await provider.normalize(await only_zone(provider), [wanted])
    assert result.endpoints == {}
    assert says in result.problems[wanted.key].message
