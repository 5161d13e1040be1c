"""Replicas: one works, another takes its place in seconds, and never do two write."""

from __future__ import annotations

import itertools
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from cluster.manifests import dnsendpoint, entry
from cluster.rights import ENDPOINTS, account
from cluster.tap import TRANSACTION, Tap, opened
from cluster.testsite import CRD, Site
from cluster.wire import wire
from localcluster.operator_process import Operator
from localcluster.wait import wait_until

pytestmark = pytest.mark.cluster

LEASE = "replicas"
CRASH, STOP = 20.0, 3.0  # seconds within which another replica works
PAUSE = 8.0  # seconds after which a leader that cannot renew its lease writes no more
NEVER = 2**62


class Way(Tap):
    """A way to etcd that notes when transactions come along."""

    def __init__(self, etcd: str, passing: int = NEVER) -> None:
        super().__init__(etcd, passing, landing=True)
        self.times: list[float] = []

    def carry(self, path: str, body: bytes) -> bytes | None:
        if path == TRANSACTION:
            self.times.append(time.monotonic())
        return super().carry(path, body)


def replica(site: Site, name: str, *flags: str, etcd: str = "", ready: bool = True) -> Operator:
    """One in a pod of its own, as far as it can tell: nobody can prove that it is dead."""
    given = [*site._flags((f"--leader-election-lease-name={LEASE}", *flags))]
    env = {"ETCD_URLS": etcd or site.dns.etcd, "POD_NAME": name}
    return Operator(site.cluster, "--provider=coredns", *given, env=env, ready=ready)


@contextmanager
def two(site: Site, *flags: str) -> Iterator[tuple[Operator, Operator]]:
    """The leader and its standby, both ready."""
    with replica(site, "one", *flags) as leader, replica(site, "two", *flags) as standby:
        assert leads(leader)
        assert stands_by(standby, "one")
        yield leader, standby


def leads(operator: Operator) -> bool:
    return operator.metric("zonewright_leader") == 1


def stands_by(operator: Operator, leader: str) -> bool:
    return operator.metric("zonewright_leader") == 0 and f"standby: {leader}_" in operator.log()


def publish(site: Site, short: str, address: str = "192.0.2.1") -> None:
    site.apply(dnsendpoint(short, entry(site.name(short), address)))


def answered(site: Site, short: str, since: float, limit: float) -> float:
    """Seconds until a name was in DNS."""
    wait_until(lambda: site.dns.query(site.name(short)).records == ("192.0.2.1",), limit, what=f"{short} in DNS")
    return time.monotonic() - since


def versions(site: Site) -> dict[str, str]:
    """Any write to a DNSEndpoint, of its status too, changes its version."""
    return {
        one["metadata"]["name"]: one["metadata"]["resourceVersion"] for one in site.cluster.objects(CRD, site.namespace)
    }


def holder(site: Site) -> str:
    found: str = site.cluster.get("lease", LEASE, site.namespace)["spec"]["holderIdentity"]
    return found


# -- who works


def test_of_two_replicas_one_works_and_both_are_ready_and_alive(site: Site) -> None:
    publish(site, "web")
    with site.operator() as one, site.operator() as other:
        assert (leads(one), leads(other)) == (True, False)
        assert [replica.status(page) for replica in (one, other) for page in ("/healthz", "/readyz")] == [200] * 4
        publish(site, "late")
        site.told("late")
        assert "Desired change" in one.log()
        assert "Desired change" not in other.log()
        (lease,) = site.cluster.objects("lease", site.namespace)
        assert f"standby: {lease['spec']['holderIdentity']} leads" in other.log()
        assert lease["spec"]["leaseTransitions"] == 0
        assert lease["metadata"]["name"].startswith("zonewright-")


def test_with_other_flags_it_is_another_installation_that_works_as_well(site: Site, elsewhere: str) -> None:
    flags = (f"--namespace={elsewhere}", "--txt-owner-id=another")
    with site.operator() as one, site.operator(*flags) as other:
        assert (leads(one), leads(other)) == (True, True)


