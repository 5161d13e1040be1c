"""The rights that Zonewright needs, under given settings: the one place where they are written down.

Manifests are printed from here (`zonewright rbac`), and a test runs the operator with exactly these rights.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from zonewright.kube.lease import LEASE
from zonewright.kube.preflight import CRD, CRD_NAME
from zonewright.model.kind import DNSENDPOINT, EVENT, Kind
from zonewright.settings import Settings
from zonewright.settings.installation import elects, given_lease_names
from zonewright.sources.catalog import kinds_of, namespace_of

READ = ("get", "list", "watch")  # get: an object is read once more before it is taken for gone
WRITE = ("create", "delete", "patch")
OWN = "(its own)"  # the namespace that the pod will run in: who prints the rights may be elsewhere


@dataclass(frozen=True, slots=True, order=True)
class Rule:
    """A rule of a role. names: only objects of these names; none is all.

    namespace  where it must hold; "" is everywhere, which takes a ClusterRole; OWN is where the pod is
    """

    namespace: str
    group: str
    resources: tuple[str, ...]
    verbs: tuple[str, ...]
    names: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        rule = {"apiGroups": [self.group], "resources": list(self.resources), "verbs": list(self.verbs)}
        return rule | ({"resourceNames": list(self.names)} if self.names else {})


def rules(settings: Settings) -> tuple[Rule, ...]:
    """The least rights for these settings, in a fixed order."""
    namespace = settings.namespace
    own = (
        Rule(namespace, DNSENDPOINT.group, (DNSENDPOINT.plural,), tuple(sorted((*READ, *WRITE)))),
        Rule(namespace, DNSENDPOINT.group, (f"{DNSENDPOINT.plural}/status",), ("patch",)),
        Rule(namespace, EVENT.group, (EVENT.plural,), ("create",)),
        Rule("", CRD.group, (CRD.plural,), ("get",), (CRD_NAME,)),
        Rule("", CRD.group, (CRD.plural,), ("list", "watch")),  # kinds that are installed later are noticed
    )
    return *_joined(_reading(kind, settings) for kind in kinds_of(settings)), *own, *_electing(settings)


def _electing(settings: Settings) -> tuple[Rule, ...]:
    """Limited to its Lease where the name is given, and with shards to those of all of them: otherwise it follows from
    the pod's environment as well.

    A right to create cannot be limited by names.
    """
    if not elects(settings):
        return ()
    namespace = settings.leader_election_namespace or OWN
    if not (names := given_lease_names(settings)):
        return (Rule(namespace, LEASE.group, (LEASE.plural,), ("create", "get", "update")),)
    return (
        Rule(namespace, LEASE.group, (LEASE.plural,), ("create",)),
        Rule(namespace, LEASE.group, (LEASE.plural,), ("get", "update"), names),
    )


def _reading(kind: Kind, settings: Settings) -> Rule:
    return Rule(namespace_of(kind, settings), kind.group, (kind.plural,), READ)


def _joined(single: Iterable[Rule]) -> list[Rule]:
    """One rule for all kinds of a group that need the same."""
    found: dict[tuple[str, str, tuple[str, ...]], list[str]] = {}
    for rule in single:
        found.setdefault((rule.namespace, rule.group, rule.verbs), []).extend(rule.resources)
    return sorted(Rule(ns, group, tuple(sorted(plurals)), verbs) for (ns, group, verbs), plurals in found.items())


def roles(settings: Settings, name: str) -> list[dict[str, Any]]:
    """A ClusterRole, and a Role for each namespace that some of the rights are limited to.

    The one for the pod's own has no namespace: `kubectl apply -n` says which it is.
    """
    needed = rules(settings)
    return [_role(name, namespace, needed) for namespace in sorted({rule.namespace for rule in needed})]


def _role(name: str, namespace: str, needed: Iterable[Rule]) -> dict[str, Any]:
    metadata: Mapping[str, str] = {"name": name} | ({"namespace": namespace} if namespace else {})
    if namespace == OWN:  # it may be applied beside the role of that namespace
        metadata = {"name": f"{name}-leader-election"}
    return {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "Role" if namespace else "ClusterRole",
        "metadata": dict(metadata),
        "rules": [rule.as_dict() for rule in needed if rule.namespace == namespace],
    }
