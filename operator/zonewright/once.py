"""--once: read everything, bring it in line, write the statuses, and say what failed."""

from __future__ import annotations

import logging

from zonewright.controller import Controller
from zonewright.kube import preflight
from zonewright.kube.api import Api
from zonewright.listing import read
from zonewright.model.kind import DNSENDPOINT, Kind

log = logging.getLogger(__name__)

ROUNDS = 3  # a zone that changed under us is read and planned again, but not for ever


async def run_once(controller: Controller, api: Api) -> int:
    """0, or 1 when a list, a write or a record failed; the failed names are logged."""
    unread = await read_all(controller, api)
    controller.writer.queue.start()
    controller.reporter.queue.start()
    controller.held_plans.queue.start()
    controller.events.start()
    try:
        await bring_in_line(controller)
        controller.held_plans.judged()
        await controller.held_plans.queue.drained()
        if controller.held_plans.approved:
            await controller.zones.round()
            await controller.held_plans.queue.drained()
        await controller.reporter.queue.drained()
        await controller.events.drained(5.0)
    finally:
        await controller.writer.queue.stop()
        await controller.reporter.queue.stop()
        await controller.held_plans.queue.stop()
        await controller.events.stop()
    return _verdict(controller, unread)


async def read_all(controller: Controller, api: Api) -> list[Kind]:
    """List every kind that counts; returns those that could not be. Raises ApiError when the server does not answer."""
    sinks = controller.sinks()
    installed = await preflight.installed(api, sinks)
    controller.require(controller.intake.needed(installed) | {DNSENDPOINT})
    unread = [kind for kind in sorted(controller.required) if not await read(api, kind, sinks[kind])]
    controller.watches_failing(frozenset(unread))
    await controller.resolver.settle()
    controller.check_complete()
    return unread


async def bring_in_line(controller: Controller) -> None:
    """DNSEndpoints, and then the zones. The writer's queue must have been started."""
    if controller.shards is not None:  # which of the DNSEndpoints are ours follows from the zones
        await controller.zones.find()
    await controller.writer.queue.drained()
    for _ in range(ROUNDS):
        await controller.zones.round()
        if controller.zones.settled:
            break


def _verdict(controller: Controller, unread: list[Kind]) -> int:
    for name, message in sorted(controller.faults.items()):
        log.error("Failed: %s: %s", name, message)
    unwritten = controller.writer.queue.failing
    for slot in sorted(unwritten):
        log.error("Failed: the DNSEndpoint for %s in %s could not be written", slot.hostname, slot.namespace)
    statuses = controller.reporter.queue.failing
    for oid in sorted(statuses):
        log.error("Failed: the status of %s/%s could not be written", oid.namespace, oid.name)
    held = controller.held_plans.sentences()
    for sentence in held:
        log.error("Held: %s", sentence)
    failed = held or unread or controller.faults or unwritten or statuses or not controller.zones.sound
    return 1 if failed else 0
