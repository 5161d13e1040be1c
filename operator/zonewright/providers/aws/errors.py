"""What errors of Route 53 mean: by code, and those of a change batch by what they say.

Codes: API reference, "Common errors" and those of ChangeResourceRecordSets. Too many requests are answered with 400.
"""

from __future__ import annotations

from botocore.exceptions import ClientError

from zonewright.model.hostname import printable
from zonewright.providers.base import Changed, Denied, ProviderError, Rejected, Throttled, Unavailable
from zonewright.providers.http import MESSAGE_LIMIT

_BUSY = frozenset({"Throttling", "ThrottlingException", "RequestLimitExceeded", "PriorRequestNotComplete"})
_DENIED = frozenset(
    {
        "AccessDenied",
        "AccessDeniedException",
        "ExpiredToken",
        "ExpiredTokenException",
        "IncompleteSignature",
        "InvalidClientTokenId",
        "InvalidSignatureException",
        "MissingAuthenticationToken",
        "NotAuthorized",
        "OptInRequired",
        "SignatureDoesNotMatch",
        "UnauthorizedOperation",
        "UnrecognizedClientException",
    }
)
_CHANGED = ("but it already exists", "but it was not found", "do not match the current values", "but the values")


def refusal(error: ClientError) -> ProviderError:
    """The error that an answer of Route 53 stands for."""
    answer = error.response
    about = answer.get("Error") or {}
    code, message = str(about.get("Code", "")), str(about.get("Message", ""))
    status = (answer.get("ResponseMetadata") or {}).get("HTTPStatusCode", 0)
    said = printable(message, MESSAGE_LIMIT)
    text = f"Route 53 answered {printable(code)} to {error.operation_name}" + (f": {said}" if said else "")
    if code in _BUSY or status == 429:
        return Throttled("Route 53")
    if code in _DENIED or status in (401, 403):
        return Denied(text)
    if status >= 500 or code == "NoSuchHostedZone":
        return Unavailable(text)
    if code == "InvalidChangeBatch" and any(words in message for words in _CHANGED):
        return Changed(text)
    return Rejected(text)
