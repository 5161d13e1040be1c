"""Deletes that the brake holds, as objects: one DNSEndpoint per zone, without endpoints, whose status tells what would
go. A person lets it go by an annotation on that object, which `zonewright approve` sets.

What is held has no object of its own any more, so this is where `kubectl get dnsendpoints` shows it.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Mapping
from hashlib import sha256
from typing import Any

from zonewright.claims.naming import object_name
from zonewright.kube.api import Api, ApiError, Conflict, NotFound
from zonewright.kube.events import Event, Subject
from zonewright.kube.store import ObjectId, Store, object_id
from zonewright.model.kind import DNSENDPOINT
from zonewright.model.marks import (
    APPROVE_ANNOTATION,
    HELD_LABEL,
    HELD_PLAN_ANNOTATION,
    HELD_ZONE_ANNOTATION,
    INSTALLATION_LABEL,
    MANAGED_BY,
    MANAGED_BY_LABEL,
    OWNER_ID_LABEL,
    owner_label,
    shows_held_deletes,
)
from zonewright.model.outcome import Outcome
from zonewright.model.reason import Reason
from zonewright.model.zone import Zone
from zonewright.planning.brake import HeldPlan
from zonewright.workqueue import Retry, WorkQueue
from zonewright.zones.status import Line, build, same

log = logging.getLogger(__name__)

_SHOWN = 5  # names in a sentence
_Found = Mapping[str, Any]


class HeldPlans:
    """A work queue of zones, by their ids.

    installation  tells this one from others with its owner id: theirs are not for us to touch
    home      the namespace of the objects
    store     all DNSEndpoints that are known
    approve   lets a plan (zone id, plan id) go; False where another one is held by now
    written   told of each object that the API server has stored
    deleted   told of each object that is gone
    tell      takes an Event
    """

    def __init__(
        self,
        api: Api,
        store: Store,
        owner_id: str,
        provider: str,
        installation: str,
        home: str,
        *,
        approve: Callable[[str, str], bool],
        written: Callable[[_Found], None],
        deleted: Callable[[_Found], None],
        tell: Callable[[Event], None],
    ) -> None:
        self._api = api
        self._store = store
        self._owner_id = owner_id
        self._provider = provider
        self._installation = sha256(installation.encode(errors="surrogatepass")).hexdigest()[:8]
        self._home = home
        self._approve = approve
        self._written = written
        self._deleted = deleted
        self._tell = tell
        self._plans: dict[str, tuple[Zone, HeldPlan]] = {}
        self._objects: dict[str, ObjectId] = {}  # by zone
        self._judged = False
        self.approved = False  # whether any has been, since the start
        self.queue: WorkQueue[str] = WorkQueue("held-plans", self._settle, 1)

    def braked(self, zone: Zone, plan: HeldPlan | None) -> None:
        """What a zone holds now; None: nothing."""
        if plan is None:
            if self._plans.pop(zone.id, None) is not None:
                log.info("Zone %s: no deletes are held any more", zone)
        else:
            level = logging.INFO if zone.id in self._plans else logging.WARNING  # in a flood, every round has more
            self._plans[zone.id] = zone, plan
            log.log(level, "Zone %s: %s", zone, sentence(zone, plan), extra={"reason": Reason.HELD_BY_BRAKE})
        self.queue.add([zone.id])

    def seen(self, obj: _Found) -> None:
        """A DNSEndpoint has come or changed."""
        ours = owner_label(self._owner_id), self._installation
        if not shows_held_deletes(obj) or (_label(obj, OWNER_ID_LABEL), _label(obj, INSTALLATION_LABEL)) != ours:
            return
        zone_id = _annotation(obj, HELD_ZONE_ANNOTATION)
        self._objects[zone_id] = object_id(obj)
        self.queue.add([zone_id])

    def judged(self) -> None:
        """All zones have been looked at: of what is held by now, there is an object, and of nothing else."""
        self._judged = True
        self.queue.add([*self._objects, *self._plans])

    def sentences(self) -> list[str]:
        """What is held now, for people."""
        return [f"zone {zone}: {sentence(zone, plan)}" for _, (zone, plan) in sorted(self._plans.items())]

    async def _settle(self, zone_id: str) -> None:
        try:
            await self._bring_in_line(zone_id)
        except ApiError as e:
            log.info("The object for deletes that are held is not written: %s", e)
            raise Retry(str(e), e.retry_after) from e

    async def _bring_in_line(self, zone_id: str) -> None:
        oid = self._objects.get(zone_id)
        obj = self._store.get(oid) if oid is not None else None
        if zone_id not in self._plans:
            if obj is not None and self._judged:
                await self._delete(obj)
            return
        zone, plan = self._plans[zone_id]
        if obj is not None and (approved := _annotation(obj, APPROVE_ANNOTATION)):
            if self._approve(zone_id, approved):
                log.info("Zone %s: the plan %s is approved", zone, approved)
                self.approved = True
                return
            log.warning("Zone %s: the plan %s was approved, and %s is held by now: look again", zone, approved, plan.id)
        wanted = self._manifest(zone, plan)
        if obj is None:
            obj = await self._create(wanted)
        elif _annotation(obj, HELD_PLAN_ANNOTATION) != plan.id or _annotation(obj, APPROVE_ANNOTATION):
            marks = {**wanted["metadata"]["annotations"], APPROVE_ANNOTATION: None}
            obj = await self._patch(obj, {"metadata": {"annotations": marks}})
        await self._tell_of(obj, zone, plan)

    def _manifest(self, zone: Zone, plan: HeldPlan) -> dict[str, Any]:
        identity = f"{self._owner_id}\n{self._installation}\n{zone.id}"
        digest = sha256(identity.encode(errors="surrogatepass")).hexdigest()[:8]
        labels = {
            MANAGED_BY_LABEL: MANAGED_BY,
            OWNER_ID_LABEL: owner_label(self._owner_id),
            INSTALLATION_LABEL: self._installation,
            HELD_LABEL: "true",
        }
        return {
            "apiVersion": DNSENDPOINT.api_version,
            "kind": DNSENDPOINT.kind,
            "metadata": {
                "name": object_name(f"held-deletes-{digest}.{zone.name}"[:253].rstrip("-.")),
                "namespace": self._home,
                "labels": labels,
                "annotations": {HELD_ZONE_ANNOTATION: zone.id, HELD_PLAN_ANNOTATION: plan.id},
            },
            "spec": {"endpoints": []},
        }

    async def _create(self, wanted: dict[str, Any]) -> _Found:
        try:
            created = await self._api.create(DNSENDPOINT, wanted)
        except Conflict:  # written by a run that did not see the answer
            meta = wanted["metadata"]
            created = await self._api.get(DNSENDPOINT.path(meta["namespace"], meta["name"]))
        self._objects[wanted["metadata"]["annotations"][HELD_ZONE_ANNOTATION]] = object_id(created)
        self._written(created)
        return created

    async def _patch(self, obj: _Found, body: dict[str, Any], subresource: str = "") -> _Found:
        meta = obj["metadata"]
        sent = {**body, "metadata": {**body.get("metadata", {}), "uid": meta["uid"]}}
        try:
            patched = await self._api.patch(DNSENDPOINT, meta["namespace"], meta["name"], sent, subresource)
        except (NotFound, Conflict):
            self._deleted(obj)
            raise Retry(f"{meta['name']} has been deleted meanwhile", 0.0) from None
        self._written(patched)
        return patched

    async def _delete(self, obj: _Found) -> None:
        meta = obj["metadata"]
        try:
            await self._api.delete(DNSENDPOINT, meta["namespace"], meta["name"], meta["uid"])
        except (NotFound, Conflict):
            pass
        self._objects.pop(_annotation(obj, HELD_ZONE_ANNOTATION), None)
        self._deleted(obj)

    async def _tell_of(self, obj: _Found, zone: Zone, plan: HeldPlan) -> None:
        before, meta = obj.get("status") or {}, obj["metadata"]
        status = build([*self._lines(zone, plan)], meta.get("generation") or 0, before, time.time())
        told = sentence(zone, plan)
        for condition in status["conditions"]:
            condition["message"] = told if condition["type"] != "Accepted" else "nothing is asked for here"
        if same(before, status):
            return
        await self._patch(obj, {"status": status}, "status")
        if before.get("conditions"):
            return  # told when it began
        subject = Subject(DNSENDPOINT.api_version, DNSENDPOINT.kind, meta["namespace"], meta["name"], meta["uid"])
        self._tell(Event(subject, warning=True, reason=Reason.HELD_BY_BRAKE, note=told))

    def _lines(self, zone: Zone, plan: HeldPlan) -> Iterator[Line]:
        for record in plan.records:
            outcome = Outcome(Reason.HELD_BY_BRAKE, "would be deleted", record, str(zone), self._provider)
            yield Line(*record.key, record.label("resource") or "", outcome)


def sentence(zone: Zone, plan: HeldPlan) -> str:
    """For people: what is held, and how it is let go."""
    names = list(dict.fromkeys(record.name for record in plan.records))
    shown = ", ".join(names[:_SHOWN]) + (f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else "")
    shortly = f" after {plan.gone} others" if plan.gone else ""
    return (
        f"{len(plan.records)} of {plan.owned} record sets would be deleted{shortly}, too many (--brake-percent)."
        f" If that is meant, run `zonewright approve {zone.name}`, or annotate this object with"
        f" {APPROVE_ANNOTATION}={plan.id}. It is about {shown}"
    )


def _annotation(obj: _Found, name: str) -> str:
    return str((obj["metadata"].get("annotations") or {}).get(name) or "")


def _label(obj: _Found, name: str) -> str:
    return str((obj["metadata"].get("labels") or {}).get(name) or "")
