"""What holds when all trouble is over: DNS has what is wanted, or it is told for a good reason why not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from simulation.process import Cluster, Object
from simulation.referee import OWNER, RECORD_TYPES, Records, Referee, is_text_of, standing_at
from simulation.scenario import BAD, NAMES
from simulation.server import Server
from zonewright.model.endpoint import Endpoint
from zonewright.model.outcome import Outcome
from zonewright.model.reason import Reason
from zonewright.zones.desired import Origin

Wish = tuple[Origin, Endpoint]


def complaints(cluster: Cluster, server: Server, referee: Referee, outcomes: Mapping[Origin, Outcome]) -> Iterator[str]:
    """Each in a sentence."""
    for name in NAMES:
        zone = next(zone for zone in server.zones if name.endswith(zone.name))
        wishes = [wish for oid, obj in sorted(cluster.objects.items()) for wish in _wishes(oid, obj, name)]
        yield from _of_name(name, wishes, server.zones[zone], referee, outcomes)


def _wishes(oid: tuple[str, str], obj: Object, name: str) -> Iterator[Wish]:
    for index, endpoint in enumerate(obj.endpoints):
        if endpoint.name == name:
            yield Origin(*oid, index), endpoint


def _of_name(
    name: str, wishes: Sequence[Wish], records: Records, referee: Referee, outcomes: Mapping[Origin, Outcome]
) -> Iterator[str]:
    theirs = [record for record in standing_at(records, name) if not referee.ours(records, record.key)]
    reserved = [t for t in RECORD_TYPES if is_text_of(records.get(referee.place(name, t)), "other")]
    bad = any(BAD in wish.targets for _, wish in wishes)
    published = set()
    for origin, wish in wishes:
        outcome = outcomes.get(origin)
        if outcome is None:
            yield f"{origin} is told nothing"
            continue
        if outcome.reason is Reason.SYNCED:
            published.add(wish.key)
            yield from _not_as_told(wish, outcome, records, referee)
        elif not _is_due(outcome.reason, wish, [w for o, w in wishes if o != origin], theirs, reserved, bad=bad):
            yield f"{origin} {wish.rtype} {name} is told {outcome.reason}: {outcome.message}"
    if wishes and not published and not (theirs or reserved or bad):
        yield f"{name} is wanted, and nothing of it is published"
    for rtype in RECORD_TYPES:
        place = referee.place(name, rtype)
        key = Endpoint(name, rtype, ()).key
        if is_text_of(records.get(place), OWNER) and key not in published and not (wishes and (theirs or bad)):
            yield f"{rtype} {name} is ours, and nobody wants it: {records.get(key)}"


def _not_as_told(wish: Endpoint, outcome: Outcome, records: Records, referee: Referee) -> Iterator[str]:
    told, standing = outcome.endpoint, records.get(wish.key)
    what = f"{wish.rtype} {wish.name}"
    if told is None or standing is None or not standing.same_targets(told):
        yield f"{what} is told to stand as {told}, and stands as {standing}"
    elif not set(wish.targets) <= set(standing.targets):
        yield f"{what} is told to be published without {wish.targets}"
    elif wish.ttl is not None and standing.ttl != wish.ttl:
        yield f"{what} has the ttl {standing.ttl} instead of {wish.ttl}"
    elif not referee.ours(records, wish.key):
        yield f"{what} is told to be published, and is not ours"


def _is_due(
    reason: Reason,
    wish: Endpoint,
    others: Sequence[Endpoint],
    theirs: Sequence[Endpoint],
    reserved: Sequence[str],
    *,
    bad: bool,
) -> bool:
    match reason:
        case Reason.HOSTNAME_CONFLICT:
            return bool(others)
        case Reason.CNAME_CONFLICT:
            return bool(theirs) or any((wish.rtype == "CNAME") != (other.rtype == "CNAME") for other in others)
        case Reason.NOT_OWNED:
            return bool(theirs)
        case Reason.OWNED_BY_OTHER:
            return bool(reserved)
        case Reason.REJECTED:
            return bad
        case _:
            return False
