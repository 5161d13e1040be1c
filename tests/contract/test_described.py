"""A description is strict: what it does not allow is told, all at once."""

from __future__ import annotations

import pytest

from contract.described.openapi import Description, NotAllowed

DOMAINS = "digitalocean/openapi-domains.yaml"


@pytest.fixture(scope="module")
def description() -> Description:
    return Description.read(DOMAINS)


def test_a_request_that_is_allowed_is_told_by_its_operation(description: Description) -> None:
    found = description.operation("GET", "/v2/domains/example.com/records", [("per_page", "50"), ("type", "A")], b"")
    assert found.id == "domains_list_records"
    assert (found.path, found.query["per_page"]) == ({"domain_name": "example.com"}, 50)


@pytest.mark.parametrize(
    ("method", "path", "query", "body", "why"),
    [
        pytest.param("GET", "/v2/droplets", [], b"", "no such path", id="path"),
        pytest.param("PATCH", "/v2/domains", [], b"", "there is only GET, POST", id="method"),
        pytest.param("GET", "/v2/domains", [("size", "1")], b"", "query size is not known", id="query"),
        pytest.param("GET", "/v2/domains", [("per_page", "many")], b"", "per_page", id="value of a query"),
        pytest.param("GET", "/v2/domains", [("per_page", "201")], b"", "per_page", id="bound of a query"),
        pytest.param("GET", "/v2/domains", [], b"{}", "no body", id="body of a GET"),
        pytest.param("POST", "/v2/domains", [], b"{", "no JSON", id="no JSON"),
        pytest.param("POST", "/v2/domains", [], b'{"name": 1}', "body.name", id="type of a field"),
        pytest.param("DELETE", "/v2/domains/x/records/y", [], b"", "domain_record_id", id="value in the path"),
    ],
)
def test_what_is_not_allowed_says_why(
    description: Description, method: str, path: str, query: list[tuple[str, str]], body: bytes, why: str
) -> None:
    with pytest.raises(NotAllowed, match=why):
        description.operation(method, path, query, body)
