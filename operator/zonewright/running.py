"""From settings to a running operator, or to one pass with --once; returns the exit code of the process."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

from zonewright.controller import Controller, Surroundings
from zonewright.fence import Fence
from zonewright.http import CannotListen, serve
from zonewright.kube import election, identity, preflight
from zonewright.kube.api import Api, ApiError
from zonewright.kube.connection import Connection, NoCluster, connect, home_namespace
from zonewright.kube.election import Alone, Election, Leadership, NoRight
from zonewright.ledger import catalog as ledgers
from zonewright.ledger.answers import UnfitTable
from zonewright.metrics import Metrics
from zonewright.once import run_once
from zonewright.providers import catalog as providers
from zonewright.providers.base import Provider
from zonewright.providers.fenced import Fenced
from zonewright.registry import catalog as registries
from zonewright.registry.base import Registry
from zonewright.settings import Settings
from zonewright.settings.installation import elects, lease_name
from zonewright.sources.catalog import OPTIONAL, kinds_of
from zonewright.workqueue import backoff

log = logging.getLogger(__name__)

SOON = 60.0  # seconds: who ends sooner than that, again and again, begins anew after a pause


async def run(settings: Settings) -> int:
    """0 after a signal or a pass without fault; 1 when it cannot go on, or something failed; 2 for wrong settings."""
    try:
        registry = registries.build(settings)
        provider = providers.build(settings)
    except ValueError as e:
        log.error("%s", e)
        return 2
    try:
        provider = await ledgers.joined(settings, provider)
        connection = await connect(settings.kubeconfig, settings.server, settings.kube_api_request_timeout)
        return await _run(settings, connection, provider, registry)
    except (NoCluster, preflight.BrokenDefinition, ApiError, NoRight, CannotListen) as e:
        log.error("%s", e)
        return 1
    except UnfitTable as e:
        log.error("%s", e)
        return 2
    finally:
        await provider.close()


async def _run(settings: Settings, connection: Connection, provider: Provider, registry: Registry) -> int:
    async with _leadership(settings, connection) as leadership:
        api = Api(connection, leadership.fence)
        provider = Fenced(provider, leadership.fence)
        stop = asyncio.Event()
        try:
            await preflight.check_definition(api)
            metrics = Metrics()
            metrics.watch(provider.name, provider.traffic)
            metrics.leads(lambda: leadership.fence.is_open)
            quickly = 0  # ends that came soon after their beginning
            while True:
                began = time.monotonic()
                surroundings = await surroundings_of(settings, api)
                controller = Controller(settings, api, provider, registry, metrics, surroundings)
                code = await _run_as_it_is(settings, connection, api, controller, metrics, leadership, stop)
                if code is not None:
                    return code
                quickly = quickly + 1 if time.monotonic() - began < SOON else 0
                if quickly > 1 and await _asked(stop, backoff(quickly - 1, base=1.0, limit=30.0)):
                    return 0
        finally:
            await api.close()


async def _run_as_it_is(
    settings: Settings,
    connection: Connection,
    api: Api,
    controller: Controller,
    metrics: Metrics,
    leadership: Leadership,
    stop: asyncio.Event,
) -> int | None:
    """The exit code; None where all is to be built anew: the cluster has other kinds by now, or another one leads."""
    async with serve(
        settings.metrics_address, controller.probes, metrics, lambda: metrics.set_counts(controller.counts())
    ):
        if settings.once:
            return await run_once(controller, api)
        from zonewright.daemon import Daemon  # imports kopf, half a second that --once does not need

        return await Daemon(connection, api, controller, leadership, stop).run()


async def _asked(stop: asyncio.Event, seconds: float) -> bool:
    """Whether the process is to end, within so many seconds."""
    try:
        async with asyncio.timeout(seconds):
            return await stop.wait()
    except TimeoutError:
        return False


@asynccontextmanager
async def _leadership(settings: Settings, connection: Connection) -> AsyncIterator[Leadership]:
    """Held until the end of the block, at most. Raises NoRight and ApiError where the lease cannot be had."""
    if not elects(settings):
        yield Alone()
        return
    api = Api(replace(connection, timeout=election.PATIENCE))
    namespace = settings.leader_election_namespace or home_namespace()
    found = Election(api, namespace, lease_name(settings), identity.own(), Fence())
    try:
        await found.check()
        found.start()
        try:
            yield found
        finally:
            await found.release()
    finally:
        await api.close()


async def surroundings_of(settings: Settings, api: Api) -> Surroundings:
    """What has to be known of the cluster before anything is watched. Raises ApiError."""
    kinds = kinds_of(settings)
    return Surroundings(
        served=await preflight.older_versions(api, kinds),
        unreadable=await preflight.unreadable(api, kinds & OPTIONAL),
        home=settings.namespace or home_namespace(),
    )
