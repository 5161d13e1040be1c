from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unit.sources.builders import NOBODY, Cluster, Object, meta, settings
from zonewright.claims.merge import merged
from zonewright.model.claim import Claim
from zonewright.model.kind import NODE
from zonewright.model.reason import Reason
from zonewright.sources import pod as source
from zonewright.sources.lookups import Ref


def node(**addresses: tuple[str, ...]) -> Object:
    listed = [{"type": kind, "address": address} for kind, several in addresses.items() for address in several]
    return {"metadata": {"name": "n1"}, "status": {"addresses": listed}}


HOST = Cluster().having(NODE, node(ExternalIP=("203.0.113.1",), InternalIP=("10.0.0.1", "fd00::1")))


def pod(*ips: str, host: str = "n1", network: bool = False, **notes: Any) -> Object:
    """A pod with addresses, on a node."""
    return {
        "metadata": meta("p", **notes),
        "spec": {"nodeName": host, "hostNetwork": network},
        "status": {"podIP": ips[0], "podIPs": [{"ip": ip} for ip in ips]} if ips else {"phase": "Pending"},
    }


def claims(obj: Object, cluster: Cluster = HOST, **flags: Any) -> tuple[Claim, ...]:
    return source.claims(obj, cluster, settings(**flags))


def published(obj: Object, cluster: Cluster = HOST, **flags: Any) -> dict[str, list[str]]:
    """Targets by hostname, of names that have some."""
    found = claims(obj, cluster, **flags)
    return {c.hostname: [target for e in c.endpoints for target in e.targets] for c in found if c.endpoints}


IP, NODES = ["10.2.0.1"], ["203.0.113.1", "fd00::1"]
DUAL = ("10.2.0.1", "fd00::5")


@pytest.mark.parametrize(
    ("obj", "expected"),
    [
        pytest.param(pod(*DUAL), {}, id="no annotation"),
        pytest.param(pod(*DUAL, internal_hostname="i.io"), {"i.io": IP}, id="internal-hostname: its own address"),
        pytest.param(pod(*DUAL, hostname="a.io"), {"a.io": NODES}, id="hostname: the node's external ones and IPv6"),
        pytest.param(pod(*DUAL, hostname="a.io", network=True), {"a.io": NODES}, id="in whatever network it is"),
        pytest.param(pod(*DUAL, hostname="a.io,b.io"), {"a.io": NODES, "b.io": NODES}, id="several names"),
        pytest.param(
            pod(*DUAL, hostname="a.io", internal_hostname="A.io."), {"a.io": IP + NODES}, id="one name in both"
        ),
        pytest.param(
            pod(*DUAL, hostname="a.io", internal_hostname="i.io", target="192.0.2.9"),
            {"i.io": ["192.0.2.9"], "a.io": ["192.0.2.9"]},
            id="target wins for both",
        ),
    ],
)
def test_annotations_lead_to_the_pod_or_to_its_node(obj: Object, expected: dict[str, list[str]]) -> None:
    assert published(obj) == expected


@pytest.mark.parametrize(
    ("obj", "cluster", "why"),
    [
        (pod(internal_hostname="a.io"), HOST, "pod/default/p has no address yet"),
        (pod(hostname="a.io", host=""), HOST, "pod/default/p cannot be reached from outside: it is on no node yet"),
        (pod(hostname="a.io"), NOBODY, "pod/default/p cannot be reached from outside: its node n1 does not exist"),
        (
            pod(hostname="a.io"),
            Cluster().having(NODE, node(InternalIP=("10.0.0.1",))),
            "node/n1, on which pod/default/p runs, has no external address",
        ),
    ],
)
def test_name_without_targets_says_why(obj: Object, cluster: Cluster, why: str) -> None:
    (claim,) = claims(obj, cluster)
    assert (claim.hostname, claim.endpoints) == ("a.io", ())
    assert [(problem.reason, problem.message) for problem in claim.problems] == [(Reason.NO_TARGETS, why)]


