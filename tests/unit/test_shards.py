"""What a process of several shards takes for its own: objects of the cluster, rights, the Lease."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import pytest

from unit.zones.test_shards import OURS, THEIRS, WITHIN, Provider
from zonewright.commands.rehearsal import Rehearsal
from zonewright.controller import Controller
from zonewright.kube.api import Api, Conflict
from zonewright.metrics import Metrics
from zonewright.model.kind import DNSENDPOINT, INGRESS, Kind
from zonewright.once import bring_in_line
from zonewright.providers.inmemory import InMemory
from zonewright.registry.txt.names import OwnershipNames
from zonewright.registry.txt.registry import TxtRegistry
from zonewright.rights import rules
from zonewright.settings import Settings, SettingsError, from_args
from zonewright.settings.installation import lease_name


class Memory(Rehearsal):
    """No cluster at all: what is written is kept, and counted."""

    def __init__(self) -> None:
        self._amend = lambda obj: obj
        self._objects: dict[str, dict[str, Any]] = {}
        self._made = self.conflicts = 0
        self.writes: Counter[str] = Counter()
        self.created = set()

    async def create(self, kind: Kind, obj: Mapping[str, Any]) -> dict[str, Any]:
        for _ in range(20):  # an answer takes its time, and others go on
            await asyncio.sleep(0)
        return await super().create(kind, obj)

    async def patch(self, kind: Kind, namespace: str, name: str, body: Mapping[str, Any], subresource: str = "") -> Any:
        path, asked = kind.path(namespace, name), body["metadata"].get("resourceVersion")
        if asked and asked != self._objects[path]["metadata"]["resourceVersion"]:
            self.conflicts += 1
            raise Conflict(path, 409, "the object has been modified")
        return await super().patch(kind, namespace, name, body, subresource)

    @property
    def names(self) -> set[str]:
        return {obj["metadata"]["name"] for obj in self._objects.values()}


def controller(shard: str, api: Api, provider: InMemory, interval: float = 60.0) -> Controller:
    settings = Settings(provider="inmemory", shard=shard, source=("ingress", "crd"), interval=interval)
    registry = TxtRegistry("default", OwnershipNames("", "", ""))
    made = Controller(settings, api, provider, registry, Metrics())
    made.require(frozenset({INGRESS, DNSENDPOINT}))
    return made


def list_all(to: Controller, ingresses: Iterable[Mapping[str, Any]], endpoints: Iterable[Mapping[str, Any]]) -> None:
    for kind, objects in ((INGRESS, ingresses), (DNSENDPOINT, endpoints)):
        sink = to.sinks()[kind]
        sink.begin()
        sink.page([dict(obj) for obj in objects])
        sink.finish("1")
    to.check_complete()


def ingress(name: str) -> dict[str, Any]:
    return {
        "metadata": {"namespace": "shop", "name": name, "uid": f"uid-{name}", "resourceVersion": "1"},
        "spec": {"rules": [{"host": name}]},
        "status": {"loadBalancer": {"ingress": [{"ip": "192.0.2.1"}]}},
    }


async def passed(to: Controller) -> None:
    to.writer.queue.start()
    to.reporter.queue.start()
    await bring_in_line(to)
    await to.reporter.queue.drained()
    await to.writer.queue.stop()
    await to.reporter.queue.stop()


async def test_of_the_objects_that_are_to_be_written_a_shard_writes_its_own() -> None:
    mine, others = f"www.{OURS}", f"www.{THEIRS}"
    written: dict[str, set[str]] = {}
    for shard in ("0/2", "1/2", ""):
        api = Memory()
        provider = Provider(OURS, THEIRS)
        one = controller(shard, api, provider)
        list_all(one, [ingress(mine), ingress(others)], [])
        await passed(one)
        written[shard] = api.names
        assert provider.standing(OURS) | provider.standing(THEIRS) == api.names
    assert written == {"0/2": {mine}, "1/2": {others}, "": {mine, others}}


async def test_shards_write_to_the_api_server_together_as_much_as_one_process() -> None:
    ingresses = [ingress(f"n{number}.{zone}") for zone in (OURS, THEIRS) for number in range(5)]
    writes: dict[str, Counter[str]] = {}
    for shard in ("", "0/2", "1/2"):
        api = Memory()
        one = controller(shard, api, Provider(OURS, THEIRS))
        list_all(one, ingresses, [])
        await passed(one)
        writes[shard] = api.writes
    assert writes["0/2"] + writes["1/2"] == writes[""] == Counter(create=10, patch=10)


async def test_of_the_objects_that_nobody_asks_for_a_shard_deletes_its_own() -> None:
    mine, others = f"www.{OURS}", f"www.{THEIRS}"
    provider, api = InMemory([OURS, THEIRS]), Memory()
    whole = controller("", api, provider)
    list_all(whole, [ingress(mine), ingress(others)], [])
    await passed(whole)
    objects = list(api._objects.values())
    first = controller("0/2", api, provider)
    list_all(first, [], objects)
    await passed(first)
    assert api.names == {others}
    second = controller("1/2", api, provider)
    list_all(second, [], [obj for obj in objects if obj["metadata"]["name"] == others])
    await passed(second)
    assert api.names == set()


async def test_figures_are_of_the_names_of_the_shard() -> None:
    provider, api = InMemory([OURS, THEIRS]), Memory()
    ingresses = [ingress(f"www.{OURS}"), ingress(f"a.{THEIRS}"), ingress(f"b.{THEIRS}")]
    for shard, expected in (("", 3), ("0/2", 1), ("1/2", 2)):  # the first one has written all objects
        one = controller(shard, api, provider)
        list_all(one, ingresses, list(api._objects.values()))
        await passed(one)
        found = one.counts()
        assert (found.source["A"], found.verified["A"]) == (expected, expected)


async def test_a_name_that_comes_back_is_told_of_anew() -> None:
    """Meanwhile another shard has written what was right for another zone."""
    provider, api, name = Provider(OURS), Memory(), f"www.{WITHIN}"
    meta, asked = {"namespace": "shop", "name": "web"}, {"dnsName": name, "recordType": "A", "targets": ["192.0.2.1"]}
    obj = await api.create(DNSENDPOINT, {"metadata": meta, "spec": {"endpoints": [asked]}})
    left, right = (controller(shard, api, provider) for shard in ("0/2", "1/2"))
    told = []
    for one in (left, right):
        list_all(one, [], [obj])
    for visible in ({OURS}, {OURS, WITHIN}, {OURS}):
        provider.visible = visible
        for one in (left, right):
            one.seen(DNSENDPOINT, "MODIFIED", next(iter(api._objects.values())))
            await passed(one)
        (obj,) = api._objects.values()
        told.append(obj["status"]["summary"]["zones"])
    assert told == [OURS, WITHIN, OURS]


async def test_what_a_shard_says_that_has_not_seen_a_new_zone_yet_is_put_right_by_the_one_that_has() -> None:
    provider, api, name = Provider(OURS, WITHIN), Memory(), f"www.{WITHIN}"
    meta, asked = {"namespace": "shop", "name": "web"}, {"dnsName": name, "recordType": "A", "targets": ["192.0.2.1"]}
    obj = await api.create(DNSENDPOINT, {"metadata": meta, "spec": {"endpoints": [asked]}})
    right = controller("1/2", api, provider, interval=0.01)
    list_all(right, [], [obj])
    await passed(right)
    wrong = {"metadata": {}, "status": {"summary": {"zones": OURS}}}
    right.seen(DNSENDPOINT, "MODIFIED", await api.patch(DNSENDPOINT, "shop", "web", wrong, "status"))
    right.reporter.queue.start()
    await wait_for(lambda: next(iter(api._objects.values()))["status"]["summary"]["zones"] == WITHIN)
    await right.reporter.queue.stop()


async def test_two_shards_make_one_status_of_an_object_with_names_of_both() -> None:
    provider, api = InMemory([OURS, THEIRS]), Memory()
    entries = [{"dnsName": f"www.{zone}", "recordType": "A", "targets": ["192.0.2.1"]} for zone in (THEIRS, OURS)]
    obj = await api.create(
        DNSENDPOINT, {"metadata": {"namespace": "shop", "name": "both"}, "spec": {"endpoints": entries}}
    )
    ready = []
    for shard in ("0/2", "1/2"):
        one = controller(shard, api, provider)
        list_all(one, [], [obj])
        await passed(one)
        (obj,) = api._objects.values()
        ready.append({c["type"]: c["status"] for c in obj["status"]["conditions"]}["Ready"])
    assert ready == ["Unknown", "True"]
    assert [record["dnsName"] for record in obj["status"]["records"]] == [f"www.{THEIRS}", f"www.{OURS}"]


async def test_what_another_shard_has_written_meanwhile_is_read_and_kept() -> None:
    provider, api = InMemory([OURS, THEIRS]), Memory()
    entries = [{"dnsName": f"www.{zone}", "recordType": "A", "targets": ["192.0.2.1"]} for zone in (OURS, THEIRS)]
    meta = {"namespace": "shop", "name": "both"}
    obj = await api.create(DNSENDPOINT, {"metadata": meta, "spec": {"endpoints": entries}})
    shards = [controller(shard, api, provider) for shard in ("0/2", "1/2")]
    for one in shards:
        list_all(one, [], [obj])  # as it was before the other one wrote
    for one in shards:
        one.reporter.queue.start()
        await one.zones.round()
        await wait_for(lambda one=one: not one.reporter.queue.failing and not len(one.reporter.queue))
        await one.reporter.queue.stop()
    (obj,) = api._objects.values()
    assert api.conflicts == 1
    assert [record["reason"] for record in obj["status"]["records"]] == ["Synced", "Synced"]
    assert {c["type"]: c["status"] for c in obj["status"]["conditions"]}["Ready"] == "True"


async def wait_for(met: Callable[[], bool]) -> None:
    """Let the others go on until it is so."""
    async with asyncio.timeout(5):
        while not met():  # noqa: ASYNC110  # no event tells of it
            await asyncio.sleep(0)


@pytest.mark.parametrize("zones", [[OURS], [THEIRS]])
async def test_an_object_that_asks_for_nothing_is_told_so_by_one_shard(zones: list[str]) -> None:
    said = []
    for shard in ("0/2", "1/2"):
        api = Memory()
        meta = {"namespace": "shop", "name": "empty"}
        obj = await api.create(DNSENDPOINT, {"metadata": meta, "spec": {"endpoints": []}})
        one = controller(shard, api, InMemory(zones))
        list_all(one, [], [obj])
        await passed(one)
        said += [obj["status"] for obj in api._objects.values() if "status" in obj]
    assert len(said) == 1


# -- settings


def settings(*flags: str) -> Settings:
    return from_args(["--provider=inmemory", *flags], {})


@pytest.mark.parametrize("text", ["2/2", "a/b", "-1/3", "0/0", "1", "0/257"])
def test_a_shard_that_is_none_is_refused_by_the_name_of_the_flag(text: str) -> None:
    with pytest.raises(SettingsError) as caught:
        settings(f"--shard={text}")
    ((origin, why),) = caught.value.problems
    assert "shard" in origin
    assert "is no shard" in why


def test_the_only_shard_is_as_good_as_none() -> None:
    assert settings("--shard=0/1") == settings()


def test_each_shard_has_a_lease_of_its_own_and_the_number_of_them_changes_none() -> None:
    names = [lease_name(settings(*flags), {}) for flags in ([], ["--shard=0/2"], ["--shard=1/2"], ["--shard=1/3"])]
    assert names[1:] == [f"{names[0]}-shard-0", f"{names[0]}-shard-1", f"{names[0]}-shard-1"]


def test_to_a_lease_that_is_named_the_shard_is_added() -> None:
    assert lease_name(settings("--leader-election-lease-name=dns", "--shard=1/2"), {}) == "dns-shard-1"


def test_a_name_for_the_lease_that_leaves_no_room_for_the_shard_is_refused() -> None:
    long = ".".join(["a" * 62] * 4)
    with pytest.raises(SettingsError, match="leader-election-lease-name"):
        settings(f"--leader-election-lease-name={long}", "--shard=1/2")


def test_one_role_has_the_rights_for_the_leases_of_all_shards() -> None:
    found = rules(settings("--leader-election-lease-name=dns", "--shard=0/3"))
    assert [rule.names for rule in found if rule.resources == ("leases",)] == [
        (),
        ("dns-shard-0", "dns-shard-1", "dns-shard-2"),
    ]


def test_the_variable_stands_in_for_the_flag() -> None:
    assert from_args(["--provider=inmemory"], {"EXTERNAL_DNS_SHARD": "1/4"}).shard == "1/4"
