"""Every record type on its whole way: written in a DNSEndpoint, managed by a flag, held by the memory provider."""

from __future__ import annotations

import pytest

from unit.sources.builders import meta
from zonewright.model.change import Change, Unit
from zonewright.model.endpoint import Endpoint
from zonewright.model.recordtype import RecordType
from zonewright.providers.inmemory import InMemory
from zonewright.settings import from_args
from zonewright.sources.dnsendpoint import read

SHA256 = "0123456789abcdef" * 4
WRITTEN: dict[RecordType, tuple[str, list[str]]] = {
    RecordType.A: ("a.example.org", ["192.0.2.2", "192.0.2.1"]),
    RecordType.AAAA: ("a.example.org", ["2001:DB8::1"]),
    RecordType.CNAME: ("www.example.org", ["LB.example.com."]),
    RecordType.TXT: ("a.example.org", ["v=spf1 include:_spf.example.com -all", '"k=' + "x" * 300 + '"']),
    RecordType.SRV: ("_sip._udp.example.org", ["10 20 5060 sip.example.org."]),
    RecordType.NS: ("sub.example.org", ["ns1.example.com", "ns2.example.com"]),
    RecordType.PTR: ("1.2.0.192.in-addr.arpa", ["a.example.org", "b.example.org"]),
    RecordType.MX: ("example.org", ["10 mail1.example.org", "20 Mail2.example.org."]),
    RecordType.NAPTR: ("example.org", ['100 10 "u" "E2U+sip" "!^.*$!sip:info@example.com!" .']),
    RecordType.DNAME: ("old.example.org", ["new.example.net."]),
    RecordType.CAA: ("example.org", ["0 issue letsencrypt.org", '128 iodef "mailto:a@example.org"']),
    RecordType.HTTPS: ("example.org", ["1 . alpn=h2,h3 ipv4hint=192.0.2.1"]),
    RecordType.SVCB: ("_dns.example.org", ["1 dns.example.org. alpn=dot port=853"]),
    RecordType.TLSA: ("_443._tcp.example.org", [f"3 1 1 {SHA256.upper()}"]),
}


@pytest.mark.parametrize("rtype", list(RecordType))
async def test_record_of_every_type_can_be_wanted_managed_and_held(rtype: RecordType) -> None:
    name, targets = WRITTEN[rtype]
    settings = from_args(["--provider=inmemory", f"--managed-record-types={rtype}"], {})
    obj = {
        "metadata": meta("d"),
        "spec": {"endpoints": [{"dnsName": name, "recordType": str(rtype), "targets": targets}]},
    }
    found = read(obj, settings)
    assert (found.problems, settings.managed_record_types) == ({}, (rtype,))

    provider = InMemory()
    (zone,) = await provider.zones()
    await provider.apply(zone, [Unit(name, (Change(None, found.endpoints[0]),))])
    (standing,) = await provider.records(zone)
    as_reported = Endpoint.found(name, rtype, targets)  # by a provider that keeps the spelling it was given
    assert standing.same_targets(found.endpoints[0])
    assert as_reported.same_targets(standing)
    assert standing.same_targets(as_reported)
