from __future__ import annotations

from typing import Any

import pytest

from unit.sources.builders import settings
from zonewright.model.claim import Claim, Resource
from zonewright.model.endpoint import Endpoint
from zonewright.model.grant import Grant
from zonewright.model.reason import Problem, Reason
from zonewright.sources import grants
from zonewright.sources.dnsendpoint import read


def allowed(hostname: str, namespace: str, *given: str) -> bool:
    return grants.objection(hostname, namespace, settings(namespace_domains=given)) is None


def test_without_the_flag_every_namespace_may_have_every_name() -> None:
    assert allowed("a.example.org", "shop")


@pytest.mark.parametrize(
    ("hostname", "namespace", "expected"),
    [
        ("shop.example.org", "shop", True),
        ("a.shop.example.org", "shop", True),
        ("*.shop.example.org", "shop", True),
        ("otshop.example.org", "shop", False),
        ("example.org", "shop", False),
        ("a.shop.example.org", "blog", False),
        ("blog.apps.example.org", "blog", True),
        ("x.blog.apps.example.org", "blog", True),
        ("shop.apps.example.org", "blog", False),
        ("anything.example.net", "ops-tools", True),
        ("anything.example.net", "ops", False),
        ("anything.example.net", "", True),
    ],
)
def test_a_namespace_may_have_what_it_is_given_and_nothing_else(hostname: str, namespace: str, expected: bool) -> None:
    given = ("shop=Shop.example.org.", "*={namespace}.apps.example.org", "ops-*=*")
    assert allowed(hostname, namespace, *given) is expected


@pytest.mark.parametrize(
    "text", ["", "shop", "=a.example.org", "shop=", "shop=a..b", "shop=*.a.example.org", "shop=a.example.org,"]
)
def test_what_is_no_grant_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"is not|is no domain|leave the asterisk out"):
        Grant.parse(text)


def test_a_claim_on_another_name_keeps_its_reason_and_publishes_nothing() -> None:
    who = Resource("Ingress", "shop", "web")
    endpoint = Endpoint.wanted("a.example.org", "A", ["192.0.2.1"])
    mine = Claim("a.shop.example.org", (endpoint,), who)
    theirs = Claim("a.example.org", (endpoint,), who)
    wrong = Claim("no name", (), who, (Problem(Reason.INVALID_NAME, "it has a space"),))
    kept, refused, untouched = grants.limited(
        (mine, theirs, wrong), settings(namespace_domains=("shop=shop.example.org",))
    )
    assert (kept, untouched) == (mine, wrong)
    assert refused.endpoints == ()
    (problem,) = refused.problems
    assert problem.reason is Reason.NOT_GRANTED
    assert "shop may not have a.example.org" in problem.message
    assert "shop.example.org" in problem.message


def written(**meta: Any) -> dict[str, Any]:
    entries = [{"dnsName": name, "recordType": "A", "targets": ["192.0.2.1"]} for name in ("a.org", "a.shop.org")]
    return {"metadata": {"name": "x", "namespace": "shop", **meta}, "spec": {"endpoints": entries}}


def test_entries_of_a_dnsendpoint_are_limited_one_by_one() -> None:
    found = read(written(), settings(namespace_domains=("shop=shop.org",)))
    assert {e.name for e in found.endpoints.values()} == {"a.shop.org"}
    assert [fault.problem.reason for fault in found.problems.values()] == [Reason.NOT_GRANTED]


def test_who_writes_what_looks_generated_gets_no_more() -> None:
    marks = {
        "labels": {"app.kubernetes.io/managed-by": "zonewright", "zonewright.io/owner-id": "default"},
        "annotations": {"zonewright.io/hostname": "a.org"},
    }
    given = settings(namespace_domains=("shop=shop.org",))
    assert {e.name for e in read(written(**marks), given).endpoints.values()} == {"a.shop.org"}
    assert {e.name for e in read(written(**marks), given, trusted=True).endpoints.values()} == {"a.org", "a.shop.org"}
