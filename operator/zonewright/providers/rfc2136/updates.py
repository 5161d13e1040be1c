"""Units → update messages, with prerequisites that say what has to stand (RFC 2136, section 2.4)."""

from __future__ import annotations

from collections.abc import Iterable

import dns.exception
import dns.name
import dns.rdata
import dns.rdataclass
import dns.rdataset
import dns.rdatatype
import dns.update
import dns.zone

from zonewright.model.change import Change, Unit
from zonewright.model.endpoint import Endpoint, RecordType, compared_target
from zonewright.providers.base import Rejected

# Types whose data ends with a name, or is one: names are absolute there.
_NAMES = frozenset(
    {RecordType.CNAME, RecordType.DNAME, RecordType.MX, RecordType.NS, RecordType.PTR, RecordType.SRV, RecordType.NAPTR}
)
_RESPELLED = frozenset({RecordType.CAA, RecordType.HTTPS, RecordType.SVCB, RecordType.TLSA, RecordType.TXT})


def message(zone: str, units: Iterable[Unit], default_ttl: int) -> dns.update.UpdateMessage:
    """Raises Rejected where a target is none of its type."""
    made = dns.update.UpdateMessage(dns.name.from_text(zone))
    for change in (change for unit in units for change in unit.changes):
        _add(made, change, default_ttl)
    return made


def _add(made: dns.update.UpdateMessage, change: Change, default_ttl: int) -> None:
    name, rtype = dns.name.from_text(change.key.name), dns.rdatatype.from_text(change.key.rtype)
    if change.old is None:
        made.absent(name, rtype)
    else:
        made.present(name, rdataset(change.old, 0))
        made.delete(name, rtype)
    if change.new is not None:
        made.add(dns.name.from_text(change.new.name), rdataset(change.new, change.new.ttl or default_ttl))


def rdataset(endpoint: Endpoint, ttl: int) -> dns.rdataset.Rdataset:
    """The data of a record set. Raises Rejected."""
    try:
        texts = [_written(endpoint.rtype, target) for target in endpoint.targets]
        return dns.rdataset.from_text_list("IN", str(endpoint.rtype), ttl, texts, relativize=False)
    except (dns.exception.DNSException, ValueError) as e:
        why = str(e) or type(e).__name__
        raise Rejected(f"{endpoint.rtype} {endpoint.name} has a target that cannot be sent: {why[:200]}") from None


def record_sets(zone: dns.zone.Zone) -> Iterable[Endpoint]:
    """What a transferred zone holds."""
    for name, node in zone.nodes.items():
        for found in node.rdatasets:
            if found.rdclass == dns.rdataclass.IN and found.covers == dns.rdatatype.NONE:  # no signatures
                rtype = dns.rdatatype.to_text(found.rdtype)
                targets = [read(rtype, rdata.to_text()) for rdata in found]
                yield Endpoint.found(_plain(name), rtype, targets, ttl=found.ttl)


def _plain(name: dns.name.Name) -> str:
    return name.to_text(omit_final_dot=True)


def read(rtype: str, text: str) -> str:
    """The target for data in the form of a zone file."""
    return compared_target(rtype, text) if rtype in _RESPELLED else text


def normalized(endpoint: Endpoint) -> tuple[str, ...]:
    """Targets as they are read again after they have been written. Raises Rejected."""
    return tuple(read(endpoint.rtype, rdata.to_text()) for rdata in rdataset(endpoint, 0))


def _written(rtype: str, target: str) -> str:
    if rtype == RecordType.TXT:
        return compared_target(rtype, target)
    return target if rtype not in _NAMES or target.endswith(".") else f"{target}."
