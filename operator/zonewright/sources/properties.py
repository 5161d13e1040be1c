"""Provider-specific properties of record sets: which are for the provider in use, and which make no sense."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from zonewright.model.endpoint import ADDRESS_TYPES, ALIAS, Endpoint, RecordType
from zonewright.model.hostname import printable
from zonewright.model.reason import Problem, Reason

_MAY_ALIAS = ADDRESS_TYPES | {RecordType.CNAME}
# Providers whose properties do not begin with their own name. ExternalDNS strips those of the first three.
_FAMILIES = {"azure-dns": "azure", "azure-private-dns": "azure", "skydns": "coredns"}
_KEEPS_ALL = "cloudflare"  # its properties begin with the prefix of annotations (ExternalDNS, endpoint.go)

# As Go reads them (strconv.ParseBool).
_BOOLEANS = frozenset({"1", "t", "T", "TRUE", "true", "True", "0", "f", "F", "FALSE", "false", "False"})

_Check = Callable[[str], object]


def own(endpoint: Endpoint, provider: str) -> Endpoint:
    """Without the properties of other providers; those without a slash are for any (RetainProviderProperties)."""
    if provider == _KEEPS_ALL:
        return endpoint
    family = f"{_FAMILIES.get(provider, provider)}/"
    kept = {name: value for name, value in endpoint.properties if "/" not in name or name.startswith(family)}
    return endpoint if len(kept) == len(endpoint.properties) else endpoint.with_properties(kept)


def preferring_alias(endpoint: Endpoint) -> Endpoint:
    """--prefer-alias: a CNAME about which nothing is said becomes an alias, where the provider has them."""
    properties = dict(endpoint.properties)
    if endpoint.rtype != RecordType.CNAME or ALIAS in properties:
        return endpoint
    return endpoint.with_properties(properties | {ALIAS: "true"})


def misplaced_alias(endpoint: Endpoint) -> Problem | None:
    """Why a record set cannot be an alias (ExternalDNS, endpoint.go CheckEndpoint: whatever the value)."""
    if endpoint.rtype in _MAY_ALIAS or ALIAS not in dict(endpoint.properties):
        return None
    message = f"alias is for A, AAAA and CNAME records, not for the {endpoint.rtype} record of {endpoint.name}"
    return Problem(Reason.UNSUPPORTED_TYPE, message)


def doubts(endpoint: Endpoint, provider: str) -> Iterator[Problem]:
    """Values that the provider will not understand. They are passed on all the same: what to do is its affair."""
    for name, value in endpoint.properties:
        check, words = _VALUES.get(_known_as(name, provider), (_anything, ""))
        if not check(value):
            message = f"property {printable(name)}: {printable(value)!r} means nothing to the provider; use {words}"
            yield Problem(Reason.INVALID_ANNOTATION, message)


def _known_as(name: str, provider: str) -> str:
    """A property in the table of values; "" for one of another provider."""
    _, slash, last = name.rpartition("/")
    if provider != _KEEPS_ALL or not slash:
        return name
    return last if last.startswith(_KEEPS_ALL) else ""


def _anything(_: str) -> bool:
    return True


def _one_of(*words: str) -> tuple[_Check, str]:
    return frozenset(words).__contains__, " or ".join(words)


def _between(least: int, most: int) -> tuple[_Check, str]:
    def check(value: str) -> bool:
        return re.fullmatch(r"[+-]?[0-9]{1,9}", value) is not None and least <= int(value) <= most

    return check, f"a whole number from {least} to {most}"


def _coordinates(value: str) -> bool:
    """Latitude and longitude in degrees."""
    numbers = re.fullmatch(r"([+-]?[0-9]{1,3}(?:\.[0-9]+)?),([+-]?[0-9]{1,3}(?:\.[0-9]+)?)", value)
    return numbers is not None and abs(float(numbers[1])) <= 90 and abs(float(numbers[2])) <= 180


# By the name on the record set; for Cloudflare's without the prefix (ExternalDNS, docs, by provider).
_VALUES: Mapping[str, tuple[_Check, str]] = {
    ALIAS: _one_of("true", "false", "A", "AAAA"),
    "aws/evaluate-target-health": _one_of("true", "false"),
    "aws/failover": _one_of("PRIMARY", "SECONDARY"),
    "aws/geoproximity-bias": _between(-99, 99),
    "aws/geoproximity-coordinates": (_coordinates, "latitude,longitude in degrees, such as 52.52,13.405"),
    "aws/weight": _between(0, 255),
    "cloudflare-proxied": (_BOOLEANS.__contains__, "true or false"),
}
