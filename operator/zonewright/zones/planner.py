"""From the wishes for names to plans: what is wanted, in the provider's form, against what stands."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cache

from zonewright.model.endpoint import Key
from zonewright.model.zone import Zone
from zonewright.planning.plan import NamePlan, Rules, Wanted, plan_name
from zonewright.providers.base import Normalized, Provider
from zonewright.registry.base import Registry
from zonewright.zones.desired import Companion, Origin, Wish
from zonewright.zones.past import owned
from zonewright.zones.snapshot import Snapshot
from zonewright.zones.surroundings import Surroundings


class Planner:
    """Of one zone. doubts: whether a name may be another installation's, so that it must not be deleted."""

    def __init__(
        self,
        zone: Zone,
        provider: Provider,
        registry: Registry,
        rules: Rules,
        around: Surroundings,
        doubts: Callable[[str], bool],
    ) -> None:
        self._zone = zone
        self._provider = provider
        self._registry = registry
        self._rules = rules
        self._around = around
        self._doubts = doubts

    def wishes(self, name: str) -> list[Wish]:
        """What is wanted here of a name: other zones may have it as well, or instead."""
        shares = ((wish, self._around.share(self._zone, wish.endpoint)) for wish in self._around.desired.at(name))
        return [wish._replace(endpoint=share) for wish, share in shares if share is not None]

    async def plan(self, wishes: Mapping[str, Sequence[Wish]], snapshot: Snapshot) -> list[NamePlan]:
        """The plan of each name, in the order of the names. Raises ProviderError."""
        # Asked together with the wishes: while the provider answers, a wish may come, and let go of what it has held.
        held = {name for name in wishes if self._around.holds(name)}
        wanted = await self._normalized([wish for at_name in wishes.values() for wish in at_name])
        return [
            self._plan(name, [one for wish in at_name for one in wanted[wish.origin]], snapshot, held=name in held)
            for name, at_name in wishes.items()
        ]

    def _plan(self, name: str, wanted: list[Wanted], snapshot: Snapshot, *, held: bool) -> NamePlan:
        waits = held or self._doubts(name)
        rules = self._rules if self._rules.hold_deletes == waits else replace(self._rules, hold_deletes=waits)
        return plan_name(name, wanted, self._registry, snapshot, rules, self._around.exists)

    async def _normalized(self, wishes: list[Wish]) -> dict[Origin, list[Wanted]]:
        """Wishes in the provider's form. Those of one key are asked about one after another: answers come by key."""
        wanted: dict[Origin, list[Wanted]] = {}
        before = cache(self._owned_before)  # an object may have thousands of wishes
        while wishes:
            asked: dict[Key, Wish] = {}
            for wish in wishes:
                asked.setdefault(wish.endpoint.key, wish)
            answer = await self._provider.normalize(self._zone, [wish.endpoint for wish in asked.values()])
            wanted |= {wish.origin: _wanted(wish, answer, before(*wish.origin[:2])) for wish in asked.values()}
            wishes = [wish for wish in wishes if wish.origin not in wanted]
        return wanted

    def _owned_before(self, namespace: str, name: str) -> frozenset[Key]:
        status = self._around.status(namespace, name)
        return owned(status, self._registry.owner_id, self._provider.name, self._zone)


def _wanted(wish: Wish, normalized: Normalized, before: frozenset[Key]) -> list[Wanted]:
    """Labels are ours: whatever the provider makes of a record set, it is asked for by the same object."""
    key = wish.endpoint.key
    endpoint = replace(normalized.endpoints.get(key, wish.endpoint), labels=wish.endpoint.labels)
    problem = normalized.problems.get(key)
    main = Wanted(endpoint, wish.origin, problem, wish.origin.namespace, wish.since, key in before, adopt=wish.adopt)
    beside = [replace(one, labels=wish.endpoint.labels) for one in normalized.companions.get(key, ())]
    return [
        main,
        *(
            replace(main, endpoint=one, origin=Companion(wish.origin, number), owned_before=one.key in before)
            for number, one in enumerate(beside)
        ),
    ]
