"""Ownership records as record sets: what one says, and what becomes of it.

A TXT record set may hold text of others beside our value: that text is never changed nor deleted. Where values of
several owners stand in one set, all of whom share it, each has its own part in it (see `shares`); else it is the
others': our value could be a copy.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace

from zonewright.model.change import Change
from zonewright.model.endpoint import Endpoint, Key, RecordType
from zonewright.model.ownership import Ownership, Share
from zonewright.registry.txt.shares import is_shared, parts, shares, together
from zonewright.registry.txt.values import Texts


class Proofs:
    """owners: from the nearest to us to the farthest; all that are not among them are farther."""

    def __init__(self, texts: Texts, owners: Sequence[str]) -> None:
        self._texts = texts
        self._distance = {owner: number for number, owner in enumerate(owners)}

    def said(self, endpoint: Endpoint) -> Ownership | None:
        """What an ownership record says; None for any other record."""
        if endpoint.rtype != RecordType.TXT:
            return None
        said = self._all(endpoint)
        if not said:
            return None
        if not is_shared(said):
            return max(said, key=self._far)
        nearest = min(said, key=lambda ownership: (self._far(ownership), ownership.owner))
        return together(ownership for ownership in said if ownership.owner == nearest.owner)

    def sharers(self, endpoint: Endpoint) -> tuple[Share, ...]:
        """What other owners state in an ownership record that is shared; none where it is not, or not in our form.

        Whoever could not read what we write there would take what we publish for what nobody wants.
        """
        others = [t for t in endpoint.targets if (said := self._texts.read(t)) and said.owner not in self._distance]
        if not is_shared(self._all(endpoint)) or not all(map(self._texts.is_current, others)):
            return ()
        return shares(said for text in others if (said := self._texts.read(text)) is not None)

    def _all(self, endpoint: Endpoint) -> list[Ownership]:
        return [ownership for target in endpoint.targets if (ownership := self._texts.read(target)) is not None]

    def _far(self, ownership: Ownership) -> int:
        return self._distance.get(ownership.owner, len(self._distance))

    def by(self, owners: Collection[str], proofs: Iterable[Endpoint]) -> list[Endpoint]:
        """Those ownership records that are of some owners."""
        return [proof for proof in proofs if (said := self.said(proof)) and said.owner in owners]

    def is_current(self, proof: Endpoint) -> bool:
        """Whether its text has the form that we write: encrypted or not, and under which key."""
        read = [(target, self._texts.read(target)) for target in proof.targets]
        ours = [target for target, said in read if said and said.owner in self._distance]
        return all(map(self._texts.is_current, ours or [target for target, said in read if said]))

    def says(self, proof: Endpoint, ownership: Ownership) -> bool:
        """Whether an ownership record says this already, in a form that it may keep.

        Where encryption has been turned on or off, or the key has changed, it takes the new form with its record.
        """
        written = parts(ownership)
        whole = together(written) if is_shared(written) else written[0]
        return self.said(proof) == whole and self.is_current(proof)

    def texts(self, ownership: Ownership, place: Key) -> tuple[str, ...]:
        return tuple(sorted(self._texts.write(part, place) for part in parts(ownership)))

    def rewritten(self, proof: Endpoint, ownership: Ownership) -> Endpoint:
        """An ownership record with another content; text of others in the same record set stays."""
        written = self.texts(ownership, proof.key)
        return replace(proof, targets=tuple(sorted({*self._text_of_others(proof), *written})))

    def withdrawn(self, proof: Endpoint) -> Change:
        """Take an ownership record away; text of others in the same record set stays."""
        rest = self._text_of_others(proof)
        return Change(proof, replace(proof, targets=rest, labels=()) if rest else None)

    def _text_of_others(self, proof: Endpoint) -> tuple[str, ...]:
        """Of owners only where they share it: in any other way nobody's value can stand beside ours."""
        shared = is_shared(self._all(proof))
        return tuple(t for t in proof.targets if (said := self._texts.read(t)) is None or self._keeps(said, shared))

    def _keeps(self, said: Ownership, shared: bool) -> bool:
        return shared and said.owner not in self._distance
