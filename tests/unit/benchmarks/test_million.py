from __future__ import annotations

import cProfile
import pstats

import pytest

from benchmarks.million import STEPS, Cost, Result, heaviest, heavy_table, measure, seconds, table


def result(zones: int) -> Result:
    records = zones * 1000
    costs = {step: Cost(cpu=0.5, wall=0.6, resident=0) for step in STEPS}
    return Result(zones, 500, records, costs, peak=300 * 2**20, held=records * 1500)


def test_the_table_has_a_column_for_each_size() -> None:
    told = table([result(10), result(1000)]).splitlines()
    assert told[:2] == ["|  | 10,000 records, 10 zones | 1,000,000 records, 1,000 zones |", "| --- | ---: | ---: |"]
    assert "| cold: plan and write all (CPU) | 500 ms | 500 ms |" in told
    assert "| cold, for each record (CPU) | 50 µs | 0 µs |" in told
    assert "| memory at the peak (RSS) | 300 MiB | 300 MiB |" in told
    assert "| memory for each record | 1,500 bytes | 1,500 bytes |" in told


@pytest.mark.parametrize(
    ("value", "told"),
    [(125.2, "125 s"), (1.06, "1.1 s"), (0.25, "250 ms"), (0.0012, "1.2 ms"), (0.000101, "101 µs"), (0.0, "0 µs")],
)
def test_times_have_the_digits_that_mean_something(value: float, told: str) -> None:
    assert seconds(value) == told


def test_the_heaviest_function_comes_first_without_the_directories_of_the_machine() -> None:
    profile = cProfile.Profile()
    profile.runcall(lambda: [sum(range(1000)) for _ in range(100)])
    found = heaviest(pstats.Stats(profile), 2)
    assert found[0].where == "<built-in method builtins.sum>"
    assert found[0].calls == 100
    assert all(not one.where.startswith("/") for one in found)
    assert "| `<built-in method builtins.sum>` | 100 |" in heavy_table(found)


async def test_what_is_measured_has_happened() -> None:
    found = await measure(zones=3, names=4)
    assert (found.records, list(found.costs)) == (24, list(STEPS))
