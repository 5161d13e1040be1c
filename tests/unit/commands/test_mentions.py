from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zonewright.commands.mentions import places

HOSTNAME = "external-dns.kubernetes.io/hostname"
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.just("www.example.org"),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@pytest.mark.parametrize(
    ("obj", "found"),
    [
        pytest.param(
            {"spec": {"rules": [{"host": "a.b"}, {"host": "www.example.org"}]}}, "spec.rules[1].host", id="rule"
        ),
        pytest.param({"spec": {"host": "WWW.Example.org."}}, "spec.host", id="another spelling"),
        pytest.param(
            {"metadata": {"annotations": {HOSTNAME: "a.b, www.example.org"}}},
            f'metadata.annotations["{HOSTNAME}"]',
            id="a list in an annotation",
        ),
        pytest.param({"spec": {"host": "not-www.example.org"}}, None, id="part of another name"),
        pytest.param({"status": {"host": "www.example.org"}}, None, id="a status asks for nothing"),
        pytest.param({"metadata": {"labels": {"a": "www.example.org"}}}, None, id="nor does a label"),
        pytest.param({"spec": "www.example.org"}, "spec", id="an odd shape"),
        pytest.param({"spec": None, "metadata": []}, None, id="no shape at all"),
    ],
)
def test_places_are_where_the_hostname_is_written(obj: dict[str, Any], found: str | None) -> None:
    assert places(obj, "www.example.org") == ((found,) if found else ())


@given(spec=JSON, annotations=JSON)
def test_any_object_can_be_searched(spec: Any, annotations: Any) -> None:
    for place in places({"spec": spec, "metadata": {"annotations": annotations}}, "www.example.org"):
        assert place.startswith(("spec", "metadata.annotations"))
