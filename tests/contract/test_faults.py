"""What holds of every provider in the hands of a zone's worker: second plans, dry run, and each kind of trouble."""

from __future__ import annotations

import logging

import pytest

from contract.backends.base import Backend, Faults
from contract.build import create, record
from contract.conftest import Subject, closing
from contract.rig import Rig
from zonewright.model.endpoint import Endpoint
from zonewright.model.reason import Reason
from zonewright.providers.base import Denied, Provider

MANY = 1000
# The longest time to live that all providers have, and the shortest.
TTL = 3600


def faults_of(backend: Backend) -> Faults:
    if backend.faults is None:
        pytest.skip("no server, no faults")
    return backend.faults


async def rig_of(backend: Backend, **options: object) -> Rig:
    """On a provider of its own; the zone is asked for while all is well."""
    provider = backend.provider(**options)  # type: ignore[arg-type]
    (zone,) = await provider.zones()
    return Rig(provider, zone)


def mixed(domain: str, rig: Rig) -> list[Endpoint]:
    """One of each kind that people have."""
    return [
        record(f"app.{domain}", "A", "192.0.2.1", "192.0.2.2", ttl=TTL),
        record(f"app.{domain}", "AAAA", "2001:DB8:0::1", ttl=TTL),
        record(f"www.{domain}", "CNAME", "LB.Example.com.", ttl=TTL),
        record(f"*.apps.{domain}", "A", "192.0.2.1"),
        record(domain, "A", "192.0.2.1"),
        record(f"bücher.{domain}", "A", "192.0.2.1"),
        record(
            f"_acme.{domain}",
            "TXT",
            'say "hi"',
            ("x" * 600)[: rig.provider.capabilities.longest_text],
            "two  blanks; and = \\ ,",
        ),
    ]


async def test_a_second_plan_is_empty_and_a_fresh_reading_agrees(backend: Backend, domain: str) -> None:
    rig = await rig_of(backend)
    async with closing(rig.provider):
        rig.want(*mixed(domain, rig))
        await rig.worker().round()
        assert set(rig.reasons().values()) == {Reason.SYNCED}
        writes = backend.faults.writes if backend.faults else 0
        rig.outcomes.clear()
        await rig.worker().round()
        assert set(rig.reasons().values()) == {Reason.SYNCED}
        assert backend.faults is None or backend.faults.writes == writes


async def test_dns_answers_what_was_asked_for(backend: Backend, domain: str) -> None:
    rig = await rig_of(backend)
    async with closing(rig.provider):
        rig.want(record(f"app.{domain}", "A", "192.0.2.1", "192.0.2.2"), record(f"*.w.{domain}", "A", "192.0.2.3"))
        await rig.worker().round()
        if (found := await backend.answer(f"app.{domain}", "A")) is None:
            pytest.skip("it serves no DNS")
        assert found == {"192.0.2.1", "192.0.2.2"}
        if backend.answers_wildcards:
            assert await backend.answer(f"some.w.{domain}", "A") == {"192.0.2.3"}


async def test_a_thousand_records_come_change_and_go(backend: Backend, domain: str) -> None:
    rig = await rig_of(backend)
    names = [f"n{number}.{domain}" for number in range(MANY)]
    async with closing(rig.provider):
        worker = rig.worker()
        for address in ("192.0.2.1", "192.0.2.2"):
            worker.mark(rig.want(*(record(name, "A", address) for name in names)))
            await worker.round()
            found = [e for e in await rig.provider.records(rig.zone) if e.rtype == "A"]
            assert {e.name: e.targets for e in found} == dict.fromkeys(names, (address,))
        worker.mark(rig.want())
        await worker.round()
        assert [e for e in await rig.provider.records(rig.zone) if e.rtype in ("A", "TXT")] == []


async def test_a_dry_run_writes_nothing_and_says_what_would_be(backend: Backend, domain: str) -> None:
    faults = faults_of(backend)
    rig = await rig_of(backend)
    async with closing(rig.provider):
        rig.want(*mixed(domain, rig))
        await rig.worker(dry_run=True).round()
        assert set(rig.reasons().values()) == {Reason.DRY_RUN}
        assert faults.writes == 0


