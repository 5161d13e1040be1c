"""Who we are: the keys of a configuration file, or the machine's role (ECS RAM role) by the publisher's library."""

from __future__ import annotations

import json
import logging
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from alibabacloud_credentials.http import HttpOptions
from alibabacloud_credentials.provider import EcsRamRoleCredentialsProvider

from zonewright.providers.alibabacloud.signature import Keys
from zonewright.providers.base import Denied

Source = Callable[[], Awaitable[Keys]]
logging.getLogger("credentials").handlers.clear()  # the library's own way to stderr, past our format
_FLAG = "--alibaba-cloud-config-file"


def source(file: str) -> Source:
    """By --alibaba-cloud-config-file; "" is the machine's role. Raises ValueError, which names the flag."""
    if not file:
        return of_machine()
    keys = _keys(file)

    async def found() -> Keys:
        return keys

    return found


def vpc_of(file: str) -> str:
    """The VPC whose private zones alone count; "" for all. Raises ValueError, which names the flag."""
    return str(_read(file).get("vpcId") or "") if file else ""


def _keys(file: str) -> Keys:
    fields = _read(file)
    found = [fields.get(name) for name in ("accessKeyId", "accessKeySecret")]
    if not all(isinstance(value, str) and value and value.isascii() and value.isprintable() for value in found):
        raise ValueError(f"{_FLAG}={file} needs accessKeyId and accessKeySecret")
    return Keys(str(found[0]), str(found[1]))


def _read(file: str) -> dict[str, Any]:
    try:
        read: Any = json.loads(Path(file).read_text())
    except OSError as e:
        raise ValueError(f"{_FLAG}={file} cannot be read: {e.strerror}") from e
    except ValueError:  # its text may show what is in the file
        raise ValueError(f"{_FLAG}={file} is no JSON") from None
    return read if isinstance(read, dict) else {}


def of_machine(proxy: str | None = None) -> Source:
    """Temporary keys, which the library keeps until they are about to end. proxy: to the metadata server."""
    made: list[Any] = []

    async def found() -> Keys:
        try:
            if not made:  # no thread that renews: each request asks
                made.append(EcsRamRoleCredentialsProvider(async_update_enabled=False, http_options=_options(proxy)))
            keys = await made[0].get_credentials_async()
        except Exception as e:  # the library raises whatever its parts do, with addresses and answers in the text
            raise Denied(f"the metadata server gives no keys of a RAM role: {type(e).__name__}") from None
        return Keys(keys.get_access_key_id(), keys.get_access_key_secret(), keys.get_security_token() or "")

    return found


def _options(proxy: str | None) -> Any:
    given: dict[str, Any] = {} if proxy is None else {"proxy": proxy}
    return HttpOptions(connect_timeout=2000, read_timeout=5000, **given)
