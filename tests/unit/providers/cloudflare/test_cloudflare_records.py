"""Records of Cloudflare and back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zonewright.model.endpoint import Endpoint, Key
from zonewright.providers.cloudflare.beside import Features
from zonewright.providers.cloudflare.plans import Plan, plan_of
from zonewright.providers.cloudflare.records import Defaults, body, held, parse
from zonewright.providers.singles import Single, record_sets

NAME = "www.example.org"
HEX = "ab" * 32
TABLE = [
    pytest.param("A", "192.0.2.1", {"content": "192.0.2.1"}, id="A"),
    pytest.param("AAAA", "2001:db8::1", {"content": "2001:db8::1"}, id="AAAA"),
    pytest.param("CNAME", "lb.example.com", {"content": "lb.example.com"}, id="CNAME"),
    pytest.param("NS", "ns.example.com", {"content": "ns.example.com"}, id="NS"),
    pytest.param("PTR", "host.example.com", {"content": "host.example.com"}, id="PTR"),
    pytest.param("MX", "10 mail.example.com", {"content": "mail.example.com", "priority": 10}, id="MX"),
    pytest.param("MX", "0 .", {"content": ".", "priority": 0}, id="a domain without mail"),
    pytest.param(
        "SRV",
        "1 2 443 lb.example.com.",
        {"data": {"priority": 1, "weight": 2, "port": 443, "target": "lb.example.com"}},
        id="SRV",
    ),
    pytest.param("SRV", "0 0 0 .", {"data": {"priority": 0, "weight": 0, "port": 0, "target": "."}}, id="no service"),
    pytest.param(
        "CAA", '0 issue "ca.example"', {"data": {"flags": 0, "tag": "issue", "value": "ca.example"}}, id="CAA"
    ),
    pytest.param(
        "NAPTR",
        '10 20 "u" "E2U+sip" "!^.*$!sip:a\\\\1@b!" .',
        {
            "data": {
                "order": 10,
                "preference": 20,
                "flags": "u",
                "service": "E2U+sip",
                "regex": "!^.*$!sip:a\\1@b!",
                "replacement": ".",
            }
        },
        id="NAPTR",
    ),
    pytest.param(
        "TLSA",
        f"3 1 1 {HEX}",
        {"data": {"usage": 3, "selector": 1, "matching_type": 1, "certificate": HEX}},
        id="TLSA",
    ),
    pytest.param(
        "HTTPS",
        '1 . alpn="h2,h3"',
        {"data": {"priority": 1, "target": ".", "value": 'alpn="h2,h3"'}},
        id="HTTPS",
    ),
    pytest.param(
        "SVCB", "0 svc.example.com.", {"data": {"priority": 0, "target": "svc.example.com.", "value": ""}}, id="SVCB"
    ),
    pytest.param("TXT", '"v=spf1 -all"', {"content": '"v=spf1 -all"'}, id="TXT"),
]


@pytest.mark.parametrize(("rtype", "target", "fields"), TABLE)
def test_a_value_is_written_and_read_again(rtype: str, target: str, fields: dict[str, Any]) -> None:
    single = Single("7", Key(NAME, rtype, ""), target, 60)
    written = body(single)
    assert {name: written.get(name) for name in fields} == fields
    read = parse(written)
    assert read is not None
    assert (read.id, read.key, read.target, read.ttl) == ("7", single.key, target, 60)


@pytest.mark.parametrize(("rtype", "target", "fields"), TABLE)
def test_what_is_wanted_is_what_is_read(rtype: str, target: str, fields: dict[str, Any]) -> None:
    wanted = Endpoint.wanted(NAME, rtype, [target])
    normal = held(wanted, Defaults(), Features(), Plan())
    read = parse({**body(Single("7", normal.key, normal.targets[0], normal.ttl, normal.properties))})
    assert read is not None
    assert record_sets([read]) == [normal]


@pytest.mark.parametrize(
    "content",
    [
        pytest.param('"v=spf1 -all"', id="in quotes"),
        pytest.param("v=spf1 -all", id="without, as in older zones"),
        pytest.param('v=spf1" " -all', id="a quote within"),
    ],
)
def test_text_that_stands_is_read_as_it_is(content: str) -> None:
    found = parse({"id": "1", "type": "TXT", "name": NAME, "content": content, "ttl": 1})
    assert found is not None
    assert found.target == content


@given(st.text(st.characters(codec="utf-8", exclude_characters="\x00"), min_size=1, max_size=700))
def test_any_text_is_found_again(text: str) -> None:
    wanted = Endpoint.found(NAME, "TXT", [text])
    normal = held(wanted, Defaults(), Features(), Plan())
    assert normal.same_targets(wanted)
    written = body(Single("7", normal.key, normal.targets[0]))
    assert written["content"].isascii()
    read = parse(written)
    assert read is not None
    assert record_sets([read]) == [normal]


PROPERTIES = st.fixed_dictionaries(
    {},
    optional={
        "external-dns.alpha.kubernetes.io/cloudflare-proxied": st.sampled_from(
            ["true", "false", "1", "F", "maybe", ""]
        ),
        "external-dns.kubernetes.io/cloudflare-record-comment": st.text("ab \t,", max_size=150),
        "external-dns.alpha.kubernetes.io/cloudflare-tags": st.text("ab:, ", max_size=20),
        "external-dns.kubernetes.io/cloudflare-custom-hostname": st.text("aB.,", max_size=20),
        "external-dns.alpha.kubernetes.io/cloudflare-region-key": st.sampled_from(["eu", " us ", ""]),
    },
)


@given(
    st.sampled_from(["A", "AAAA", "CNAME", "TXT"]),
    PROPERTIES,
    st.none() | st.integers(1, 10**6),
    st.builds(Defaults, st.booleans(), st.sampled_from(["", " all ", "x" * 600])),
    st.builds(Features, custom_hostnames=st.booleans(), regions=st.booleans(), region=st.sampled_from(["", "eu"])),
    st.sampled_from([Plan(), Plan(500, 60), Plan(500, 30)]),
)
def test_no_combination_of_settings_is_planned_twice(
    rtype: str,
    properties: Mapping[str, str],
    ttl: int | None,
    defaults: Defaults,
    features: Features,
    plan: Plan,
) -> None:
    target = {"A": "192.0.2.1", "AAAA": "2001:db8::1", "CNAME": "lb.example.com", "TXT": '"x"'}[rtype]
    wanted = Endpoint.wanted(NAME, rtype, [target], ttl=ttl, properties=dict(properties))
    normal = held(wanted, defaults, features, plan)
    again = held(normal, Defaults(), Features(custom_hostnames=True, regions=True), plan)
    assert again == normal
    settings = tuple(p for p in normal.properties if p[0].rpartition("-")[2] not in ("hostname", "key"))
    written = body(Single("7", normal.key, normal.targets[0], normal.ttl, settings))
    assert not (written.get("proxied") and written["ttl"] != 1)
    assert written["ttl"] == 1 or plan.min_ttl <= written["ttl"] <= 86_400
    assert len(written.get("comment", "")) <= plan.comment
    read = parse(written)
    assert read is not None
    assert record_sets([read])[0].properties == settings


@pytest.mark.parametrize(
    ("rtype", "target"),
    [
        pytest.param("SRV", "junk", id="too few fields"),
        pytest.param("CAA", '0 issue "\\255\\254"', id="octets that are no text"),
        pytest.param("NAPTR", '10 20 "u" "x" "\\255" .', id="octets that are no text in a rule"),
    ],
)
def test_what_json_or_the_type_cannot_hold_is_no_target(rtype: str, target: str) -> None:
    with pytest.raises(ValueError, match=r"\S"):
        held(Endpoint.found(NAME, rtype, [target]), Defaults(), Features(), Plan())


@pytest.mark.parametrize(
    "record",
    [
        pytest.param({}, id="empty"),
        pytest.param({"id": "1", "type": "A", "name": NAME}, id="without a value"),
        pytest.param({"id": "1", "type": "MX", "name": NAME, "content": "m", "priority": None}, id="no preference"),
        pytest.param({"id": "1", "type": "SRV", "name": NAME, "content": "", "data": {"port": "x"}}, id="half"),
    ],
)
def test_what_cannot_be_read_is_nobodys(record: dict[str, Any]) -> None:
    assert parse(record) is None


def test_a_type_that_we_do_not_write_is_seen_all_the_same() -> None:
    found = parse({"id": "1", "type": "LOC", "name": NAME.upper() + ".", "content": "51 N 0 W 0m", "ttl": 300})
    assert found == Single("1", Key(NAME, "LOC", ""), "51 N 0 W 0m", 300, ())


@pytest.mark.parametrize(
    ("zone", "expected"),
    [
        pytest.param({}, Plan(100, 60), id="nothing told"),
        pytest.param({"plan": None}, Plan(100, 60), id="null"),
        pytest.param({"plan": {"legacy_id": "free", "is_subscribed": False}}, Plan(100, 60), id="free"),
        pytest.param({"plan": {"legacy_id": "pro"}}, Plan(500, 60), id="pro"),
        pytest.param({"plan": {"is_subscribed": True}}, Plan(500, 60), id="paid, whatever its name"),
        pytest.param({"plan": {"legacy_id": "enterprise"}}, Plan(500, 30), id="enterprise"),
    ],
)
def test_a_zone_says_what_its_plan_allows(zone: dict[str, Any], expected: Plan) -> None:
    assert plan_of(zone) == expected
