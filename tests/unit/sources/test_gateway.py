from __future__ import annotations

from typing import Any

import pytest

from unit.sources.builders import NOBODY, Cluster, gateway, listener, settings
from unit.sources.listenersets import listener_set, verdict
from zonewright.model.kind import GATEWAY
from zonewright.model.reason import Problem, Reason
from zonewright.sources.gateway import addresses, find, project
from zonewright.sources.lookups import Ref

GW = Ref(GATEWAY, "default", "gw")


@pytest.mark.parametrize(
    ("flags", "fields", "refusal"),
    [
        pytest.param({}, {}, None, id="no filter"),
        pytest.param({"gateway_name": "gw"}, {}, None, id="its name"),
        pytest.param({"gateway_name": "x"}, {}, "its name is not that of --gateway-name=x", id="another name"),
        pytest.param({"gateway_namespace": "default"}, {}, None, id="its namespace"),
        pytest.param({"gateway_namespace": "x"}, {}, "the namespace of --gateway-namespace=x", id="another namespace"),
        pytest.param({"gateway_label_filter": "net=public"}, {"labels": {"net": "public"}}, None, id="its label"),
        pytest.param({"gateway_label_filter": "net=public"}, {}, "match --gateway-label-filter=net=public", id="none"),
        pytest.param({"gateway_label_filter": "net!=x"}, {}, None, id="a label that it must not have"),
        pytest.param({}, {"controller": "dns-controller"}, None, id="this controller"),
        pytest.param({}, {"controller": "other"}, "its annotation controller is 'other'", id="another controller"),
        pytest.param({}, {"controller": ""}, "its annotation controller is ''", id="the empty controller"),
        pytest.param({"annotation_filter": "a=b"}, {}, None, id="annotations are filtered on routes"),
        pytest.param({"label_filter": "a=b"}, {}, None, id="labels, too"),
        pytest.param({"namespace": "x"}, {}, None, id="so is the namespace"),
    ],
)
def test_filters_on_gateways(flags: dict[str, Any], fields: dict[str, Any], refusal: str | None) -> None:
    obj = gateway(**fields)
    found = find(GW, Cluster.of(obj), settings(**flags))
    if refusal is None:
        assert found == obj
    else:
        assert isinstance(found, Problem)
        assert found.reason is Reason.FILTERED
        assert found.message.startswith("gateway/default/gw is left out: ")
        assert refusal in found.message


def test_gateway_that_does_not_exist() -> None:
    assert find(GW, NOBODY, settings()) == Problem(Reason.SOURCE_NOT_READY, "gateway/default/gw does not exist")


def test_gateway_that_nobody_lists_is_filtered_rather_than_missing() -> None:
    found = find(GW, NOBODY, settings(gateway_namespace="infra"))
    assert isinstance(found, Problem)
    assert found.reason is Reason.FILTERED


def test_addresses_are_of_any_type() -> None:
    obj = {
        "status": {"addresses": [{"type": "Hostname", "value": "gw.io"}, {"value": "192.0.2.1"}, {"value": ""}, None]}
    }
    assert addresses(obj) == ["gw.io", "192.0.2.1"]


def test_projection_has_what_is_read() -> None:
    obj = gateway(listener("a.io"), labels={"net": "public"}, target="edge.io")
    flags = settings(gateway_label_filter="net=public")
    assert find(GW, Cluster.of(project(obj)), flags) == project(obj)
    assert addresses(project(obj)) == addresses(obj)
    assert project(obj)["metadata"] == obj["metadata"]


def test_what_changes_with_every_route_is_not_kept_of_a_gateway() -> None:
    before, after = gateway(), gateway()
    after["status"] |= {
        "conditions": [verdict("False", reason="Pending")],
        "listeners": [{"name": "http", "attachedRoutes": 7, "conditions": [verdict()]}],
    }
    assert project(before) == project(after)


def test_of_a_set_the_conditions_are_kept_that_say_whether_it_counts() -> None:
    obj = listener_set()
    obj["status"]["conditions"].append({"type": "Programmed", "status": "True"})
    obj["status"]["listeners"][0] |= {"attachedRoutes": 7}
    assert project(obj)["status"] == {
        "conditions": [verdict()],
        "listeners": [{"name": "http", "conditions": [verdict()]}],
    }
