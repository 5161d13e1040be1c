from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unit.sources.builders import settings
from zonewright.claims.book import Slot
from zonewright.claims.generated import annotations_to_write, differs, is_generated, manifest, of_other_kinds, slot_of
from zonewright.model.adopt import Adopt
from zonewright.model.claim import Claim, Resource
from zonewright.model.endpoint import Endpoint
from zonewright.model.marks import owner_label
from zonewright.model.reason import Problem, Reason
from zonewright.sources.dnsendpoint import read

SLOT = Slot("default", "a.example.org")
Object = dict[str, Any]


def resource(kind: str, name: str, api_version: str = "networking.k8s.io/v1") -> Resource:
    return Resource(kind, "default", name, api_version, uid=f"uid-{kind.lower()}-{name}")


WEB, API, APP = resource("Ingress", "web"), resource("Ingress", "api"), resource("Service", "app", "v1")


def claim(who: Resource, *targets: str, **fields: Any) -> Claim:
    labels = {"resource": str(who)}
    endpoints = (Endpoint.wanted(SLOT.hostname, "A", targets, labels=labels, **fields),) if targets else ()
    return Claim(SLOT.hostname, endpoints, who, () if targets else (Problem(Reason.NO_TARGETS, "none"),))


def made(*claims: Claim, owner: str = "me") -> Object:
    return manifest(SLOT, claims, owner, "a.example.org")


def test_manifest_is_a_dnsendpoint_of_externaldns() -> None:
    assert made(claim(WEB, "192.0.2.1", ttl=60, set_identifier="blue", properties={"aws/weight": "1"})) == {
        "apiVersion": "externaldns.k8s.io/v1alpha1",
        "kind": "DNSEndpoint",
        "metadata": {
            "name": "a.example.org",
            "namespace": "default",
            "labels": {"app.kubernetes.io/managed-by": "zonewright", "zonewright.io/owner-id": "me"},
            "annotations": {"zonewright.io/hostname": "a.example.org"},
            "ownerReferences": [
                {
                    "apiVersion": "networking.k8s.io/v1",
                    "kind": "Ingress",
                    "name": "web",
                    "uid": "uid-ingress-web",
                    "controller": False,
                }
            ],
        },
        "spec": {
            "endpoints": [
                {
                    "dnsName": "a.example.org",
                    "recordType": "A",
                    "targets": ["192.0.2.1"],
                    "recordTTL": 60,
                    "setIdentifier": "blue",
                    "labels": {"resource": "ingress/default/web"},
                    "providerSpecific": [{"name": "aws/weight", "value": "1"}],
                }
            ]
        },
    }


def test_fields_without_value_are_left_out() -> None:
    (entry,) = made(claim(WEB, "192.0.2.1"))["spec"]["endpoints"]
    assert entry.keys() == {"dnsName", "recordType", "targets", "labels"}


def test_every_claimant_is_an_owner_once_also_without_record() -> None:
    refs = made(claim(APP), claim(WEB, "192.0.2.1"), claim(WEB, "192.0.2.2"), claim(API))["metadata"]["ownerReferences"]
    assert [ref["uid"] for ref in refs] == ["uid-ingress-api", "uid-ingress-web", "uid-service-app"]
    assert all("blockOwnerDeletion" not in ref for ref in refs)


def test_name_without_records_has_an_object_without_entries() -> None:
    assert made(claim(WEB))["spec"] == {"endpoints": []}


def test_order_of_claims_does_not_count() -> None:
    claims = [claim(APP, "192.0.2.2"), claim(WEB, "192.0.2.1"), claim(API, "192.0.2.3")]
    assert made(*claims) == made(*reversed(claims))


def test_what_is_written_is_read_back() -> None:
    endpoint = claim(WEB, "192.0.2.1", ttl=60, set_identifier="blue", properties={"aws/weight": "1"}).endpoints[0]
    found = read(
        made(claim(WEB, "192.0.2.1", ttl=60, set_identifier="blue", properties={"aws/weight": "1"})), settings()
    )
    assert found.endpoints == {0: endpoint}
    assert found.problems == {}


@pytest.mark.parametrize(
    ("owner", "label"),
    [("me", "me"), ("", ""), ("a.b_c-d", "a.b_c-d"), ("x" * 63, "x" * 63)],
)
def test_owner_id_is_its_own_label_where_it_can(owner: str, label: str) -> None:
    assert owner_label(owner) == label


@given(st.text(max_size=100), st.text(max_size=100))
def test_owner_label_tells_owners_apart(one: str, other: str) -> None:
    assert len(owner_label(one)) <= 63
    assert owner_label(one).isascii()
    assert (owner_label(one) == owner_label(other)) is (one == other)


@pytest.mark.parametrize("owner", ["me", "", "me and you", "x" * 64])
def test_own_object_is_known_and_says_its_slot(owner: str) -> None:
    obj = made(claim(WEB, "192.0.2.1"), owner=owner)
    assert is_generated(obj, owner)
    assert slot_of(obj) == SLOT


@pytest.mark.parametrize(
    "obj",
    [
        {},
        {"metadata": None},
        {"metadata": {"labels": None, "annotations": None}},
        {"metadata": {"labels": {"app.kubernetes.io/managed-by": "zonewright", "zonewright.io/owner-id": "me"}}},
        {"metadata": {"annotations": {"zonewright.io/hostname": "a.io"}, "labels": {"zonewright.io/owner-id": "me"}}},
        made(claim(WEB, "192.0.2.1"), owner="you"),
    ],
)
def test_object_of_people_or_of_another_installation_is_not_ours(obj: Object) -> None:
    assert not is_generated(obj, "me")


