"""Targets of NAPTR records: order preference flags service regexp replacement (RFC 3403, section 4.1).

They stay as they are written, as with ExternalDNS; so one record may have several spellings.
"""

from __future__ import annotations

from zonewright.model.targets.fields import exactly, number, octets, quoted, string
from zonewright.model.targets.hosts import absolute, dotted
from zonewright.model.targets.hosts import compared as compared_host

_FIELDS = "order preference flags service regexp replacement"
_UINT16 = 2**16 - 1


def check(target: str) -> str:
    """The same fields, one blank between them. Raises Unfit."""
    dotted(target)
    fields = exactly(target, _FIELDS)
    order, preference, flags, service, regexp, replacement = fields
    for figure in (order, preference):
        number(figure, _UINT16)
    for text in (flags, service, regexp):
        string(text)
    absolute(replacement)
    return " ".join(fields)


def compared(target: str) -> str:
    """Quotes do not count, nor the case of flags. Raises Unfit for what is no NAPTR target."""
    order, preference, flags, service, regexp, replacement = exactly(target, _FIELDS)
    numbers = (str(number(figure, _UINT16)) for figure in (order, preference))
    texts = (quoted(octets(text)) for text in (flags.upper(), service, regexp))
    return " ".join([*numbers, *texts, compared_host(replacement)])
