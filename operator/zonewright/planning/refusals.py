"""Why a record set cannot be written: small checks in a fixed order, the first that objects is what people are told.

`ALWAYS` is asked of everything that is wanted, `CREATING` only where the record set does not stand yet: what is there
already shows that it can be. `ADOPTING` of what stands and gets an owner.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from zonewright.model.endpoint import Endpoint, Key, RecordType
from zonewright.model.hostname import is_under, printable
from zonewright.model.ownership import Held
from zonewright.model.reason import Reason
from zonewright.model.row import is_place, shown
from zonewright.planning.afterwards import Afterwards
from zonewright.planning.rules import Policy, Rules
from zonewright.planning.situation import Situation


@dataclass(frozen=True, slots=True)
class Refusal:
    """holder: whose record set is in the way, where it is that of somebody else."""

    reason: Reason
    message: str
    holder: Held | None = None


Check = Callable[[Situation, Endpoint], Refusal | None]


def refusal(situation: Situation, endpoint: Endpoint) -> Refusal | None:
    """The first objection; None when the record set can be written."""
    checks = ALWAYS if endpoint.key in situation.held else (*ALWAYS, *CREATING)
    checks = (*ALWAYS, *ADOPTING) if endpoint.key in situation.adopted else checks
    return next((found for check in checks if (found := check(situation, endpoint))), None)


def lasting(situation: Situation, endpoint: Endpoint) -> Refusal | None:
    """The first objection that has nothing to do with what else stands at the name."""
    return next((found for check in ALWAYS if (found := check(situation, endpoint))), None)


def unmanaged_type(situation: Situation, endpoint: Endpoint) -> Refusal | None:
    """A type that does not count, with what would make it count."""
    managed = situation.rules.managed
    if endpoint.rtype in managed:
        return None
    why = f"{endpoint.rtype} is not among --managed-record-types ({', '.join(sorted(managed))})"
    return Refusal(Reason.UNSUPPORTED_TYPE, why)


def without_targets(_: Situation, endpoint: Endpoint) -> Refusal | None:
    """ExternalDNS sends such a record to the provider (source/crd.go)."""
    return None if endpoint.targets else Refusal(Reason.NO_TARGETS, "there is no target to point the name to")


def held_by_other(situation: Situation, endpoint: Endpoint) -> Refusal | None:
    """The record set itself is there, and is not ours."""
    held = situation.held.get(endpoint.key)
    return None if held is None or situation.is_ours(held) else _others(situation, held)


def name_held_by_other(situation: Situation, endpoint: Endpoint) -> Refusal | None:
    """A name is not shared with somebody else's records of managed types (ExternalDNS, plan.go)."""
    return next((_others(situation, held) for held in _strangers(situation, endpoint)), None)


def name_owned_by_other(situation: Situation, endpoint: Endpoint) -> Refusal | None:
    """Who takes over one of several records of nobody leaves the others alone; but not where somebody owns them."""
    owned = (held for held in _strangers(situation, endpoint) if held.ownership is not None)
    return next((_others(situation, held) for held in owned), None)


def _strangers(situation: Situation, endpoint: Endpoint) -> Iterator[Held]:
    """The record sets of managed types at the same name, and under the same set identifier, that are not ours."""
    for key, held in situation.held.items():
        same = key.set_identifier == endpoint.set_identifier and key.rtype in situation.rules.managed
        if same and not situation.is_ours(held) and not (endpoint.shared and held.sharers):
            yield held


def others_would_be_ours(situation: Situation, endpoint: Endpoint) -> Refusal | None:
    """Ownership of a CNAME counts for an alias A record of its name as well, which nobody has asked to adopt."""
    changes = situation.registry.create(endpoint, situation.ownership(endpoint), ())[:-1]
    for after in situation.registry.held(situation.name, Afterwards(situation.records, changes)):
        before = situation.held.get(after.endpoint.key)
        if before is not None and situation.is_ours(after) and not situation.is_ours(before):
            why = f"its ownership record would make the {before.endpoint.rtype} record of this name ours as well"
            return Refusal(Reason.HOSTNAME_CONFLICT, why)
    return None


def reserved_by_other(situation: Situation, endpoint: Endpoint) -> Refusal | None:
    """Somebody's ownership record without its record: written over it, our record would be taken for theirs."""
    for orphan in situation.orphans:
        if orphan.endpoint.key == endpoint.key and not situation.is_ours(orphan):
            why = f"the ownership record {shown(orphan.proofs[0].key)} of {_owner(orphan)} is there, without its record"
            return Refusal(Reason.OWNED_BY_OTHER, why, orphan)
    return None


def place_of_ownership(situation: Situation, endpoint: Endpoint) -> Refusal | None:
    """Somebody wants a TXT record where ours stands that says whose another record is."""
    for record in situation.records.at(situation.name):
        if record.key == endpoint.key and situation.registry.is_ownership(record):
            return Refusal(Reason.HOSTNAME_CONFLICT, "the ownership record of another record stands in this place")
    return None


