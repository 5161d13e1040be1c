"""Hostnames and targets out of --fqdn-template and --fqdn-target-template (ExternalDNS, source/template/engine.go).

An object is looked at by the names that Go gives its fields; where that fails, once more by those of JSON.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from zonewright import gotemplate
from zonewright.gotemplate import kubernetes
from zonewright.gotemplate.externaldns import SPACES, functions
from zonewright.gotemplate.functions import BUILTINS, Function
from zonewright.model.claim import Resource
from zonewright.model.hostname import printable
from zonewright.model.kind import (
    GRPCROUTE,
    HTTPROUTE,
    INGRESS,
    NODE,
    POD,
    SERVICE,
    TCPROUTE,
    TLSROUTE,
    UDPROUTE,
    Kind,
)
from zonewright.model.reason import Problem, Reason
from zonewright.settings import Settings
from zonewright.settings.externaldns import SOURCES as THEIR_SOURCES
from zonewright.settings.fields import SOURCES
from zonewright.sources.fields import Object, resource, text

_KINDS: Mapping[str, Kind] = {
    "ingress": INGRESS,
    "service": SERVICE,
    "node": NODE,
    "pod": POD,
    "gateway-httproute": HTTPROUTE,
    "gateway-grpcroute": GRPCROUTE,
    "gateway-tlsroute": TLSROUTE,
    "gateway-tcproute": TCPROUTE,
    "gateway-udproute": UDPROUTE,
}
_KNOWN = frozenset((*SOURCES, *THEIR_SOURCES))


@dataclass(frozen=True, slots=True)
class Rendered:
    """What a template makes of an object.

    names     hostnames, sorted, none twice, not checked yet
    problems  why there are none, where the template fails on this object
    """

    names: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()


def hostnames(obj: Object, source: str, settings: Settings) -> Rendered:
    """--fqdn-template for an object of a source, by the name that --source gives it."""
    return _rendered("--fqdn-template", settings.fqdn_template, obj, source)


def pairs(obj: Object, source: str, settings: Settings) -> tuple[tuple[tuple[str, str], ...], tuple[Problem, ...]]:
    """--fqdn-target-template: (hostname, target), and problems likewise. A target that is not known yet is ""."""
    rendered = _rendered("--fqdn-target-template", settings.fqdn_target_template, obj, source)
    found: list[tuple[str, str]] = []
    problems = list(rendered.problems)
    for entry in rendered.names:
        hostname, colon, target = (half.strip(SPACES) for half in entry.partition(":"))
        if colon and hostname:
            found.append((hostname, target))
        else:
            problems.append(_no_pair(entry, resource(_KINDS[source], obj)))
    return tuple(found), tuple(problems)


def _no_pair(entry: str, who: Resource) -> Problem:
    message = f"--fqdn-target-template makes {printable(entry)!r} of {who}, which is no pair of hostname:target"
    return Problem(Reason.INVALID_TEMPLATE, message)


def _rendered(flag: str, written: Sequence[str], obj: Object, source: str) -> Rendered:
    joined = ",".join(written)
    if not joined.strip():
        return Rendered()
    try:
        return Rendered(_listed(_text(_parsed(joined), obj, source)))
    except gotemplate.TemplateError as e:
        who = resource(_KINDS[source], obj)
        return Rendered((), (Problem(Reason.INVALID_TEMPLATE, f"{flag} cannot be carried out on {who}: {e}"),))


@lru_cache(maxsize=16)
def _parsed(written: str) -> gotemplate.Template:
    return gotemplate.parse(written)


@lru_cache(maxsize=16)
def _functions(source: str) -> Mapping[str, Function]:
    return {**BUILTINS, **functions(source, _KNOWN)}


def _text(template: gotemplate.Template, obj: Object, source: str) -> str:
    """What the template writes. Raises Failed, with what is wrong with Go's names: they are what is documented."""
    kind = _KINDS[source]
    whole = {**obj, "kind": kind.kind, "apiVersion": text(obj, "apiVersion") or kind.api_version}
    try:
        return gotemplate.render(template, kubernetes.by_go(kind.kind, whole), _functions(source))
    except gotemplate.Exhausted:
        raise
    except gotemplate.Failed as first:
        try:
            return gotemplate.render(template, kubernetes.by_json(whole), _functions(source), strict=True)
        except gotemplate.Failed:
            raise first from None


def _listed(written: str) -> tuple[str, ...]:
    """The entries of a comma list, without blanks around them and without their final dot, each once."""
    sound = written.encode("utf-8", "replace").decode()
    entries = (entry.strip(SPACES).removesuffix(".") for entry in sound.split(","))
    return tuple(sorted({entry for entry in entries if entry}))
