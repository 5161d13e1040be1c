"""What an ownership record says: ExternalDNS's text form of labels (endpoint/labels.go).

    "heritage=external-dns,external-dns/owner=<id>,external-dns/resource=<kind/namespace/name>"

The form has no escapes, so what would break it is left out on writing, never cut or changed: another label with a
comma, say, or a resource that does not fit into one character-string of TXT data. The owner always fits, as
`valid_owner` is asked before anything is written. Of the other labels LEAD_LABEL comes first, before the resource: an
ownership record with a shortened name (`shortening`) is about nothing without it.
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache
from typing import Protocol

from zonewright.model.endpoint import OWNER_LABEL, RESOURCE_LABEL, RETAIN_LABEL, SHARED_LABEL, Key
from zonewright.model.ownership import Ownership

LEAD_LABEL = "record"  # not one of ExternalDNS's
_HERITAGE = "external-dns"
_MARK = f"heritage={_HERITAGE}"
_LABEL_PREFIX = f"{_HERITAGE}/"
_NO_LABELS = frozenset({OWNER_LABEL, RESOURCE_LABEL, "txt-encryption-nonce", ""})  # fields of their own, or not written
_MAX_TEXT = 255  # octets of one character-string (RFC 1035, section 3.3)
_BETWEEN_STRINGS = re.compile(r'"\s*"')  # "one" "two": a text in several character-strings


class Texts(Protocol):
    """How ownership is written and read as the text of a TXT record. Pure: the same arguments, the same answer."""

    def write(self, ownership: Ownership, place: Key) -> str:
        """The text that says what `representable` leaves, in double quotes; place: the ownership record's key."""
        ...

    def read(self, text: str) -> Ownership | None:
        """What a text says; None for any other text. Never raises."""
        ...

    def is_current(self, text: str) -> bool:
        """Whether a text that says an ownership has the form that `write` would give it, but for its spelling."""
        ...


class PlainTexts:
    """Implements `Texts` without encryption."""

    def write(self, ownership: Ownership, place: Key) -> str:
        return encode(ownership)

    def read(self, text: str) -> Ownership | None:
        return decode(text)

    def is_current(self, text: str) -> bool:
        return True


def valid_owner(owner: str) -> bool:
    """Whether an owner id can be written and read back."""
    return bool(owner) and _is_plain(owner) and fits(Ownership(owner))


def representable(ownership: Ownership) -> Ownership:
    """What is left of an ownership once it is written: plain text, as many labels as fit, the resource first."""
    extra = dict(ownership.extra)
    kept = Ownership(ownership.owner)
    if (lead := extra.pop(LEAD_LABEL, "")) and _is_plain(lead):
        kept = _longer(kept, LEAD_LABEL, lead)
    if SHARED_LABEL in extra:  # left out, it would cost the targets of other owners; `shares` sees that it fits
        kept = _longer(kept, SHARED_LABEL, extra.pop(SHARED_LABEL))
    if extra.get(RETAIN_LABEL) == "true":  # left out, it would cost the record
        kept = _longer(kept, RETAIN_LABEL, extra.pop(RETAIN_LABEL))
    if _is_plain(ownership.resource) and fits(whole := Ownership(kept.owner, ownership.resource, kept.extra)):
        kept = whole
    for key, value in sorted(extra.items()):
        if key not in _NO_LABELS and _is_plain(key) and _is_plain(value):
            kept = _longer(kept, key, value)
    return kept


def _longer(ownership: Ownership, key: str, value: str) -> Ownership:
    """With a label more, if it fits."""
    longer = Ownership(ownership.owner, ownership.resource, tuple(sorted((*ownership.extra, (key, value)))))
    return longer if fits(longer) else ownership


def led(ownership: Ownership, lead: str) -> Ownership:
    """The same ownership in the text of a record with a shortened name; without LEAD_LABEL where `lead` is ""."""
    if lead_of(ownership) == lead:
        return ownership
    extra = {key: value for key, value in ownership.extra if key != LEAD_LABEL}
    extra |= {LEAD_LABEL: lead} if lead else {}
    return replace(ownership, extra=tuple(sorted(extra.items())))


def lead_of(ownership: Ownership) -> str:
    """What the text of a record with a shortened name tells of the record that it is about; else ""."""
    return dict(ownership.extra).get(LEAD_LABEL, "") if ownership.extra else ""


def encode(ownership: Ownership) -> str:
    """The text of an ownership record, in double quotes."""
    return f'"{_text(representable(ownership))}"'


@lru_cache(maxsize=32_768)  # a plan of a name reads the same text several times; the result is frozen
def decode(text: str) -> Ownership | None:
    """What an ownership record says; None for any other text. Never raises: a zone may hold anything.

    With or without quotes, in one character-string or several. An ownership without owner has the owner "".
    """
    if _HERITAGE not in text:  # most text records end here
        return None
    tokens = dict(token.split("=") for token in bare(text).split(",") if token.count("=") == 1)
    if tokens.pop("heritage", None) != _HERITAGE:
        return None
    labels = {key.removeprefix(_LABEL_PREFIX): value for key, value in tokens.items() if key.startswith(_LABEL_PREFIX)}
    extra = tuple(sorted((key, value) for key, value in labels.items() if key not in _NO_LABELS))
    return Ownership(labels.get(OWNER_LABEL, ""), labels.get(RESOURCE_LABEL, ""), extra)


def bare(text: str) -> str:
    """A text without quotes and backslashes around it, its character-strings joined."""
    return _BETWEEN_STRINGS.sub("", text.replace("\\", "")).strip('" ')


def _text(ownership: Ownership) -> str:
    return ",".join([_MARK, *(f"{_LABEL_PREFIX}{key}={value}" for key, value in sorted(ownership.labels().items()))])


def fits(ownership: Ownership) -> bool:
    """Whether the text of an ownership is one character-string, as it is."""
    return len(_text(ownership)) <= _MAX_TEXT


def _is_plain(text: str) -> bool:
    """Printable ASCII that means itself within the form, within quotes, and in a zone file."""
    return text.isascii() and text.isprintable() and text == text.strip() and not any(c in ',="\\' for c in text)
