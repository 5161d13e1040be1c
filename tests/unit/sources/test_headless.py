from __future__ import annotations

from typing import Any

import pytest

from unit.sources.builders import Cluster, Object, settings
from unit.sources.workloads import (
    around,
    endpoint,
    endpoint_slice,
    headless,
    node,
    pod,
    published,
    told,
    unready,
)
from zonewright.model.claim import Claim
from zonewright.model.kind import ENDPOINTSLICE, NODE, POD
from zonewright.sources import service as source
from zonewright.sources.lookups import Ref

DB = "db.example.org"


def claims(obj: Object, cluster: Cluster, **flags: Any) -> tuple[Claim, ...]:
    return source.claims(obj, cluster, settings(**flags))


def addresses(cluster: Cluster, obj: Object | None = None, **flags: Any) -> tuple[str, ...]:
    """The A records of db.example.org."""
    return published(claims(obj or headless(hostname=DB), cluster, **flags))[DB].get("A", ())


READY_AND_NOT = around(
    pod("p"), pod("q"), pod("r"), endpoint_slice(endpoint("p", "10.0.0.1"), unready("q", "10.0.0.2"))
)


def test_addresses_of_ready_endpoints_are_published() -> None:
    assert addresses(READY_AND_NOT) == ("10.0.0.1",)


def test_what_is_not_ready_is_published_when_service_or_flag_say_so() -> None:
    both = ("10.0.0.1", "10.0.0.2")
    willing = headless(hostname=DB)
    willing["spec"]["publishNotReadyAddresses"] = True
    assert addresses(READY_AND_NOT, willing) == both
    assert addresses(READY_AND_NOT, always_publish_not_ready_addresses=True) == both


def test_endpoints_of_all_slices_are_joined_each_address_once() -> None:
    cluster = around(
        pod("p"),
        pod("q"),
        endpoint_slice(endpoint("p", "10.0.0.1"), name="one"),
        endpoint_slice(endpoint("q", "10.0.0.2"), endpoint("p", "10.0.0.1"), name="two"),
        endpoint_slice(endpoint("p", "2001:db8::1"), name="six", family="IPv6"),
        endpoint_slice(endpoint("p", "10.0.0.9"), name="other", of="another"),
    )
    assert published(claims(headless(hostname=DB), cluster)) == {
        DB: {"A": ("10.0.0.1", "10.0.0.2"), "AAAA": ("2001:db8::1",)}
    }


def test_first_of_several_addresses_stands_for_all() -> None:
    assert addresses(around(pod("p"), endpoint_slice(endpoint("p", "10.0.0.1", "10.0.0.2")))) == ("10.0.0.1",)


@pytest.mark.parametrize(
    ("pods", "entry"),
    [
        pytest.param([pod("p", app="web")], endpoint("p", "10.0.0.1"), id="of a pod that is not selected"),
        pytest.param([], endpoint("p", "10.0.0.1"), id="of a pod that is not there"),
        pytest.param([pod("p")], endpoint("p", "10.0.0.1", targetRef=None), id="of nothing"),
        pytest.param([pod("p")], endpoint("p", "10.0.0.1", targetRef={"kind": "VM", "name": "p"}), id="of no pod"),
    ],
)
def test_endpoint_without_selected_pod_is_left_out_and_said_so(pods: list[Object], entry: Object) -> None:
    found = claims(headless(hostname=DB), around(*pods, endpoint_slice(entry)))
    assert published(found) == {DB: {}}
    ((reason, message),) = told(found)
    assert (reason, message.rpartition(": ")[2]) == ("NoTargets", "they are of no pod that the selector matches")


def test_service_without_selector_takes_every_pod_of_its_slices() -> None:
    obj = headless(hostname=DB)
    del obj["spec"]["selector"]
    assert addresses(around(pod("p", app="web"), endpoint_slice(endpoint("p", "10.0.0.1"))), obj) == ("10.0.0.1",)


NAMED = around(
    pod("db-0", hostname="db-0"),
    pod("db-1", hostname="db-1"),
    pod("nameless"),
    pod("late", hostname="late"),
    endpoint_slice(
        endpoint("db-1", "10.0.0.2"),
        endpoint("db-0", "10.0.0.1"),
        endpoint("nameless", "10.0.0.3"),
        unready("late", "10.0.0.4"),
    ),
)


@pytest.mark.parametrize("annotation", ["hostname", "internal_hostname"])
def test_a_pod_with_a_hostname_has_its_own_name_below_each_of_the_service(annotation: str) -> None:
    assert published(claims(headless(**{annotation: f"{DB},db.example.net"}), NAMED)) == {
        DB: {"A": ("10.0.0.1", "10.0.0.2", "10.0.0.3")},
        "db.example.net": {"A": ("10.0.0.1", "10.0.0.2", "10.0.0.3")},
        f"db-0.{DB}": {"A": ("10.0.0.1",)},
        "db-0.db.example.net": {"A": ("10.0.0.1",)},
        f"db-1.{DB}": {"A": ("10.0.0.2",)},
        "db-1.db.example.net": {"A": ("10.0.0.2",)},
    }


