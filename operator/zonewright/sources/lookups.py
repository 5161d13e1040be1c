"""What a source may ask about other objects while it reads one, and how it says which of them its answer rests on."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple, Protocol

from zonewright.model.kind import Kind
from zonewright.sources.fields import Object

# No kind of the API: names outside of the cluster, which claims can follow like objects, and which are resolved.
HOST = Kind("", "", "hosts", "Host", namespaced=False)


class Ref(NamedTuple):
    """Objects that claims depend on: when one of them comes, changes or goes, the claims are made anew.

    namespace and name "": every object of the kind; name "": every object of the namespace. Objects that belong to
    another one have its name: an EndpointSlice that of its Service.
    """

    kind: Kind
    namespace: str = ""
    name: str = ""


class Lookups(Protocol):
    """Answers from stores that are complete: None means that there is no such object. Objects are projected."""

    def get(self, kind: Kind, namespace: str, name: str) -> Object | None:
        """One object; namespace is "" for cluster-scoped kinds."""
        ...

    def every(self, kind: Kind, namespace: str = "") -> Iterable[Object]:
        """All objects of a kind, or of a kind in one namespace, in the order of their names."""
        ...

    def slices(self, namespace: str, service: str) -> Iterable[Object]:
        """The EndpointSlices of a Service, in the order of their names."""
        ...

    def resolved(self, host: str) -> tuple[str, ...] | None:
        """The addresses of a name outside of the cluster, as they were last known; None where they never were."""
        ...
