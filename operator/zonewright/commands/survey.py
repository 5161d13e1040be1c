"""Everything is read and planned, as `run --once` does it, and nothing is written, in the cluster or in DNS."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from zonewright import once
from zonewright.commands.rehearsal import Rehearsal
from zonewright.controller import Controller
from zonewright.kube import preflight
from zonewright.kube.api import ApiError
from zonewright.kube.connection import Connection, NoCluster, connect
from zonewright.kube.store import ObjectId
from zonewright.ledger import catalog as ledgers
from zonewright.ledger.answers import UnfitTable
from zonewright.metrics import Metrics
from zonewright.model.zone import Zone
from zonewright.planning.plan import NamePlan
from zonewright.providers import catalog as providers
from zonewright.providers.base import Provider
from zonewright.registry import catalog as registries
from zonewright.registry.base import Registry
from zonewright.running import surroundings_of
from zonewright.settings import Settings
from zonewright.zones.status import Line


class Failed(Exception):
    """A command cannot go on. The text is for whoever gave it."""


class Misused(Failed):
    """It cannot even begin: a flag is wrong."""


@dataclass
class Plans:
    """What the zones have planned, by zone and name. The last plan of a name counts."""

    by_zone: dict[Zone, dict[str, NamePlan]] = field(default_factory=dict)

    def observe(self, zone: Zone, plans: Sequence[NamePlan]) -> None:
        self.by_zone.setdefault(zone, {}).update({plan.name: plan for plan in plans})


@dataclass(frozen=True)
class Survey:
    """What was found.

    plans       by zone, and by name: everything wanted, and everything of ours
    unread      what could not be read, each a sentence; then nothing that is missing means anything
    writes      how many DNSEndpoints would be created, patched and deleted
    created     those that are not in the cluster yet
    controller  the machine after the pass, for those who want to know more
    """

    settings: Settings
    provider: Provider
    registry: Registry
    controller: Controller
    plans: Mapping[Zone, Mapping[str, NamePlan]]
    unread: tuple[str, ...]
    writes: Mapping[str, int]
    created: frozenset[ObjectId] = frozenset()

    @property
    def errors(self) -> tuple[str, ...]:
        """Everything that went wrong."""
        zones = (
            f"zone {zone}: {error}" if zone else f"the zones of {self.provider.name} cannot be listed: {error}"
            for zone, error in sorted(self.controller.zones.errors().items())
        )
        slots = sorted(self.controller.writer.queue.failing)
        objects = (f"the DNSEndpoint for {slot.hostname} in {slot.namespace} cannot be made" for slot in slots)
        return (*self.unread, *zones, *objects)

    def said(self) -> list[tuple[ObjectId, Sequence[Line]]]:
        """What the status of each DNSEndpoint would say."""
        return list(self.controller.view.said())


@asynccontextmanager
async def stores(settings: Settings) -> AsyncIterator[tuple[Provider, Registry]]:
    """Provider and registry. Raises Misused for wrong flags."""
    try:
        provider, registry = providers.build(settings), registries.build(settings)
    except ValueError as e:
        raise Misused(str(e)) from e
    try:
        provider = await ledgers.joined(settings, provider)
        yield provider, registry
    except UnfitTable as e:
        raise Misused(str(e)) from e
    finally:
        await provider.close()


@asynccontextmanager
async def connections(settings: Settings) -> AsyncIterator[tuple[Connection, Provider, Registry]]:
    """The cluster, provider and registry. Raises Failed where one of them cannot be had."""
    async with stores(settings) as (provider, registry):
        try:
            yield (
                await connect(settings.kubeconfig, settings.server, settings.kube_api_request_timeout),
                provider,
                registry,
            )
        except (NoCluster, preflight.BrokenDefinition, ApiError) as e:
            raise Failed(str(e)) from e


async def survey(
    settings: Settings,
    connection: Connection,
    provider: Provider,
    registry: Registry,
    amend: Callable[[dict[str, Any]], dict[str, Any]] = lambda obj: obj,
) -> Survey:
    """One pass. amend: changes DNSEndpoints as they are read. Raises ApiError and BrokenDefinition."""
    api, plans = Rehearsal(connection, amend), Plans()
    try:
        await preflight.check_definition(api)
        cluster = await surroundings_of(settings, api)
        dry = replace(settings, dry_run=True, once=True)
        controller = Controller(dry, api, provider, registry, Metrics(), cluster, plans.observe)
        unread = await once.read_all(controller, api)
        controller.writer.queue.start()
        try:
            await once.bring_in_line(controller)
        finally:
            await controller.writer.queue.stop()
    finally:
        await api.close()
    missing = tuple(f"{kind.plural} cannot be listed" for kind in unread)
    return Survey(settings, provider, registry, controller, plans.by_zone, missing, api.writes, frozenset(api.created))
