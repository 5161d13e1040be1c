"""What DynamoDB's errors mean: they are errors of a provider, and are met in the same way. Pure.

Taken   a Rejected: another owner has the row
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from zonewright.model.hostname import printable
from zonewright.model.reason import Reason
from zonewright.providers.base import Denied, ProviderError, Rejected, Throttled, Unavailable
from zonewright.providers.http import MESSAGE_LIMIT

NAME = "DynamoDB"


class Taken(Rejected):
    """A row with this key is there, and is not ours. Remedy: take the name away from one of the two owners."""

    reason = Reason.OWNED_BY_OTHER


class Missing(Denied):
    """There is no such table. Remedy: make it, or name another one."""


class UnfitTable(ValueError):
    """The table cannot be used as it is; the text names the flag."""


# Codes of requests end in "Exception", those of single statements do not (API reference, BatchStatementError).
_CONFLICTS = frozenset({"DuplicateItem", "ConditionalCheckFailed"})
_BUSY = frozenset({"ProvisionedThroughputExceeded", "RequestLimitExceeded", "Throttling", "ThrottlingError"})
_RIGHTS = frozenset(
    {
        "AccessDenied",
        "ExpiredToken",
        "IncompleteSignature",
        "InvalidClientTokenId",
        "InvalidSignature",
        "MissingAuthenticationToken",
        "NotAuthorized",
        "OptInRequired",
        "SignatureDoesNotMatch",
        "UnrecognizedClient",
    }
)
_WRONG = frozenset({"ItemCollectionSizeLimitExceeded", "ValidationError", "Validation"})
_TELLS_SECRETS = frozenset({"IncompleteSignature", "InvalidSignature", "SignatureDoesNotMatch"})  # quote the request


def failure(table: str, what: str, code: str, message: str) -> ProviderError:
    """The error that a code stands for.

    what     the request, such as "Scan"
    message  DynamoDB's own words, or ""
    """
    kind = code.removesuffix("Exception")
    words = "" if kind in _TELLS_SECRETS else printable(message, MESSAGE_LIMIT)
    text = f"{NAME} answered {printable(code)} to {what} of table {table}" + (f": {words}" if words else "")
    if kind in _CONFLICTS:
        return Taken(f"another owner has its row in table {table}")
    if kind in _BUSY:
        return Throttled(f"{NAME} table {table}")
    if kind == "ResourceNotFound":
        return Missing(text)
    if kind in _RIGHTS:
        return Denied(text)
    return Rejected(text) if kind in _WRONG else Unavailable(text)


def of_response(table: str, what: str, response: Mapping[str, Any]) -> ProviderError:
    """The error of a request that was answered with one."""
    error = response.get("Error", {})
    return failure(table, what, str(error.get("Code", "")), str(error.get("Message", "")))


def of_statements(table: str, what: str, response: Mapping[str, Any]) -> list[ProviderError | None]:
    """One for each statement of a batch, in its order; None where it was carried out."""
    found = []
    for each in response.get("Responses", ()):
        error = each.get("Error")
        found.append(failure(table, what, str(error.get("Code", "")), str(error.get("Message", ""))) if error else None)
    return found
