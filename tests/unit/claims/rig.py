"""An intake with all sources, driven by hand."""

from __future__ import annotations

from typing import Any

from zonewright.claims.book import Book, Slot
from zonewright.claims.intake import Intake
from zonewright.kube.store import ObjectId
from zonewright.model.kind import Kind
from zonewright.settings import Settings


class Rig:
    """An intake with all sources, and the slots that it has marked."""

    def __init__(self, **settings: Any) -> None:
        self.settings = Settings(provider="inmemory", **settings)
        self.book = Book()
        self.marked: set[Slot] = set()
        self.asked = 0  # for names to be looked up
        self.intake = Intake(self.settings, self.book, self.marked.update, ask=self._ask)

    def _ask(self) -> None:
        self.asked += 1

    def see(self, kind: Kind, obj: dict[str, Any]) -> set[Slot]:
        self.marked.clear()
        self.intake.stores[kind].put(obj)
        meta = obj["metadata"]
        self.intake.changed(kind, [ObjectId(meta.get("namespace", ""), meta["name"])])
        return set(self.marked)

    def claims(self, slot: Slot) -> list[str]:
        return [str(claim.resource) for claim in self.book.at(slot) if claim.endpoints]
