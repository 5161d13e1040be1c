import pytest

from localcluster.progress import NEARLY, Estimate, duration, pace

SHARES = (60.0, 240.0, 60.0)


def test_at_the_start_the_measured_time_is_told() -> None:
    assert Estimate(SHARES, finished=0, elapsed=0, in_current=0).left() == sum(SHARES)


def test_at_the_end_nothing_is_left() -> None:
    assert Estimate(SHARES, finished=3, elapsed=400, in_current=0).left() == 0


def test_a_machine_of_the_measured_speed_keeps_the_measured_time() -> None:
    assert Estimate(SHARES, finished=1, elapsed=180, in_current=120).left() == pytest.approx(360 - 180)


@pytest.mark.parametrize(
    ("first_took", "slower"),
    [
        pytest.param(240, True, id="a slow first program raises the rest"),
        pytest.param(10, False, id="a fast one lowers it"),
    ],
)
def test_the_pace_of_finished_programs_counts_for_the_rest(first_took: float, slower: bool) -> None:
    left = Estimate(SHARES, finished=1, elapsed=first_took, in_current=0).left()
    assert (left > 300, left < 300) == (slower, not slower)


def test_a_program_that_takes_too_long_is_nearly_done_but_never_done() -> None:
    estimate = Estimate(SHARES, finished=1, elapsed=10_060, in_current=10_000)
    assert estimate.fraction() == NEARLY
    assert estimate.left() > 60


def test_the_estimate_only_falls_while_a_program_is_built() -> None:
    left = [Estimate(SHARES, 1, 60 + second, second).left() for second in range(0, 400, 10)]
    assert left == sorted(left, reverse=True)


def test_little_evidence_moves_the_pace_little() -> None:
    assert pace(elapsed=2, done=1) == pytest.approx(1, abs=0.05)
    assert pace(elapsed=2000, done=1000) == pytest.approx(2, abs=0.1)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0 s"), (1, "10 s"), (40, "40 s"), (119, "120 s"), (120, "2 min"), (121, "3 min"), (3600, "1 h 00 min")],
)
def test_durations_are_rounded_up(seconds: float, text: str) -> None:
    assert duration(seconds) == text
