from __future__ import annotations

from collections.abc import Collection

import pytest

from zonewright.zones.strangers import QUIET, Alarm, Strangers

INTERVAL = 60.0
LONG = QUIET * INTERVAL
WANTED = {"a.example.org"}
THREE = {"x.example.org", "y.example.org", "z.example.org"}


def anything(name: str) -> bool:
    return True


def wanted(name: str) -> bool:
    return name in WANTED


@pytest.mark.parametrize(
    ("expected", "tried", "now", "strange"),
    [
        pytest.param(None, (), {"x.example.org"}, set(), id="what stands at the start may be a left-over of ours"),
        pytest.param((), (), {"x.example.org"}, {"x.example.org"}, id="a name that nobody here wants has come"),
        pytest.param((), (), {"a.example.org"}, set(), id="one that is wanted here, by the hand of somebody"),
        pytest.param((), ("x.example.org",), {"x.example.org"}, set(), id="one that we have tried to write"),
        pytest.param(("x.example.org",), (), {"x.example.org"}, set(), id="one that should stand there"),
        pytest.param(("x.example.org",), (), set(), set(), id="one that has gone"),
    ],
)
def test_another_writer_is_known_by_names_that_come_unwanted(
    expected: tuple[str, ...] | None, tried: tuple[str, ...], now: set[str], strange: set[str]
) -> None:
    strangers = Strangers(INTERVAL)
    if expected is not None:
        strangers.read(expected, None, wanted, 0.0)
    strangers.tries(tried)
    assert strangers.read(now, expected, wanted, 1.0) == strange
    assert strangers.about(1.0) is bool(strange)


def test_what_has_landed_is_no_try_any_more() -> None:
    strangers = Strangers(INTERVAL)
    strangers.read({"x.example.org"}, None, wanted, 0.0)
    strangers.tries({"x.example.org"})
    strangers.landed({"x.example.org"})  # a delete
    assert strangers.read({"x.example.org"}, (), wanted, 1.0) == {"x.example.org"}


def test_another_writer_is_taken_for_gone_when_long_nothing_has_come() -> None:
    strangers = Strangers(INTERVAL)
    strangers.read((), None, wanted, 0.0)
    strangers.read({"x.example.org"}, (), wanted, 10.0)
    assert strangers.about(9.0 + LONG)
    assert not strangers.about(11.0 + LONG)


def test_a_name_that_stands_again_after_our_delete_is_in_doubt_alone() -> None:
    strangers = Strangers(INTERVAL)
    strangers.read({"x.example.org"}, None, wanted, 0.0)
    assert strangers.read({"x.example.org"}, (), wanted, 1.0)
    assert not strangers.about(1.0)
    assert strangers.doubts("x.example.org")


@pytest.mark.parametrize(
    ("told", "alarm", "news"),
    [
        pytest.param(Alarm(), Alarm(), False, id="all is well, still"),
        pytest.param(Alarm(), Alarm(seen=True), True, id="it begins"),
        pytest.param(Alarm(seen=True), Alarm(seen=True), False, id="it goes on"),
        pytest.param(Alarm(seen=True), Alarm(seen=True, come=frozenset(THREE)), True, id="more come"),
        pytest.param(Alarm(seen=True), Alarm(), True, id="it ends"),
        pytest.param(
            Alarm(True, doubtful=frozenset(THREE)), Alarm(doubtful=frozenset(THREE)), True, id="doubt is left"
        ),
        pytest.param(Alarm(doubtful=frozenset(THREE)), Alarm(doubtful=frozenset("x")), False, id="less doubt"),
        pytest.param(Alarm(doubtful=frozenset(THREE)), Alarm(), True, id="no doubt any more"),
    ],
)
def test_what_is_told_is_what_has_changed(told: Alarm, alarm: Alarm, news: bool) -> None:
    assert alarm.is_news(told) is news


# -- what stands at the start


def started(owned: Collection[str], published: Collection[str] = (), held: Collection[str] = ()) -> Strangers:
    """After the first look at everything, at the time 0."""
    strangers = Strangers(INTERVAL, wary=True)
    strangers.read(owned, None, wanted, 0.0)
    strangers.judge(wanted, anything, published.__contains__, held.__contains__, 0.0)
    return strangers


def names(count: int, kind: str) -> set[str]:
    return {f"{kind}{i}.example.org" for i in range(count)}


@pytest.mark.parametrize("published", [0, 1], ids=["nothing was", "something was"])
def test_left_overs_are_in_doubt_where_nothing_was_published_before(published: int) -> None:
    ours, over = names(published, "ours"), names(60, "over")
    strangers = started(ours | over, ours)
    doubtful = not published
    assert {strangers.doubts(name) for name in over} == {doubtful}
    assert strangers.unsure(ours.__contains__) is doubtful
    assert bool(strangers.alarm(frozenset(), 0.0)) is doubtful


