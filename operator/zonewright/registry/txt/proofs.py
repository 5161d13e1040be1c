"""Ownership records as record sets: what one says, and what becomes of it.

A TXT record set may hold text of others beside our value: that text is never changed nor deleted. Where values of
several owners stand in one set, it is the others': ours could be a copy.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace

from zonewright.model.change import Change
from zonewright.model.endpoint import Endpoint, Key, RecordType
from zonewright.model.ownership import Ownership
from zonewright.registry.txt.values import Texts, representable


class Proofs:
    """owners: from the nearest to us to the farthest; all that are not among them are farther."""

    def __init__(self, texts: Texts, owners: Sequence[str]) -> None:
        self._texts = texts
        self._distance = {owner: number for number, owner in enumerate(owners)}

    def said(self, endpoint: Endpoint) -> Ownership | None:
        """What an ownership record says; None for any other record."""
        if endpoint.rtype != RecordType.TXT:
            return None
        said = [ownership for target in endpoint.targets if (ownership := self._texts.read(target)) is not None]
        return max(said, key=lambda ownership: self._distance.get(ownership.owner, len(self._distance)), default=None)

    def by(self, owners: Collection[str], proofs: Iterable[Endpoint]) -> list[Endpoint]:
        """Those ownership records that are of some owners."""
        return [proof for proof in proofs if (said := self.said(proof)) and said.owner in owners]

    def is_current(self, proof: Endpoint) -> bool:
        """Whether its text has the form that we write: encrypted or not, and under which key."""
        return all(self._texts.is_current(target) for target in proof.targets if self._texts.read(target) is not None)

    def says(self, proof: Endpoint, ownership: Ownership) -> bool:
        """Whether an ownership record says this already, in a form that it may keep.

        Where encryption has been turned on or off, or the key has changed, it takes the new form with its record.
        """
        return self.said(proof) == representable(ownership) and self.is_current(proof)

    def text(self, ownership: Ownership, place: Key) -> str:
        return self._texts.write(ownership, place)

    def rewritten(self, proof: Endpoint, ownership: Ownership) -> Endpoint:
        """An ownership record with another content; text of others in the same record set stays."""
        text = self._texts.write(ownership, proof.key)
        return replace(proof, targets=tuple(sorted({*self._text_of_others(proof), text})))

    def withdrawn(self, proof: Endpoint) -> Change:
        """Take an ownership record away; text of others in the same record set stays."""
        rest = self._text_of_others(proof)
        return Change(proof, replace(proof, targets=rest, labels=()) if rest else None)

    def _text_of_others(self, proof: Endpoint) -> tuple[str, ...]:
        return tuple(target for target in proof.targets if self._texts.read(target) is None)
