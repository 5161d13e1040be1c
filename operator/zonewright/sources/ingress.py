"""Ingresses: hostnames of rules, of tls, of the annotation and of templates; the addresses of the load balancer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from zonewright.model.claim import Claim
from zonewright.model.hostname import printable
from zonewright.model.kind import INGRESS, INGRESSCLASS, Kind
from zonewright.model.reason import Problem
from zonewright.settings import Settings
from zonewright.sources import loadbalancer, records, templated, templates
from zonewright.sources.annotations import Annotations, HostnameSource
from zonewright.sources.fields import Object, every, items, metadata, only, pairs, part, resource, text, texts
from zonewright.sources.lookups import Lookups, Ref
from zonewright.sources.terms import Terms, terms

NAME = "ingress"
DEFAULT_CLASS_ANNOTATION = "ingressclass.kubernetes.io/is-default-class"
CLASS_ANNOTATION = "kubernetes.io/ingress.class"


def claims(obj: Object, lookups: Lookups, settings: Settings) -> tuple[Claim, ...]:
    """What an Ingress in scope asks for."""
    annotations = Annotations.of(obj, settings.annotation_prefix)
    source, doubts = annotations.hostname_source("ingress-hostname-source")
    agreed = terms(annotations, resource(INGRESS, obj), doubts)
    found = _named(_hostnames(obj, annotations, source, settings), obj, agreed)
    combine = settings.combine_fqdn_annotation
    return templated.otherwise(found, lambda: _of_template(obj, agreed, settings), combine=combine)


def _named(hostnames: Iterable[str], obj: Object, agreed: Terms) -> tuple[Claim, ...]:
    targets = records.targets_of(agreed.targets or loadbalancer.addresses(obj))
    return records.claims(hostnames, targets, agreed, _absent(str(agreed.resource)))


def _of_template(obj: Object, agreed: Terms, settings: Settings) -> tuple[Claim, ...]:
    rendered = templates.hostnames(obj, NAME, settings)
    failed = templated.failed(settings.fqdn_template, agreed, rendered.problems)
    return (*_named(rendered.names, obj, agreed), *failed)


def _absent(name: str) -> Problem:
    return records.no_targets(f"the load balancer of {name} has no address yet")


def _hostnames(obj: Object, annotations: Annotations, source: HostnameSource, settings: Settings) -> Iterator[str]:
    if source is not HostnameSource.ANNOTATION:
        yield from _defined(obj, settings)
    if source is not HostnameSource.DEFINED and not settings.ignore_hostname_annotation:
        yield from annotations.hostnames()


def _defined(obj: Object, settings: Settings) -> Iterator[str]:
    """A rule without host is for every host that nobody else serves: no name to publish."""
    if not settings.ignore_ingress_rules_spec:
        yield from filter(None, (text(rule, "host") for rule in items(obj, "spec", "rules")))
    if not settings.ignore_ingress_tls_spec:
        for entry in items(obj, "spec", "tls"):
            yield from texts(entry, "hosts")


def other_class(obj: Object, lookups: Lookups, settings: Settings) -> str | None:
    """Why --ingress-class leaves the object out. The old annotation counts only where ingressClassName is not set, and
    the cluster's default class (ExternalDNS does not know it) only where neither is.
    """
    if not settings.ingress_class:
        return None
    annotated = pairs(obj, "metadata", "annotations").get(CLASS_ANNOTATION, "")
    name = text(obj, "spec", "ingressClassName") or annotated or _default_class(lookups)
    if name in settings.ingress_class:
        return None
    found = f"its class is {printable(name)!r}" if name else "it has no class"
    return f"{found}, not one of --ingress-class={','.join(settings.ingress_class)}"


def _default_class(lookups: Lookups) -> str:
    """The class of Ingresses that name none; "" when there is not exactly one (the API server refuses several)."""
    marked = (c for c in lookups.every(INGRESSCLASS) if _is_default(c))
    names = [text(found, "metadata", "name") for found in marked]
    return names[0] if len(names) == 1 else ""


def _is_default(ingress_class: Object) -> bool:
    return pairs(ingress_class, "metadata", "annotations").get(DEFAULT_CLASS_ANNOTATION) == "true"


def lookups(settings: Settings) -> tuple[Kind, ...]:
    """Which class is the default is asked only where classes count."""
    return (INGRESSCLASS,) if settings.ingress_class else ()


def follows(obj: Object, _: Lookups, settings: Settings) -> frozenset[Ref]:
    """Without a class of its own an Ingress follows the choice of the default."""
    named = text(obj, "spec", "ingressClassName") or CLASS_ANNOTATION in pairs(obj, "metadata", "annotations")
    return frozenset() if named or not settings.ingress_class else frozenset([Ref(INGRESSCLASS)])


def project_class(obj: Object) -> dict[str, Any]:
    """Of an IngressClass whether it is the default."""
    meta = only(part(obj, "metadata"), "name")
    chosen = {DEFAULT_CLASS_ANNOTATION: "true"} if _is_default(obj) else {}
    return {"metadata": meta | {"annotations": chosen}}


def project(obj: Object) -> dict[str, Any]:
    """The fields that are read here."""
    spec = part(obj, "spec")
    kept = {
        "ingressClassName": text(spec, "ingressClassName"),
        "rules": every(items(spec, "rules"), "host"),
        "tls": every(items(spec, "tls"), "hosts"),
    }
    return {
        "metadata": metadata(obj),
        "spec": {name: value for name, value in kept.items() if value},
        "status": loadbalancer.project(obj),
    }