def test_turned_off_every_replica_works_and_there_is_no_lease(site: Site) -> None:
    with site.operator("--no-leader-election") as one:
        assert leads(one)
        assert site.cluster.objects("lease", site.namespace) == []


# -- takeover


def test_after_a_crash_another_replica_works_in_time(site: Site) -> None:
    with two(site) as (leader, standby):
        leader.kill()
        killed = time.monotonic()
        publish(site, "late")
        seconds = answered(site, "late", killed, CRASH)
        print(f"takeover after SIGKILL: {seconds:.1f} s")
        assert seconds < CRASH
        assert leads(standby)
        site.told("late")


def test_after_a_clean_stop_another_replica_works_at_once(site: Site) -> None:
    with two(site) as (leader, standby):
        stopped = time.monotonic()
        leader.process.send_signal(signal.SIGTERM)
        publish(site, "late")
        seconds = answered(site, "late", stopped, CRASH)
        print(f"takeover after SIGTERM: {seconds:.1f} s")
        assert seconds < STOP
        assert leader.process.wait(15) == 0
        assert leads(standby)


def test_a_process_that_is_killed_and_started_again_does_not_wait_for_itself(site: Site) -> None:
    with site.operator() as first:
        first.process.send_signal(signal.SIGKILL)  # and nobody takes note of it
        started = time.monotonic()
        with site.operator() as second:
            print(f"killed, started again and ready: {time.monotonic() - started:.1f} s")
            assert leads(second)
            assert "standby" not in second.log()


def test_a_leader_that_was_killed_on_the_same_machine_is_not_waited_for(site: Site) -> None:
    with site.operator() as leader, site.operator() as standby:
        leader.kill()
        killed = time.monotonic()
        publish(site, "late")
        seconds = answered(site, "late", killed, CRASH)
        print(f"takeover after SIGKILL that can be proven: {seconds:.1f} s")
        assert seconds < STOP
        assert leads(standby)


def test_what_is_deleted_by_the_time_of_a_takeover_goes_at_once(site: Site) -> None:
    """The new leader knows what the old one has noted in statuses: left-overs are its own."""
    with two(site) as (leader, standby):
        publish(site, "web")
        publish(site, "kept")
        site.told("web")
        site.told("kept")
        leader.kill()
        site.delete(CRD, "web")
        site.expect({"kept": ["192.0.2.1"], "a-kept": [site.ownership("crd/kept")]}, timeout=CRASH)
        assert "may be another cluster's" not in standby.log()


# -- never two

SHORTS = [f"n{number:02}" for number in range(60)]  # they take three transactions


def many(site: Site, address: str) -> dict[str, Any]:
    return dnsendpoint("many", *(entry(site.name(short), address) for short in SHORTS))


def test_a_leader_that_was_frozen_in_the_middle_of_a_batch_writes_nothing_afterwards(site: Site) -> None:
    with (
        opened(Way(site.dns.etcd, passing=1)) as way,
        replica(site, "one", etcd=way.url) as frozen,
        replica(site, "two") as standby,
    ):
        site.apply(many(site, "192.0.2.1"))
        assert way.held.wait(20)
        frozen.process.send_signal(signal.SIGSTOP)
        way.release()  # the answer waits for it
        site.told("many", timeout=CRASH)
        site.apply(many(site, "192.0.2.2"))  # it has not seen that yet
        site.told("many")
        before, known, sent = site.stored(), versions(site), len(way.times)
        frozen.process.send_signal(signal.SIGCONT)
        wait_until(lambda: "standby: two_" in frozen.log(), 20, what="the old leader to stand by")
        wait_until(lambda: frozen.status("/readyz") == 200, 20)
        assert len(way.times) == sent
        assert (site.stored(), versions(site)) == (before, known)
        assert leads(standby)
        publish(site, "late")
        site.told("late")
        assert len(way.times) == sent


