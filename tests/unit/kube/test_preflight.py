from __future__ import annotations

from typing import Any

import pytest

from zonewright.kube.preflight import definition_fault


def definition(status: dict[str, Any], *, served: bool = True, subresource: bool = True) -> dict[str, Any]:
    version = {
        "name": "v1alpha1",
        "served": served,
        "schema": {"openAPIV3Schema": {"properties": {"status": status}}},
        "subresources": {"status": {}} if subresource else {},
    }
    return {"spec": {"versions": [version]}}


OURS = {"properties": {"conditions": {}, "records": {}, "summary": {}, "observedGeneration": {}}}


def test_our_own_definition_is_fine() -> None:
    assert definition_fault(definition(OURS)) is None


def test_a_definition_that_keeps_unknown_fields_is_fine() -> None:
    assert definition_fault(definition({"x-kubernetes-preserve-unknown-fields": True})) is None


@pytest.mark.parametrize(
    ("broken", "told"),
    [
        pytest.param(definition({"properties": {"observedGeneration": {}}}), "ExternalDNS's own", id="ExternalDNS's"),
        pytest.param(definition({"properties": {"conditions": {}}}), "status.records", id="an old one of ours"),
        pytest.param(definition({}), "status.conditions", id="no status at all"),
        pytest.param(definition(OURS, served=False), "does not serve v1alpha1", id="not served"),
        pytest.param(definition(OURS, subresource=False), "no status subresource", id="no subresource"),
        pytest.param({}, "does not serve v1alpha1", id="empty"),
        pytest.param({"spec": {"versions": [{"name": "v2"}]}}, "does not serve v1alpha1", id="another version"),
    ],
)
def test_a_definition_that_would_drop_the_status_is_named(broken: dict[str, Any], told: str) -> None:
    assert told in (definition_fault(broken) or "")
