"""Services of type ClusterIP, and the cluster addresses that Services of other types have as well."""

from __future__ import annotations

from zonewright.sources.behind import Asked, Behind
from zonewright.sources.fields import Object, text, texts

NONE = "None"  # what a headless Service has instead of an address


def headless(obj: Object) -> bool:
    """Whether a Service has no address of its own, and stands for its pods."""
    return text(obj, "spec", "clusterIP") == NONE


def addresses(obj: Object) -> tuple[str, ...]:
    """Those of both families; ExternalDNS takes the first only."""
    found = texts(obj, "spec", "clusterIPs") or [text(obj, "spec", "clusterIP")]
    return tuple(address for address in found if address not in ("", NONE))


def behind(asked: Asked, *, publish: bool) -> Behind:
    """The cluster addresses, where they are to be published."""
    if not publish:
        why = "is of type ClusterIP: its addresses are published under the names of the annotation internal-hostname,"
        return Behind((), asked.none(f"{why} or with --publish-internal-services under all", lasting=True))
    return Behind(addresses(asked.obj), asked.none("has no cluster address"))
