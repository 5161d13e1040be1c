from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zonewright.model.domain_filter import DomainFilter
from zonewright.model.hostname import is_under

LABELS = st.from_regex(r"[a-z0-9]([a-z0-9-]{0,5}[a-z0-9])?", fullmatch=True).filter(lambda t: not t.startswith("xn-"))
NAMES = st.lists(LABELS, min_size=1, max_size=4).map(".".join)


@pytest.mark.parametrize(
    ("include", "exclude", "name", "passes"),
    [
        pytest.param([], [], "a.example.org", True, id="nothing given admits all"),
        pytest.param(["", " ", "."], [], "a.example.org", True, id="empty entries do not count"),
        pytest.param([], ["", "."], "a.example.org", True, id="empty exclusions exclude nothing"),
        pytest.param(["example.org"], [], "example.org", True, id="the domain itself"),
        pytest.param(["example.org"], [], "a.b.example.org", True, id="any depth below"),
        pytest.param(["example.org"], [], "myexample.org", False, id="whole labels only"),
        pytest.param(["example.org"], [], "org", False, id="not what lies above"),
        pytest.param(["example.org"], [], "*.example.org", True, id="wildcard below"),
        pytest.param([".example.org"], [], "example.org", False, id="leading dot leaves out the domain itself"),
        pytest.param([".example.org"], [], "a.example.org", True, id="leading dot admits what lies below"),
        pytest.param([".example.org"], [], "a.myexample.org", False, id="leading dot, whole labels"),
        pytest.param(["Example.ORG."], [], "A.eXample.org.", True, id="case and final dot do not count"),
        pytest.param([" example.org "], [], "a.example.org", True, id="blanks around do not count"),
        pytest.param(["a.example.org", "example.net"], [], "b.example.net", True, id="one of two is enough"),
        pytest.param(["example.org"], ["sub.example.org"], "a.sub.example.org", False, id="exclusion wins"),
        pytest.param(
            ["a.sub.example.org"], ["sub.example.org"], "a.sub.example.org", False, id="even over a longer one"
        ),
        pytest.param(["example.org"], [".sub.example.org"], "sub.example.org", True, id="exclusion with a leading dot"),
        pytest.param([], ["example.net"], "a.example.org", True, id="exclusion alone admits the rest"),
        pytest.param([], ["example.net"], "a.example.net", False, id="exclusion alone excludes"),
        pytest.param(["bücher.example"], [], "a.xn--bcher-kva.example", True, id="filter in Unicode, name in A-labels"),
        pytest.param(["xn--bcher-kva.example"], [], "a.bücher.example", True, id="filter in A-labels, name in Unicode"),
        pytest.param(["BÜCHER.example"], [], "xn--bcher-kva.example", True, id="case of Unicode"),
        pytest.param(
            ["example.org"], [], "_a.xn--.example.org", True, id="labels that IDNA refuses are taken as they are"
        ),
    ],
)
def test_lists_admit(include: list[str], exclude: list[str], name: str, passes: bool) -> None:
    assert DomainFilter.of(include, exclude).matches(name) is passes


@pytest.mark.parametrize(
    ("regex", "exclusion", "name", "passes"),
    [
        pytest.param(r"^[ab]\..*example\.org$", "", "a.example.org", True, id="match"),
        pytest.param(r"^[ab]\..*example\.org$", "", "c.example.org", False, id="no match"),
        pytest.param(r"xample", "", "a.example.org", True, id="anywhere in the name"),
        pytest.param(r"example\.org$", r"\.sub\.", "b.sub.example.org", False, id="exclusion wins"),
        pytest.param(r"example\.org$", r"\.sub\.", "b.example.org", True, id="exclusion does not match"),
        pytest.param(r"", r"\.sub\.", "b.example.net", True, id="exclusion alone admits the rest"),
        pytest.param(r"", r"\.sub\.", "b.sub.example.net", False, id="exclusion alone excludes"),
        pytest.param(r"org$", "", "A.Example.ORG.", True, id="names are lower case without final dot"),
        pytest.param(r"^bücher", "", "xn--bcher-kva.example", True, id="names are in Unicode"),
    ],
)
def test_regular_expressions_admit(regex: str, exclusion: str, name: str, passes: bool) -> None:
    assert DomainFilter.of((), (), regex, exclusion).matches(name) is passes