def set_identifier_unsupported(situation: Situation, endpoint: Endpoint) -> Refusal | None:
    """Without them, two record sets that are meant to stand side by side would overwrite each other."""
    if not endpoint.set_identifier or situation.rules.set_identifiers:
        return None
    return Refusal(Reason.REJECTED, "the provider cannot tell record sets apart by a set identifier; leave it out")


def wildcard_unsupported(situation: Situation, endpoint: Endpoint) -> Refusal | None:
    """A name with an asterisk (RFC 4592, section 2.1.1), or an ownership record whose name would have one."""
    rules = situation.rules
    if not rules.wildcards and endpoint.name.startswith("*."):
        return Refusal(Reason.INVALID_NAME, "the provider knows no wildcards")
    if "*" in endpoint.name.removeprefix("*.") and not rules.inner_asterisk:
        return Refusal(Reason.INVALID_NAME, "an asterisk can only be the whole first label of a name at this provider")
    for change in situation.registry.create(endpoint, situation.ownership(endpoint), ())[:-1]:
        if not is_place(change.key.name) and "*" in change.key.name.removeprefix("*.") and not rules.inner_asterisk:
            why = (
                f"its ownership record {change.key.name} would have an asterisk in a label, which the provider refuses"
            )
            return Refusal(Reason.INVALID_NAME, f"{why}; --txt-wildcard-replacement=any, for example, avoids it")
    return None


def cname_at_apex(situation: Situation, endpoint: Endpoint) -> Refusal | None:
    """RFC 1912, section 2.4: SOA and NS stand there."""
    if endpoint.rtype != RecordType.CNAME or situation.rules.apex_cname or situation.name != situation.rules.zone_name:
        return None
    why = "a CNAME cannot stand at the name of its zone; point the name to addresses, or use another name"
    return Refusal(Reason.APEX_CNAME, why)


def cname_beside_other(situation: Situation, endpoint: Endpoint) -> Refusal | None:
    """Records that cannot stand beside this one must go first, and it must be ours to take them away."""
    alone = situation.rules.stands_alone
    rivals = sorted((r for r in situation.records.at(situation.name) if alone(r) != alone(endpoint)), key=_key)
    if not rivals:
        return None
    freed = situation.freed()
    for rival in rivals:
        if rival.key not in freed:
            why = f"a {rival.rtype} record stands at this name that is not to be taken away; a CNAME must stand alone"
            return Refusal(Reason.CNAME_CONFLICT, why)
    return _held_back(situation.rules, f"the {rivals[0].rtype} record must be deleted first, a CNAME must stand alone")


def no_place_for_ownership(situation: Situation, endpoint: Endpoint) -> Refusal | None:
    """A record that nobody could own is not created."""
    problem = situation.registry.obstacle(endpoint, situation.records)
    return Refusal(problem.reason, problem.message) if problem else None


def ownership_outside_zone(situation: Situation, endpoint: Endpoint) -> Refusal | None:
    """The zone could not hold it, and a record without it could never be changed or deleted again."""
    zone = situation.rules.zone_name
    for change in situation.registry.create(endpoint, situation.ownership(endpoint), ()):
        if not is_under(change.key.name, zone):
            why = f"its ownership record {change.key.name} would be outside the zone {zone}"
            return Refusal(Reason.INVALID_NAME, f"{why}; --txt-prefix=%{{record_type}}. keeps it inside")
    return None


ALWAYS: tuple[Check, ...] = (unmanaged_type, without_targets, held_by_other)
CREATING: tuple[Check, ...] = (
    set_identifier_unsupported,
    wildcard_unsupported,
    cname_at_apex,
    name_held_by_other,  # before everything that could be cured by a delete
    reserved_by_other,
    place_of_ownership,
    ownership_outside_zone,  # before what depends on what else stands there
    no_place_for_ownership,
    cname_beside_other,  # last: it may only say "not yet" of what all others would let pass
)
ADOPTING: tuple[Check, ...] = (
    wildcard_unsupported,
    name_owned_by_other,
    ownership_outside_zone,
    no_place_for_ownership,
    others_would_be_ours,
)


def _key(record: Endpoint) -> Key:
    return record.key


def _others(situation: Situation, held: Held) -> Refusal:
    rtype = held.endpoint.rtype
    if held.ownership is not None:
        return Refusal(Reason.OWNED_BY_OTHER, f"the {rtype} record of this name belongs to {_owner(held)}", held)
    adopt = f"give the object the annotation adopt (equal or always), or run: zonewright adopt {situation.name}"
    why = f"the {rtype} record of this name has no owner, so it is left alone; to take it over, {adopt}"
    return Refusal(Reason.NOT_OWNED, why, held)


def _owner(held: Held) -> str:
    if held.ownership is None or not held.ownership.owner:
        return "an owner that is not named"
    by = f" ({printable(held.ownership.resource)})" if held.ownership.resource else ""
    return f"the owner {printable(held.ownership.owner)!r}{by}"


def _held_back(rules: Rules, why: str) -> Refusal | None:
    if rules.may_delete:
        return None
    if rules.policy == Policy.SYNC:
        return Refusal(Reason.PENDING, f"waits until everything that is wanted is known: {why}")
    return Refusal(Reason.POLICY, f"--policy={rules.policy} deletes nothing: {why}")
