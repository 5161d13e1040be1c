"""The definition of DNSEndpoint as a text; tests/cluster/test_crd.py tries it on a real API server."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from zonewright.kube.preflight import CRD_NAME, definition_fault
from zonewright.model.endpoint import Endpoint, RecordType
from zonewright.model.outcome import Outcome, OwnershipRecord
from zonewright.model.reason import Problem, Reason
from zonewright.zones.status import Line, build

CRD = Path(__file__).parents[2] / "crds" / f"{CRD_NAME}.yaml"


def definition() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(CRD.read_text(encoding="utf-8"))
    return found


def schema() -> dict[str, Any]:
    (version,) = definition()["spec"]["versions"]
    found: dict[str, Any] = version["schema"]["openAPIV3Schema"]
    return found


def unknown_fields(schema: dict[str, Any], value: Any, path: str = "") -> list[str]:
    """Fields of a value that the API server would drop, since the schema does not have them."""
    if isinstance(value, list):
        return [field for item in value for field in unknown_fields(schema["items"], item, f"{path}[]")]
    if not isinstance(value, dict):
        return []
    known = schema["properties"]
    missing = [f"{path}.{key}" for key in value if key not in known]
    return missing + [
        f for key in value if key in known for f in unknown_fields(known[key], value[key], f"{path}.{key}")
    ]


def test_status_has_a_place_for_everything_that_is_written() -> None:
    endpoint = Endpoint.wanted("a.example.org", "A", ["192.0.2.1"], ttl=60, set_identifier="blue")
    ownership = OwnershipRecord("me", "ingress/default/web", "a-a.example.org", '"heritage=external-dns"')
    outcome = Outcome(Reason.THROTTLED, "slow down", endpoint, "example.org", "coredns", ownership, retry_at=60.0)
    lines = [
        Line("a.example.org", "A", "blue", "ingress/default/web", outcome),
        Line("b c", problems=(Problem(Reason.INVALID_NAME, "a space"),)),
    ]
    status = build(lines, 1, {}, 0.0)
    assert "nextRetryTime" in status["records"][0]
    assert unknown_fields(schema()["properties"]["status"], status) == []


def test_definition_can_hold_our_status() -> None:
    assert definition_fault(definition()) is None


def test_every_record_type_that_can_be_wanted_passes_the_rule() -> None:
    (rule,) = schema()["properties"]["spec"]["x-kubernetes-validations"]
    for rtype in RecordType:
        assert f"'{rtype}'" in rule["rule"]


def test_spec_is_externaldns_s_own() -> None:
    """v0.22.0: config/crd/standard/dnsendpoints.externaldns.k8s.io.yaml."""
    text, texts = {"type": "string"}, {"type": "array", "items": {"type": "string"}}
    pair = {"type": "object", "properties": {"name": text, "value": text}}
    assert bare(schema()["properties"]["spec"]["properties"]["endpoints"]["items"]) == {
        "type": "object",
        "properties": {
            "dnsName": text,
            "recordType": text,
            "targets": texts,
            "recordTTL": {"type": "integer", "format": "int64"},
            "setIdentifier": text,
            "labels": {"type": "object", "additionalProperties": text},
            "providerSpecific": {"type": "array", "items": pair},
        },
    }


def bare(value: Any) -> Any:
    """A schema without its descriptions."""
    if not isinstance(value, dict):
        return value
    return {key: bare(part) for key, part in value.items() if not (key == "description" and isinstance(part, str))}


@pytest.mark.parametrize("path", ["spec", "status"])
def test_every_field_is_described(path: str) -> None:
    assert list(undescribed(schema()["properties"][path], path)) == []


def undescribed(schema: dict[str, Any], path: str) -> list[str]:
    """Fields without a description; items of plain text need none, their list has it."""
    below = [
        part for key, child in schema.get("properties", {}).items() for part in undescribed(child, f"{path}.{key}")
    ]
    items = schema.get("items", {})
    if items.get("type") == "object":
        below += [part for key, child in items["properties"].items() for part in undescribed(child, f"{path}[].{key}")]
    return below if "description" in schema else [path, *below]
