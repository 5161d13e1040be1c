"""Records of Alibaba Cloud DNS and back."""

from __future__ import annotations

from typing import Any

import pytest

from zonewright.model.endpoint import Key
from zonewright.providers.alibabacloud.public import PublicDomains
from zonewright.providers.singles import Single

FORM = PublicDomains.form
ZONE = "example.org"
TABLE = [
    pytest.param("A", "192.0.2.1", {"Value": "192.0.2.1"}, id="A"),
    pytest.param("CNAME", "lb.example.com", {"Value": "lb.example.com"}, id="CNAME"),
    pytest.param("MX", "10 mail.example.com", {"Priority": "10", "Value": "mail.example.com"}, id="MX"),
    pytest.param("SRV", "1 2 443 lb.example.com.", {"Value": "1 2 443 lb.example.com"}, id="SRV"),
    pytest.param("CAA", '0 issue "ca.example"', {"Value": '0 issue "ca.example"'}, id="CAA"),
    pytest.param("TXT", 'say "hi"', {"Value": 'say "hi"'}, id="TXT"),
]


@pytest.mark.parametrize(("rtype", "target", "fields"), TABLE)
def test_a_value_is_written_and_read_again(rtype: str, target: str, fields: dict[str, Any]) -> None:
    single = Single("7", Key(f"www.{ZONE}", rtype, ""), target, 60)
    written = FORM.query(single, ZONE)
    assert written == {"Type": rtype, "RR": "www", "TTL": "60", **fields}
    assert FORM.parse(written | {"RecordId": "7", "Line": "default"}, ZONE) == single


def test_the_name_of_the_domain_is_an_at_sign() -> None:
    single = Single("7", Key(ZONE, "A", ""), "192.0.2.1", 600)
    assert FORM.query(single, ZONE)["RR"] == "@"
    assert FORM.parse(FORM.query(single, ZONE) | {"RecordId": "7"}, ZONE) == single


@pytest.mark.parametrize("preference", [0, 51])
def test_preferences_out_of_range_cannot_be_held(preference: int) -> None:
    with pytest.raises(ValueError, match="from 1 to 50"):
        FORM.query(Single("", Key(ZONE, "MX", ""), f"{preference} mail.example.com"), ZONE)


@pytest.mark.parametrize("record", [{}, {"RR": "a", "Type": "A", "Line": "oversea"}], ids=["empty", "other line"])
def test_what_cannot_be_read_is_nobodys(record: dict[str, Any]) -> None:
    assert FORM.parse(record, ZONE) is None