def test_own_names_of_pods_have_the_terms_of_the_service() -> None:
    obj = headless(hostname=DB, ttl="1m", set_identifier="blue", aws_weight="5")
    (own,) = [claim for claim in claims(obj, NAMED) if claim.hostname == f"db-0.{DB}"]
    (wanted,) = own.endpoints
    assert (wanted.ttl, wanted.set_identifier, wanted.properties) == (60, "blue", (("aws/weight", "5"),))
    assert wanted.label("resource") == "service/default/app"


def test_pods_with_one_hostname_share_their_name() -> None:
    cluster = around(
        pod("a", hostname="x"),
        pod("b", hostname="x"),
        endpoint_slice(endpoint("a", "10.0.0.1"), endpoint("b", "10.0.0.2")),
    )
    assert published(claims(headless(hostname=DB), cluster))[f"x.{DB}"] == {"A": ("10.0.0.1", "10.0.0.2")}


def test_there_are_no_names_of_pods_below_a_wildcard_or_a_name_that_is_none() -> None:
    found = published(claims(headless(hostname="*.example.org,a..b,192.0.2.1"), NAMED))
    assert set(found) == {"*.example.org", "a..b", "192.0.2.1"}


def test_target_annotation_of_the_service_replaces_everything() -> None:
    assert published(claims(headless(hostname=DB, target="192.0.2.60"), NAMED)) == {DB: {"A": ("192.0.2.60",)}}


def test_service_that_is_to_be_ignored_names_no_pods() -> None:
    found = claims(headless(hostname=DB, ignore="true"), NAMED)
    assert published(found) == {DB: {}}
    assert [reason for reason, _ in told(found)] == ["Ignored"]


def test_target_annotation_of_a_pod_replaces_the_address_of_that_pod() -> None:
    cluster = around(
        pod("p", hostname="p", target="192.0.2.51,2001:db8::51"),
        pod("q"),
        endpoint_slice(endpoint("p", "10.0.0.1"), endpoint("q", "10.0.0.2")),
    )
    assert published(claims(headless(hostname=DB, endpoints_type="HostIP"), cluster)) == {
        DB: {"A": ("192.0.2.31", "192.0.2.51"), "AAAA": ("2001:db8::51",)},
        f"p.{DB}": {"A": ("192.0.2.51",), "AAAA": ("2001:db8::51",)},
    }


def test_wrong_target_of_a_pod_is_told_and_costs_no_other_address() -> None:
    cluster = around(
        pod("p", target="a_b..c"), pod("q"), endpoint_slice(endpoint("p", "10.0.0.1"), endpoint("q", "10.0.0.2"))
    )
    found = claims(headless(hostname=DB), cluster)
    assert published(found) == {DB: {"A": ("10.0.0.2",)}}
    assert [reason for reason, _ in told(found)] == ["InvalidTarget"]


def hosted(external: str = "203.0.113.1", internal: str = "10.9.0.1 2001:db8::9", **slice_fields: Any) -> Cluster:
    return around(node("n1", external, internal), pod("p"), endpoint_slice(endpoint("p", "10.0.0.1"), **slice_fields))


@pytest.mark.parametrize(
    ("flags", "notes", "expected"),
    [
        pytest.param({}, {}, {"A": ("10.0.0.1",)}, id="the pod's own by default"),
        pytest.param({}, {"endpoints_type": ""}, {"A": ("10.0.0.1",)}, id="an empty annotation is as none"),
        pytest.param({}, {"endpoints_type": "HostIP"}, {"A": ("192.0.2.31",)}, id="the host's"),
        pytest.param({"publish_host_ip": True}, {}, {"A": ("192.0.2.31",)}, id="the host's by flag"),
        pytest.param({}, {"endpoints_type": "NodeExternalIP"}, {"A": ("203.0.113.1",)}, id="the node's"),
        pytest.param(
            {"publish_host_ip": True},
            {"endpoints_type": "NodeExternalIP"},
            {"A": ("203.0.113.1",)},
            id="the annotation wins over the flag",
        ),
        pytest.param(
            {"expose_internal_ipv6": True},
            {"endpoints_type": "NodeExternalIP"},
            {"A": ("203.0.113.1",), "AAAA": ("2001:db8::9",)},
            id="internal IPv6 of the node by flag",
        ),
    ],
)
def test_annotation_and_flags_say_whose_addresses_are_published(
    flags: dict[str, Any], notes: dict[str, str], expected: dict[str, tuple[str, ...]]
) -> None:
    found = claims(headless(hostname=DB, **notes), hosted(), **flags)
    assert published(found) == {DB: expected}
    assert told(found) == []