def test_record_has_the_ttl_and_the_pod_as_its_resource_and_no_routing() -> None:
    (claim,) = claims(pod("10.2.0.1", internal_hostname="a.io", ttl="1m", set_identifier="x", aws_weight="10"))
    (endpoint,) = claim.endpoints
    assert (endpoint.ttl, endpoint.set_identifier, endpoint.properties) == (60, "", ())
    assert endpoint.label("resource") == "pod/default/p"


DOMAIN: dict[str, Any] = {"pod_source_domain": "pods.io"}


@pytest.mark.parametrize(
    ("obj", "expected"),
    [
        pytest.param(pod(*DUAL), {"p.pods.io": IP}, id="its own address, of one family"),
        pytest.param(pod(*DUAL, target="192.0.2.9"), {"p.pods.io": ["192.0.2.9"]}, id="target wins"),
        pytest.param(pod(*DUAL, hostname="a.io"), {"a.io": NODES, "p.pods.io": IP}, id="beside annotations"),
        pytest.param(pod(*DUAL, hostname="p.pods.io"), {"p.pods.io": IP + NODES}, id="together with an annotation"),
    ],
)
def test_pod_source_domain_names_every_pod(obj: Object, expected: dict[str, list[str]]) -> None:
    assert {name: sorted(found) for name, found in published(obj, **DOMAIN).items()} == expected


KOPS: dict[str, Any] = {"compatibility": "kops-dns-controller"}


def kops(*ips: str, internal: str = "", external: str = "", **notes: Any) -> Object:
    found = pod(*ips, **notes)
    found["metadata"]["annotations"] |= {
        f"dns.alpha.kubernetes.io/{name}": value
        for name, value in (("internal", internal), ("external", external))
        if value
    }
    return found


@pytest.mark.parametrize(
    ("obj", "flags", "expected"),
    [
        pytest.param(kops(*DUAL, internal="i.io", external="e.io"), {}, {}, id="not read by default"),
        pytest.param(kops(*DUAL, internal="i.io"), {"compatibility": "mate"}, {}, id="nor for another tool"),
        pytest.param(kops(*DUAL, internal="i.io, j.io"), KOPS, {"i.io": IP, "j.io": IP}, id="internal: its address"),
        pytest.param(kops(*DUAL, external="e.io"), KOPS, {"e.io": NODES}, id="external: its node"),
        pytest.param(kops(*DUAL, internal="i.io", target="192.0.2.9"), KOPS, {"i.io": IP}, id="target does not count"),
        pytest.param(
            kops(*DUAL, internal="i.io", hostname="a.io"), KOPS, {"a.io": NODES, "i.io": IP}, id="beside ours"
        ),
    ],
)
def test_annotations_of_kops(obj: Object, flags: dict[str, Any], expected: dict[str, list[str]]) -> None:
    assert published(obj, **flags) == expected


NAMES: dict[str, Any] = {"fqdn_template": ("{{.Name}}.tpl.io",)}
PAIRS: dict[str, Any] = {"fqdn_target_template": ("pair.io:192.0.2.7",)}
COMBINE: dict[str, Any] = {"combine_fqdn_annotation": True}


@pytest.mark.parametrize(
    ("obj", "flags", "expected"),
    [
        pytest.param(pod(*DUAL), NAMES, {"p.tpl.io": [*DUAL]}, id="all addresses of the pod"),
        pytest.param(pod(*DUAL, target="192.0.2.9"), NAMES, {"p.tpl.io": [*DUAL]}, id="target does not count"),
        pytest.param(pod(*DUAL, hostname="a.io"), NAMES, {"a.io": NODES}, id="the annotation wins"),
        pytest.param(pod(*DUAL, hostname="a.io"), NAMES | COMBINE, {"a.io": NODES, "p.tpl.io": [*DUAL]}, id="both"),
        pytest.param(
            pod(*DUAL, hostname="a.io"),
            NAMES | {"ignore_hostname_annotation": True},
            {"a.io": NODES},
            id="hostname annotations of pods cannot be ignored",
        ),
        pytest.param(pod(*DUAL, hostname="a.io", host=""), NAMES, {"p.tpl.io": [*DUAL]}, id="in place of no targets"),
        pytest.param(pod(*DUAL), PAIRS, {"pair.io": ["192.0.2.7"]}, id="pairs"),
        pytest.param(pod(*DUAL), PAIRS | NAMES, {"pair.io": ["192.0.2.7"]}, id="pairs come first"),
        pytest.param(pod(*DUAL, hostname="a.io"), PAIRS, {"a.io": NODES}, id="the annotation wins over pairs"),
        pytest.param(pod(*DUAL), NAMES | DOMAIN, {"p.pods.io": IP}, id="and so does the domain"),
        pytest.param(
            pod(*DUAL), NAMES | DOMAIN | COMBINE, {"p.pods.io": IP, "p.tpl.io": [*DUAL]}, id="beside the domain"
        ),
    ],
)
def test_templates_count_where_nothing_is_published_or_with_combine(
    obj: Object, flags: dict[str, Any], expected: dict[str, list[str]]
) -> None:
    assert published(obj, **flags) == expected


