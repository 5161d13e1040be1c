"""Questions to the API server before anything starts: is the DNSEndpoint definition ours, which kinds are there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from zonewright.kube.api import Api, ApiError, Forbidden, NotFound
from zonewright.model.kind import DNSENDPOINT, Kind

CRD = Kind("apiextensions.k8s.io", "v1", "customresourcedefinitions", "CustomResourceDefinition", namespaced=False)
CRD_NAME = f"{DNSENDPOINT.plural}.{DNSENDPOINT.group}"
REMEDY = "install Zonewright's definition: kubectl apply --server-side --force-conflicts -f crds/"


class BrokenDefinition(Exception):
    """The cluster has no DNSEndpoint definition that can hold our status. The text names the remedy."""


async def check_definition(api: Api) -> None:
    """Raises BrokenDefinition where statuses would be dropped, ApiError where the server does not answer.

    Without the right to read definitions the API discovery has to do: it tells whether the kind is there at all.
    """
    try:
        definition = await api.get(CRD.path(name=CRD_NAME))
    except NotFound:
        raise BrokenDefinition(f"the cluster has no definition {CRD_NAME}; {REMEDY}") from None
    except Forbidden:
        if not await served(api, DNSENDPOINT):
            raise BrokenDefinition(f"the cluster does not serve {CRD_NAME}; {REMEDY}") from None
        return
    fault = definition_fault(definition)
    if fault:
        raise BrokenDefinition(f"the definition {CRD_NAME} on the cluster {fault}; {REMEDY}")


def definition_fault(definition: Mapping[str, Any]) -> str | None:
    """Why a definition cannot hold our status; None when it can. ExternalDNS's own has observedGeneration only."""
    versions = (definition.get("spec") or {}).get("versions") or []
    version = next((v for v in versions if v.get("name") == DNSENDPOINT.version), None)
    if version is None or not version.get("served"):
        return f"does not serve {DNSENDPOINT.version}"
    if "status" not in (version.get("subresources") or {}):
        return "has no status subresource"
    schema = (version.get("schema") or {}).get("openAPIV3Schema") or {}
    status = (schema.get("properties") or {}).get("status") or {}
    if status.get("x-kubernetes-preserve-unknown-fields"):
        return None
    missing = [key for key in ("conditions", "records", "summary") if key not in (status.get("properties") or {})]
    if not missing:
        return None
    return f"would drop status.{', status.'.join(missing)} (it is ExternalDNS's own, or an old one)"


async def served(api: Api, kind: Kind) -> bool:
    """Whether the API server has a kind. Raises ApiError when it does not say."""
    path = f"/apis/{kind.api_version}" if kind.group else f"/api/{kind.version}"
    try:
        answer = await api.get(path)
    except NotFound:
        return False
    return any(resource.get("name") == kind.plural for resource in answer.get("resources") or [])


async def older_versions(api: Api, kinds: Iterable[Kind]) -> dict[Kind, Kind]:
    """Kinds that the API server has in an older version only, with that one. Raises ApiError when it does not say."""
    found: dict[Kind, Kind] = {}
    for kind in kinds:
        if kind.older() and not await served(api, kind):
            older = [candidate for candidate in kind.older() if await served(api, candidate)]
            found |= {kind: older[0]} if older else {}
    return found


async def unreadable(api: Api, kinds: Iterable[Kind]) -> frozenset[Kind]:
    """Those of the kinds that our rights do not let us list."""
    denied = set()
    for kind in kinds:
        try:
            await api.get(kind.path(), {"limit": "1"})
        except Forbidden:
            denied.add(kind)
        except ApiError:  # the watch will tell
            continue
    return frozenset(denied)


async def may_watch_definitions(api: Api) -> bool:
    """Whether kinds that are installed later can be noticed."""
    try:
        await api.get(CRD.path(), {"limit": "1"})
    except ApiError:
        return False
    return True


async def installed(api: Api, kinds: Iterable[Kind]) -> frozenset[Kind]:
    """Those of the kinds that the API server has. Raises ApiError when it does not say."""
    return frozenset([kind for kind in kinds if await served(api, kind)])