def change(path: list[str | int], value: Any) -> Callable[[Object], None]:
    def apply(obj: Object) -> None:
        at: Any = obj
        for step in path[:-1]:
            at = at[step]
        at[path[-1]] = value

    return apply


@pytest.mark.parametrize(
    ("edit", "different"),
    [
        pytest.param(change(["metadata", "resourceVersion"], "7"), False, id="what the API server adds"),
        pytest.param(change(["metadata", "labels", "team"], "x"), False, id="a label of others"),
        pytest.param(change(["metadata", "annotations", "note"], "x"), False, id="an annotation of others"),
        pytest.param(change(["status"], {"conditions": []}), False, id="the status"),
        pytest.param(change(["metadata", "labels", "zonewright.io/owner-id"], "you"), True, id="our label"),
        pytest.param(change(["metadata", "annotations"], None), True, id="our annotation gone"),
        pytest.param(change(["metadata", "ownerReferences"], []), True, id="an owner missing"),
        pytest.param(change(["metadata", "ownerReferences", 0, "uid"], "old"), True, id="an owner of another life"),
        pytest.param(change(["spec", "endpoints", 0, "targets"], ["192.0.2.9"]), True, id="a target"),
        pytest.param(change(["spec", "endpoints", 0, "recordTTL"], 5), True, id="a ttl by hand"),
        pytest.param(change(["spec"], None), True, id="no spec"),
    ],
)
def test_object_is_written_only_for_fields_that_are_ours(edit: Callable[[Object], None], different: bool) -> None:
    wanted = made(claim(WEB, "192.0.2.1"))
    existing = copy.deepcopy(wanted)
    edit(existing)
    assert differs(existing, wanted) is different


def test_order_of_owners_does_not_count() -> None:
    wanted = made(claim(WEB, "192.0.2.1"), claim(API))
    existing = copy.deepcopy(wanted)
    existing["metadata"]["ownerReferences"].reverse()
    assert not differs(existing, wanted)


@pytest.mark.parametrize(
    ("references", "other"),
    [
        pytest.param([], False, id="without owner it could be anybody's"),
        pytest.param([("networking.k8s.io/v1", "Ingress")], False, id="a kind that we read"),
        pytest.param([("networking.k8s.io/v1beta1", "Ingress")], False, id="whatever its version"),
        pytest.param([("v1", "Service")], True, id="a kind of another installation"),
        pytest.param([("networking.k8s.io/v1", "Ingress"), ("v1", "Service")], True, id="one of two"),
    ],
)
def test_objects_of_an_installation_with_other_sources_are_known_by_their_owners(
    references: list[tuple[str, str]], other: bool
) -> None:
    obj = {"metadata": {"ownerReferences": [{"apiVersion": version, "kind": kind} for version, kind in references]}}
    assert of_other_kinds(obj, {("networking.k8s.io", "Ingress")}) is other


# -- the annotation adopt

MARK, FROM = "zonewright.io/adopt", "zonewright.io/adopt-from"


def adopting(who: Resource, adopt: str) -> Claim:
    return replace(claim(who, "192.0.2.1"), adopt=Adopt(adopt))


def standing(**annotations: str) -> Object:
    found = made(claim(WEB, "192.0.2.1"))
    found["metadata"]["annotations"] |= {f"zonewright.io/{key.replace('_', '-')}": v for key, v in annotations.items()}
    return found


def marks(obj: Object) -> dict[str, str]:
    return {key: value for key, value in obj["metadata"]["annotations"].items() if key in (MARK, FROM)}


def test_what_a_claim_says_of_adoption_is_written_with_whose_word_it_is() -> None:
    assert marks(made(claim(WEB, "192.0.2.1"), adopting(API, "equal"))) == {MARK: "equal", FROM: str(API)}
    assert marks(made(adopting(WEB, "always"), adopting(API, "equal"))) == {MARK: "always", FROM: str(WEB)}
    assert marks(made(claim(WEB, "192.0.2.1"))) == {}


@pytest.mark.parametrize(
    ("existing", "asked", "after"),
    [
        pytest.param({}, "", {}, id="nobody has asked"),
        pytest.param({}, "equal", {MARK: "equal", FROM: str(WEB)}, id="a claim asks"),
        pytest.param({"adopt": "equal", "adopt_from": "x"}, "", {}, id="a claim asks no more"),
        pytest.param(
            {"adopt": "always", "adopt_from": "x"}, "equal", {MARK: "equal", FROM: str(WEB)}, id="it asks less"
        ),
        pytest.param({"adopt": "equal"}, "", {MARK: "equal"}, id="a person has set it"),
        pytest.param({"adopt": "always"}, "equal", {MARK: "always"}, id="a person dares more"),
        pytest.param({"adopt": "equal"}, "always", {MARK: "always", FROM: str(WEB)}, id="a claim dares more"),
        pytest.param({"adopt": "yes"}, "equal", {MARK: "equal", FROM: str(WEB)}, id="a word that means nothing"),
    ],
)
def test_mark_of_a_person_stays_and_that_of_a_claim_goes_with_it(
    existing: dict[str, str], asked: str, after: dict[str, str]
) -> None:
    obj, wanted = standing(**existing), made(adopting(WEB, asked))
    before = marks(obj)
    patch = annotations_to_write(obj, wanted)
    obj["metadata"]["annotations"] = {
        k: v for k, v in (obj["metadata"]["annotations"] | patch).items() if v is not None
    }
    assert marks(obj) == after
    assert differs(standing(**existing), wanted) is (before != after)
    assert not differs(obj, wanted)
