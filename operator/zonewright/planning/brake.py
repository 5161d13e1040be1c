"""The brake: how much of a zone may be deleted at once, before a person has to say that it is meant so.

ExternalDNS has none, and lost whole zones (#414, #2858, #5993). The numbers are octoDNS's: 30 % of 10 records or more.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256

from zonewright.model.endpoint import Endpoint


@dataclass(frozen=True, slots=True)
class Brake:
    """percent: of our record sets in a zone, 100 never holds; least: a zone with fewer of them is never held.

    quiet  seconds without another delete that deletes wait for, so that those of a flood are looked at together
    """

    percent: int = 100
    least: int = 10
    quiet: float = 0.0

    def holds(self, owned: int, going: int, gone: int = 0) -> bool:
        """Whether to hold deletes.

        owned  our record sets in the zone, with those that go and those that have gone lately
        going  how many of them go
        gone   how many have gone lately: they count where it is a flood, and not one now and then in a small zone
        """
        if owned < self.least:
            return False
        together = going + gone if going + gone >= self.least else going
        return together * 100 > self.percent * owned


@dataclass(frozen=True, slots=True)
class HeldPlan:
    """Deletes that wait for a person.

    records  the record sets that would go, sorted; with labels that tell who has asked for them
    owned    how many of ours there are in the zone, these among them
    gone     how many have been deleted shortly before
    """

    zone_id: str
    records: tuple[Endpoint, ...]
    owned: int
    gone: int = 0

    @property
    def id(self) -> str:
        """What is approved: the same for the same record sets, whoever looks and whenever; another one for others."""
        told = ("\t".join((self.zone_id, *map(str, one.key), *sorted(one.targets))) for one in self.records)
        return sha256("\n".join(told).encode(errors="surrogatepass")).hexdigest()[:12]

    @classmethod
    def of(cls, zone_id: str, records: Iterable[Endpoint], owned: int, gone: int = 0) -> HeldPlan:
        return cls(zone_id, tuple(sorted(records, key=lambda one: (one.key, one.targets))), owned, gone)
