"""What Cloudflare keeps beside the records of a name: custom hostnames that lead to it, and the region that serves it.

Both are objects of their own, in lists of their own, and in no transaction with records. They count as properties of
the address records and CNAMEs of their name: who owns those, owns them. Cloudflare for SaaS, "Custom origins"; Data
Localization Suite, "Regional Services".
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace

from zonewright.model.change import Unit
from zonewright.model.endpoint import Endpoint, Key, RecordType
from zonewright.model.hostname import spelled
from zonewright.providers.base import Changed, Failure, Rejected
from zonewright.providers.cloudflare.client import CloudflareClient, Json
from zonewright.providers.steps import Steps

CUSTOM, REGION = "cloudflare-custom-hostname", "cloudflare-region-key"
KEPT = frozenset({RecordType.A, RecordType.AAAA, RecordType.CNAME})


@dataclass(frozen=True, slots=True)
class Features:
    """Which of them are looked after, and what is asked for where a record set does not say.

    custom_hostnames  --cloudflare-custom-hostnames
    min_tls_version   of a new custom hostname
    authority         of its certificate; "" leaves the choice to Cloudflare
    regions           --cloudflare-regional-services
    region            --cloudflare-region-key; "" is none
    """

    custom_hostnames: bool = False
    min_tls_version: str = "1.0"
    authority: str = ""
    regions: bool = False
    region: str = ""

    def asked(self, rtype: str, asked: Mapping[str, str]) -> dict[str, str]:
        """Those properties of a wanted record set that are looked after. asked: by names without a prefix."""
        found: dict[str, str] = {}
        if rtype not in KEPT:
            return found
        if self.custom_hostnames and (names := hostnames(asked.get(CUSTOM, ""))):
            found[CUSTOM] = ",".join(sorted(names))
        if self.regions and (region := asked.get(REGION, self.region).strip()):
            found[REGION] = region
        return found


def hostnames(text: str) -> set[str]:
    """Those of a list with commas."""
    return {spelled(one) for name in text.split(",") if (one := name.strip().rstrip("."))}


@dataclass(slots=True)
class Held:
    """What stands beside the records of a zone.

    custom   custom hostname → the name that it leads to, and its id
    regions  name → region
    """

    custom: dict[str, tuple[str, str]] = field(default_factory=dict)
    regions: dict[str, str] = field(default_factory=dict)

    def onto(self, record_sets: Iterable[Endpoint]) -> list[Endpoint]:
        """Record sets with what stands beside them as properties."""
        leading: dict[str, list[str]] = {}
        for hostname, (origin, _) in self.custom.items():
            leading.setdefault(origin, []).append(hostname)
        return [_beside(one, leading.get(one.name, ()), self.regions.get(one.name, "")) for one in record_sets]


async def read(client: CloudflareClient, zone_id: str, features: Features) -> Held:
    """All of a zone, of what is looked after."""
    held = Held()
    if features.custom_hostnames:
        for one in await client.custom_hostnames(zone_id):
            origin, hostname = one.get("custom_origin_server"), one.get("hostname")
            if origin and hostname:  # others lead to the fallback origin of the zone: nobody's name
                held.custom[spelled(str(hostname))] = spelled(str(origin)), str(one.get("id"))
    if features.regions:
        for one in await client.regions(zone_id):
            held.regions[spelled(str(one.get("hostname")))] = str(one.get("region_key"))
    return held


def alike(wanted: Mapping[Key, Endpoint]) -> dict[Key, Endpoint]:
    """The same beside all types of a name, as there is but one of it: all the custom hostnames, and the last region.

    Where an A and an AAAA record set ask for different ones, each would undo what the other has done, for ever.
    """
    custom: dict[str, set[str]] = {}
    regions: dict[str, str] = {}
    for one in wanted.values():
        properties = dict(one.properties)
        custom.setdefault(one.name, set()).update(hostnames(properties.get(CUSTOM, "")))
        regions[one.name] = max(regions.get(one.name, ""), properties.get(REGION, ""))
    return {key: _beside(one, custom[one.name], regions[one.name]) for key, one in wanted.items()}


def _beside(one: Endpoint, custom: Collection[str], region: str) -> Endpoint:
    if one.rtype not in KEPT or not (custom or region):
        return one
    found = {CUSTOM: ",".join(sorted(custom)), REGION: region}
    return one.with_properties({**dict(one.properties), **{name: value for name, value in found.items() if value}})


def bare(unit: Unit) -> Unit:
    """A unit of records alone."""
    changes = (replace(change, old=_bare(change.old), new=_bare(change.new)) for change in unit.changes)
    return replace(unit, changes=tuple(changes))


def _bare(endpoint: Endpoint | None) -> Endpoint | None:
    if endpoint is None or endpoint.rtype not in KEPT:
        return endpoint
    kept = {name: value for name, value in endpoint.properties if name not in (CUSTOM, REGION)}
    return endpoint.with_properties(kept)


@dataclass(frozen=True, slots=True)
class Wish:
    """What a unit makes of what stands beside one name.

    gone, come  custom hostnames that are not to lead to it any more, and that are to
    region      "" for none; None where the unit says nothing of it
    """

    name: str
    gone: frozenset[str] = frozenset()
    come: frozenset[str] = frozenset()
    region: str | None = None


def wish(unit: Unit, staying: frozenset[str]) -> Wish | None:
    """None where nothing changes. staying: names that have other records of these types after the unit as well."""
    changes = [change for change in unit.changes if change.endpoint.rtype in KEPT]
    olds = [dict(change.old.properties) for change in changes if change.old is not None]
    news = [dict(change.new.properties) for change in changes if change.new is not None]
    if not changes or (not news and changes[0].key.name in staying):
        return None
    before, after = (frozenset().union(*(hostnames(one.get(CUSTOM, "")) for one in side)) for side in (olds, news))
    region = max((one.get(REGION, "") for one in news), default="")
    was = max((one.get(REGION, "") for one in olds), default="")
    made = Wish(changes[0].key.name, before - after, after - before, None if region == was else region)
    return made if made.gone or made.come or made.region is not None else None


class Beside:
    """Carries out what units wish: what goes before their records are changed, what comes after.

    held  what stands, and is kept up to date with what is done
    """

    def __init__(self, client: CloudflareClient, zone_id: str, features: Features, held: Held) -> None:
        self._client = client
        self._zone = zone_id
        self._features = features
        self._held = held

    async def clear(self, wished: Iterable[tuple[Unit, Wish]]) -> list[Failure]:
        """Custom hostnames and regions that go. Units whose own cannot go are not to lose their records either."""
        return await Steps(self._clear).run([(unit, [one]) for unit, one in wished if one.gone or one.region == ""])

    async def put(self, wished: Iterable[tuple[Unit, Wish]]) -> list[Failure]:
        """Those that come, to records that are there."""
        return await Steps(self._put).run([(unit, [one]) for unit, one in wished if one.come or one.region])

    async def _clear(self, one: Wish) -> None:
        for hostname in sorted(one.gone):
            origin, custom_id = self._held.custom.get(hostname, ("", ""))
            if origin == one.name:
                del self._held.custom[hostname]
                with suppress(Changed):  # gone already
                    await self._client.remove_custom_hostname(self._zone, custom_id)
        if one.region == "" and self._held.regions.pop(one.name, None) is not None:
            with suppress(Changed):
                await self._client.remove_region(self._zone, one.name)

    async def _put(self, one: Wish) -> None:
        for hostname in sorted(one.come):
            await self._lead(hostname, one.name)
        if one.region and self._held.regions.get(one.name) != one.region:
            known = one.name in self._held.regions
            self._held.regions[one.name] = one.region  # before it is asked for: record sets of one name go side by side
            await self._client.put_region(self._zone, one.name, one.region, known=known)

    async def _lead(self, hostname: str, name: str) -> None:
        if hostname in self._held.custom:
            if (origin := self._held.custom[hostname][0]) != name:
                raise Rejected(f"the custom hostname {hostname} leads to {origin} already")
            return
        self._held.custom[hostname] = name, ""
        await self._client.add_custom_hostname(self._zone, self._body(hostname, name))

    def _body(self, hostname: str, name: str) -> Json:
        ssl: Json = {
            "type": "dv",
            "method": "http",
            "bundle_method": "ubiquitous",
            "settings": {"min_tls_version": self._features.min_tls_version},
        }
        ssl |= {"certificate_authority": self._features.authority} if self._features.authority else {}
        return {"hostname": hostname, "custom_origin_server": name, "ssl": ssl}
