"""The file that ExternalDNS's users have as azure.json, and the flags over it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

# Addresses of the clouds (Microsoft, "Azure national clouds"): of the resource manager, and where tokens are given.
_CLOUDS = {
    "azurepubliccloud": ("https://management.azure.com", "https://login.microsoftonline.com"),
    "azurechinacloud": ("https://management.chinacloudapi.cn", "https://login.chinacloudapi.cn"),
    "azureusgovernmentcloud": ("https://management.usgovcloudapi.net", "https://login.microsoftonline.us"),
}
AUTHORITIES = frozenset(authority for _, authority in _CLOUDS.values())
_NAMES = {"azurecloud": "azurepubliccloud", "azureusgovernment": "azureusgovernmentcloud", "": "azurepubliccloud"}


@dataclass(frozen=True, slots=True)
class Config:
    """endpoint, audience, authority: URLs of the resource manager, what tokens are for, and who gives them.

    managed, federated  whether the identity of the machine, or that of the pod, lets us in
    identity            the client id of a user-assigned identity; "" for the system's own
    """

    subscription: str
    group: str
    endpoint: str
    audience: str
    authority: str
    tenant: str = ""
    client: str = ""
    secret: str = field(default="", repr=False)
    managed: bool = False
    federated: bool = False
    identity: str = ""


def read(path: str) -> Config:
    """Raises ValueError, which names the flag."""
    flag = f"--azure-config-file={path}"
    try:
        found = json.loads(Path(path).read_text())
    except (OSError, UnicodeDecodeError) as e:
        raise ValueError(f"{flag} cannot be read: {getattr(e, 'strerror', None) or 'it is no text'}") from None
    except json.JSONDecodeError as e:
        raise ValueError(f"{flag} is no JSON: line {e.lineno}") from None
    if not isinstance(found, dict):
        raise ValueError(f"{flag} must be an object")
    try:
        return _config(found)
    except ValueError as e:
        raise ValueError(f"{flag}: {e}") from None


def _config(found: dict[str, Any]) -> Config:
    def text(name: str) -> str:
        return str(found.get(name) or "")

    cloud = text("cloud").lower()
    name = _NAMES.get(cloud, cloud)
    if name not in _CLOUDS and not text("resourceManagerEndpoint"):
        raise ValueError(f"there is no cloud {text('cloud')!r}")
    endpoint, authority = _CLOUDS.get(name, ("", ""))
    endpoint = text("resourceManagerEndpoint") or endpoint
    return Config(
        text("subscriptionId"),
        text("resourceGroup"),
        endpoint.rstrip("/"),
        (text("resourceManagerAudience") or endpoint).rstrip("/"),
        (text("activeDirectoryAuthorityHost") or authority).rstrip("/"),
        text("tenantId"),
        text("aadClientId"),
        text("aadClientSecret"),
        found.get("useManagedIdentityExtension") is True,
        found.get("useWorkloadIdentityExtension") is True,
        text("userAssignedIdentityID"),
    )


def over(config: Config, *, subscription: str, group: str, identity: str) -> Config:
    """Flags win over the file. Raises ValueError where something is missing."""
    found = replace(
        config,
        subscription=subscription or config.subscription,
        group=group or config.group,
        identity=identity or config.identity,
    )
    for value, flag, name in (
        (found.subscription, "--azure-subscription-id", "subscriptionId"),
        (found.group, "--azure-resource-group", "resourceGroup"),
    ):
        if not value:
            raise ValueError(f"{flag} must be given, or {name} in the file of --azure-config-file")
    return found
