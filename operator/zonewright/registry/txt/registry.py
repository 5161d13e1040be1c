"""The TXT registry: reads whose records are, and adds ownership records to changes (ExternalDNS, registry/txt).

Today's form has the type in its name. Two older forms are read: a name without type, which speaks for every type at
its name but AAAA, and for an alias A record the name of a CNAME. They are never written, and go with the last record
that leans on them.

A TXT record set may hold text of others beside our value: that text is never changed nor deleted. Where values of
several owners stand in one set, it is the others': ours could be a copy.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from zonewright.model.change import Change
from zonewright.model.endpoint import Endpoint, Key, RecordType
from zonewright.model.ownership import Held, Ownership
from zonewright.model.reason import Problem, Reason
from zonewright.registry.base import ZoneRecords
from zonewright.registry.txt.names import Described, OwnershipNames, too_long
from zonewright.registry.txt.values import PlainTexts, Texts, representable

OWNED_RECORD_LABEL = "ownedRecord"  # on ownership records: the name that they are about
_ALIAS = ("alias", "true")


class TxtRegistry:
    """Implements `registry.base.Registry`. `owner_id` must pass `values.valid_owner`."""

    def __init__(self, owner_id: str, names: OwnershipNames, texts: Texts | None = None) -> None:
        self.owner_id = owner_id
        self._names = names
        self._texts = texts or PlainTexts()

    def is_ownership(self, endpoint: Endpoint) -> bool:
        return self._said(endpoint) is not None

    def held(self, name: str, records: ZoneRecords) -> tuple[Held, ...]:
        return tuple(self._held(e, records) for e in records.at(name) if not self.is_ownership(e))

    def orphans(self, name: str, records: ZoneRecords) -> tuple[Held, ...]:
        standing = [endpoint for endpoint in records.at(name) if not self.is_ownership(endpoint)]
        found = [*self._typed_orphans(name, standing, records), *self._untyped_orphans(name, standing, records)]
        if not found:  # as nearly always, and `held` is the dear part
            return ()
        taken = {proof.key for held in self.held(name, records) for proof in held.proofs}
        return tuple(orphan for orphan in found if orphan.proofs[0].key not in taken)

    def owned_names(self, records: ZoneRecords) -> Iterable[str]:
        """Whatever is ours has an ownership record of ours: so it is enough to read those."""
        found: set[str] = set()
        for name in records.names():
            if any(self._is_ours(endpoint) for endpoint in records.at(name)):
                described = self._names.readings(name) or self._names.untyped_readings(name)
                found.update(reading.name for reading in described)
        return found

    def obstacle(self, new: Endpoint, records: ZoneRecords) -> Problem | None:
        place = self._place(new)
        if too_long(place.name):
            return Problem(Reason.INVALID_NAME, f"its ownership record's name would be too long: {place.name}")
        for endpoint in records.at(place.name):
            if endpoint.rtype == RecordType.CNAME:
                why = f"its ownership record {place.name} cannot stand beside the CNAME record of that name"
                return Problem(Reason.CNAME_CONFLICT, why)
            if endpoint.key != place:
                continue
            if not self.is_ownership(endpoint):
                why = f"the place of its ownership record is taken: {place.name} has a TXT record for something else"
                return Problem(Reason.HOSTNAME_CONFLICT, why)
            if not self._speaks_for(new.key, records):
                why = f"its ownership record {place.name} would be the same as that of another name"
                return Problem(Reason.HOSTNAME_CONFLICT, why)
        return None

    def create(self, new: Endpoint, ownership: Ownership, standing: Sequence[Endpoint]) -> tuple[Change, ...]:
        record = Change(None, new.with_labels(ownership.labels()))
        proof = next((proof for proof in standing if proof.key == self._place(new)), None)
        if proof is None:
            return Change(None, self._proof(new, ownership)), record
        if self._says(proof, ownership):
            return (record,)
        return Change(proof, self._rewritten(proof, ownership)), record

    def update(self, held: Held, new: Endpoint, ownership: Ownership) -> tuple[Change, ...]:
        """The ownership record follows only where the record changes as well.

        Another resource alone is no reason to write: the first plan after ExternalDNS must be empty, and ExternalDNS
        leaves the resource of a record that changed hands. Ownership goes first, or a run that is cut between the two
        would leave it behind for ever.
        """
        changes = []
        changed = new != held.endpoint and new.with_labels({}) != held.endpoint.with_labels({})
        if not held.complete:
            changes.append(Change(None, self._proof(new, ownership)))
        elif changed:
            changes += self._followed(held, new, ownership)
        if changed:
            changes.append(Change(held.endpoint, new.with_labels(ownership.labels())))
        return tuple(changes)

    def delete(self, held: Held) -> tuple[Change, ...]:
        record = (Change(held.endpoint, None),) if held.endpoint.targets else ()
        return *record, *(self._withdrawn(proof) for proof in held.proofs)

    def _said(self, endpoint: Endpoint) -> Ownership | None:
        """What an ownership record says; None for any other record."""
        if endpoint.rtype != RecordType.TXT:
            return None
        said = [ownership for target in endpoint.targets if (ownership := self._texts.read(target)) is not None]
        return next((s for s in said if s.owner != self.owner_id), said[0] if said else None)

    def _says(self, proof: Endpoint, ownership: Ownership) -> bool:
        """Whether an ownership record says this already, in a form that it may keep.

        Where encryption has been turned on or off, or the key has changed, it takes the new form with its record.
        """
        texts = (target for target in proof.targets if self._texts.read(target) is not None)
        return self._said(proof) == representable(ownership) and all(self._texts.is_current(text) for text in texts)

    def _is_ours(self, endpoint: Endpoint) -> bool:
        said = self._said(endpoint)
        return said is not None and said.owner == self.owner_id

    def _place(self, record: Endpoint) -> Key:
        """The key of the ownership record of a record set, in today's form."""
        return Key(self._names.typed(record.name, record.rtype), RecordType.TXT, record.set_identifier)

    def _proof(self, record: Endpoint, ownership: Ownership) -> Endpoint:
        """An ownership record, as ExternalDNS writes it: same set identifier, same properties, the default TTL."""
        place = self._place(record)
        proof = Endpoint(
            place.name,
            RecordType.TXT,
            (self._texts.write(ownership, place),),
            set_identifier=record.set_identifier,
            properties=record.properties,
        )
        return proof.with_labels({OWNED_RECORD_LABEL: record.name})

    def _held(self, endpoint: Endpoint, records: ZoneRecords) -> Held:
        proofs = [proof for place in self._places(endpoint, records) if (proof := self._at(place, endpoint, records))]
        said = self._said(proofs[0]) if proofs else None
        if said is None:
            return Held(endpoint.with_labels({}), complete=False)
        proofs += [proof for place in self._old_places(endpoint) if (proof := self._at(place, endpoint, records))]
        ours = (proof for proof in proofs if (also := self._said(proof)) and also.owner == said.owner)
        unique = tuple({proof.key: proof for proof in ours}.values())
        # What cannot be written is not missing: an update would try in vain for ever.
        complete = unique[0].key == self._place(endpoint) or self.obstacle(endpoint, records) is not None
        return Held(endpoint.with_labels(said.labels()), said, unique, complete)

    def _places(self, endpoint: Endpoint, records: ZoneRecords) -> Iterator[str]:
        """Where ownership of a record set may stand, today's form first: the first that says something is believed."""
        if self._speaks_for(endpoint.key, records):
            yield self._names.typed(endpoint.name, endpoint.rtype)
        if endpoint.rtype == RecordType.A and _ALIAS in endpoint.properties:
            yield self._names.typed(endpoint.name, RecordType.CNAME)
        if endpoint.rtype != RecordType.AAAA:
            untyped = self._names.untyped(endpoint.name)
            if records.at(untyped) and self._names.untyped_readings(untyped):
                yield untyped

    def _old_places(self, endpoint: Endpoint) -> Iterator[str]:
        """Where more may stand that has to go with a record set of ours, though it would not be believed."""
        if endpoint.rtype == RecordType.A:  # it may have been an alias, or a CNAME whose last trace was not deleted
            yield self._names.typed(endpoint.name, RecordType.CNAME)

    def _at(self, place: str, record: Endpoint, records: ZoneRecords) -> Endpoint | None:
        """The ownership record at a place, marked with the name that it is about."""
        key = Key(place, RecordType.TXT, record.set_identifier)
        proof = next((e for e in records.at(place) if e.key == key and self.is_ownership(e)), None)
        return proof and proof.with_labels({OWNED_RECORD_LABEL: record.name})

    def _speaks_for(self, record: Key, records: ZoneRecords) -> bool:
        """Whether the ownership record at a record set's place is about it, and not about another of the same place."""
        if self._names.unambiguous:
            return True
        readings = self._names.readings(self._names.typed(record.name, record.rtype))
        standing = [r for r in readings if any(e.key == (*r, record.set_identifier) for e in records.at(r.name))]
        described = Described(record.name, record.rtype)
        return (standing or readings or [described])[0] == described

    def _typed_orphans(self, name: str, standing: Sequence[Endpoint], records: ZoneRecords) -> Iterator[Held]:
        keys = {endpoint.key for endpoint in standing}
        for rtype, place in self._names.all_typed(name):
            for proof in records.at(place):
                missing = Endpoint(name, rtype, (), set_identifier=proof.set_identifier)
                said = None if missing.key in keys else self._said(proof)
                if said is not None and self._speaks_for(missing.key, records):
                    yield Held(missing, said, (proof.with_labels({OWNED_RECORD_LABEL: name}),))

    def _untyped_orphans(self, name: str, standing: Sequence[Endpoint], records: ZoneRecords) -> Iterator[Held]:
        place = self._names.untyped(name)
        leaning = {endpoint.set_identifier for endpoint in standing if endpoint.rtype != RecordType.AAAA}
        for proof in records.at(place):
            said = None if proof.set_identifier in leaning else self._said(proof)
            if said is not None and any(r.name == name for r in self._names.untyped_readings(place)):
                missing = Endpoint(name, "", (), set_identifier=proof.set_identifier)
                yield Held(missing, said, (proof.with_labels({OWNED_RECORD_LABEL: name}),), complete=False)

    def _followed(self, held: Held, new: Endpoint, ownership: Ownership) -> Iterator[Change]:
        """The ownership record after a change of its record. An unusual spelling that says the same is left."""
        proof = held.proofs[0]
        if proof.key != self._place(new):
            return
        rewritten = proof if self._says(proof, ownership) else self._rewritten(proof, ownership)
        if proof.properties == held.endpoint.properties:  # a provider may keep other properties on TXT records
            rewritten = replace(rewritten, properties=new.properties)
        if rewritten != proof:
            yield Change(proof, rewritten)

    def _rewritten(self, proof: Endpoint, ownership: Ownership) -> Endpoint:
        """An ownership record with another content; text of others in the same record set stays."""
        text = self._texts.write(ownership, proof.key)
        return replace(proof, targets=tuple(sorted({*self._text_of_others(proof), text})))

    def _withdrawn(self, proof: Endpoint) -> Change:
        """Take an ownership record away; text of others in the same record set stays."""
        rest = self._text_of_others(proof)
        return Change(proof, replace(proof, targets=rest, labels=()) if rest else None)

    def _text_of_others(self, proof: Endpoint) -> tuple[str, ...]:
        return tuple(target for target in proof.targets if self._texts.read(target) is None)
