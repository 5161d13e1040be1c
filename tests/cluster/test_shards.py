"""Two operators that share the zones of one provider: each name is looked after by one, and by nobody else."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest

from chaos.observer import observing
from cluster.manifests import condition, dnsendpoint, entry, ga, ingress
from cluster.shardsite import ShardSite, changes, standing, zone_of
from cluster.testsite import CRD, Site
from localcluster.operator_process import PROGRAM, Operator, environment
from localcluster.pdns import PowerDns
from localcluster.wait import NotYet, wait_until
from zonewright.model.shard import place

pytestmark = pytest.mark.cluster

ADDRESS, OTHER = "192.0.2.1", "192.0.2.2"


@pytest.fixture
def two(site: Site, powerdns: PowerDns) -> Iterator[ShardSite]:
    zones = zone_of(0, site.domain), zone_of(1, site.domain)
    with standing(powerdns, *zones):
        yield ShardSite(site.cluster, site.dns, site.namespace, site.domain, powerdns, zones)


def publish(site: ShardSite, *names: str, address: str = ADDRESS) -> None:
    """An Ingress for each name."""
    site.apply(*(ingress(name, name, annotations=ga(target=address, ttl="60")) for name in names))


def comes(site: ShardSite, name: str, *addresses: str, zone: str = "") -> None:
    """Wait until a name has these addresses in the zone that has it."""
    where = zone or name.partition(".")[2]
    wait_until(lambda: site.found(where).get(name, []) == [*addresses], 15, what=f"{name} to have {addresses}")


def both_write(site: ShardSite, target: str = ADDRESS, **more: str) -> None:
    """One object that people have written, with a name in the zone of each shard."""
    names = [site.within(0, "both"), site.within(1, "both")]
    entries = (entry(name, more.get(f"to_{at}", target), recordTTL=60) for at, name in enumerate(names))
    site.apply(dnsendpoint("both", *entries))


def ready(site: ShardSite, status: str, name: str = "both") -> dict[str, Any]:
    """A DNSEndpoint as soon as it says so of what is asked for now."""

    def look() -> dict[str, Any]:
        found = site.endpoint(name)
        said = condition(found, "Ready")
        if (said["status"], said["observedGeneration"]) != (status, found["metadata"]["generation"]):
            raise NotYet(json.dumps(found))
        return found

    return wait_until(look, 15, what=f"DNSEndpoint {name} to be ready: {status}")


def no_strangers(*operators: Operator) -> None:
    for operator in operators:
        assert "owner id" not in operator.log()
        assert "Traceback" not in operator.log()


# -- each has its own


def test_each_zone_is_written_by_its_shard_from_the_first_record_to_the_last(two: ShardSite) -> None:
    names = [two.within(0), two.within(1)]
    with two.shards() as operators:
        publish(two, *names)
        for name in names:
            comes(two, name, ADDRESS)
            assert two.told(name)["status"]["summary"]["zones"] == name.partition(".")[2]
        publish(two, *names, address=OTHER)
        for name in names:
            comes(two, name, OTHER)
        for name in names:
            two.delete("ingress", name)
        for name in names:
            comes(two, name)
        for operator, name in zip(operators, names, strict=True):
            done = [change for change in changes(operator) if change[1] == name]
            # More than once where sqlite3, which takes one writer at a time, has answered with an error.
            assert list(dict.fromkeys(action for action, _ in done)) == ["CREATE", "UPDATE", "DELETE"]
            assert {changed for _, changed in changes(operator)} <= {name, f"a-{name}"}
        wait_until(lambda: two.cluster.objects(CRD, two.namespace) == [], 15, what="no DNSEndpoint to be left")
        no_strangers(*operators)


def test_a_start_with_everything_in_place_writes_nothing_of_anybody(two: ShardSite) -> None:
    publish(two, *(two.within(shard, label) for shard in (0, 1) for label in ("a", "b")))
    both_write(two)
    with two.shards():
        ready(two, "True")
        for shard in (0, 1):
            two.told(two.within(shard, "a"))
            two.told(two.within(shard, "b"))
    before = two.serials(), versions(two)
    with two.shards() as operators:
        assert [changes(operator) for operator in operators] == [[], []]
        assert [wanted(operator) for operator in operators] == [3, 3]
    assert (two.serials(), versions(two)) == before


def test_each_shard_has_a_lease_of_its_own_and_both_lead(two: ShardSite) -> None:
    with two.shards() as operators:
        assert [operator.metric("zonewright_leader") for operator in operators] == [1, 1]
        leases = sorted(lease["metadata"]["name"] for lease in two.cluster.objects("lease", two.namespace))
        base = leases[0].removesuffix("-shard-0")
        assert leases == [f"{base}-shard-0", f"{base}-shard-1"]
        with two.shard(1) as standby:
            assert standby.metric("zonewright_leader") == 0


def test_a_reverse_name_is_written_by_the_shard_of_its_own_zone(two: ShardSite) -> None:
    octet = next(n for n in range(256) if place(f"{n}.18.198.in-addr.arpa", 2) == 1)
    reverse, name = f"{octet}.18.198.in-addr.arpa", two.within(0)
    types = ("--create-ptr", "--managed-record-types=A", "--managed-record-types=PTR")
    flags = (*types, f"--domain-filter={two.domain}", f"--domain-filter={reverse}")
    with standing(two.server, reverse), two.shards(*flags) as (first, second):
        publish(two, name, address=f"198.18.{octet}.7")
        wait_until(lambda: two.found(reverse, "PTR") == {f"7.{reverse}": [f"{name}."]}, 15, what="the reverse name")
        comes(two, name, f"198.18.{octet}.7")
        assert ("CREATE", f"7.{reverse}") in changes(second)
        assert f"7.{reverse}" not in first.log()
        two.delete("ingress", name)
        wait_until(lambda: two.found(reverse, "PTR") == {}, 15, what="the reverse name to go")


# -- an object with names of both


def test_an_object_with_names_of_both_is_ready_when_both_have_said_so(two: ShardSite) -> None:
    with two.shards() as operators:
        both_write(two)
        found = ready(two, "True")
        names = [two.within(0, "both"), two.within(1, "both")]
        assert [(one["dnsName"], one["zone"], one["reason"]) for one in found["status"]["records"]] == [
            (name, zone, "Synced") for name, zone in zip(names, two.zones, strict=True)
        ]
        both_write(two, to_1=OTHER)
        assert [one["targets"] for one in ready(two, "True")["status"]["records"]] == [[ADDRESS], [OTHER]]
        two.apply(dnsendpoint("both", entry(names[1], OTHER, recordTTL=60)))
        comes(two, names[0], zone=two.zones[0])

        def alone() -> bool:
            kinds = [one["type"] for one in ready(two, "True")["status"]["conditions"]]
            return sorted(kinds) == ["Accepted", "Programmed", "Ready"]

        wait_until(alone, 15, what="the object to be of one shard")
        no_strangers(*operators)


def test_of_what_is_asked_of_a_shard_that_is_down_nothing_is_claimed_and_the_rest_is_done(two: ShardSite) -> None:
    both_write(two)
    with two.shard(0):
        with two.shard(1) as second:
            ready(two, "True")
            second.kill()
            both_write(two, target=OTHER)
            comes(two, two.within(0, "both"), OTHER)
            waiting = ready(two, "Unknown")
            assert condition(waiting, "Ready")["message"] == f"waiting for shard 1/2: {two.within(1, 'both')}"
            comes(two, two.within(1, "both"), ADDRESS)
        with two.shard(1):
            assert [one["targets"] for one in ready(two, "True")["status"]["records"]] == [[OTHER], [OTHER]]


# -- one of them is down


def test_a_shard_that_is_killed_stops_nobody_and_loses_nothing(two: ShardSite) -> None:
    stays, goes, late = two.within(1, "stays"), two.within(1, "goes"), two.within(1, "late")
    with two.shard(0) as first:
        with two.shard(1) as second:
            publish(two, stays, goes)
            comes(two, stays, ADDRESS)
            comes(two, goes, ADDRESS)
            second.kill()
            two.delete("ingress", goes)
            publish(two, late, two.within(0))
            comes(two, two.within(0), ADDRESS)
            two.told(two.within(0))
            assert set(two.found(two.zones[1])) == {stays, goes}
        with two.shard(1):
            comes(two, late, ADDRESS)
            comes(two, goes)
            comes(two, stays, ADDRESS)
        assert {name for _, name in changes(first)} <= {two.within(0), f"a-{two.within(0)}"}
        no_strangers(first)


# -- zones that come and go


def test_a_zone_that_is_divided_off_takes_its_names_to_another_shard_without_an_absence(two: ShardSite) -> None:
    """As people do it: the new zone is filled with what stands, and then it is served."""
    parent = two.zones[0]
    child = zone_of(1, parent)
    name, beside = f"www.{child}", two.within(0)
    with two.shards() as (first, second), observing(two.server.port) as observer:
        publish(two, name, beside)
        for one in (name, beside):
            comes(two, one, ADDRESS, zone=parent)
            observer.want(one)
        observer.rounds()
        rrsets = two.copied(parent, child)
        zone = {"name": f"{child}.", "kind": "Native", "nameservers": [f"ns.{child}."], "rrsets": rrsets}
        two.server.call("POST", "/zones", zone)
        try:
            # Who does not know the new zone yet still has its names in the old one.
            wait_until(lambda: all("of 3 zones" in one.log() for one in (first, second)), 15, what="the new zone")
            publish(two, name, beside, address=OTHER)
            comes(two, name, OTHER, zone=child)
            wait_until(lambda: two.told(name)["status"]["summary"]["zones"] == child, 15, what="the zone to be told")
            assert ("UPDATE", name) in changes(second)
            assert ("UPDATE", name) not in changes(first)
            observer.rounds()
        finally:
            two.server.delete_zone(child)
        publish(two, name, address="192.0.2.3")
        comes(two, name, "192.0.2.3", zone=parent)
        assert ("UPDATE", name) in changes(first)
        observer.rounds()
        assert observer.amiss == []
        assert ("DELETE", name) not in [*changes(first), *changes(second)]
        no_strangers(first, second)


# -- the brake, and the commands


def test_deletes_that_are_held_are_held_by_each_shard_for_its_own_zone(two: ShardSite) -> None:
    names = [two.within(shard, f"n{number:02}") for shard in (0, 1) for number in range(12)]
    two.apply(dnsendpoint("many", *(entry(name, ADDRESS) for name in names)))
    with two.shards() as operators:
        ready(two, "True", "many")
        two.apply(dnsendpoint("many", entry(names[0], ADDRESS), entry(names[12], ADDRESS)))

        def shown() -> list[dict[str, Any]]:
            objects = two.cluster.objects(CRD, two.namespace)
            held = [one for one in objects if "zonewright.io/held-deletes" in one["metadata"].get("labels", {})]
            return held if [len(one.get("status", {}).get("records", ())) for one in held] == [11, 11] else []

        held = wait_until(shown, 15, what="both zones to hold deletes")
        assert {one["status"]["records"][0]["zone"] for one in held} == set(two.zones)
        done = command(two, "approve", two.zones[1], "--yes")
        assert done.returncode == 0, done.stderr
        wait_until(lambda: set(two.found(two.zones[1])) == {names[12]}, 15, what="the deletes of one zone")
        assert set(two.found(two.zones[0])) == set(names[:12])
        no_strangers(*operators)


def command(site: ShardSite, *args: str) -> subprocess.CompletedProcess[str]:
    """A command with the flags of the operators."""
    flags = [f"--kubeconfig={site.cluster.kubeconfig}", "--provider=pdns", f"--pdns-server={site.server.url}"]
    env = environment({"EXTERNAL_DNS_PDNS_API_KEY": site.server.key})
    given = [str(PROGRAM), *args, *flags, *site._flags(())]
    return subprocess.run(given, env=env, capture_output=True, text=True, timeout=60, check=False)


def test_the_commands_tell_of_a_shard_or_in_which_one_a_name_is(two: ShardSite) -> None:
    names = [two.within(0), two.within(1)]
    publish(two, *names)
    plans = [json.loads(command(two, "plan", "--output=json", f"--shard={shard}/2").stdout) for shard in (0, 1)]
    planned = [{change["name"] for zone in one["zones"] for change in zone["changes"]} for one in plans]
    assert planned == [{names[0]}, {names[1]}]
    found = json.loads(command(two, "explain", names[1], "--output=json", "--shard=0/2").stdout)
    assert found["shard"] == {"index": 1, "count": 2}
    assert [change["action"] for change in found["changes"]] == ["create"]
    assert "by shard 1/2; this one is 0/2" in command(two, "explain", names[1], "--shard=0/2").stdout


def test_one_pass_of_a_shard_publishes_and_purges_its_zones_alone(two: ShardSite) -> None:
    names = [two.within(0), two.within(1)]
    publish(two, *names)
    both_write(two)
    rehearsed = command(two, "run", "--once", "--shard=0/2", "--dry-run")
    assert (rehearsed.returncode, two.found(two.zones[0])) == (0, {})
    for shard, expected in ((0, [2, 0]), (1, [2, 2])):
        assert command(two, "run", "--once", f"--shard={shard}/2").returncode == 0
        assert [len(two.found(zone)) for zone in two.zones] == expected
    assert condition(two.endpoint("both"), "Ready")["status"] == "True"
    assert command(two, "purge", "--yes", "--shard=1/2").returncode == 0
    assert [len(two.found(zone)) for zone in two.zones] == [2, 0]


@pytest.mark.parametrize("value", ["2/2", "a/b", "-1/3", "0/0"])
def test_a_shard_that_is_none_ends_it_before_anything_starts(two: ShardSite, value: str) -> None:
    done = command(two, "run", f"--shard={value}")
    assert done.returncode == 2
    assert "--shard" in done.stderr
    assert "is no shard" in done.stderr
    assert "Nothing was started" in done.stderr


# -- what is looked at


def versions(site: ShardSite) -> dict[str, str]:
    """Any write to a DNSEndpoint, of its status too, changes its version."""
    objects = site.cluster.objects(CRD, site.namespace)
    return {one["metadata"]["name"]: one["metadata"]["resourceVersion"] for one in objects}


def wanted(operator: Operator) -> float | None:
    """How many A records an operator takes for its own."""
    return operator.metric("external_dns_source_records", record_type="a")
