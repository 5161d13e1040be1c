from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zonewright.claims.naming import fallback_name, object_name

# Kubernetes, apimachinery/pkg/util/validation: IsDNS1123Subdomain
VALID = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*")


@pytest.mark.parametrize("hostname", ["a.example.org", "localhost", "xn--bcher-kva.example", "1.a", "a--b.io"])
def test_hostname_is_the_name_where_it_can_be_one(hostname: str) -> None:
    assert object_name(hostname) == hostname


@pytest.mark.parametrize(
    ("hostname", "slug"),
    [
        ("*.example.org", "wildcard.example.org"),
        ("_sip._tcp.example.org", "sip.tcp.example.org"),
        ("a b.example.org", "a-b.example.org"),
        ("A.Example.org", "a.example.org"),
        ("a..b", "a.b"),
        ("…", "name"),
        ("", "name"),
        ("*", "name"),
    ],
)
def test_other_hostnames_have_a_readable_slug_with_a_hash(hostname: str, slug: str) -> None:
    assert re.fullmatch(re.escape(slug) + "-[0-9a-f]{8}", object_name(hostname))


def test_hash_stays_from_release_to_release() -> None:
    """A new name for an old hostname would be a second object beside the first."""
    assert object_name("*.example.org") == "wildcard.example.org-87158a8b"
    assert fallback_name("a.example.org", "me") == "a.example.org-9d6929eb"


def test_fallback_differs_by_installation() -> None:
    assert fallback_name("a.io", "me") != fallback_name("a.io", "you")
    assert fallback_name("a.io", "me").startswith("a.io-")


@given(st.text(max_size=400), st.text(max_size=20))
def test_any_text_gives_a_valid_name(hostname: str, owner: str) -> None:
    for name in (object_name(hostname), fallback_name(hostname, owner)):
        assert VALID.fullmatch(name)
        assert len(name) <= 253


@given(st.text(alphabet="ab*._-A é", max_size=12), st.text(alphabet="ab*._-A é", max_size=12))
def test_two_hostnames_have_two_names(one: str, other: str) -> None:
    assert (object_name(one) == object_name(other)) is (one == other)
