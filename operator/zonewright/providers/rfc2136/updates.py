"""Units → update messages, with prerequisites that say what has to stand (RFC 2136, section 2.4)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

import dns.exception
import dns.name
import dns.rdata
import dns.rdataclass
import dns.rdataset
import dns.rdatatype
import dns.update
import dns.zone

from zonewright.model.change import Change, Unit
from zonewright.model.endpoint import Endpoint, Key, RecordType, compared_target
from zonewright.providers.base import Rejected

# Types whose data ends with a name, or is one: names are absolute there.
_NAMES = frozenset(
    {RecordType.CNAME, RecordType.DNAME, RecordType.MX, RecordType.NS, RecordType.PTR, RecordType.SRV, RecordType.NAPTR}
)
_RESPELLED = frozenset({RecordType.CAA, RecordType.HTTPS, RecordType.SVCB, RecordType.TLSA, RecordType.TXT})


Standing = Mapping[Key, dns.rdataset.Rdataset]


def message(zone: str, units: Iterable[Unit], default_ttl: int, standing: Standing) -> dns.update.UpdateMessage:
    """standing: data as it was read, for what may be spelled otherwise when it is made from targets again.

    Raises Rejected where a target is none of its type.
    """
    made = dns.update.UpdateMessage(dns.name.from_text(zone))
    changes = [change for unit in units for change in unit.changes]
    for name, rtype in dict.fromkeys(_absent(changes)):
        made.absent(dns.name.from_text(name), rtype)
    for change in changes:
        _add(made, change, default_ttl, standing)
    return made


def _absent(changes: Sequence[Change]) -> Iterator[tuple[str, str | None]]:
    """What must not stand, as name and type; no type: nothing at all.

    That is what is created, and what cannot stand beside it: a CNAME beside others, or others beside a CNAME, are
    passed over without an error (RFC 2136, section 3.4.2.2).
    """
    gone = {(change.key.name, change.key.rtype) for change in changes if change.new is None}
    names = {name for name, _ in gone}
    for key in (change.key for change in changes if change.old is None):
        yield key.name, key.rtype
        if key.rtype == RecordType.CNAME and key.name not in names:
            yield key.name, None
        others = RecordType if key.rtype == RecordType.CNAME else (RecordType.CNAME,)
        yield from ((key.name, str(rtype)) for rtype in others if (key.name, rtype) not in gone)


def _add(made: dns.update.UpdateMessage, change: Change, default_ttl: int, standing: Standing) -> None:
    name, rtype = dns.name.from_text(change.key.name), dns.rdatatype.from_text(change.key.rtype)
    if change.old is not None:
        made.present(name, _old(change.old, standing))
        made.delete(name, rtype)
    if change.new is not None:
        made.add(name, rdataset(change.new, change.new.ttl or default_ttl))


def _old(old: Endpoint, standing: Standing) -> dns.rdataset.Rdataset:
    """The exact data, without a ttl, as a prerequisite has it (RFC 2136, section 2.4.2)."""
    stands = standing.get(old.key)
    if stands is not None and endpoint(old.name, stands).targets == old.targets:
        return dns.rdataset.from_rdata_list(0, list(stands))
    return rdataset(old, 0)


def rdataset(of: Endpoint, ttl: int) -> dns.rdataset.Rdataset:
    """The data of a record set. Raises Rejected."""
    try:
        texts = [_written(of.rtype, target) for target in of.targets]
        return dns.rdataset.from_text_list("IN", str(of.rtype), ttl, texts, relativize=False)
    except (dns.exception.DNSException, ValueError) as e:
        why = str(e) or type(e).__name__
        raise Rejected(f"{of.rtype} {of.name} has a target that cannot be sent: {why[:200]}") from None


def record_sets(zone: dns.zone.Zone) -> Iterator[tuple[Endpoint, dns.rdataset.Rdataset]]:
    """What a transferred zone holds."""
    for name, node in zone.nodes.items():
        for found in node.rdatasets:
            if found.rdclass == dns.rdataclass.IN and found.covers == dns.rdatatype.NONE:  # no signatures
                yield endpoint(_plain(name), found), found


def endpoint(name: str, found: dns.rdataset.Rdataset) -> Endpoint:
    """The record set that data stand for."""
    rtype = dns.rdatatype.to_text(found.rdtype)
    return Endpoint.found(name, rtype, [read(rtype, rdata.to_text()) for rdata in found], ttl=found.ttl)


def respelled(found: Endpoint) -> bool:
    """Whether data made from the targets may differ from what was read, though it means the same: in case or order."""
    return found.rtype in _RESPELLED and found.rtype != RecordType.TXT


def _plain(name: dns.name.Name) -> str:
    return name.to_text(omit_final_dot=True)


def read(rtype: str, text: str) -> str:
    """The target for data in the form of a zone file."""
    return compared_target(rtype, text) if rtype in _RESPELLED else text


def normalized(wanted: Endpoint) -> tuple[str, ...]:
    """Targets as they are read again after they have been written. Raises Rejected."""
    return tuple(read(wanted.rtype, rdata.to_text()) for rdata in rdataset(wanted, 0))


def _written(rtype: str, target: str) -> str:
    if rtype == RecordType.TXT:
        return compared_target(rtype, target)
    return target if rtype not in _NAMES or target.endswith(".") else f"{target}."