async def test_one_bad_record_among_a_hundred_is_alone_in_being_refused(backend: Backend, domain: str) -> None:
    if (bad := backend.refused()) is None:
        pytest.skip("it refuses nothing that is sent to it")
    rig = await rig_of(backend)
    good = [record(f"n{number}.{domain}", "A", "192.0.2.1") for number in range(99)]
    async with closing(rig.provider):
        rig.want(*good[:50], bad, *good[50:])
        await rig.worker().round()
        reasons = rig.reasons()
        assert reasons.pop(bad.name) is Reason.REJECTED, rig.outcomes[bad.name]
        assert reasons == {endpoint.name: Reason.SYNCED for endpoint in good}
        standing = {e.name for e in await rig.provider.records(rig.zone) if e.rtype == "A"}
        assert standing >= {endpoint.name for endpoint in good}


async def test_too_many_requests_are_waited_out_and_then_all_is_done(backend: Backend, domain: str) -> None:
    faults = faults_of(backend)
    rig = await rig_of(backend)
    async with closing(rig.provider):
        worker = rig.worker()
        await worker.round()
        worker.mark(rig.want(record(f"app.{domain}", "A", "192.0.2.1")))
        faults.throttle(3, retry_after=0)
        await rig.until_synced(worker)


async def test_throttling_says_so_on_the_name(backend: Backend, domain: str) -> None:
    faults = faults_of(backend)
    rig = await rig_of(backend)
    async with closing(rig.provider):
        worker = rig.worker()
        await worker.round()
        worker.mark(rig.want(record(f"app.{domain}", "A", "192.0.2.1")))
        faults.throttle(50)
        await worker.round()
        assert rig.reasons() == {f"app.{domain}": Reason.THROTTLED}, rig.outcomes
        assert faults.requests < 40, "a storm"


async def test_an_error_of_the_server_is_told_and_got_over(backend: Backend, domain: str) -> None:
    faults = faults_of(backend)
    rig = await rig_of(backend)
    async with closing(rig.provider):
        worker = rig.worker()
        await worker.round()
        worker.mark(rig.want(record(f"app.{domain}", "A", "192.0.2.1")))
        faults.fail(50)
        await worker.round()
        assert rig.reasons() == {f"app.{domain}": Reason.PROVIDER_UNAVAILABLE}, rig.outcomes
        assert faults.requests < 40, "a storm"
        faults.heal()
        await rig.until_synced(worker)


async def test_a_request_that_is_never_answered_is_given_up_and_got_over(backend: Backend, domain: str) -> None:
    faults = faults_of(backend)
    rig = await rig_of(backend, patience=1.0)
    async with closing(rig.provider):
        worker = rig.worker()
        await worker.round()
        worker.mark(rig.want(record(f"app.{domain}", "A", "192.0.2.1")))
        faults.stall(50)
        await worker.round()
        assert rig.reasons() == {f"app.{domain}": Reason.PROVIDER_UNAVAILABLE}, rig.outcomes
        faults.heal()
        await rig.until_synced(worker)


async def test_wrong_credentials_are_told_once_without_a_storm_or_the_secret(
    backend: Backend, domain: str, caplog: pytest.LogCaptureFixture
) -> None:
    faults = faults_of(backend)
    if not backend.secret:
        pytest.skip("no credentials here")
    with caplog.at_level(logging.DEBUG):
        async with closing(backend.provider(wrong_secret=True)) as provider:
            with pytest.raises(Denied) as denied:
                await _first_answer(provider)
    assert faults.requests <= 5
    assert backend.secret not in str(denied.value)
    assert backend.secret not in caplog.text


async def _first_answer(provider: Provider) -> None:
    """Some providers know their zones without asking."""
    (zone,) = await provider.zones()
    await provider.records(zone)


