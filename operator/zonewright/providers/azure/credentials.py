"""Tokens of Microsoft Entra by azure-identity: a client secret, the identity of the pod, or that of the machine."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Mapping
from typing import Any

from azure.core.exceptions import AzureError, HttpResponseError, ServiceRequestError, ServiceResponseError
from azure.identity import CredentialUnavailableError
from azure.identity.aio import ClientSecretCredential, ManagedIdentityCredential, WorkloadIdentityCredential

from zonewright.model.hostname import printable
from zonewright.providers.azure.settings import AUTHORITIES, Config
from zonewright.providers.base import Denied, ProviderError, Unavailable
from zonewright.providers.http import failure

_SPARE = 300.0  # seconds before its end from which on a token is not used any more
_NO_SECRET = ("", "msi")  # what the file has where there is none (ExternalDNS, provider/azure/config.go)


def credential(config: Config, **options: Any) -> Any:
    """The first way in that the configuration offers: secret, pod, machine. Raises ValueError where there is none.

    options: for azure-identity, such as a transport. Its own retries are off: who asks decides when to try again.
    """
    options = {"retry_total": 0, **options}
    if config.authority not in AUTHORITIES:  # Microsoft's own are known, and of others it knows nothing
        options = {"disable_instance_discovery": True, **options}
    if config.client not in _NO_SECRET and config.secret not in _NO_SECRET:
        return ClientSecretCredential(
            config.tenant, config.client, config.secret, authority=config.authority, **options
        )
    if config.federated:
        given = {"client_id": config.identity or config.client, "tenant_id": config.tenant}
        return WorkloadIdentityCredential(
            **{name: value for name, value in given.items() if value not in _NO_SECRET},
            authority=os.environ.get("AZURE_AUTHORITY_HOST") or config.authority,
            **options,
        )
    if config.managed:
        options.pop("disable_instance_discovery", None)
        return ManagedIdentityCredential(client_id=config.identity or None, **options)
    raise ValueError(
        "--azure-config-file names no way in: aadClientId with aadClientSecret, useWorkloadIdentityExtension or"
        " useManagedIdentityExtension"
    )


class Tokens:
    """Tokens for one audience, renewed before they end. made: by `credential`."""

    def __init__(self, made: Any, audience: str) -> None:
        self._credential = made
        self._scope = f"{audience}/.default"
        self._token = ""
        self._good_until = 0.0
        self._renewing = asyncio.Lock()

    async def headers(self) -> dict[str, str]:
        """Raises Denied or Unavailable."""
        async with self._renewing:
            if time.time() >= self._good_until - _SPARE:
                await self._renew()
        return {"Authorization": f"Bearer {self._token}"}

    def forget(self) -> None:
        """The token was refused: the next request gets another one."""
        self._good_until = 0.0

    async def close(self) -> None:
        await self._credential.close()

    async def _renew(self) -> None:
        try:
            found = await self._credential.get_token(self._scope)
        except (ServiceRequestError, ServiceResponseError):
            raise Unavailable("Microsoft Entra does not answer") from None
        except HttpResponseError as e:
            raise _refusal(e) from None
        except CredentialUnavailableError as e:
            raise Denied(_said(e)) from None
        except (AzureError, OSError, ValueError) as e:
            raise Denied(f"Azure's credentials do not serve: {type(e).__name__}") from None
        self._token, self._good_until = found.token, float(found.expires_on)


def _refusal(error: HttpResponseError) -> ProviderError:
    """Entra's answer: busy or broken, or our credentials are no good, which it says with 400 and 401."""
    status = error.status_code or 0
    headers: Mapping[str, str] = getattr(error.response, "headers", {})
    if status == 429 or status >= 500:
        return failure("Microsoft Entra", "give a token", status, "", headers)
    return Denied(_said(error))


def _said(error: AzureError) -> str:
    first = str(error.message or type(error).__name__).splitlines()[0]
    return f"Azure's credentials do not serve: {printable(first, 200)}"
