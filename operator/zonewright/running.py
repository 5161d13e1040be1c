"""From settings to a running operator, or to one pass with --once; returns the exit code of the process."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from zonewright.controller import Controller
from zonewright.http import serve
from zonewright.kube import preflight
from zonewright.kube.api import Api, ApiError
from zonewright.kube.connection import NoCluster, connect
from zonewright.metrics import Metrics
from zonewright.once import run_once
from zonewright.providers import catalog as providers
from zonewright.providers.base import Provider
from zonewright.registry import catalog as registries
from zonewright.settings import Settings

log = logging.getLogger(__name__)


async def run(settings: Settings) -> int:
    """Run until a signal (0), until something that cannot be cured from within (1), or once."""
    try:
        connection = await connect(settings.kubeconfig, settings.server, settings.kube_api_request_timeout)
    except NoCluster as e:
        log.error("%s", e)
        return 1
    api = Api(connection)
    provider = providers.build(settings)
    try:
        await preflight.check_definition(api)
        async with _controller(settings, api, provider) as controller:
            if settings.once:
                return await run_once(controller, api)
            from zonewright.daemon import Daemon  # imports kopf, half a second that --once does not need

            return await Daemon(connection, api, controller).run()
    except (preflight.BrokenDefinition, ApiError) as e:
        log.error("%s", e)
        return 1
    finally:
        await provider.close()
        await api.close()


@asynccontextmanager
async def _controller(settings: Settings, api: Api, provider: Provider) -> AsyncIterator[Controller]:
    """A controller with its HTTP server."""
    metrics = Metrics()
    controller = Controller(settings, api, provider, registries.build(settings), metrics)
    async with serve(
        settings.metrics_address, controller.probes, metrics, lambda: metrics.set_counts(controller.counts())
    ):
        yield controller
