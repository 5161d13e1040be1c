"""What a record set leads to, as text: whether its type can hold it, in which spelling, and when two are the same.

One module per form of targets; here is which type has which form.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping

from zonewright.model.hostname import printable
from zonewright.model.recordtype import ADDRESS_TYPES, RecordType
from zonewright.model.targets import addresses, caa, hosts, naptr, svcb, text, tlsa
from zonewright.model.targets.addresses import type_of
from zonewright.model.targets.fields import Unfit

__all__ = ["InvalidTarget", "check_target", "checked", "compared_target", "reported", "type_of"]

_LONGEST = 65_535  # octets of the data of a record
_CONTROL = re.compile(r"[\x00-\x1f]")


_CHECKS: Mapping[str, Callable[[str], str]] = {
    RecordType.A: addresses.ipv4,
    RecordType.AAAA: addresses.ipv6,
    RecordType.CNAME: hosts.host,
    RecordType.DNAME: hosts.host,
    RecordType.NS: hosts.host,
    RecordType.PTR: hosts.host,
    RecordType.MX: hosts.mx,
    RecordType.SRV: hosts.srv,
    RecordType.NAPTR: naptr.check,
    RecordType.CAA: caa.check,
    RecordType.HTTPS: svcb.check,
    RecordType.SVCB: svcb.check,
    RecordType.TLSA: tlsa.check,
}
_COMPARED: Mapping[str, Callable[[str], str]] = {
    RecordType.A: addresses.compared,
    RecordType.AAAA: addresses.compared,
    RecordType.MX: hosts.compared_mx,
    RecordType.SRV: hosts.compared_srv,
    RecordType.TXT: text.compared,
    RecordType.NAPTR: naptr.compared,
    RecordType.CAA: caa.check,
    RecordType.HTTPS: svcb.check,
    RecordType.SVCB: svcb.check,
    RecordType.TLSA: tlsa.check,
}
# Types of which a final dot is a part, and is left where it is found (ExternalDNS, endpoint.go, for the first three).
_KEEP_FINAL_DOT = frozenset(
    {
        RecordType.TXT,
        RecordType.SRV,
        RecordType.NAPTR,
        RecordType.CAA,
        RecordType.HTTPS,
        RecordType.SVCB,
        RecordType.TLSA,
    }
)
_AS_WRITTEN = frozenset({RecordType.TXT, RecordType.NAPTR})  # types whose targets have more than one spelling


class InvalidTarget(ValueError):
    """A target that its record type cannot hold. Remedy: correct the target in the object that asks for it."""

    def __init__(self, rtype: str, target: str, why: str) -> None:
        super().__init__(f"{printable(target)!r} is not a target of a {rtype} record: {why}")
        self.target = target
        self.why = why


def check_target(rtype: str, target: str, *, alias: bool = False) -> str:
    """The target in its canonical spelling. Raises InvalidTarget.

    alias: whether an address record may have a name for a target, whose addresses it then has (ALIAS records).
    """
    if not target or len(target) > _LONGEST or _CONTROL.search(target):
        raise InvalidTarget(rtype, target, "it is empty, too long, or has control characters")
    named = alias and rtype in ADDRESS_TYPES and type_of(target) is RecordType.CNAME
    check = hosts.host if named else _CHECKS.get(rtype, str)
    try:
        return check(target)
    except Unfit as e:
        raise InvalidTarget(rtype, target, str(e)) from e


def checked(rtype: str, targets: Iterable[str], *, alias: bool = False) -> tuple[str, ...]:
    """All targets of a record set, sorted, none twice in whatever spelling. Raises InvalidTarget."""
    found = sorted({check_target(rtype, target, alias=alias) for target in targets})
    if rtype in _AS_WRITTEN and len(found) > 1:
        found = sorted({compared_target(rtype, target): target for target in reversed(found)}.values())
    return tuple(found)


def compared_target(rtype: str, target: str) -> str:
    """The spelling by which targets are compared; where it makes no sense for its type, itself. Never raises."""
    try:
        return _COMPARED.get(rtype, hosts.compared)(target)
    except Unfit:
        return target


def reported(rtype: str, target: str) -> str:
    """A target as it stands in a zone, in nearly our spelling. Never raises."""
    if rtype in ADDRESS_TYPES:
        return addresses.compared(target)
    rooted = target.split(" ")[-1] == hosts.ROOT  # the root is all of its name, as with "0 ." (RFC 7505)
    return target if rtype in _KEEP_FINAL_DOT or rooted else target.removesuffix(".")
