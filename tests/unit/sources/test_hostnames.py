from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unit.sources.builders import PREFIX, route, settings
from zonewright.model.hostname import InvalidName
from zonewright.model.reason import Reason
from zonewright.sources import hostnames
from zonewright.sources.annotations import Annotations, HostnameSource
from zonewright.sources.hostnames import LISTENERS_NAME, Asked, hostname_of, intersection

NAME = st.lists(st.sampled_from(["a", "b", "example", "org"]), min_size=1, max_size=4).map(".".join)
HOST = st.one_of(NAME, NAME.map("*.".__add__))


@pytest.mark.parametrize(
    ("served", "asked", "result"),
    [
        pytest.param("", "", None, id="neither names a host"),
        pytest.param("l.example.org", "", "l.example.org", id="the listener's"),
        pytest.param("", "a.example.org", "a.example.org", id="the route's"),
        pytest.param("a.example.org", "a.example.org", "a.example.org", id="equal"),
        pytest.param("a.example.org", "b.example.org", None, id="unequal"),
        pytest.param("*.example.org", "a.example.org", "a.example.org", id="under the listener's wildcard"),
        pytest.param("*.example.org", "deep.b.example.org", "deep.b.example.org", id="at any depth"),
        pytest.param("*.example.org", "example.org", None, id="but not where it hangs"),
        pytest.param("*.example.org", "xexample.org", None, id="by whole labels"),
        pytest.param("x.example.org", "*.example.org", "x.example.org", id="under the route's wildcard"),
        pytest.param("*.example.org", "*.shop.example.org", "*.shop.example.org", id="the narrower wildcard"),
        pytest.param("*.shop.example.org", "*.example.org", "*.shop.example.org", id="on either side"),
        pytest.param("*.example.org", "*.example.net", None, id="wildcards apart"),
    ],
)
def test_intersection_is_the_narrower_name(served: str, asked: str, result: str | None) -> None:
    assert intersection(served, asked) == result


@given(HOST, HOST)
def test_intersection_has_no_direction(a: str, b: str) -> None:
    assert intersection(a, b) == intersection(b, a)
    assert intersection(a, b) in (None, a, b)


@pytest.mark.parametrize(
    ("written", "name"),
    [
        pytest.param("A.Example.ORG", "a.example.org", id="case does not count"),
        pytest.param("a.example.org.", "a.example.org", id="nor does a final dot"),
        pytest.param("bücher.example", "xn--bcher-kva.example", id="A-labels"),
        pytest.param("*.example.org", "*.example.org", id="wildcard"),
        pytest.param("192.0.2.1", None, id="address"),
        pytest.param("::1", None, id="IPv6 address"),
        pytest.param("*", None, id="bare wildcard"),
        pytest.param("a.*.org", None, id="wildcard within"),
        pytest.param("a_b.example.org", None, id="underscore"),
        pytest.param("-a.example.org", None, id="hyphen at the edge"),
        pytest.param("a..b", None, id="empty label"),
        pytest.param("a" * 64 + ".io", None, id="long label"),
        pytest.param("a." * 127 + "io", None, id="long name"),
    ],
)
def test_hostnames_of_the_gateway_api(written: str, name: str | None) -> None:
    if name:
        assert hostname_of(written) == name
    else:
        with pytest.raises(InvalidName):
            hostname_of(written)


def asked(
    *hosts: str, counts: HostnameSource = HostnameSource.BOTH, flags: dict[str, Any] | None = None, **notes: Any
) -> Asked:
    obj = route(*hosts, **notes)
    annotations = Annotations.of(obj, (PREFIX,))
    return hostnames.asked(obj, "gateway-httproute", annotations, counts, settings(**(flags or {})))


BOTH, ANNOTATION, DEFINED = HostnameSource.BOTH, HostnameSource.ANNOTATION, HostnameSource.DEFINED
NO_NOTES = {"ignore_hostname_annotation": True}
TEMPLATE = {"fqdn_template": ("{{.Name}}.t.io",)}
COMBINED = TEMPLATE | {"combine_fqdn_annotation": True}
L = LISTENERS_NAME


