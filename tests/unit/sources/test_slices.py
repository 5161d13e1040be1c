from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unit.sources.workloads import endpoint, endpoint_slice
from zonewright.sources.slices import Endpoint, endpoints, project, service_of


@pytest.mark.parametrize(
    ("conditions", "ready"),
    [
        pytest.param({"conditions": {"ready": True}}, True, id="ready"),
        pytest.param({"conditions": {"ready": False}}, False, id="not ready"),
        pytest.param({"conditions": {"ready": None}}, True, id="unknown counts as ready"),
        pytest.param({"conditions": {}}, True, id="not said counts as ready"),
        pytest.param({}, True, id="no conditions at all"),
        pytest.param({"conditions": {"ready": True, "serving": True, "terminating": True}}, True, id="being stopped"),
    ],
)
def test_an_endpoint_is_ready_unless_it_says_otherwise(conditions: dict[str, Any], ready: bool) -> None:
    (found,) = endpoints(endpoint_slice(endpoint("p", "10.0.0.1", **conditions)))
    assert found.ready is ready


@pytest.mark.parametrize(
    ("ref", "pod"),
    [
        pytest.param({"kind": "Pod", "name": "p"}, "p", id="pod"),
        pytest.param({"kind": "Pod", "name": "p", "apiVersion": ""}, "p", id="empty apiVersion"),
        pytest.param({"kind": "Pod", "name": "p", "apiVersion": "example.org/v1"}, "", id="pod of another API"),
        pytest.param({"kind": "VirtualMachine", "name": "p"}, "", id="something else"),
        pytest.param(None, "", id="nothing"),
    ],
)
def test_only_a_pod_counts_behind_an_endpoint(ref: Any, pod: str) -> None:
    (found,) = endpoints(endpoint_slice(endpoint("p", "10.0.0.1", targetRef=ref)))
    assert found.pod == pod


@pytest.mark.parametrize(("family", "is_address"), [("IPv4", True), ("IPv6", True), ("FQDN", False), ("", False)])
def test_names_are_told_from_addresses_by_the_type_of_the_slice(family: str, is_address: bool) -> None:
    (found,) = endpoints(endpoint_slice(endpoint("p", "x"), family=family))
    assert found.is_address is is_address


def test_endpoints_come_in_their_order_with_all_addresses() -> None:
    found = endpoints(endpoint_slice(endpoint("b", "10.0.0.2", "10.0.0.3"), endpoint("a", "10.0.0.1")))
    assert list(found) == [
        Endpoint(("10.0.0.2", "10.0.0.3"), True, True, "b"),
        Endpoint(("10.0.0.1",), True, True, "a"),
    ]


def test_a_slice_belongs_to_the_service_of_its_label() -> None:
    assert service_of(endpoint_slice(of="db")) == "db"
    assert service_of({"metadata": {"name": "db-1"}}) == ""


def test_projection_keeps_what_counts_and_no_more() -> None:
    one = endpoint("p", "10.0.0.1", conditions={"ready": True, "serving": True, "terminating": False}, zone="a")
    other = endpoint("p", "10.0.0.1", conditions={"ready": True, "serving": False, "terminating": True}, zone="b")
    assert project(endpoint_slice(one)) == project(endpoint_slice(other))
    assert list(endpoints(project(endpoint_slice(one)))) == list(endpoints(endpoint_slice(one)))
    assert service_of(project(endpoint_slice(one))) == "app"


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["addresses", "conditions", "ready", "targetRef", "kind", "name"]), inner)
    ),
    max_leaves=8,
)


@given(JUNK, JUNK)
def test_what_is_no_slice_has_endpoints_of_nobody_or_none(listed: Any, family: Any) -> None:
    obj = {"metadata": {"name": "s"}, "addressType": family, "endpoints": listed}
    for found in endpoints(obj):
        assert isinstance(found.pod, str)
        assert all(isinstance(address, str) for address in found.addresses)
    assert [found.pod for found in endpoints(project(obj))] == [found.pod for found in endpoints(obj)]