def test_regular_expression_puts_lists_out_of_force() -> None:
    both = DomainFilter.of(["example.net"], ["example.org"], r"example\.org$")
    assert both.matches("a.example.org")
    assert not both.matches("a.example.net")
    assert both.domains == ()


@pytest.mark.parametrize("regex", ["(", "[a", "a{2,1}", "*a", "[[:alpha:]]"])
def test_bad_regular_expression_is_named(regex: str) -> None:
    with pytest.raises(ValueError, match="is not a regular expression") as caught:
        DomainFilter.of(regex_include=regex)
    assert regex in str(caught.value)


@pytest.mark.parametrize(
    ("answer", "admitted", "refused"),
    [
        pytest.param({}, "a.example.org", None, id="empty object"),
        pytest.param(None, "a.example.org", None, id="null"),
        pytest.param({"include": None}, "a.example.org", None, id="null list"),
        pytest.param({"include": ["example.org"]}, "a.example.org", "a.example.net", id="include"),
        pytest.param({"exclude": ["example.net"]}, "a.example.org", "a.example.net", id="exclude"),
        pytest.param({"filters": ["example.org"]}, "a.example.org", "a.example.net", id="filters, as in OpenAPI"),
        pytest.param({"regexInclude": "org$"}, "a.example.org", "a.example.net", id="regexInclude"),
        pytest.param({"regexExclude": "net$"}, "a.example.org", "a.example.net", id="regexExclude"),
        pytest.param({"Include": ["example.org"]}, "a.example.org", "a.example.net", id="case of fields"),
        pytest.param({"x": 1, "include": ["example.org"]}, "example.org", "example.net", id="unknown fields"),
    ],
)
def test_what_a_webhook_says_of_itself(answer: Any, admitted: str, refused: str | None) -> None:
    read = DomainFilter.from_json(answer)
    assert read.matches(admitted)
    assert refused is None or not read.matches(refused)


@pytest.mark.parametrize("answer", [[], "x", 7, {"include": "example.org"}, {"exclude": [1]}, {"regexInclude": ["a"]}])
def test_a_filter_of_another_shape_is_refused(answer: Any) -> None:
    with pytest.raises(ValueError, match="domain filter"):
        DomainFilter.from_json(answer)


@pytest.mark.parametrize(
    ("include", "domains"),
    [
        pytest.param([], (), id="any"),
        pytest.param([".example.org"], ("example.org",), id="leading dot"),
        pytest.param(["Example.org.", "example.org"], ("example.org",), id="once each"),
        pytest.param(["bücher.example"], ("xn--bcher-kva.example",), id="A-labels"),
        pytest.param(["b.org", "a.org"], ("a.org", "b.org"), id="sorted"),
    ],
)
def test_domains_as_plain_names(include: list[str], domains: tuple[str, ...]) -> None:
    assert DomainFilter.of(include).domains == domains


@pytest.mark.parametrize(
    ("shown", "text"),
    [
        (DomainFilter.of(), "every name"),
        (DomainFilter.of(["a.org"], ["b.a.org"]), "include a.org; exclude b.a.org"),
        (DomainFilter.of((), (), "a", "b"), "regex a; regex exclusion b"),
    ],
)
def test_shown_to_people(shown: DomainFilter, text: str) -> None:
    assert str(shown) == text


@given(name=NAMES, include=st.lists(NAMES), exclude=st.lists(NAMES))
def test_plain_lists_are_suffixes_by_whole_labels(name: str, include: list[str], exclude: list[str]) -> None:
    admitted = not include or any(is_under(name, domain) for domain in include)
    excluded = any(is_under(name, domain) for domain in exclude)
    assert DomainFilter.of(include, exclude).matches(name) is (admitted and not excluded)


@given(name=st.text(max_size=30), include=st.lists(st.text(max_size=20), max_size=3))
def test_any_text_can_be_asked_about(name: str, include: list[str]) -> None:
    first = DomainFilter.of(include)
    assert first.matches(name) == first.matches(name + ".") or name.endswith(".")


@given(name=NAMES, include=st.lists(NAMES, min_size=1))
def test_what_passes_lies_in_the_domains(name: str, include: list[str]) -> None:
    only = DomainFilter.of(include)
    assert not only.matches(name) or any(is_under(name, domain) for domain in only.domains)
