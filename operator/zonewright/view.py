"""What can be looked at from outside while the machine runs, or after one pass of it. Nothing here changes anything."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from zonewright.claims.book import Book
from zonewright.claims.intake import Intake
from zonewright.claims.objects import Objects
from zonewright.kube.store import ObjectId
from zonewright.sources import dnsendpoint
from zonewright.uptake import Uptake
from zonewright.zones.reporter import Reporter
from zonewright.zones.status import Line


@dataclass(frozen=True, slots=True)
class View:
    """book: who asks for which hostname; objects: the DNSEndpoints; intake: the objects of sources."""

    book: Book
    objects: Objects
    intake: Intake
    uptake: Uptake
    reporter: Reporter

    def exists(self, resource: str) -> bool:
        """Whether an object is there, by what ownership records call it; False where we do not read its kind."""
        kind, _, rest = resource.partition("/")
        namespace, _, name = rest.rpartition("/")
        stores = [store for of, store in self.intake.stores.items() if of.kind.lower() == kind]
        stores += [self.objects.store] if kind == dnsendpoint.SOURCE else []
        return any(ObjectId(namespace, name) in store for store in stores)

    def left_out(self, obj: Mapping[str, Any]) -> str | None:
        """Why a DNSEndpoint is not ours to publish; None where it is."""
        return self.uptake.left_out(obj)

    def said(self) -> Iterator[tuple[ObjectId, Sequence[Line]]]:
        """What is to be said of each DNSEndpoint of which it is known."""
        outcomes = self.reporter.outcomes()
        for oid in self.uptake.read():
            lines = self.uptake.lines(oid, outcomes.get(oid, {}))
            if lines is not None:
                yield oid, lines

    def status(self, namespace: str, name: str) -> Mapping[str, Any]:
        """What the status of a DNSEndpoint says now."""
        status = (self.objects.store.get(ObjectId(namespace, name)) or {}).get("status")
        return status if isinstance(status, Mapping) else {}