@contextmanager
def disturbed(site: Site) -> Iterator[None]:
    """Somebody changes one name after the other in DNS, so that there is always something to repair."""
    ended = threading.Event()

    def disturb() -> None:
        for short in itertools.cycle(SHORTS):
            if ended.wait(0.1):
                return
            site.edit(short, host="198.51.100.1")

    thread = threading.Thread(target=disturb, name="disturbing")
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def test_a_leader_that_is_cut_off_from_the_api_server_stops_writing_before_another_one_starts(site: Site) -> None:
    with (
        wire(site.cluster.server) as cable,
        opened(Way(site.dns.etcd)) as way,
        opened(Way(site.dns.etcd)) as other_way,
        replica(site, "one", "--interval=0.3s", f"--server={cable.url}", etcd=way.url) as leader,
        replica(site, "two", "--interval=0.3s", etcd=other_way.url) as standby,
    ):
        site.apply(many(site, "192.0.2.1"))
        site.told("many")
        with disturbed(site):
            sent = len(way.times)
            wait_until(lambda: len(way.times) > sent + 2, what="repairs")
            cable.cut()
            cut = time.monotonic()
            wait_until(lambda: other_way.times, CRASH, what="the standby to repair")
            print(
                f"cut off: last write after {way.times[-1] - cut:.1f} s, other's first {other_way.times[0] - cut:.1f} s"
            )
            assert way.times[-1] - cut < PAUSE + 0.5
            assert way.times[-1] < other_way.times[0]
            assert leader.metric("zonewright_leader") == 0
            assert "The lease cannot be renewed, writes pause" in leader.log()
            sent = len(way.times)
            cable.mend()
            wait_until(lambda: stands_by(leader, "two"), 30, what="the old leader to stand by")
            leader.wait_ready()
        assert len(way.times) == sent
        assert leads(standby)


def test_a_leader_whose_place_nobody_has_taken_goes_on_when_the_api_server_is_back(site: Site) -> None:
    with (
        wire(site.cluster.server) as cable,
        opened(Way(site.dns.etcd)) as way,
        replica(site, "one", "--interval=0.3s", f"--server={cable.url}", etcd=way.url) as leader,
    ):
        publish(site, "web")
        site.told("web")
        cable.cut()
        wait_until(lambda: not leads(leader), 15, what="writes to pause")
        sent = len(way.times)
        site.edit("web", host="198.51.100.1")
        publish(site, "late")
        wait_until(lambda: leader.log().count("No watch on") or leader.status("/healthz") == 200)
        assert len(way.times) == sent
        cable.mend()
        mended = time.monotonic()
        answered(site, "web", mended, 15)
        print(f"the API server is back: repaired after {time.monotonic() - mended:.1f} s")
        assert "writes go on" in leader.log()
        assert "standby" not in leader.log()
        answered(site, "late", mended, 60)


def test_who_waits_for_the_api_server_can_be_stopped(site: Site) -> None:
    with wire(site.cluster.server) as cable, replica(site, "one", f"--server={cable.url}") as leader:
        cable.cut()
        wait_until(lambda: not leads(leader), 15, what="writes to pause")
        assert leader.stop(20) == 0


# -- rights


def test_without_the_right_to_the_lease_the_start_ends_and_says_what_to_do(site: Site) -> None:
    with account(site.cluster, site.namespace, *ENDPOINTS[:2]) as limited:
        here = Site(limited.cluster, site.dns, site.namespace, site.domain)
        for verbs, missing in (((), "get"), (("get",), "create"), (("get", "create"), "update")):
            lease = {"apiGroups": ["coordination.k8s.io"], "resources": ["leases"], "verbs": verbs}
            limited.grant(*ENDPOINTS[:2], lease)
            with here.operator("--source=crd", ready=False) as operator:
                assert operator.process.wait(20) == 1
                assert f"the right to {missing} leases (coordination.k8s.io) is missing" in operator.log()
                assert "--no-leader-election" in operator.log()
        with here.operator("--source=crd", "--no-leader-election") as operator:
            assert leads(operator)


def test_the_lease_is_handed_back_at_the_end_and_says_so(site: Site) -> None:
    with replica(site, "one") as leader:
        assert holder(site).startswith("one_")
        assert leader.stop() == 0
        assert "The lease is handed back" in leader.log()
    assert holder(site) == ""