@pytest.mark.parametrize(
    ("hosts", "note", "counts", "flags", "names"),
    [
        pytest.param(["a.io"], None, BOTH, {}, ["a.io"], id="spec"),
        pytest.param(["a.io"], "b.io", BOTH, {}, ["a.io", "b.io"], id="spec and annotation"),
        pytest.param([], None, BOTH, {}, [L], id="nothing: the listener's"),
        pytest.param([], "b.io", BOTH, {}, [L, "b.io"], id="annotation: and the listener's"),
        pytest.param(["a.io"], "b.io", ANNOTATION, {}, ["b.io"], id="annotation only"),
        pytest.param(["a.io"], "b.io", DEFINED, {}, ["a.io"], id="defined only"),
        pytest.param([], "b.io", DEFINED, {}, [], id="defined only, and none is"),
        pytest.param(["a.io"], "b.io", BOTH, NO_NOTES, ["a.io"], id="annotation ignored"),
        pytest.param([], "b.io", BOTH, NO_NOTES, [L], id="annotation ignored: the listener's"),
        pytest.param(["a.io"], "b.io", ANNOTATION, NO_NOTES, [], id="annotation only, and ignored"),
        pytest.param(["A.io", "a.io."], "a.io", BOTH, {}, ["a.io"], id="each once"),
        pytest.param([], None, BOTH, TEMPLATE, [L, "web.t.io"], id="template: and the listener's"),
        pytest.param([], "b.io", BOTH, TEMPLATE, [L, "web.t.io", "b.io"], id="template and annotation"),
        pytest.param(["a.io"], None, BOTH, TEMPLATE, ["a.io"], id="template gives way to spec"),
        pytest.param(["a.io"], "b.io", BOTH, COMBINED, ["a.io", "web.t.io", "b.io"], id="all combined"),
        pytest.param([], "b.io", DEFINED, TEMPLATE, ["web.t.io"], id="a template's names are defined"),
        pytest.param(["a.io"], "b.io", DEFINED, COMBINED, ["a.io", "web.t.io"], id="combined, defined only"),
        pytest.param([], "b.io", ANNOTATION, COMBINED, ["b.io"], id="template, annotation only"),
        pytest.param([], "b.io", BOTH, TEMPLATE | NO_NOTES, [L, "web.t.io"], id="template, annotation ignored"),
    ],
)
def test_which_names_are_asked_for(
    hosts: list[str], note: str | None, counts: HostnameSource, flags: dict[str, Any], names: list[str]
) -> None:
    found = asked(*hosts, counts=counts, flags=flags, **({} if note is None else {"hostname": note}))
    assert (list(found.names), found.faults) == (names, {})


def test_what_is_no_hostname_is_shown_with_what_is_wrong() -> None:
    found = asked("a.io", hostname="a..b,192.0.2.1," + "x" * 300)
    assert found.names == ("a.io",)
    assert [text[:9] for text in found.faults] == ["a..b", "192.0.2.1", "x" * 9]
    assert {problem.reason for why in found.faults.values() for problem in why} == {Reason.INVALID_NAME}
    assert max(map(len, found.faults)) < 260


@pytest.mark.parametrize("counts", [BOTH, DEFINED])
def test_template_that_fails_spares_the_other_names(counts: HostnameSource) -> None:
    broken = {"fqdn_template": ("{{.Spec.NoSuchField}}.t.io", "u.io"), "combine_fqdn_annotation": True}
    found = asked("a.io", counts=counts, flags=broken)
    assert found.names == ("a.io",)
    ((shown, problems),) = found.faults.items()
    assert shown == "{{.Spec.NoSuchField}}.t.io,u.io"
    assert {problem.reason for problem in problems} == {Reason.INVALID_TEMPLATE}
