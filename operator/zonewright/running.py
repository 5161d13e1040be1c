"""From settings to a running operator, or to one pass with --once; returns the exit code of the process."""

from __future__ import annotations

import logging

from zonewright.controller import Controller, Surroundings
from zonewright.http import CannotListen, serve
from zonewright.kube import preflight
from zonewright.kube.api import Api, ApiError
from zonewright.kube.connection import Connection, NoCluster, connect, home_namespace
from zonewright.ledger import catalog as ledgers
from zonewright.ledger.answers import UnfitTable
from zonewright.metrics import Metrics
from zonewright.once import run_once
from zonewright.providers import catalog as providers
from zonewright.providers.base import Provider
from zonewright.registry import catalog as registries
from zonewright.registry.base import Registry
from zonewright.settings import Settings
from zonewright.sources.catalog import OPTIONAL, kinds_of

log = logging.getLogger(__name__)


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
    except (NoCluster, preflight.BrokenDefinition, ApiError, CannotListen) as e:
        log.error("%s", e)
        return 1
    except UnfitTable as e:
        log.error("%s", e)
        return 2
    finally:
        await provider.close()


async def _run(settings: Settings, connection: Connection, provider: Provider, registry: Registry) -> int:
    api = Api(connection)
    try:
        await preflight.check_definition(api)
        metrics = Metrics()
        metrics.watch(provider.name, provider.traffic)
        while True:
            surroundings = await surroundings_of(settings, api)
            controller = Controller(settings, api, provider, registry, metrics, surroundings)
            code = await _run_as_it_is(settings, connection, api, controller, metrics)
            if code is not None:
                return code
    finally:
        await api.close()


async def _run_as_it_is(
    settings: Settings, connection: Connection, api: Api, controller: Controller, metrics: Metrics
) -> int | None:
    """The exit code; None where the cluster has other kinds by now than the controller was made for."""
    async with serve(
        settings.metrics_address, controller.probes, metrics, lambda: metrics.set_counts(controller.counts())
    ):
        if settings.once:
            return await run_once(controller, api)
        from zonewright.daemon import Daemon  # imports kopf, half a second that --once does not need

        return await Daemon(connection, api, controller).run()


async def surroundings_of(settings: Settings, api: Api) -> Surroundings:
    """What has to be known of the cluster before anything is watched. Raises ApiError."""
    kinds = kinds_of(settings)
    return Surroundings(
        served=await preflight.older_versions(api, kinds),
        unreadable=await preflight.unreadable(api, kinds & OPTIONAL),
        home=settings.namespace or home_namespace(),
    )
