"""The operator stopped, killed and started again: it comes to the same end, and writes nothing that stands already."""

from __future__ import annotations

import re
import signal
from typing import Any

import pytest

from cluster.manifests import dnsendpoint, entry, ga, ingress, record
from cluster.tap import tap
from cluster.testsite import CRD, Site, Stored
from localcluster.cluster import KubectlFailed
from localcluster.operator_process import Operator
from localcluster.wait import wait_until

pytestmark = pytest.mark.cluster
ENDS = pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGKILL], ids=lambda end: end.name)


def end_by(number: signal.Signals, operator: Operator) -> None:
    if number == signal.SIGTERM:
        assert operator.stop() == 0
    else:
        operator.kill()


def three_names(site: Site) -> list[dict[str, Any]]:
    """Two asked for by an Ingress, one by hand."""
    hosts = (site.name("shop"), site.name("cart"))
    return [
        ingress("shop", *hosts, annotations=ga(target="192.0.2.1")),
        dnsendpoint("web", entry(site.name("app"), "192.0.2.1")),
    ]


def versions(site: Site) -> dict[str, str]:
    """The resourceVersion of each DNSEndpoint: any write, of status too, changes it."""
    found = site.cluster.objects(CRD, site.namespace)
    return {one["metadata"]["name"]: one["metadata"]["resourceVersion"] for one in found}


def rounds_after(operator: Operator, count: int) -> None:
    """Wait until the zone has been read and looked at so many times more."""
    seen = {operator.metric("external_dns_controller_last_sync_timestamp_seconds")}

    def look() -> bool:
        seen.add(operator.metric("external_dns_controller_last_sync_timestamp_seconds"))
        return len(seen) > count

    wait_until(look, 20, what=f"{count} more rounds")


# -- nothing has changed


@ENDS
def test_restart_with_nothing_changed_writes_nothing(site: Site, end: signal.Signals) -> None:
    site.apply(*three_names(site))
    with site.operator() as operator:
        before = site.stored(), versions(site)
        assert [len(part) for part in before] == [6, 3]
        end_by(end, operator)
    with site.operator("--interval=0.2s") as operator:
        rounds_after(operator, 3)
        assert "Desired change" not in operator.log()
    assert (site.stored(), versions(site)) == before


# -- changed while it was down


@ENDS
def test_deleted_while_down_is_removed_after_restart(site: Site, end: signal.Signals) -> None:
    site.apply(*three_names(site), dnsendpoint("kept", entry(site.name("kept"), "192.0.2.9")))
    with site.operator() as operator:
        kept = of_name(site, "kept")
        end_by(end, operator)
    site.delete(CRD, "web")
    site.delete("ingress", "shop")
    assert len(site.stored()) == 8
    with site.operator():
        site.expect({"kept": ["192.0.2.9"], "a-kept": [site.ownership("crd/kept")]})
    assert site.stored() == kept
    wait_until(lambda: versions(site).keys() == {"kept"}, 30)


def of_name(site: Site, short: str) -> dict[str, Stored]:
    """What etcd holds for a name, ownership record included."""
    return {key: stored for key, stored in site.stored().items() if re.search(rf"/(a-)?{short}/", key)}


def test_created_and_changed_while_down_is_published_after_restart(site: Site) -> None:
    site.apply(*three_names(site))
    with site.operator():
        assert site.standing()["app"] == ["192.0.2.1"]
    site.apply(
        dnsendpoint("web", entry(site.name("app"), "192.0.2.2")),
        ingress("shop", site.name("shop"), annotations=ga(target="192.0.2.2")),
        dnsendpoint("late", entry(site.name("late"), "192.0.2.2")),
    )
    with site.operator():
        site.expect(
            {short: ["192.0.2.2"] for short in ("app", "shop", "late")}
            | {
                "a-app": [site.ownership("crd/web")],
                "a-shop": [site.ownership("ingress/shop")],
                "a-late": [site.ownership("crd/late")],
            }
        )
        for name in ("web", "late", site.name("shop")):
            site.told(name)
        assert is_gone(site, site.name("cart"))


def is_gone(site: Site, name: str) -> bool:
    try:
        site.endpoint(name)
    except KubectlFailed as error:
        return "NotFound" in str(error)
    return False


def test_changed_in_dns_while_down_is_repaired_after_restart(site: Site) -> None:
    site.apply(*three_names(site))
    with site.operator():
        wanted = site.standing()
    site.edit("app", host="198.51.100.1")
    site.remove("shop")
    with site.operator():
        assert site.standing() == wanted


# -- cut off in the middle

# How many transactions have landed, and whether the next one has, whose answer never comes.
CUTS = pytest.mark.parametrize(
    ("passing", "landing"),
    [
        pytest.param(0, True, id="first answer lost"),
        pytest.param(1, False, id="before the second transaction"),
        pytest.param(1, True, id="second answer lost"),
    ],
)
MANY = 60  # names, so that they take three transactions
SHORTS = [f"n{number:02}" for number in range(MANY)]


def many_names(site: Site) -> dict[str, Any]:
    return dnsendpoint("many", *(entry(site.name(short), "192.0.2.1") for short in SHORTS))


def all_of_them(site: Site) -> dict[str, list[str]]:
    ownership = [site.ownership("crd/many")]
    return {s: ["192.0.2.1"] for s in SHORTS} | {f"a-{s}": ownership for s in SHORTS}


UNBRAKED = "--brake-percent=100"


def cut_off(site: Site, passing: int, landing: bool, *flags: str) -> None:
    """Run until a transaction is sent, and kill it before it learns what has become of it."""
    with tap(site.dns.etcd, passing, landing) as way, site.operator(*flags, etcd=way.url, ready=False) as operator:
        assert way.held.wait(20)
        operator.kill()


@CUTS
def test_killed_while_it_publishes_the_next_run_completes_it(site: Site, passing: int, landing: bool) -> None:
    site.apply(many_names(site))
    cut_off(site, passing, landing)
    half_done = site.stored()
    assert 0 < len(half_done) < 2 * MANY
    with site.operator():
        site.told("many")
    assert site.standing() == all_of_them(site)
    assert half_done.items() <= site.stored().items()


@CUTS
def test_killed_while_it_removes_the_next_run_completes_it(site: Site, passing: int, landing: bool) -> None:
    site.apply(many_names(site), dnsendpoint("kept", entry(site.name("kept"), "192.0.2.9")))
    site.publish()
    kept = of_name(site, "kept")
    site.delete(CRD, "many")
    cut_off(site, passing, landing, UNBRAKED)
    assert 2 < len(site.stored()) < 2 * MANY + 2
    with site.operator(UNBRAKED):
        assert site.stored() == kept


def test_sigterm_lets_a_round_under_way_come_to_its_end_and_into_the_status(site: Site) -> None:
    site.apply(many_names(site))
    with tap(site.dns.etcd, passing=1) as way, site.operator(etcd=way.url, ready=False) as operator:
        assert way.held.wait(20)
        operator.process.send_signal(signal.SIGTERM)
        way.release()
        assert operator.process.wait(15) == 0
    assert site.standing() == all_of_them(site)
    assert record(site.told("many"), site.name(SHORTS[-1]), "A")["reason"] == "Synced"
