"""The provider: zones by the domain filter, reading by pages, writing by conditional transactions."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import replace

from zonewright.model.change import Unit
from zonewright.model.endpoint import ADDRESS_TYPES, Endpoint, RecordType
from zonewright.model.hostname import is_under
from zonewright.model.reason import Problem, Reason
from zonewright.model.zone import Zone
from zonewright.providers.base import Capabilities, Changed, Failure, Normalized, ProviderError, Rejected
from zonewright.providers.coredns import requests
from zonewright.providers.coredns.client import EtcdClient
from zonewright.providers.coredns.draft import Draft
from zonewright.providers.coredns.layout import Layout, Range
from zonewright.providers.coredns.requests import KeyValue
from zonewright.providers.coredns.values import GROUP, address
from zonewright.providers.coredns.view import View
from zonewright.providers.traffic import Traffic

PAGE = 2000  # keys: about half a MiB of JSON, parsed in some 10 ms
MAX_RESENDS = 3  # of one batch, before others who write all the time are given way


class CoreDNS:
    """CoreDNS's etcd plugin. With domains, one zone for each and nothing else is read; else one zone named ""."""

    name = "coredns"
    capabilities = Capabilities(
        record_types=frozenset({RecordType.A, RecordType.AAAA, RecordType.CNAME, RecordType.TXT}),
        batch_size=1000,
        atomic=False,  # units are, batches are not: a transaction holds 128 operations
        apex_cname=True,
        enforces_cname=False,
    )

    def __init__(
        self, etcd: EtcdClient, prefix: str = "/skydns/", domains: Iterable[str] = (), page: int = PAGE
    ) -> None:
        self._etcd = etcd
        self._page = page
        self._layout = Layout.of(prefix)
        self._domains = sorted(set(domains)) or [""]
        self._views: dict[Zone, View] = {}

    @property
    def traffic(self) -> Traffic:
        return self._etcd.traffic

    async def zones(self) -> Sequence[Zone]:
        return [Zone(domain, self._layout.path(domain) if domain else self._layout.prefix) for domain in self._domains]

    async def records(self, zone: Zone) -> Sequence[Endpoint]:
        return (await self._read(zone)).record_sets()

    async def normalize(self, zone: Zone, endpoints: Sequence[Endpoint]) -> Normalized:
        """Without I/O."""
        problems = {endpoint.key: problem for endpoint in endpoints if (problem := _problem(endpoint))}
        kept = [endpoint for endpoint in endpoints if endpoint.key not in problems]
        return Normalized({endpoint.key: _plain(endpoint) for endpoint in kept}, problems)

    async def apply(self, zone: Zone, units: Sequence[Unit]) -> Sequence[Failure]:
        """Each unit lands whole or not at all, save after Unavailable, when that is not known."""
        view = self._views.get(zone) or await self._read(zone)
        return await _Batch(self._etcd, self._layout, view, units).carry_out()

    async def close(self) -> None:
        await self._etcd.close()

    # -- reading

    async def _read(self, zone: Zone) -> View:
        """The zone as it was at one revision of the store."""
        nested = [domain for domain in self._domains if domain != zone.name and is_under(domain, zone.name)]
        exact = [Range(self._layout.path(zone.name), "")] if zone.name else []
        found: list[KeyValue] = []
        revision = 0
        for keys in [*exact, *self._layout.ranges(zone.name, nested)]:
            more, revision = await self._read_range(keys, revision)
            found += more
        view = self._views[zone] = View.of(self._layout, zone.name, nested, revision, found)
        return view

    async def _read_range(self, keys: Range, revision: int) -> tuple[list[KeyValue], int]:
        """All keys of a range, at a revision; 0 is the latest, and then the one that it was."""
        found: list[KeyValue] = []
        while True:
            page = await self._etcd.read(requests.read(keys, limit=self._page, revision=revision))
            found += page.found
            revision = revision or page.revision
            if not page.more or not page.found:
                return found, revision
            keys = keys._replace(start=page.found[-1].key + "\0")


class _Batch:
    """Units on their way: as many as fit go into one transaction."""

    def __init__(self, etcd: EtcdClient, layout: Layout, view: View, units: Iterable[Unit]) -> None:
        self._etcd = etcd
        self._layout = layout
        self._view = view
        self._waiting = deque(units)
        self._failures: list[Failure] = []
        self._landed = False
        self._alone = 0  # so many of the next units go one by one: together they were refused
        self._resends = 0

    async def carry_out(self) -> list[Failure]:
        while self._waiting:
            draft, units = self._next()
            if not units:
                continue
            try:
                await self._send(draft, units)
            except Rejected as e:
                self._isolate(units, e)
            except ProviderError as e:
                if not (self._landed or self._failures):
                    raise
                self._fail([*units, *self._waiting], e)
                break
        return self._failures

    def _next(self) -> tuple[Draft, list[Unit]]:
        """The units from the head of the queue that fit into one transaction; those that cannot be have failed."""
        draft, units = Draft(self._view, self._layout), list[Unit]()
        while self._waiting and not (units and self._alone):
            try:
                longer = draft.with_unit(self._waiting[0])
            except Changed as e:
                self._fail([self._waiting.popleft()], e)
                continue
            if units and not longer.fits():
                break
            draft = longer
            units.append(self._waiting.popleft())
        self._alone = max(0, self._alone - 1)
        return draft, units

    async def _send(self, draft: Draft, units: list[Unit]) -> None:
        answer = await self._etcd.transact(draft.request())
        if answer.succeeded:
            self._view.landed(draft.written, answer.revision)
            self._landed, self._resends = True, 0
            return
        self._resends += 1
        outdated = draft.outdated(answer)
        blamed = [unit for unit in units if self._resends > MAX_RESENDS or any(k.name in outdated for k in unit.keys)]
        self._fail(blamed, Changed("somebody else has changed it meanwhile"))
        self._waiting.extendleft(reversed([unit for unit in units if unit not in blamed]))

    def _isolate(self, units: list[Unit], error: Rejected) -> None:
        if len(units) == 1:
            self._fail(units, error)
        else:
            self._waiting.extendleft(reversed(units))
            self._alone = len(units)

    def _fail(self, units: Iterable[Unit], error: ProviderError) -> None:
        self._failures += [Failure(unit, error) for unit in units]


def _problem(endpoint: Endpoint) -> Problem | None:
    if endpoint.rtype not in CoreDNS.capabilities.record_types:
        return Problem(Reason.UNSUPPORTED_TYPE, f"CoreDNS's records in etcd have no type {endpoint.rtype}")
    if endpoint.set_identifier:
        return Problem(Reason.REJECTED, "CoreDNS has one record set per name and type: it knows no set identifiers")
    mapped = [t for t in endpoint.targets if endpoint.rtype == RecordType.AAAA and _is_mapped(t)]
    if mapped:
        return Problem(Reason.REJECTED, f"CoreDNS answers {mapped[0]} as an A record: ask for that")
    named = [t for t in endpoint.targets if endpoint.rtype in ADDRESS_TYPES and address(t) is None]
    if named:
        return Problem(Reason.REJECTED, f"CoreDNS has no aliases, it answers {named[0]} as a CNAME: ask for that")
    return None


def _is_mapped(target: str) -> bool:
    ip = address(target)
    return ip is not None and ip.version == 4


def _plain(endpoint: Endpoint) -> Endpoint:
    """As `records` would report it: properties of other providers do not come back."""
    properties = tuple(pair for pair in endpoint.properties if pair[0] == GROUP and pair[1])
    return replace(endpoint, properties=properties)
