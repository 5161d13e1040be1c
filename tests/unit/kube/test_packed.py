from __future__ import annotations

import sys

import pytest

from zonewright.kube.packed import Packed, unpacked

STATUS = {"records": [{"dnsName": "www.example.org"}], "conditions": []}


def test_it_reads_as_what_was_packed() -> None:
    packed = Packed(STATUS)
    assert packed == STATUS
    assert packed.get("records") == STATUS["records"]
    assert sorted(packed) == sorted(STATUS)
    assert len(packed) == 2
    assert unpacked(packed) == unpacked(STATUS) == STATUS


@pytest.mark.parametrize("mapping", [{}, STATUS])
def test_what_is_empty_is_false(mapping: dict[str, object]) -> None:
    assert bool(Packed(mapping)) == bool(mapping)


def test_the_order_of_fields_makes_no_difference() -> None:
    assert Packed({"a": 1, "b": 2}) == Packed({"b": 2, "a": 1})
    assert Packed({"a": 1}) != Packed({"a": 2})


def test_who_changes_what_was_unpacked_changes_nothing_else() -> None:
    packed = Packed(STATUS)
    packed.unpacked()["records"].clear()
    assert packed == STATUS


def test_it_takes_no_more_than_its_text() -> None:
    packed = Packed({"text": "x" * 500})
    assert sys.getsizeof(packed._data) < 600
