"""Services: hostnames of annotations, of older annotations, and of templates; targets by the type of the Service.

Each of these ways counts where those before it have published nothing; templates also count beside the others, with
--combine-fqdn-annotation (ExternalDNS, source/service.go).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from zonewright.model.claim import Claim
from zonewright.model.hostname import printable
from zonewright.model.kind import ENDPOINTSLICE, NODE, POD, SERVICE, Kind
from zonewright.settings import Settings
from zonewright.sources import behind, compatibility, loadbalancer, scope, servicetype, templated, templates
from zonewright.sources.annotations import Annotations
from zonewright.sources.behind import Asked
from zonewright.sources.fields import Object, every, items, metadata, only, part, resource
from zonewright.sources.lookups import Lookups, Ref
from zonewright.sources.terms import terms

NAME = "service"
_SPEC = (
    "type",
    "clusterIP",
    "clusterIPs",
    "externalIPs",
    "externalName",
    "externalTrafficPolicy",
    "publishNotReadyAddresses",
    "selector",
)


def claims(obj: Object, lookups: Lookups, settings: Settings) -> tuple[Claim, ...]:
    """What a Service in scope asks for."""
    asked = _asked(obj, lookups, settings)
    combine = settings.combine_fqdn_annotation
    found = templated.otherwise(_of_annotations(asked), lambda: _of_older_annotations(asked))
    found = templated.otherwise(found, lambda: templated.pairs(obj, NAME, asked.terms, settings), combine=combine)
    return templated.otherwise(found, lambda: _of_template(asked), combine=combine)


def _asked(obj: Object, lookups: Lookups, settings: Settings) -> Asked:
    annotations = Annotations.of(obj, settings.annotation_prefix)
    return Asked(obj, annotations, terms(annotations, resource(SERVICE, obj)), lookups, settings)


def _of_annotations(asked: Asked) -> tuple[Claim, ...]:
    """The names of both annotations; where they lead to the same, what is in both counts once."""
    public, internal = _names(asked)
    if servicetype.tells_internal(asked.obj):
        return (*_named(public, asked), *_named(internal, asked, internal=True))
    return _named([*public, *internal], asked)


def _names(asked: Asked) -> tuple[list[str], list[str]]:
    if asked.settings.ignore_hostname_annotation:
        return [], []
    return asked.annotations.hostnames(), asked.annotations.listed("internal-hostname")


def _named(hostnames: Iterable[str], asked: Asked, *, internal: bool = False) -> tuple[Claim, ...]:
    names = tuple(hostnames)
    return behind.claims(names, servicetype.behind(asked, internal), asked.terms) if names else ()


def _of_older_annotations(asked: Asked) -> tuple[Claim, ...]:
    names = compatibility.hostnames(asked.obj, asked.settings)
    return behind.claims(names, compatibility.behind(asked), templated.bare(asked.terms)) if names else ()


def _of_template(asked: Asked) -> tuple[Claim, ...]:
    rendered = templates.hostnames(asked.obj, NAME, asked.settings)
    failed = templated.failed(asked.settings.fqdn_template, asked.terms, rendered.problems)
    return (*_named(rendered.names, asked), *failed)


def left_out(obj: Object, lookups: Lookups, settings: Settings) -> str | None:
    """Why a Service asks for nothing, whatever names it has."""
    return _other_type(obj, settings) or _only_internal(_asked(obj, lookups, settings))


def _other_type(obj: Object, settings: Settings) -> str | None:
    if _admitted(servicetype.type_of(obj), settings):
        return None
    kind = printable(servicetype.type_of(obj))
    return f"its type is {kind}, not one of --service-type-filter={','.join(settings.service_type_filter)}"


def _admitted(kind: str, settings: Settings) -> bool:
    """An empty --service-type-filter, or "" in it, stands for all types."""
    wanted = settings.service_type_filter
    return not wanted or "" in wanted or kind in wanted


def _only_internal(asked: Asked) -> str | None:
    """A template names every Service, and most of a cluster are internal: they are not told so one by one."""
    obj, settings = asked.obj, asked.settings
    names = (*_names(asked), compatibility.hostnames(obj, settings), settings.fqdn_target_template)
    if any(names) or not settings.fqdn_template or not servicetype.unpublished(asked):
        return None
    return "its type is ClusterIP, and no annotation names it; --publish-internal-services publishes such Services, too"


def lookups(settings: Settings) -> tuple[Kind, ...]:
    """What Services of the types in question are made of."""
    needs = {POD: ("NodePort", "ClusterIP"), ENDPOINTSLICE: ("ClusterIP",), NODE: ("NodePort",)}
    return tuple(kind for kind, types in needs.items() if any(_admitted(one, settings) for one in types))


def follows(obj: Object, lookups: Lookups, settings: Settings) -> frozenset[Ref]:
    """What the claims of a Service rest on; nothing, where it has no name."""
    if scope.outside(obj, settings) or _other_type(obj, settings):
        return frozenset()
    asked = _asked(obj, lookups, settings)
    named = any(_names(asked)) or settings.fqdn_template
    return (servicetype.follows(asked) if named else frozenset()) | compatibility.follows(obj, settings)


def project(obj: Object) -> dict[str, Any]:
    """The fields that are read here."""
    spec = part(obj, "spec")
    ports = every(items(spec, "ports"), "nodePort", "protocol")
    return {
        "metadata": metadata(obj),
        "spec": only(spec, *_SPEC) | {"ports": [port for port in ports if "nodePort" in port]},
        "status": loadbalancer.project(obj),
    }
