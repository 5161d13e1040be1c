from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zonewright.model.selector import Selector

FRONT = {"tier": "front", "env": "prod", "weight": "5", "dns.example.org/zone": "pub", "empty": ""}


@pytest.mark.parametrize(
    ("text", "matches"),
    [
        pytest.param("", True, id="nothing is asked for"),
        pytest.param("tier=front", True, id="equal"),
        pytest.param("tier==front", True, id="equal, written twice"),
        pytest.param("tier=back", False, id="another value"),
        pytest.param("missing=x", False, id="equal needs the key"),
        pytest.param("tier!=back", True, id="unequal"),
        pytest.param("tier!=front", False, id="unequal to its own value"),
        pytest.param("missing!=x", True, id="unequal does not need the key"),
        pytest.param("env in (dev, prod)", True, id="one of"),
        pytest.param("env in (dev,test)", False, id="none of"),
        pytest.param("missing in (dev)", False, id="in needs the key"),
        pytest.param("env notin (dev)", True, id="not one of"),
        pytest.param("env notin (dev,prod)", False, id="notin lists it"),
        pytest.param("missing notin (dev)", True, id="notin does not need the key"),
        pytest.param("tier", True, id="exists"),
        pytest.param("missing", False, id="does not exist"),
        pytest.param("!missing", True, id="must not exist"),
        pytest.param("!tier", False, id="must not exist, but does"),
        pytest.param("! tier", False, id="a blank after the exclamation mark"),
        pytest.param("empty=", True, id="the empty value"),
        pytest.param("tier=,env=prod", False, id="the empty value is not any value"),
        pytest.param("dns.example.org/zone = pub", True, id="a key with a domain"),
        pytest.param("tier=front,env=prod,!missing", True, id="all of several"),
        pytest.param("tier=front,env=dev", False, id="one of several fails"),
        pytest.param("weight>4", True, id="greater"),
        pytest.param("weight>5", False, id="not greater"),
        pytest.param("weight<6", True, id="less"),
        pytest.param("tier>1", False, id="text is no number"),
        pytest.param("in=x", False, id="a key that is a word of the grammar"),
    ],
)
def test_selector_matches_as_in_kubernetes(text: str, matches: bool) -> None:
    assert Selector.parse(text).matches(FRONT) is matches


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("a in b", "expected values in parentheses, found 'b'"),
        ("a=b=c", "expected a comma or the end, found '='"),
        ("a=b,", "expected the name of a label, found the end"),
        (",a", "expected the name of a label, found ','"),
        ("a b", "expected one of"),
        ("a in (b", "expected a comma or ), found the end"),
        ("-a=b", "expected the name of a label, found '-a'"),
        ("!", "expected the name of a label, found the end"),
        ("a>b", "expected an integer, found 'b'"),
        ("a=b c", "expected a comma or the end, found 'c'"),
    ],
)
def test_what_is_no_selector_is_told_where_it_fails(text: str, says: str) -> None:
    with pytest.raises(ValueError, match="is not a selector") as e:
        Selector.parse(text)
    assert says in str(e.value)


@pytest.mark.parametrize(
    ("selector", "matches"),
    [
        pytest.param({}, True, id="empty selects all"),
        pytest.param({"matchLabels": {"tier": "front"}}, True, id="matchLabels"),
        pytest.param({"matchLabels": {"tier": "back"}}, False, id="matchLabels with another value"),
        pytest.param({"matchExpressions": [{"key": "env", "operator": "In", "values": ["prod"]}]}, True, id="In"),
        pytest.param(
            {"matchExpressions": [{"key": "env", "operator": "NotIn", "values": ["prod"]}]}, False, id="NotIn"
        ),
        pytest.param({"matchExpressions": [{"key": "x", "operator": "DoesNotExist"}]}, True, id="DoesNotExist"),
        pytest.param(
            {"matchLabels": {"tier": "front"}, "matchExpressions": [{"key": "x", "operator": "Exists"}]},
            False,
            id="both must hold",
        ),
    ],
)
def test_selector_of_an_object(selector: dict[str, Any], matches: bool) -> None:
    assert Selector.of(selector).matches(FRONT) is matches


@pytest.mark.parametrize(
    "selector",
    [
        {"matchExpressions": [{"key": "a", "operator": "Gt", "values": ["1"]}]},
        {"matchExpressions": [{"operator": "Exists"}]},
        {"matchExpressions": {}, "matchLabels": [1]},
        {"matchExpressions": "a"},
    ],
)
def test_selector_that_is_not_understood_is_no_consent(selector: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="match"):
        Selector.of(selector)


@given(st.text(alphabet="ab=!(), in<>1", max_size=20))
def test_any_text_is_a_selector_or_a_value_error(text: str) -> None:
    try:
        selector = Selector.parse(text)
    except ValueError:
        return
    assert selector.matches({"a": "b"}) in (True, False)
