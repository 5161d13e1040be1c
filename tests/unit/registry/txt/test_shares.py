"""What several owners state in one ownership record, and how it is written into values that fit."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zonewright.model.ownership import Ownership, Share
from zonewright.registry.txt.shares import is_shared, parts, shares, together
from zonewright.registry.txt.values import decode, encode

ADDRESSES = st.lists(st.ip_addresses(v=6).map(str), min_size=1, max_size=40, unique=True).map(sorted)
RESOURCES = st.sampled_from(["", "ingress/default/web", f"ingress/{'n' * 63}/{'o' * 180}"])


def sharing(owner: str, *targets: str, resource: str = "", **extra: str) -> Ownership:
    return Ownership(owner, resource, tuple(sorted({**extra, "shared": " ".join(targets)}.items())))


@given(targets=ADDRESSES, resource=RESOURCES, owner=st.sampled_from(["me", "o" * 120]), retain=st.booleans())
def test_no_target_is_lost_in_writing_and_every_value_is_one_string(
    targets: list[str], resource: str, owner: str, retain: bool
) -> None:
    extra = {"retain": "true"} if retain else {}
    written = [encode(part) for part in parts(sharing(owner, *targets, resource=resource, **extra))]
    assert all(len(text) <= 257 for text in written)  # with its quotes
    read = [said for text in written if (said := decode(text))]
    whole = together(read)
    assert (whole.owner, sorted(whole.stated or ()), whole.retains) == (owner, targets, retain)


@given(targets=ADDRESSES, resource=RESOURCES)
def test_what_is_written_is_written_again_the_same_way(targets: list[str], resource: str) -> None:
    said = sharing("me", *targets, resource=resource)
    assert together(parts(together(parts(said)))) == together(parts(said))


def test_a_record_set_that_is_not_shared_has_one_value() -> None:
    assert parts(Ownership("me", "ingress/default/web")) == (Ownership("me", "ingress/default/web"),)


def test_an_owner_without_targets_is_still_an_owner() -> None:
    assert [encode(part) for part in parts(sharing("me"))] == [
        '"heritage=external-dns,external-dns/owner=me,external-dns/shared="'
    ]


def test_an_owner_id_that_leaves_no_room_is_refused() -> None:
    with pytest.raises(ValueError, match="does not fit"):
        parts(sharing("o" * 220, "2001:db8::1"))


def test_one_who_does_not_say_so_has_it_for_himself() -> None:
    assert is_shared([sharing("me", "192.0.2.1"), sharing("you")])
    assert not is_shared([sharing("me", "192.0.2.1"), Ownership("you")])


def test_values_of_one_owner_are_one_share() -> None:
    said = [sharing("you", "192.0.2.3"), sharing("me", "192.0.2.2"), sharing("me", "192.0.2.1")]
    assert shares(said) == (Share("me", ("192.0.2.1", "192.0.2.2")), Share("you", ("192.0.2.3",)))