@pytest.mark.parametrize("value", ["hostip", "Pod", "NodeInternalIP"])
def test_unknown_endpoints_type_is_told_and_read_as_none(value: str) -> None:
    found = claims(headless(hostname=DB, endpoints_type=value), hosted())
    assert published(found) == {DB: {"A": ("10.0.0.1",)}}
    ((reason, message),) = told(found)
    assert reason == "InvalidAnnotation"
    assert message.endswith("use NodeExternalIP or HostIP")


def test_slice_of_names_counts_only_where_addresses_come_from_elsewhere() -> None:
    names = hosted(family="FQDN")
    assert addresses(names) == ()
    assert addresses(names, headless(hostname=DB, endpoints_type="HostIP")) == ("192.0.2.31",)


@pytest.mark.parametrize(
    ("cluster", "notes", "says"),
    [
        pytest.param(around(pod("p")), {}, "no pod is behind it: it has no endpoints yet", id="no slices"),
        pytest.param(around(endpoint_slice()), {}, "it has no endpoints yet", id="an empty slice"),
        pytest.param(
            around(pod("p"), pod("q"), endpoint_slice(unready("p", "10.0.0.1"), unready("q", "10.0.0.2"))),
            {},
            ": they are not ready (spec.publishNotReadyAddresses publishes them all the same)",
            id="nothing is ready",
        ),
        pytest.param(hosted(family="FQDN"), {}, ": they are names, not addresses", id="names"),
        pytest.param(
            around(pod("p"), endpoint_slice(endpoint("p"))), {}, ": they are without an address", id="no address"
        ),
        pytest.param(
            hosted(external=""),
            {"endpoints_type": "NodeExternalIP"},
            ": they are on nodes without an external address",
            id="node without external address",
        ),
        pytest.param(
            around(pod("p"), endpoint_slice(endpoint("p", "10.0.0.1"))),
            {"endpoints_type": "NodeExternalIP"},
            "they are on nodes that are not known (nodes are watched where --service-type-filter admits NodePort)",
            id="unknown node",
        ),
        pytest.param(
            around(pod("p"), endpoint_slice(unready("p", "10.0.0.1"), endpoint("x", "10.0.0.2"))),
            {},
            "all the same); some are of no pod that the selector matches",
            id="every reason at once",
        ),
    ],
)
def test_service_without_any_address_says_why(cluster: Cluster, notes: dict[str, str], says: str) -> None:
    found = claims(headless(hostname=DB, **notes), cluster)
    assert published(found) == {DB: {}}
    ((reason, message),) = told(found)
    assert reason == "NoTargets"
    assert message.startswith("service/default/app is headless, and no")
    assert says in message


def test_pod_without_host_has_no_host_address() -> None:
    lost = pod("p")
    lost["status"]["hostIP"] = ""
    found = claims(
        headless(hostname=DB, endpoints_type="HostIP"), around(lost, endpoint_slice(endpoint("p", "10.0.0.1")))
    )
    ((_, message),) = told(found)
    assert message.endswith(": they are of pods that have no host yet")


def follows(obj: Object, cluster: Cluster, **flags: Any) -> frozenset[Ref]:
    return source.follows(obj, cluster, settings(**flags))


def test_claims_rest_on_the_slices_and_on_the_pods_that_they_name() -> None:
    assert follows(headless(hostname=DB), READY_AND_NOT) == {
        Ref(ENDPOINTSLICE, "default", "app"),
        Ref(POD, "default", "p"),
        Ref(POD, "default", "q"),
    }


def test_claims_rest_on_nodes_only_where_their_addresses_are_published() -> None:
    wanted = headless(hostname=DB, endpoints_type="NodeExternalIP")
    assert follows(wanted, hosted()) - follows(headless(hostname=DB), hosted()) == {Ref(NODE, "", "n1")}


@pytest.mark.parametrize(
    ("notes", "flags"),
    [
        pytest.param({}, {}, id="no name"),
        pytest.param({"ttl": "60"}, {}, id="no name but other annotations"),
        pytest.param({"hostname": DB, "target": "192.0.2.1"}, {}, id="targets of its own"),
        pytest.param({"hostname": DB, "ignore": "true"}, {}, id="ignored"),
        pytest.param({"hostname": DB}, {"service_type_filter": ("NodePort",)}, id="another type is asked for"),
        pytest.param({"hostname": DB}, {"label_filter": "publish=yes"}, id="out of scope"),
        pytest.param({"hostname": DB}, {"ignore_hostname_annotation": True}, id="names that do not count"),
    ],
)
def test_service_that_asks_for_nothing_of_others_follows_nobody(notes: dict[str, str], flags: dict[str, Any]) -> None:
    assert follows(headless(**notes), READY_AND_NOT, **flags) == frozenset()


def test_template_alone_makes_it_follow() -> None:
    assert Ref(POD, "default", "p") in follows(headless(), READY_AND_NOT, fqdn_template=("{{.Name}}.example.org",))