def test_all_is_sure_when_what_was_in_doubt_has_come_to_be_wanted() -> None:
    strangers = started(THREE)
    strangers.asked(THREE)
    assert looks(strangers, THREE, 1.0) == THREE
    assert not strangers.unsure(wanted)


def test_nothing_is_sure_before_the_judgement_unless_something_was_published() -> None:
    strangers = started(THREE, held=THREE)
    assert strangers.unsure(lambda name: False)
    assert not strangers.unsure({"x.example.org"}.__contains__)


def test_what_a_status_says_of_names_that_do_not_stand_is_no_proof() -> None:
    assert started(THREE, {"mine.example.org"}).doubts("x.example.org")


def test_what_is_wanted_is_not_in_doubt_and_no_proof() -> None:
    strangers = started({*THREE, "a.example.org"})
    assert not strangers.doubts("a.example.org")
    assert strangers.doubts("x.example.org")


def test_nothing_is_judged_before_it_is_known_what_is_wanted() -> None:
    strangers = started(THREE, held=THREE)
    assert all(strangers.doubts(name) for name in THREE)
    assert not strangers.alarm(frozenset(), 0.0)
    strangers.judge(THREE.__contains__, anything, wanted, lambda name: False, 1.0)
    assert not any(strangers.doubts(name) for name in THREE)


def test_what_comes_to_be_wanted_here_is_ours() -> None:
    strangers = started(THREE)
    strangers.asked({"x.example.org"})
    assert [strangers.doubts(name) for name in sorted(THREE)] == [False, True, True]


def looks(strangers: Strangers, owned: Collection[str], now: float) -> set[str]:
    """The zone is read, as it should be, and looked at; returns what may go."""
    strangers.read(owned, owned, wanted, now)
    strangers.judge(wanted, anything, wanted, lambda name: False, now)
    return {name for name in owned if not strangers.doubts(name)}


def test_after_a_long_calm_one_goes_and_after_another_the_rest() -> None:
    strangers = started(THREE)
    assert looks(strangers, THREE, LONG - 1) == set()
    assert looks(strangers, THREE, LONG) == {"x.example.org"}
    rest = THREE - {"x.example.org"}
    assert looks(strangers, rest, LONG + 60) == set()
    assert looks(strangers, rest, LONG + 60 + LONG - 1) == set()
    assert looks(strangers, rest, LONG + 60 + LONG) == rest
    assert not strangers.alarm(frozenset(), LONG + 60 + LONG)
    assert not strangers.unsure(wanted)


def test_as_long_as_the_one_has_not_gone_the_rest_stays() -> None:
    strangers = started(THREE)
    assert looks(strangers, THREE, LONG) == {"x.example.org"}
    assert looks(strangers, THREE, 9 * LONG) == {"x.example.org"}


def test_when_the_one_comes_again_all_stay() -> None:
    strangers = started(THREE)
    looks(strangers, THREE, LONG)
    assert strangers.read(THREE, THREE - {"x.example.org"}, wanted, LONG + 60) == {"x.example.org"}
    strangers.judge(wanted, anything, wanted, lambda name: False, LONG + 60)
    assert all(strangers.doubts(name) for name in THREE)
    assert looks(strangers, THREE, LONG + 59 + LONG) == set()
    assert looks(strangers, THREE, LONG + 60 + LONG) == {"x.example.org"}


def test_when_another_name_comes_the_calm_begins_anew() -> None:
    strangers = started(THREE)
    more = {*THREE, "new.example.org"}
    strangers.read(more, THREE, wanted, LONG - 1)
    assert strangers.about(LONG)
    assert looks(strangers, more, LONG) == set()
    assert looks(strangers, more, LONG - 1 + LONG) == {"new.example.org"}


def test_the_one_that_is_wanted_meanwhile_gives_way_to_another() -> None:
    strangers = started(THREE)
    looks(strangers, THREE, LONG)
    strangers.asked({"x.example.org"})
    assert looks(strangers, THREE, LONG + 60) == {"x.example.org", "y.example.org"}


def test_a_name_that_an_ownership_record_only_may_be_about_is_not_in_doubt() -> None:
    """With a replacement of wildcards the text about "*" may be about the replacement as well."""
    strangers = Strangers(INTERVAL, wary=True)
    strangers.read(THREE, None, wanted, 0.0)
    strangers.judge(wanted, lambda name: name == "x.example.org", lambda name: False, lambda name: False, 0.0)
    assert strangers.alarm(frozenset(), 0.0).doubtful == {"x.example.org"}
