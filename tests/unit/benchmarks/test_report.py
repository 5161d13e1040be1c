"""The table: medians, ratios, targets, and failures that nobody can overlook."""

from __future__ import annotations

import json

import pytest

from benchmarks.report import document, markdown, number, spread_text
from benchmarks.results import Measurement
from benchmarks.statistics import Spread


def latency(tool: str, run: int, *samples: float, names: int = 5000) -> Measurement:
    return Measurement(tool, "coredns", names, "latency", run, samples=samples)


def line(text: str, title: str) -> str:
    return next(one for one in text.splitlines() if one.startswith(f"| {title}"))


P50 = "One change at a time → DNS, p50"


def test_median_over_runs_ratio_and_target() -> None:
    found = [
        latency("zonewright", 1, 0.02),
        latency("externaldns", 1, 5.0),
        latency("zonewright", 2, 0.01),
        latency("zonewright", 3, 0.04),
    ]
    row = line(markdown(found, {}, []), P50)
    assert "| 5.00 s | 0.02 (0.01–0.04) s | 250 | ≤ 0.03 s and 150 times better | met |" in row


def test_target_is_missed_where_one_of_its_parts_is() -> None:
    found = [latency("zonewright", 1, 0.02), latency("externaldns", 1, 1.0)]
    assert line(markdown(found, {}, []), P50).endswith("| **missed** |")


def test_target_that_needs_the_other_tool_is_not_known_without_it() -> None:
    assert line(markdown([latency("zonewright", 1, 0.02)], {}, []), P50).endswith("| not known |")


def test_failed_run_is_shown_in_its_row_and_told_below() -> None:
    failed = Measurement("externaldns", "coredns", 5000, "latency", 2, error="TooSlow: waited\n90 s")
    text = markdown([latency("zonewright", 1, 0.02), failed], {}, [])
    assert "**1 failed**" in line(text, P50)
    assert "- externaldns, latency, run 2: TooSlow: waited 90 s" in text


def test_cold_start_may_take_what_the_api_server_alone_takes() -> None:
    cold = Measurement("zonewright", "coredns", 5000, "cold", 1, {"last_record": 15.0})
    theirs = Measurement("externaldns", "coredns", 5000, "cold", 1, {"last_record": 6.0})
    floor = Measurement("apiserver", "coredns", 5000, "floor", 1, {"creates": 12.0})
    title = "Cold start → last record in DNS"
    assert line(markdown([cold, theirs, floor], {}, []), title).endswith("| met |")
    assert line(markdown([cold, theirs], {}, []), title).endswith("| **missed** |")


def test_growth_is_told_where_there_are_two_sizes() -> None:
    found = [latency("zonewright", 1, 0.02, names=names) for names in (1000, 20000)]
    assert "one change (p50) grows as names to the power of 0.00 (at most 0.2: met)" in markdown(found, {}, [])


def test_noise_names_the_widest_spread() -> None:
    found = [latency("zonewright", 1, 0.02), latency("zonewright", 2, 0.03), latency("externaldns", 1, 5.0)]
    noise = markdown(found, {}, []).partition("## Noise")[2]
    assert f"| {P50} | zonewright, 5,000, coredns | 40% |" in noise


def test_document_can_be_written_as_json() -> None:
    found = document([latency("zonewright", 1, 0.02)], {"cores": 2})
    assert json.loads(json.dumps(found))["places"][0]["names"] == 5000


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.0, "0"), (0.01234, "0.0123"), (1.234, "1.23"), (12.34, "12.3"), (1234.5, "1,234"), (0.5, "0.5")],
)
def test_numbers_have_about_three_digits(value: float, text: str) -> None:
    assert number(value) == text


def test_one_run_has_no_brackets() -> None:
    assert spread_text(Spread(2.0, 2.0, 2.0, 1), "s") == "2.00 s"
