"""etcd's JSON gateway: what is sent and what comes back. Pure.

Numbers of 64 bits are texts, keys and values are base64, what is zero is left out
(https://etcd.io/docs/v3.6/dev-guide/api_grpc_gateway/).
"""

from __future__ import annotations

import binascii
from base64 import b64encode
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from zonewright.model.hostname import printable
from zonewright.providers.base import Changed, Denied, ProviderError, Rejected, Throttled, Unavailable
from zonewright.providers.coredns.layout import Range

RANGE, TXN, AUTHENTICATE = "/v3/kv/range", "/v3/kv/txn", "/v3/auth/authenticate"

Json = dict[str, Any]


class KeyValue(NamedTuple):
    """revision: of the last change; lease: whether the key ends with one."""

    key: str
    value: bytes
    revision: int
    lease: bool


class Page(NamedTuple):
    """Keys in order; more: whether others follow; revision: of the store when it was read."""

    found: Sequence[KeyValue]
    more: bool
    revision: int


class TxnAnswer(NamedTuple):
    """pages: what the reads of the branch that was taken have found, in their order."""

    succeeded: bool
    revision: int
    pages: Sequence[Page]


# -- sent


def read(keys: Range, *, limit: int = 0, revision: int = 0, keys_only: bool = False) -> Json:
    """Keys of a range; of one key when `end` is ""."""
    request: Json = {"key": _text64(keys.start)}
    if keys.end:
        request["range_end"] = _text64(keys.end)
    return request | {"limit": str(limit), "revision": str(revision), "keys_only": keys_only}


def put(key: str, value: str, *, keep_lease: bool = False) -> Json:
    """A write. A key that ends with a lease goes on to do so with `keep_lease`."""
    return {"request_put": {"key": _text64(key), "value": _text64(value), "ignore_lease": keep_lease}}


def delete(key: str) -> Json:
    """A write that takes a key away."""
    return {"request_delete_range": {"key": _text64(key)}}


def unchanged(key: str, revision: int) -> Json:
    """A condition: the key has not been written since `revision`, nor deleted."""
    return {"key": _text64(key), "target": "MOD", "result": "EQUAL", "mod_revision": str(revision)}


def absent(key: str) -> Json:
    """A condition: there is no such key."""
    return {"key": _text64(key), "target": "CREATE", "result": "EQUAL", "create_revision": "0"}


def none_since(keys: Range, revision: int) -> Json:
    """A condition: no key of a range was written after `revision`. True of an empty range."""
    compare = {"target": "MOD", "result": "LESS", "mod_revision": str(revision + 1)}
    return {"key": _text64(keys.start), "range_end": _text64(keys.end)} | compare


def transaction(conditions: Sequence[Json], writes: Sequence[Json], otherwise: Sequence[Json]) -> Json:
    """All writes if all conditions hold; else the reads."""
    failure = [{"request_range": request} for request in otherwise]
    return {"compare": list(conditions), "success": list(writes), "failure": failure}


def _text64(text: str) -> str:
    return b64encode(text.encode(errors="surrogateescape")).decode("ascii")


# -- received


def page(answer: Mapping[str, Any]) -> Page:
    """Raises Unavailable where the answer makes no sense."""
    try:
        found = [_key_value(entry) for entry in answer.get("kvs") or ()]
        return Page(found, bool(answer.get("more")), int(answer["header"]["revision"]))
    except (KeyError, TypeError, ValueError) as e:
        raise Unavailable(f"etcd answered what makes no sense: {type(e).__name__}") from e


def _key_value(entry: Mapping[str, str]) -> KeyValue:
    key = binascii.a2b_base64(entry["key"]).decode(errors="surrogateescape")
    value = binascii.a2b_base64(entry.get("value", ""))
    return KeyValue(key, value, int(entry["mod_revision"]), entry.get("lease", "0") != "0")


def transaction_answer(answer: Mapping[str, Any]) -> TxnAnswer:
    """Raises Unavailable where the answer makes no sense."""
    try:
        responses = [
            response["response_range"] for response in answer.get("responses") or () if "response_range" in response
        ]
        return TxnAnswer(bool(answer.get("succeeded")), int(answer["header"]["revision"]), [page(r) for r in responses])
    except (KeyError, TypeError, ValueError) as e:
        raise Unavailable(f"etcd answered what makes no sense: {type(e).__name__}") from e


# -- refused

# Codes of gRPC (https://grpc.github.io/grpc/core/md_doc_statuscodes.html). etcd tells some apart by their text alone.
_INVALID, _DENIED, _EXHAUSTED, _PRECONDITION, _OUT_OF_RANGE, _UNAUTHENTICATED = 3, 7, 8, 9, 11, 16
_NEW_TOKEN = ("invalid auth token", "auth store is old")
_TOO_LARGE = "message larger than max"  # of gRPC's server; what is just below it is told as an invalid argument
_CREDENTIALS = ("user name is empty", "authentication failed")
NO_AUTHENTICATION = "authentication is not enabled"


def refusal(status: int, answer: object) -> ProviderError:
    """The error that an answer other than 200 stands for."""
    code, message = _code_and_message(answer)
    text = f"etcd refused, with status {status}" + (f": {printable(message, 256)}" if message else "")
    if code in (_DENIED, _UNAUTHENTICATED) or any(words in message for words in _CREDENTIALS):
        return Denied(text)
    if code == _EXHAUSTED and _TOO_LARGE in message:  # it will not get smaller by waiting
        return Rejected(text)
    if code == _EXHAUSTED and "too many requests" in message:
        return Throttled("etcd")
    if code == _OUT_OF_RANGE:  # the revision that was read is compacted by now
        return Changed(text)
    return Rejected(text) if code in (_INVALID, _PRECONDITION) else Unavailable(text)


def token_expired(answer: object) -> bool:
    """Whether a refusal asks for a new token."""
    code, message = _code_and_message(answer)
    return code == _UNAUTHENTICATED or any(words in message for words in _NEW_TOKEN)


def authentication_is_off(answer: object) -> bool:
    """Whether a token was refused because nobody needs one."""
    return NO_AUTHENTICATION in _code_and_message(answer)[1]


def _code_and_message(answer: object) -> tuple[int, str]:
    if not isinstance(answer, Mapping):
        return 0, ""
    code = answer.get("code")
    return code if isinstance(code, int) else 0, str(answer.get("message") or answer.get("error") or "")
