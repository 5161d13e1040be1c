"""Targets that are a name, or a name behind numbers: CNAME, DNAME, NS, PTR, MX, SRV."""

from __future__ import annotations

from zonewright.model.hostname import InvalidName, canonical, printable
from zonewright.model.targets.fields import Unfit, number

ROOT = "."
_UINT16 = 2**16 - 1


def host(text: str) -> str:
    """A name, without final dot. Raises Unfit."""
    try:
        name = canonical(text)
    except InvalidName as e:
        raise Unfit(e.why) from e
    if name.rpartition(".")[2].isdecimal():  # RFC 3696, section 2: no top-level domain is all digits
        raise Unfit("it is an address or a number, not a name")
    return name


def absolute(text: str) -> str:
    """A name with its final dot, or the root, which stands for "none". Raises Unfit."""
    return ROOT if text == ROOT else f"{host(text)}."


def dotted(text: str) -> None:
    """Raises Unfit when the name at the end has no final dot."""
    if not text.endswith(ROOT):
        raise Unfit(f"its name must end with a dot: write {printable(text)}.")


def mx(target: str) -> str:
    """preference and name (RFC 1035, section 3.3.9); the name "." is for a domain without mail (RFC 7505)."""
    preference, exchange = _numbered(target, 1)
    return f"{preference} {exchange if exchange == ROOT else host(exchange)}"


def srv(target: str) -> str:
    """priority, weight, port and a name that ends with a dot (RFC 2782; ExternalDNS, endpoint.go)."""
    *numbers, name = _numbered(target, 3)
    dotted(name)
    return " ".join([*numbers, absolute(name)])


def _numbered(target: str, numbers: int) -> list[str]:
    fields = target.split()
    if len(fields) != numbers + 1:
        raise Unfit(f"it needs {numbers + 1} fields, it has {len(fields)}")
    return [*(str(number(field, _UINT16)) for field in fields[:numbers]), fields[-1]]


def compared(target: str) -> str:
    """Case, the final dot and the spelling of other than ASCII letters do not count."""
    if not target.isascii():
        try:
            return canonical(target)
        except InvalidName:
            pass
    return target.lower().removesuffix(".")


def compared_mx(target: str) -> str:
    """Raises Unfit for what is no MX target."""
    return _compared_numbered(target, 1)


def compared_srv(target: str) -> str:
    """Raises Unfit for what is no SRV target."""
    return _compared_numbered(target, 3)


def _compared_numbered(target: str, numbers: int) -> str:
    *found, name = _numbered(target, numbers)
    return " ".join([*found, compared(name)])
