import pytest

from localcluster.wait import NotYet, wait_until


def test_what_the_condition_returned_is_returned() -> None:
    answers = iter([None, "", 0, False, "yes", "never reached"])
    assert wait_until(lambda: next(answers)) == "yes"
    assert next(answers) == "never reached"


@pytest.mark.parametrize("error", [AssertionError("1 == 2"), NotYet("still 1"), ConnectionRefusedError("port closed")])
def test_what_was_seen_last_is_told(error: Exception) -> None:
    def look() -> bool:
        raise error

    with pytest.raises(TimeoutError, match=f"for the answer. Last seen: {type(error).__name__}: {error}"):
        wait_until(look, timeout=0, what="the answer")


def test_another_error_passes_through_at_once() -> None:
    with pytest.raises(ZeroDivisionError):
        wait_until(lambda: 1 // 0, timeout=60)


def test_the_condition_is_looked_at_at_least_once() -> None:
    assert wait_until(lambda: "there", timeout=0) == "there"
