"""`zonewright approve [ZONE…]`: lets deletes go that the brake holds.

What would be deleted is read off the objects that a running Zonewright has written; nothing else is asked but the
cluster. The answer is an annotation that names the very plan which was shown: another one would wait again.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import click

from zonewright.commands.changes import Document
from zonewright.commands.confirm import confirmed
from zonewright.commands.options import Given
from zonewright.commands.survey import Failed
from zonewright.kube.api import Api, ApiError
from zonewright.kube.connection import NoCluster, connect
from zonewright.kube.store import ObjectId, object_id
from zonewright.model.hostname import printable
from zonewright.model.kind import DNSENDPOINT
from zonewright.model.marks import (
    APPROVE_ANNOTATION,
    HELD_PLAN_ANNOTATION,
    OWNER_ID_LABEL,
    owner_label,
    shows_held_deletes,
)
from zonewright.settings import Settings

VERSION = 1


@dataclass(frozen=True, slots=True)
class Held:
    """Deletes that wait in a zone. records: as its object's status lists them, which is not more than 500."""

    oid: ObjectId
    uid: str
    zone: str
    plan: str
    message: str
    records: tuple[Mapping[str, Any], ...]


def run(settings: Settings, given: Given) -> int:
    """0; 1 when a zone that was named holds nothing, or nobody said yes. Raises Failed."""
    zones = [name.removesuffix(".").lower() for name in given.operands]
    objects = asyncio.run(_looked(settings))
    found = held(settings.txt_owner_id, objects)
    chosen = [one for one in found if not zones or one.zone in zones]
    others = [] if found else other_owners(objects)
    absent = sorted(set(zones) - {one.zone for one in chosen})
    if given["output"] == "text":
        click.echo("\n".join(lines(chosen, absent, others)))
    done = False
    if chosen and not absent and (done := confirmed("Let these deletes go?", given["yes"])):
        asyncio.run(_approved(settings, chosen))
    if given["output"] == "json":
        click.echo(json.dumps(document(chosen, done=done), indent=2))
    elif done:
        click.echo("Approved. A running Zonewright deletes them at once, otherwise the next run does.")
    return 1 if absent or (chosen and not done) else 0


@asynccontextmanager
async def _cluster(settings: Settings) -> AsyncIterator[Api]:
    """Raises Failed, also for what goes wrong within the block."""
    try:
        api = Api(await connect(settings.kubeconfig, settings.server, settings.kube_api_request_timeout))
        try:
            yield api
        finally:
            await api.close()
    except (NoCluster, ApiError) as e:
        raise Failed(str(e)) from e


async def _looked(settings: Settings) -> list[Mapping[str, Any]]:
    async with _cluster(settings) as api:
        return [obj async for page in api.pages(DNSENDPOINT, settings.namespace) for obj in page.items]


async def _approved(settings: Settings, chosen: Sequence[Held]) -> None:
    async with _cluster(settings) as api:
        for one in chosen:
            marks = {"uid": one.uid, "annotations": {APPROVE_ANNOTATION: one.plan}}
            await api.patch(DNSENDPOINT, one.oid.namespace, one.oid.name, {"metadata": marks})


def held(owner_id: str, objects: Sequence[Mapping[str, Any]]) -> list[Held]:
    """What an owner's objects show, by zone."""
    ours = (obj for obj in objects if shows_held_deletes(obj))
    mine = (obj for obj in ours if obj["metadata"]["labels"].get(OWNER_ID_LABEL) == owner_label(owner_id))
    found = [_held(obj) for obj in mine]
    return sorted((one for one in found if one is not None), key=lambda one: (one.zone, one.oid))


def other_owners(objects: Sequence[Mapping[str, Any]]) -> list[str]:
    """Whose deletes are held, as labels tell: the owner id, or a hash of it."""
    return sorted({obj["metadata"]["labels"].get(OWNER_ID_LABEL) or "" for obj in objects if shows_held_deletes(obj)})


def _held(obj: Mapping[str, Any]) -> Held | None:
    """None where the object is not complete yet: its status is written after it."""
    meta, status = obj["metadata"], obj.get("status") or {}
    plan = (meta.get("annotations") or {}).get(HELD_PLAN_ANNOTATION) or ""
    records = tuple(status.get("records") or ())
    told = [one.get("message") or "" for one in status.get("conditions") or () if one.get("type") == "Ready"]
    if not plan or not records or not told or plan not in told[0]:
        return None
    return Held(object_id(obj), meta["uid"], str(records[0].get("zone") or ""), plan, told[0], records)


# -- output


def document(found: Sequence[Held], *, done: bool) -> Document:
    """As docs/commands.md describes it."""
    return {
        "version": VERSION,
        "zones": [
            {
                "zone": one.zone,
                "plan": one.plan,
                "message": one.message,
                "dnsEndpoint": f"{one.oid.namespace}/{one.oid.name}",
                "records": [
                    {key: record.get(key) for key in ("dnsName", "recordType", "targets", "resource") if key in record}
                    for record in one.records
                ],
            }
            for one in found
        ],
        "done": done,
    }


def lines(found: Sequence[Held], absent: Sequence[str], others: Sequence[str] = ()) -> Iterator[str]:
    """For people. others: owners of whom deletes are held, where there are none of this one."""
    for name in absent:
        yield f"{printable(name, 253)}: no deletes are held there"
    if not found and not absent:
        yield "No deletes are held."
    if others:
        yield f"Of other owners there are: {', '.join(others)}. Give --txt-owner-id."
    for one in found:
        yield click.style(one.zone, bold=True) + f"  (plan {one.plan})"
        yield ""
        for record in one.records:
            targets = ", ".join(printable(str(target), 200) for target in record.get("targets") or ())
            name = f"{printable(str(record.get('dnsName')), 253)}  {record.get('recordType')}"
            asked = record.get("resource") or "nobody"
            yield f"  {click.style('-', fg='red', bold=True)} {name}  {targets}  for {asked}"
        yield ""
        yield f"  {one.message}"
        yield ""
