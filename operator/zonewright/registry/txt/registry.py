"""The TXT registry: reads whose records are, and adds ownership records to changes (ExternalDNS, registry/txt).

Where an ownership record stands is told by `places`, what it says by `proofs`. Older forms are read, and never written.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass, replace

from zonewright.model.change import Change
from zonewright.model.endpoint import ADDRESS_TYPES, ALIAS, SHARED_LABEL, Endpoint, Key, RecordType
from zonewright.model.ownership import Held, Ownership
from zonewright.model.reason import Problem, Reason
from zonewright.registry.base import ZoneRecords
from zonewright.registry.txt.names import Described, OwnershipNames
from zonewright.registry.txt.places import Place, Places
from zonewright.registry.txt.proofs import Proofs
from zonewright.registry.txt.shares import parts
from zonewright.registry.txt.shortening import too_long
from zonewright.registry.txt.values import PlainTexts, Texts, lead_of, led, representable

OWNED_RECORD_LABEL = "ownedRecord"  # on ownership records: the name that they are about


@dataclass(frozen=True, slots=True)
class Migration:
    """What becomes ours, once it is wanted, and is then brought to today's form.

    owner  another owner id; "" for none
    names  the scheme that ownership records had before; None where it has not changed
    """

    owner: str = ""
    names: OwnershipNames | None = None


class TxtRegistry:
    """Implements `registry.base.Registry`. `owner_id` must pass `values.valid_owner`."""

    def __init__(
        self, owner_id: str, names: OwnershipNames, texts: Texts | None = None, migration: Migration | None = None
    ) -> None:
        self.owner_id = owner_id
        self.migrates = migration is not None
        old = migration.names if migration else None
        self._places = Places(names, None if old == names else old)
        owners = (owner_id, migration.owner) if migration and migration.owner not in ("", owner_id) else (owner_id,)
        self._proofs = Proofs(texts or PlainTexts(), owners)
        self._mine = frozenset(owners)

    def is_ownership(self, endpoint: Endpoint) -> bool:
        return self._proofs.said(endpoint) is not None

    def held(self, name: str, records: ZoneRecords) -> tuple[Held, ...]:
        return tuple(self._held(e, records) for e in records.at(name) if not self.is_ownership(e))

    def orphans(self, name: str, records: ZoneRecords) -> tuple[Held, ...]:
        standing = [endpoint for endpoint in records.at(name) if not self.is_ownership(endpoint)]
        found = [*self._typed_orphans(name, standing, records), *self._untyped_orphans(name, standing, records)]
        if not found:  # as nearly always, and `held` is the dear part
            return ()
        taken = {proof.key for held in self.held(name, records) for proof in held.proofs}
        return tuple(orphan for orphan in found if orphan.proofs[0].key not in taken)

    def heirs(self, name: str, wanted: Set[Key], records: ZoneRecords) -> tuple[Held, ...]:
        if not self.migrates:
            return ()
        standing = {e.key: e for e in records.at(name) if not self.is_ownership(e)}
        missing = [Endpoint(name, key.rtype, (), set_identifier=key.set_identifier) for key in wanted - standing.keys()]
        all_there = _WithMore(records, missing)  # who is to have the name has it, where two could
        found = (self._heir(record, all_there) for record in (*standing.values(), *missing) if record.key in wanted)
        return tuple(heir for heir in found if heir is not None)

    def owned_names(self, records: ZoneRecords) -> Iterable[str]:
        """Whatever is ours has an ownership record of ours: so it is enough to read those."""
        found: set[str] = set()
        for name in records.names():
            ours = {
                lead_of(said)
                for e in records.at(name)
                if (said := self._proofs.said(e)) and said.owner == self.owner_id
            }
            for lead in ours:
                found.update(self._places.described(name, lead))
        return found

    def obstacle(self, new: Endpoint, records: ZoneRecords) -> Problem | None:
        key = self._places.today(new)
        lead = self._places.names.lead(new.name, new.rtype)
        told = representable(led(Ownership(self.owner_id), lead))
        if too_long(key.name) or lead_of(told) != lead:
            return Problem(Reason.INVALID_NAME, f"its ownership record's name would be too long: {key.name}")
        standing = records.at(key.name)
        if any(endpoint.rtype == RecordType.CNAME for endpoint in standing):
            why = f"its ownership record {key.name} cannot stand beside the CNAME record of that name"
            return Problem(Reason.CNAME_CONFLICT, why)
        if (taken := next((endpoint for endpoint in standing if endpoint.key == key), None)) is None:
            return self._reserved(key, records)
        if (said := self._proofs.said(taken)) is None:
            why = f"the place of its ownership record is taken: {key.name} has a TXT record for something else"
            return Problem(Reason.HOSTNAME_CONFLICT, why)
        place = next(iter(self._places.believed(new)))
        if not self._places.is_about(place, lead_of(said), new.set_identifier, records):
            why = f"its ownership record {key.name} would be the same as that of another name"
            return Problem(Reason.HOSTNAME_CONFLICT, why)
        return None

    def _reserved(self, place: Key, records: ZoneRecords) -> Problem | None:
        """Whether somebody else says that a record is his which would stand at this very place.

        What we wrote there he would take for that record, where he cannot read it, and change or delete it.
        """
        for orphan in self.orphans(place.name, records):
            said = orphan.ownership
            if orphan.endpoint.key == place and said is not None and said.owner != self.owner_id:
                why = f"the place of its ownership record, {place.name}, is another owner's by {orphan.proofs[0].name}"
                return Problem(Reason.OWNED_BY_OTHER, why)
        return None

    def unshareable(self, new: Endpoint) -> Problem | None:
        if new.rtype not in ADDRESS_TYPES or (ALIAS, "true") in new.properties:
            what = "only A and AAAA records with addresses can be shared with other owners"
            return Problem(Reason.INVALID_ANNOTATION, f"annotation shared: {what}")
        stated = (SHARED_LABEL, " ".join(new.targets))
        try:
            parts(self._stated(new, Ownership(self.owner_id, extra=(stated,))))
        except ValueError as e:
            return Problem(Reason.INVALID_ANNOTATION, f"annotation shared: {e}")
        return None

    def create(self, new: Endpoint, ownership: Ownership, standing: Sequence[Endpoint]) -> tuple[Change, ...]:
        record = Change(None, new.with_labels(ownership.labels()))
        proof = next((proof for proof in standing if proof.key == self._places.today(new)), None)
        if proof is None:
            return Change(None, self._proof(new, ownership)), record
        if self._proofs.says(proof, self._stated(new, ownership)):
            return (record,)
        return Change(proof, self._proofs.rewritten(proof, self._stated(new, ownership))), record

    def update(self, held: Held, new: Endpoint, ownership: Ownership) -> tuple[Change, ...]:
        """The ownership record follows only where the record changes as well, where its form is migrated, and where
        the record is to outlast its object, or to outlast it no more.

        Another resource alone is no reason to write: the first plan after ExternalDNS must be empty, and ExternalDNS
        leaves the resource of a record that changed hands. Ownership goes first, or a run that is cut between the two
        would leave it behind for ever.
        """
        changes: list[Change] = []
        changed = new != held.endpoint and new.with_labels({}) != held.endpoint.with_labels({})
        if not held.complete:
            changes += self.create(new, ownership, held.proofs)[:-1]
        elif changed or self._says_too_little(held, new, ownership) or self._is_dated(held):
            changes += self._followed(held, new, ownership)
        if changed:
            changes.append(Change(held.endpoint, new.with_labels(ownership.labels())))
        return tuple(changes)

    def _is_dated(self, held: Held) -> bool:
        return self.migrates and bool(held.proofs) and not self._proofs.is_current(held.proofs[0])

    def _says_too_little(self, held: Held, new: Endpoint, ownership: Ownership) -> bool:
        """Whether DNS does not tell yet what the record is to outlast: when the object is gone, it is too late. Or
        which targets of a shared record are ours."""
        said = held.ownership or Ownership(self.owner_id)
        outlasted = representable(self._stated(new, ownership)).outlasted
        return (said.outlasted, said.stated) != (outlasted, ownership.stated)

    def delete(self, held: Held) -> tuple[Change, ...]:
        return *_left_to_others(held), *(self._proofs.withdrawn(proof) for proof in held.proofs)

    # -- what stands

    def _held(self, endpoint: Endpoint, records: ZoneRecords) -> Held:
        proofs = self._standing(endpoint, self._places.believed(endpoint), records)
        said = self._proofs.said(proofs[0]) if proofs else None
        if said is None:
            former = self._standing(endpoint, self._places.former(endpoint), records)
            return Held(endpoint.with_labels({}), proofs=tuple(former), complete=False)
        proofs += self._standing(endpoint, self._places.leftovers(endpoint), records)
        ours = self._proofs.by({said.owner}, proofs)
        # What cannot be written is not missing: an update would try in vain for ever.
        complete = self._places.is_current(ours[0].name, endpoint) or self.obstacle(endpoint, records) is not None
        plain = led(said, "")
        return Held(endpoint.with_labels(plain.labels()), plain, _once(ours), complete, self._proofs.sharers(proofs[0]))

    def _heir(self, record: Endpoint, records: ZoneRecords) -> Held | None:
        """A record set as it is when it has become ours; without targets where only its ownership records stand.

        None where it is ours already, and where it does not become ours.
        """
        believed = self._standing(record, self._places.believed(record), records)
        former = self._standing(record, self._places.former(record), records)
        leftovers = self._proofs.by({self.owner_id}, self._standing(record, self._places.leftovers(record), records))
        speaking = [*believed, *former] or ([] if record.targets else leftovers)
        said = self._proofs.said(speaking[0]) if speaking else None
        if said is None or said.owner not in self._mine or self.obstacle(record, records) is not None:
            return None
        if believed and said.owner == self.owner_id and record.targets:
            return None
        proofs = [*self._proofs.by(self._mine, speaking), *leftovers]
        ours = replace(led(said, ""), owner=self.owner_id)
        sharers = self._proofs.sharers(speaking[0])
        return Held(record.with_labels(ours.labels()), ours, _once(proofs), complete=False, sharers=sharers)

    def _standing(self, record: Endpoint, places: Iterable[Place], records: ZoneRecords) -> list[Endpoint]:
        """The ownership records of a record set at some places, marked with the name that they are about."""
        found = (self._at(place, record.set_identifier, records) for place in places)
        return [proof.with_labels({OWNED_RECORD_LABEL: record.name}) for proof in found if proof is not None]

    def _at(self, place: Place, set_identifier: str, records: ZoneRecords) -> Endpoint | None:
        key = Key(place.name, RecordType.TXT, set_identifier)
        for endpoint in records.at(place.name):
            if endpoint.key == key and (said := self._proofs.said(endpoint)) is not None:
                return endpoint if self._places.is_about(place, lead_of(said), set_identifier, records) else None
        return None

    def _typed_orphans(self, name: str, standing: Sequence[Endpoint], records: ZoneRecords) -> Iterator[Held]:
        keys = {endpoint.key for endpoint in standing}
        for rtype, owner_name in self._places.names.all_typed(name):
            for proof in records.at(owner_name):
                missing = Endpoint(name, rtype, (), set_identifier=proof.set_identifier)
                said = None if missing.key in keys else self._proofs.said(proof)
                place = Place(owner_name, Described(name, rtype))
                if said and self._places.is_about(place, lead_of(said), proof.set_identifier, records):
                    about = proof.with_labels({OWNED_RECORD_LABEL: name})
                    yield Held(missing, led(said, ""), (about,), sharers=self._proofs.sharers(proof))

    def _untyped_orphans(self, name: str, standing: Sequence[Endpoint], records: ZoneRecords) -> Iterator[Held]:
        place = self._places.untyped(name)
        leaning = {endpoint.set_identifier for endpoint in standing if endpoint.rtype != RecordType.AAAA}
        for proof in records.at(place.name):
            said = None if proof.set_identifier in leaning else self._proofs.said(proof)
            if said and self._places.is_about(place, lead_of(said), proof.set_identifier, records):
                missing = Endpoint(name, "", (), set_identifier=proof.set_identifier)
                yield Held(missing, led(said, ""), (proof.with_labels({OWNED_RECORD_LABEL: name}),), complete=False)

    # -- what is written

    def _proof(self, record: Endpoint, ownership: Ownership) -> Endpoint:
        """An ownership record, as ExternalDNS writes it: same set identifier, same properties, the default TTL."""
        key = self._places.today(record)
        proof = Endpoint(
            key.name,
            RecordType.TXT,
            self._proofs.texts(self._stated(record, ownership), key),
            set_identifier=record.set_identifier,
            properties=record.properties,
        )
        return proof.with_labels({OWNED_RECORD_LABEL: record.name})

    def _stated(self, record: Endpoint, ownership: Ownership) -> Ownership:
        return led(ownership, self._places.names.lead(record.name, record.rtype))

    def _followed(self, held: Held, new: Endpoint, ownership: Ownership) -> Iterator[Change]:
        """The ownership record after a change of its record. An unusual spelling that says the same is left."""
        proof = held.proofs[0]
        if proof.key != self._places.today(new):
            return
        rewritten = (
            proof
            if self._proofs.says(proof, self._stated(new, ownership))
            else self._proofs.rewritten(proof, self._stated(new, ownership))
        )
        if proof.properties == held.endpoint.properties:  # a provider may keep other properties on TXT records
            rewritten = replace(rewritten, properties=new.properties)
        if rewritten != proof:
            yield Change(proof, rewritten)


def _left_to_others(held: Held) -> Iterator[Change]:
    """What becomes of a record set that is given up: it goes with its last owner."""
    left = held.targets_of_others
    if held.endpoint.targets and left != held.endpoint.targets:
        yield Change(held.endpoint, replace(held.endpoint, targets=left, labels=()) if left else None)


class _WithMore:
    """Records of a zone with some of one name that are to come. Implements `ZoneRecords`."""

    def __init__(self, records: ZoneRecords, more: Sequence[Endpoint]) -> None:
        self._records = records
        self._more = more

    def names(self) -> Iterable[str]:
        return self._records.names()

    def at(self, name: str) -> Sequence[Endpoint]:
        return [*self._records.at(name), *(record for record in self._more if record.name == name)]


def _once(proofs: Iterable[Endpoint]) -> tuple[Endpoint, ...]:
    return tuple({proof.key: proof for proof in proofs}.values())
