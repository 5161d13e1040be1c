"""What /metrics says under ExternalDNS's names, of a real operator whose objects and records are known."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from prometheus_client.parser import text_string_to_metric_families

from cluster.manifests import dnsendpoint, entry, ingress, load_balancer
from cluster.rights import ENDPOINTS, WATCHED, account, ingresses
from cluster.testsite import Site
from cluster.webhook import broken, webhook
from cluster.webhook import operator as operator_on
from localcluster.operator_process import Operator
from localcluster.wait import wait_until

pytestmark = pytest.mark.cluster
PREFIX = "external_dns_"
LAST_SYNC = f"{PREFIX}controller_last_sync_timestamp_seconds"
LAST_ROUND = f"{PREFIX}controller_last_reconcile_timestamp_seconds"
SOURCE_ERRORS, REGISTRY_ERRORS = f"{PREFIX}source_errors_total", f"{PREFIX}registry_errors_total"

Counts = dict[str, float]


def figures(operator: Operator) -> Counts:
    """The counts of record sets: "source_records a" is source_records with the label record_type="a"."""
    samples = [one for family in text_string_to_metric_families(operator.get("/metrics")) for one in family.samples]
    named = {" ".join([one.name.removeprefix(PREFIX), *one.labels.values()]): one.value for one in samples}
    return {name: value for name, value in named.items() if "records" in name or "endpoints" in name}


def expected(source: Mapping[str, int], registry: Mapping[str, int]) -> Counts:
    """All that `figures` may show when DNS holds what sources want, and perhaps more."""
    counts: Counts = {f"controller_verified_records {rtype}": count for rtype, count in source.items()}
    for side, by_type in (("source", source), ("registry", registry)):
        counts |= {f"{side}_records {rtype}": count for rtype, count in by_type.items()}
        counts |= {f"{side}_{rtype}_records": by_type.get(rtype, 0) for rtype in ("a", "aaaa")}
        counts[f"{side}_endpoints_total"] = sum(by_type.values())
    return counts


def shows(operator: Operator, wanted: Counts) -> bool:
    assert figures(operator) == wanted
    return True


def value(operator: Operator, name: str) -> float:
    found = operator.metric(name)
    assert found is not None, f"{name} is not exposed"
    return found


def rises(operator: Operator, name: str, above: float, timeout: float = 15) -> float:
    """The value of a metric as soon as it is larger than it was."""
    return wait_until(lambda: max(0.0, value(operator, name) - above), timeout, what=f"{name} to rise") + above


# -- counts


def test_record_sets_are_counted_by_side_and_type_and_anew_after_a_deletion(site: Site) -> None:
    site.put("by-hand", host="192.0.2.99")  # stands, though nobody wants it
    site.apply(
        ingress("web", site.name("app"), site.name("shop")),
        dnsendpoint("hand", entry(site.name("alone"), "192.0.2.5"), entry(site.name("alias"), "a.org", rtype="CNAME")),
        dnsendpoint("half", entry(site.name("good"), "192.0.2.6"), entry(site.name("bad"), "no address")),
    )
    site.cluster.set_status("ingress", "web", load_balancer("192.0.2.1", "2001:db8::1"), site.namespace)
    with site.operator() as operator:
        wanted, standing = {"a": 4, "aaaa": 2, "cname": 1}, {"a": 5, "aaaa": 2, "cname": 1}
        wait_until(lambda: shows(operator, expected(wanted, standing)))
        site.delete("dnsendpoint", "hand")
        wait_until(lambda: shows(operator, expected({"a": 3, "aaaa": 2}, {"a": 4, "aaaa": 2})))
        assert (value(operator, SOURCE_ERRORS), value(operator, REGISTRY_ERRORS)) == (0, 0)


def test_what_is_wanted_and_does_not_stand_is_not_verified(site: Site) -> None:
    site.put("taken", host="192.0.2.99")  # of nobody: it is left alone
    site.apply(dnsendpoint("web", entry(site.name("app"), "192.0.2.1"), entry(site.name("taken"), "192.0.2.2")))
    with site.operator() as operator:
        site.told("web", "NotOwned")
        counts = expected({"a": 2}, {"a": 2}) | {"controller_verified_records a": 1}
        wait_until(lambda: shows(operator, counts))


# -- times


def test_last_sync_moves_at_each_interval_though_nothing_changes(site: Site) -> None:
    with site.operator("--interval=1s") as operator:
        first = value(operator, LAST_SYNC)
        second = rises(operator, LAST_SYNC, above=first)
        rises(operator, LAST_SYNC, above=second)
        assert value(operator, LAST_ROUND) >= second


# -- errors


@pytest.mark.parametrize("call", ["GET /records", "POST /adjustendpoints", "POST /records"])
def test_a_provider_that_fails_is_counted_and_last_sync_stands_still_until_it_works_again(
    site: Site, call: str
) -> None:
    with webhook() as provider, operator_on(site, provider) as operator:
        before = value(operator, REGISTRY_ERRORS)
        provider.respond[call] = broken
        site.apply(dnsendpoint("web", entry(site.name("app"), "192.0.2.1")))
        failed = rises(operator, REGISTRY_ERRORS, above=before)
        site.told("web", "ProviderUnavailable")
        last = value(operator, LAST_SYNC)
        rises(operator, REGISTRY_ERRORS, above=failed)
        assert value(operator, LAST_SYNC) == last < value(operator, LAST_ROUND)
        del provider.respond[call]
        rises(operator, LAST_SYNC, above=last)
        site.told("web")
        assert (value(operator, SOURCE_ERRORS), figures(operator)) == (0, expected({"a": 1}, {"a": 1}))


@pytest.mark.parametrize(
    "verbs",
    [
        pytest.param((), id="no right to list"),
        pytest.param(("list",), id="a right to list but not to watch"),
    ],
)
def test_a_kind_that_cannot_be_followed_is_counted_and_the_others_are_published(
    site: Site, verbs: tuple[str, ...]
) -> None:
    site.apply(dnsendpoint("web", entry(site.name("app"), "192.0.2.1")))
    with account(site.cluster, site.namespace, *ENDPOINTS, ingresses(*verbs)) as limited:
        here = Site(limited.cluster, site.dns, site.namespace, site.domain)
        with here.operator("--source=ingress", "--source=crd", ready=False) as operator:
            wait_until(lambda: operator.status("/healthz") == 200, what="the port to be open")
            rises(operator, SOURCE_ERRORS, above=0)
            site.told("web")
            assert 'msg="No watch on ingresses at present: deletes wait"' in operator.log()
            limited.grant(*ENDPOINTS, ingresses(*WATCHED))
            operator.wait_ready()
            site.delete("dnsendpoint", "web")
            site.expect({})  # deletes wait no longer
            assert value(operator, REGISTRY_ERRORS) == 0
