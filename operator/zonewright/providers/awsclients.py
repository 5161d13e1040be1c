"""Clients of AWS by aiobotocore, for whatever speaks to it: where credentials come from, and what their lack means.

Credentials and endpoints are those of AWS's own tools (AWS_ACCESS_KEY_ID, AWS_PROFILE, AWS_ENDPOINT_URL and their like,
the shared files, or the role of the pod). With a role they serve to take it on, by STS (API reference, AssumeRole).
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any

from aiobotocore.config import AioConfig
from aiobotocore.credentials import (
    AioAssumeRoleCredentialFetcher,
    AioCredentialResolver,
    AioDeferredRefreshableCredentials,
)
from aiobotocore.session import AioSession
from botocore import exceptions as botocore

from zonewright.model.hostname import printable
from zonewright.providers.base import Denied, ProviderError, Throttled, Unavailable
from zonewright.providers.sending import ask
from zonewright.settings import Settings

NO_CREDENTIALS = (
    botocore.NoCredentialsError,
    botocore.PartialCredentialsError,
    botocore.CredentialRetrievalError,
    botocore.TokenRetrievalError,
    botocore.SSOError,
)
NO_SETTINGS = (botocore.NoRegionError, botocore.ProfileNotFound, botocore.InvalidRegionError, ValueError)
NO_ANSWER = (botocore.BotoCoreError, TimeoutError, OSError)
_ROLE = "AssumeRole"


@dataclass(frozen=True, slots=True)
class Access:
    """profile: of the shared files; role: ARN; region: "" is the one of the environment. Each may be ""."""

    profile: str = ""
    role: str = ""
    external_id: str = ""
    region: str = ""


def access(settings: Settings, profile: str, region: str = "") -> Access:
    """As the flags have it; of --aws-profile there may be several."""
    return Access(profile, settings.aws_assume_role, settings.aws_assume_role_external_id, region)


def config(attempts: int) -> AioConfig:
    """attempts: how often a request is sent in all; more than once only where that does no harm."""
    retries = {"total_max_attempts": attempts, "mode": "standard"}
    return AioConfig(connect_timeout=5, read_timeout=15, retries=retries)


class Clients:
    """Makes clients of one access. Raises what botocore raises, see the groups above and `role_refusal`."""

    def __init__(self, access: Access, attempts: int = 1) -> None:
        self._access = access
        self._attempts = attempts
        # botocore knows AWS_DEFAULT_REGION alone
        self._region = access.region or os.environ.get("AWS_REGION") or None
        self._session: Any = None
        self._opening = asyncio.Lock()

    async def client(self, service: str, attempts: int = 1) -> AbstractAsyncContextManager[Any]:
        """A client that is open within the context. All of them share the credentials."""
        async with self._opening:
            if self._session is None:
                self._session = await self._opened()
        await asyncio.to_thread(_load, self._session, service)
        options = {"region_name": self._region, "config": config(attempts)}
        return self._session.create_client(service, **options)  # type: ignore[no-any-return]

    async def _opened(self) -> Any:
        found = self._plain()
        if not self._access.role:
            return found
        await asyncio.to_thread(_load, found, "sts")
        taken_on, role = self._plain(), _Role(found, self._access, self._region, self._attempts)
        taken_on.register_component("credential_provider", AioCredentialResolver([role]))  # type: ignore[no-untyped-call]
        return taken_on

    def _plain(self) -> Any:
        session = AioSession(profile=self._access.profile or None)  # type: ignore[no-untyped-call]
        # Of every client, when a request is signed and ready.
        session.register("before-send", ask)  # type: ignore[no-untyped-call]
        return session


class _Role:
    """A provider of credentials, as botocore's resolver wants it: those of a role, renewed before they end."""

    METHOD = CANONICAL_NAME = "assume-role"

    def __init__(self, found: Any, access: Access, region: str | None, attempts: int) -> None:
        self._found = found
        self._access = access
        self._region = region
        self._attempts = attempts

    async def load(self) -> Any:
        source = await self._found.get_credentials()
        if source is None:
            raise botocore.NoCredentialsError
        external = {"ExternalId": self._access.external_id} if self._access.external_id else {}
        fetcher = AioAssumeRoleCredentialFetcher(  # type: ignore[no-untyped-call]
            self._sts, source, self._access.role, {"RoleSessionName": "zonewright", **external}
        )
        return AioDeferredRefreshableCredentials(fetcher.fetch_credentials, self.METHOD)  # type: ignore[no-untyped-call]

    def _sts(self, service: str, **keys: Any) -> Any:
        return self._found.create_client(service, region_name=self._region, config=config(self._attempts), **keys)


def role_refusal(error: botocore.ClientError, role: str) -> ProviderError | None:
    """What it means that the role could not be taken on; None for an answer to another request."""
    if error.operation_name != _ROLE:
        return None
    answer: Mapping[str, Any] = error.response
    code = printable(str((answer.get("Error") or {}).get("Code", "")))
    if code.startswith("Throttling"):
        return Throttled("AWS STS")
    status = (answer.get("ResponseMetadata") or {}).get("HTTPStatusCode", 0)
    text = f"AWS answered {code} when the role {printable(role)} was to be taken on (--aws-assume-role)"
    return Unavailable(text) if status >= 500 else Denied(text)


def _load(session: Any, service: str) -> None:
    """Files that botocore would read on the event loop: megabytes of descriptions, and the shared files of users.

    Raises what the shared files deserve, such as ProfileNotFound.
    """
    session.get_scoped_config()
    loader = session.get_component("data_loader")
    for kind in ("service-2", "endpoint-rule-set-1"):
        loader.load_service_model(service, kind)
    for name in ("endpoints", "partitions", "sdk-default-configuration"):
        loader.load_data(name)
