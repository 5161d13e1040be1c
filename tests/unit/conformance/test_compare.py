from conformance.compare import Comparison, Outcome, compare, format_list, parse_junit, parse_list, report

JUNIT = """<?xml version="1.0" encoding="UTF-8"?>
<testsuites><testsuite name="ingress" tests="2" failures="1">
<testcase classname="ingress" name="ttl" time="0.5"/>
<testcase classname="ingress" name="host" time="0.5"><failure>- create a.example.org</failure></testcase>
</testsuite></testsuites>
"""
OUTCOME = Outcome(frozenset({"ingress/ttl"}), {"ingress/host": "- create a.example.org"})


def test_cases_are_read_by_topic_and_name() -> None:
    assert parse_junit(JUNIT) == OUTCOME


def test_a_listed_case_that_fails_is_lost_and_told_with_its_difference() -> None:
    comparison = compare(frozenset({"ingress/host", "ingress/ttl"}), OUTCOME)
    assert comparison == Comparison(lost=("ingress/host",), gained=(), vanished=())
    assert "LOST  ingress/host\n- create a.example.org" in report(comparison, OUTCOME)


def test_an_unlisted_case_that_passes_is_gained_with_the_hint_how_to_keep_it() -> None:
    comparison = compare(frozenset(), OUTCOME)
    assert comparison == Comparison(lost=(), gained=("ingress/ttl",), vanished=())
    assert "make conformance-accept" in report(comparison, OUTCOME)


def test_an_unlisted_case_that_fails_is_no_news() -> None:
    comparison = compare(frozenset({"ingress/ttl"}), OUTCOME)
    assert comparison == Comparison((), (), ())
    assert report(comparison, OUTCOME) == "conformance: 1 of 2 cases pass"


def test_a_listed_case_that_the_suite_no_longer_has_is_told_but_not_lost() -> None:
    comparison = compare(frozenset({"ingress/ttl", "ingress/old"}), OUTCOME)
    assert comparison == Comparison(lost=(), gained=(), vanished=("ingress/old",))


def test_a_list_is_sorted_and_read_back() -> None:
    names = frozenset({"b/x", "a/y", "a/x"})
    assert format_list(names) == "a/x\na/y\nb/x\n"
    assert parse_list("# a comment\n\n" + format_list(names)) == names
