from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zonewright.model.endpoint import Endpoint, InvalidTarget
from zonewright.model.hostname import InvalidName


def test_order_and_repetition_of_targets_do_not_count() -> None:
    one = Endpoint.wanted("A.example.org.", "A", ["192.0.2.2", "192.0.2.1", "192.0.2.2"])
    two = Endpoint.wanted("a.example.org", "A", ["192.0.2.1", "192.0.2.2"])
    assert one == two
    assert one.targets == ("192.0.2.1", "192.0.2.2")


def test_wanted_name_is_checked() -> None:
    with pytest.raises(InvalidName):
        Endpoint.wanted("a..b", "A", ["192.0.2.1"])


@given(st.text(max_size=40), st.text(max_size=6), st.lists(st.text(max_size=40), max_size=4), st.integers())
def test_whatever_stands_in_a_zone_is_taken(name: str, rtype: str, targets: list[str], ttl: int) -> None:
    found = Endpoint.found(name, rtype, targets, ttl=ttl)
    assert found.ttl is None or found.ttl > 0
    assert found.same_targets(Endpoint.found(name, rtype, reversed(targets)))


def test_spelling_of_targets_is_no_change() -> None:
    a = Endpoint.wanted("a.example.org", "CNAME", ["LB.example.com."])
    assert a.same_targets(Endpoint.found("a.example.org", "CNAME", ["LB.Example.com."]))
    assert not a.same_targets(Endpoint.found("a.example.org", "CNAME", ["lc.example.com"]))


@pytest.mark.parametrize("alias", ["true", "false", "A", None])
def test_only_an_alias_leads_from_an_address_record_to_a_name(alias: str | None) -> None:
    properties = {} if alias is None else {"alias": alias}
    if alias == "true":
        endpoint = Endpoint.wanted("a.example.org", "A", ["LB.example.com"], properties=properties)
        assert endpoint.targets == ("lb.example.com",)
    else:
        with pytest.raises(InvalidTarget):
            Endpoint.wanted("a.example.org", "A", ["LB.example.com"], properties=properties)


def test_type_of_a_record_in_a_zone_is_read_in_any_case() -> None:
    found = Endpoint.found("a.example.org", "txt", ["The end."])
    assert (found.rtype, found.targets) == ("TXT", ("The end.",))


def test_change_in_a_later_target_is_seen() -> None:
    """ExternalDNS misses it once an earlier pair differs in spelling alone."""
    a = Endpoint("a.example.org", "AAAA", ("2001:db8::1", "2001:db8::2"))
    b = Endpoint("a.example.org", "AAAA", ("2001:0db8::1", "2001:db8::3"))
    assert not a.same_targets(b)


def test_labels_are_no_part_of_the_identity() -> None:
    endpoint = Endpoint.wanted("a.example.org", "A", ["192.0.2.1"], labels={"owner": "me"})
    assert endpoint.label("owner") == "me"
    assert endpoint.with_labels({}).key == endpoint.key
    assert endpoint.with_labels({}).label("owner") is None