async def test_no_log_shows_the_secret(backend: Backend, domain: str, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        rig = await rig_of(backend)
        async with closing(rig.provider):
            rig.want(*mixed(domain, rig))
            await rig.worker().round()
    assert not backend.secret or backend.secret not in caplog.text


async def test_a_zone_that_vanishes_is_told_and_takes_nothing_down(backend: Backend, domain: str) -> None:
    rig = await rig_of(backend)
    async with closing(rig.provider):
        worker = rig.worker()
        await worker.round()
        await backend.vanish()
        worker.mark(rig.want(record(f"app.{domain}", "A", "192.0.2.1")))
        await worker.round()
        assert rig.outcomes[f"app.{domain}"].reason is not Reason.SYNCED
        assert rig.zone not in await rig.provider.zones()


async def test_what_somebody_else_has_changed_meanwhile_is_repaired_and_not_lost(backend: Backend, domain: str) -> None:
    """The worker's snapshot is old when it writes."""
    rig = await rig_of(backend)
    async with closing(rig.provider):
        worker = rig.worker()
        rig.want(record(f"app.{domain}", "A", "192.0.2.1"))
        await worker.round()
        await backend.write(record(f"app.{domain}", "A", "198.51.100.1"))
        foreign = record(f"foreign.{domain}", "A", "198.51.100.2")
        await backend.write(foreign)
        worker.mark(rig.want(record(f"app.{domain}", "A", "192.0.2.3"), record(foreign.name, "A", "192.0.2.4")))
        for _ in range(3):
            await worker.round()
            worker.reread()
        await worker.round()
        assert rig.reasons() == {f"app.{domain}": Reason.SYNCED, foreign.name: Reason.NOT_OWNED}, rig.outcomes
        standing = {e.name: e.targets for e in await rig.provider.records(rig.zone) if e.rtype == "A"}
        assert standing == {f"app.{domain}": ("192.0.2.3",), foreign.name: ("198.51.100.2",)}


async def test_a_record_that_somebody_else_has_deleted_comes_back(backend: Backend, domain: str) -> None:
    rig = await rig_of(backend)
    async with closing(rig.provider):
        worker = rig.worker()
        app = record(f"app.{domain}", "A", "192.0.2.1")
        rig.want(app)
        await worker.round()
        await backend.remove(app)
        worker.reread()
        await worker.round()
        assert [e.targets for e in await rig.provider.records(rig.zone) if e.rtype == "A"] == [("192.0.2.1",)]


async def test_a_change_of_type_is_done_both_ways(subject: Subject, domain: str) -> None:
    rig = Rig(subject.provider, subject.zone)
    worker = rig.worker()
    name = f"app.{domain}"
    for rtype, target in (("A", "192.0.2.1"), ("CNAME", "lb.example.com"), ("A", "192.0.2.2")):
        worker.mark(rig.want(record(name, rtype, target)))
        await worker.round()
        found = [e for e in await subject.provider.records(subject.zone) if e.name == name]
        assert [(e.rtype, e.targets) for e in found] == [(rtype, (target,))], rig.outcomes


async def test_a_failed_batch_leaves_the_worker_able_to_finish(backend: Backend, domain: str) -> None:
    """Errors come in the midst of many changes."""
    faults = faults_of(backend)
    rig = await rig_of(backend)
    async with closing(rig.provider):
        worker = rig.worker()
        await worker.round()
        worker.mark(rig.want(*(record(f"n{number}.{domain}", "A", "192.0.2.1") for number in range(40))))
        faults.fail(1)
        await rig.until_synced(worker)
        standing = [e for e in await rig.provider.records(rig.zone) if e.rtype == "A"]
        assert len(standing) == 40


async def test_writes_are_few(subject: Subject, backend: Backend) -> None:
    """A batch of many is not many requests where the provider has batches."""
    faults = faults_of(backend)
    before = faults.writes
    units = [create(record(f"n{number}.{subject.domain}", "A", "192.0.2.1")) for number in range(20)]
    assert list(await subject.provider.apply(subject.zone, units)) == []
    if subject.provider.capabilities.atomic:
        assert faults.writes - before <= 2
    else:
        assert faults.writes - before <= 40
