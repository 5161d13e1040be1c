"""What those who asked are told of a plan: an outcome for each wish, and log lines for what is done."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from zonewright.model.change import Unit
from zonewright.model.endpoint import Endpoint, Key, RecordType
from zonewright.model.outcome import Outcome
from zonewright.model.reason import Problem, Reason
from zonewright.model.row import key_of, shown
from zonewright.model.zone import Visibility, Zone
from zonewright.planning.plan import NamePlan, Verdict
from zonewright.providers.base import ProviderError
from zonewright.zones.desired import Companion, Origin
from zonewright.zones.routing import private_targets
from zonewright.zones.several import together
from zonewright.zones.snapshot import as_served

log = logging.getLogger(__name__)

Outcomes = Mapping[Origin | Companion, Outcome]
# By record set, what did not land: the error, and when it is tried again (seconds since the epoch).
Failed = Mapping[Key, tuple[ProviderError, float]]


@dataclass(frozen=True, slots=True)
class Teller:
    """Of one zone. provider: its name; default_ttl: seconds that a record without ttl gets, None where not known."""

    zone: Zone
    provider: str
    default_ttl: int | None = None

    def planned(self, plans: Iterable[NamePlan]) -> Outcomes:
        """As it is when all that is planned lands."""
        return {origin: outcome for plan in plans for origin, outcome in self._of(plan)}

    def previewed(self, plans: Iterable[NamePlan]) -> Outcomes:
        """Dry run: what would have changed says so."""
        outcomes: dict[Origin | Companion, Outcome] = {}
        for plan in plans:
            touched = {key for unit in plan.units for key in unit.keys}
            for origin, outcome in self._of(plan):
                if outcome.reason is Reason.SYNCED and not touched.isdisjoint(_keys(outcome)):
                    what = "would be written; --dry-run is on"
                    outcome = replace(outcome, reason=Reason.DRY_RUN, message=what, ownership=None)
                outcomes[origin] = outcome
        return outcomes

    def landed(self, plans: Iterable[NamePlan], failed: Failed) -> Outcomes:
        """After all has been sent."""
        return {origin: _fated(outcome, failed) for origin, outcome in self.planned(plans).items()}

    def hopeless(self, endpoint: Endpoint, error: ProviderError, until: float) -> Outcome:
        """Of what was not even planned. until: the next try, in seconds since the epoch."""
        hoped = Outcome(Reason.PENDING, "", zone=str(self.zone), provider=self.provider, zone_id=self._zone_id)
        return replace(hoped.failed(error.reason, str(error), until), endpoint=endpoint)

    def _of(self, plan: NamePlan) -> Iterator[tuple[Origin | Companion, Outcome]]:
        for verdict in plan.verdicts:
            assert isinstance(verdict.origin, Origin | Companion)  # noqa: S101  # planning hands back what it was given
            yield verdict.origin, self._outcome(verdict)

    def _outcome(self, verdict: Verdict) -> Outcome:
        return Outcome(
            reason=verdict.reason,
            message=verdict.message,
            endpoint=as_served(verdict.endpoint, self.default_ttl) if verdict.endpoint else None,
            zone=str(self.zone),
            provider=self.provider,
            ownership=verdict.ownership,
            zone_id=self._zone_id,
            caution=self._caution(verdict),
        )

    def _caution(self, verdict: Verdict) -> Problem | None:
        public = self.zone.visibility is Visibility.PUBLIC
        exposed = private_targets(verdict.endpoint) if public and verdict.endpoint else ()
        why = f"{', '.join(exposed[:5])}: private, in a zone that is public"
        return Problem(Reason.PRIVATE_ADDRESS, why) if exposed else None

    @property
    def _zone_id(self) -> str:
        """As a status needs it: where zones are known to be public or private, two may have one name."""
        return "" if self.zone.visibility is Visibility.UNKNOWN else self.zone.id


def disclaimed(outcomes: Outcomes, owner_id: str) -> Outcomes:
    """Without our ownership: a status of them proves nothing."""
    return {
        origin: replace(outcome, ownership=None)
        if outcome.ownership and outcome.ownership.owner == owner_id
        else outcome
        for origin, outcome in outcomes.items()
    }


def folded(outcomes: Outcomes) -> Mapping[Origin, Outcome]:
    """What has become of each wish, with all that came beside it."""
    if not any(isinstance(origin, Companion) for origin in outcomes):
        return {origin: outcome for origin, outcome in outcomes.items() if isinstance(origin, Origin)}
    found: dict[Origin, list[Outcome]] = {}
    for origin, outcome in outcomes.items():
        found.setdefault(origin.origin if isinstance(origin, Companion) else origin, []).append(outcome)
    return {origin: together(parts) for origin, parts in found.items()}


def log_changes(zone: Zone, units: Iterable[Unit], *, dry_run: bool = False) -> None:
    """One line per change, in the form that ExternalDNS's users grep for."""
    text = "Desired change: %s %s %s [Id: %s]" + (" (dry run)" if dry_run else "")
    for unit in units:
        for change in unit.changes:
            endpoint = change.endpoint
            log.info(
                text,
                change.action.value,
                shown(endpoint.key),
                endpoint.rtype,
                zone.id,
                extra={"zone": str(zone), "targets": ",".join(endpoint.targets), "ttl": endpoint.ttl or 0},
            )


def log_released(zone: Zone, plans: Iterable[NamePlan]) -> None:
    """No object is left whose status could tell of it."""
    for plan in plans:
        for held in plan.released:
            asked = held.ownership.resource if held.ownership else ""
            log.info(
                "Retained: %s %s: %s is gone, and the record stays, without owner",
                plan.name,
                held.endpoint.rtype,
                asked or "its object",
                extra={"zone": str(zone), "reason": Reason.RETAINED, "targets": ",".join(held.endpoint.targets)},
            )


def _fated(outcome: Outcome, failed: Failed) -> Outcome:
    fate = next((failed[key] for key in _keys(outcome) if key in failed), None)
    if outcome.reason is not Reason.SYNCED or fate is None:
        return outcome
    error, retry_at = fate
    return outcome.failed(error.reason, str(error), retry_at)


def _keys(outcome: Outcome) -> Iterator[Key]:
    """Of a record set, and of where its ownership stands: that may be written by itself."""
    if outcome.endpoint is not None:
        yield (key := outcome.endpoint.key)
        yield key_of(key)
        if outcome.ownership is not None:
            yield Key(outcome.ownership.name, RecordType.TXT, key.set_identifier)
