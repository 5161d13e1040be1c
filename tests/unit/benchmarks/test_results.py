"""Results on disk: whole, in order, and there when the run is cut off."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from benchmarks.results import LINES, Book, Measurement, Place, by_place, from_line, parse, to_line

ONE = Measurement("zonewright", "coredns", 5000, "latency", 1, {"changes": 2.0}, (0.01, 0.02), {"Put": 1.0})


def test_line_is_read_as_it_was_written() -> None:
    assert from_line(to_line(ONE)) == ONE


def test_counts_are_written_like_any_mapping() -> None:
    line = to_line(Measurement("zonewright", "coredns", 1, "calls", 1, calls=Counter({"Put": 3})))
    assert from_line(line).calls == {"Put": 3}


def test_last_line_that_was_cut_off_is_left_out() -> None:
    whole = to_line(ONE)
    assert parse([whole, whole[:30]]) == [ONE]


def test_broken_line_before_the_last_is_an_error() -> None:
    with pytest.raises(ValueError, match="line 1"):
        parse([to_line(ONE)[:30], to_line(ONE)])


def test_each_measurement_is_on_disk_at_once(tmp_path: Path) -> None:
    book = Book(tmp_path / "results")
    book.start({"cores": 2})
    book.add(ONE)
    assert (tmp_path / "results" / LINES).read_text().count("\n") == 1
    assert (Book(tmp_path / "results").measurements(), book.facts()) == ([ONE], {"cores": 2})


def test_results_are_never_written_over(tmp_path: Path) -> None:
    Book(tmp_path).start({})
    with pytest.raises(FileExistsError):
        Book(tmp_path).start({})


def test_places_come_by_back_end_and_size() -> None:
    other = Measurement("externaldns", "coredns", 1000, "cold", 1)
    assert [place for place, _ in by_place([ONE, other])] == [Place("coredns", 1000), Place("coredns", 5000)]