def test_pending_pod_waits_under_the_name_of_its_template() -> None:
    (claim,) = claims(pod(), **NAMES)
    assert (claim.hostname, claim.problems[0].message) == ("p.tpl.io", "pod/default/p has no address yet")


def test_pair_whose_target_is_not_known_yet_waits_under_its_name() -> None:
    (claim,) = claims(pod(), fqdn_target_template=("p.io:{{.Status.PodIP}}",))
    assert (claim.hostname, [problem.reason for problem in claim.problems]) == ("p.io", [Reason.NO_TARGETS])


def test_template_that_fails_on_a_pod_is_told() -> None:
    (claim,) = claims(pod(*DUAL), fqdn_template=("{{.Nope}}.io",))
    assert (claim.hostname, [problem.reason for problem in claim.problems]) == (
        "{{.Nope}}.io",
        [Reason.INVALID_TEMPLATE],
    )


def test_pods_of_one_name_share_a_record() -> None:
    found = [claim for ip in ("10.2.0.2", "10.2.0.1") for claim in claims(pod(ip), fqdn_template=("all.io",))]
    assert [endpoint.targets for endpoint in merged(found)] == [("10.2.0.1", "10.2.0.2")]


@pytest.mark.parametrize(
    ("network", "flag", "left_out"), [(False, True, True), (True, True, False), (False, False, False)]
)
def test_pods_outside_of_the_network_of_their_host_can_be_left_out(network: bool, flag: bool, left_out: bool) -> None:
    why = source.other_network(pod(network=network), NOBODY, settings(ignore_non_host_network_pods=flag))
    assert (why is not None) is left_out


HERE = frozenset({Ref(NODE, "", "n1")})


@pytest.mark.parametrize(
    ("obj", "flags", "expected"),
    [
        pytest.param(pod(hostname="a.io"), {}, HERE, id="hostname"),
        pytest.param(kops(external="a.io"), KOPS, HERE, id="external name of kops"),
        pytest.param(kops(external="a.io"), {}, frozenset(), id="which is not read"),
        pytest.param(pod(hostname="a.io", target="192.0.2.9"), {}, frozenset(), id="target"),
        pytest.param(pod(internal_hostname="a.io"), DOMAIN | NAMES, frozenset(), id="names that lead to itself"),
        pytest.param(pod(hostname="a.io", host=""), {}, frozenset(), id="on no node"),
    ],
)
def test_pod_follows_its_node_where_a_name_leads_there(
    obj: Object, flags: dict[str, Any], expected: frozenset[Ref]
) -> None:
    assert source.follows(obj, NOBODY, settings(**flags)) == expected


WORDS = ["nodeName", "podIP", "podIPs", "ip", "name", "annotations", "external-dns.kubernetes.io/hostname"]
JUNK: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.integers() | st.text(max_size=5) | st.sampled_from(["n1", "10.2.0.1", "a.io"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(WORDS), inner, max_size=3),
    max_leaves=8,
)


@given(st.fixed_dictionaries({"metadata": JUNK, "spec": JUNK, "status": JUNK}))
def test_no_shape_can_raise_and_the_projection_says_the_same(obj: Object) -> None:
    flags = {**DOMAIN, **KOPS}
    assert claims(source.project(obj), **flags) == claims(obj, **flags)
    assert source.follows(source.project(obj), HOST, settings(**flags)) == source.follows(obj, HOST, settings(**flags))
