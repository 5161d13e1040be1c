"""Hostnames of the Gateway API: those that a route asks for, and what comes of them at a listener.

A name is asked for in up to three ways: in the route's spec, by its annotation, and by --fqdn-template. A route without
hostnames in its spec stands for those of the listeners besides (ExternalDNS, source/gateway.go).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from zonewright.model.hostname import MAX_NAME, InvalidName, printable
from zonewright.model.reason import Problem, Reason
from zonewright.settings import Settings
from zonewright.sources import records, templates
from zonewright.sources.annotations import Annotations, HostnameSource
from zonewright.sources.fields import Object, texts
from zonewright.sources.templates import Rendered

LISTENERS_NAME = ""  # asked for by a route without hostnames: whatever name the listener has


@dataclass(frozen=True, slots=True)
class Asked:
    """names   canonical, or LISTENERS_NAME, each once and in the order in which they are written
    faults  what is no hostname, in a form that can be shown, with what is wrong with it
    """

    names: tuple[str, ...]
    faults: Mapping[str, tuple[Problem, ...]]


def asked(obj: Object, source: str, annotations: Annotations, counts: HostnameSource, settings: Settings) -> Asked:
    """What a route of a source asks for; counts: what its annotation gateway-hostname-source has come to."""
    rendered = _rendered(obj, source, counts, settings)
    names: dict[str, None] = {}
    faults: dict[str, tuple[Problem, ...]] = {}
    for written in _written(obj, rendered.names, annotations, counts, settings):
        try:
            names[hostname_of(written) if written else LISTENERS_NAME] = None
        except InvalidName as e:
            faults.setdefault(printable(written, MAX_NAME), (Problem(Reason.INVALID_NAME, str(e)),))
    if rendered.problems:
        faults[printable(",".join(settings.fqdn_template), MAX_NAME)] = rendered.problems
    return Asked(tuple(names), faults)


def _written(
    obj: Object, generated: tuple[str, ...], annotations: Annotations, counts: HostnameSource, settings: Settings
) -> list[str]:
    annotated = [] if settings.ignore_hostname_annotation else annotations.hostnames()
    if counts is HostnameSource.ANNOTATION:
        return annotated
    defined = texts(obj, "spec", "hostnames")
    if counts is HostnameSource.DEFINED:
        return [*defined, *generated]
    return [*(defined or [LISTENERS_NAME]), *generated, *annotated]


def _rendered(obj: Object, source: str, counts: HostnameSource, settings: Settings) -> Rendered:
    """The template is for routes without hostnames in their spec; whether they have an annotation does not count."""
    if not settings.fqdn_template or counts is HostnameSource.ANNOTATION:
        return Rendered()
    if texts(obj, "spec", "hostnames") and not settings.combine_fqdn_annotation:
        return Rendered()
    return templates.hostnames(obj, source, settings)


def hostname_of(written: str) -> str:
    """The canonical name. Raises InvalidName, also for addresses and for underscores, which the Gateway API does not
    know in hostnames: no listener could serve them."""
    name = records.hostname_of(written)
    if "_" in name:
        raise InvalidName(written, "a hostname of the Gateway API has no _")
    return name


def intersection(listener: str, route: str) -> str | None:
    """The narrower of two canonical hostnames where one covers the other; None where they have nothing in common, or
    are both "".

    A wildcard covers names of any depth below it, but not the name that it hangs from.
    """
    if not listener or not route:
        return listener or route or None
    if listener == route or _covers(listener, route):
        return route
    return listener if _covers(route, listener) else None


def _covers(wide: str, narrow: str) -> bool:
    return wide.startswith("*.") and narrow.endswith(wide[1:])
