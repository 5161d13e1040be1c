from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest

from zonewright import resolver
from zonewright.resolver import AT_A_TIME, Resolver, look_up

Answers = dict[str, tuple[str, ...] | None]


class Followed:
    """Names that somebody follows, and what has been told of them, in its order."""

    def __init__(self, *names: str) -> None:
        self.names = set(names)
        self.answers: Answers = {}
        self.told: asyncio.Queue[str] = asyncio.Queue()

    def due(self) -> set[str]:
        return set(self.names)

    def unanswered(self) -> set[str]:
        return self.names - self.answers.keys()

    def answered(self, host: str, addresses: tuple[str, ...] | None) -> None:
        self.answers[host] = addresses
        self.told.put_nowait(host)


def of(answers: Answers) -> Callable[[str], Awaitable[tuple[str, ...]]]:
    """A lookup that knows these names, and fails for those with None."""

    async def lookup(host: str) -> tuple[str, ...]:
        found = answers[host]
        if found is None:
            raise OSError(f"{host} is not known")
        return found

    return lookup


@asynccontextmanager
async def running(looking: Resolver) -> AsyncIterator[None]:
    task = asyncio.create_task(looking.run())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_every_name_gets_its_answer_and_a_failure_is_one() -> None:
    names = Followed("a.io", "b.io", "c.io")
    known: Answers = {"a.io": ("192.0.2.1",), "b.io": None, "c.io": ("192.0.2.2", "2001:db8::2")}
    await Resolver(names, 60, of(known)).settle()
    assert names.answers == known


async def test_what_has_an_answer_is_not_settled_again() -> None:
    names = Followed("a.io")
    looking = Resolver(names, 60, of({"a.io": ("192.0.2.1",)}))
    await looking.settle()
    await looking.settle()
    assert names.told.qsize() == 1


async def test_names_are_looked_up_again_in_rounds() -> None:
    names = Followed("a.io")
    known: Answers = {"a.io": ("192.0.2.1",)}
    async with asyncio.timeout(5), running(Resolver(names, 0.01, of(known))):
        await names.told.get()
        known["a.io"] = ("192.0.2.2",)
        while names.answers["a.io"] != ("192.0.2.2",):
            await names.told.get()


async def test_a_new_name_does_not_wait_for_the_round() -> None:
    names = Followed("a.io")
    looking = Resolver(names, 3600, of({"a.io": ("192.0.2.1",), "new.io": ("192.0.2.2",)}))
    async with asyncio.timeout(5), running(looking):
        assert await names.told.get() == "a.io"
        for _ in range(2):
            names.names.add("new.io")
            names.answers.pop("new.io", None)
            looking.wake()
            assert await names.told.get() == "new.io"
    assert names.told.empty()


async def test_lookups_are_limited_in_number_and_one_that_hangs_does_not_hold_the_others() -> None:
    hosts = [f"{number:03}.io" for number in range(3 * AT_A_TIME)]
    names = Followed(*hosts)
    under_way: list[str] = []
    most = 0
    go = asyncio.Event()

    async def lookup(host: str) -> tuple[str, ...]:
        nonlocal most
        under_way.append(host)
        most = max(most, len(under_way))
        if host == hosts[0]:
            await go.wait()
        await asyncio.sleep(0)
        under_way.remove(host)
        return ("192.0.2.1",)

    settling = asyncio.create_task(Resolver(names, 60, lookup).settle())
    async with asyncio.timeout(5):
        while len(names.answers) < len(hosts) - 1:
            await names.told.get()
        assert under_way == hosts[:1]
        go.set()
        await settling
    assert most == AT_A_TIME


async def test_a_lookup_without_end_counts_as_failed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resolver, "PATIENCE", 0.01)
    names = Followed("a.io")

    async def never(host: str) -> tuple[str, ...]:
        await asyncio.Event().wait()
        return ()

    async with asyncio.timeout(5):
        await Resolver(names, 60, never).settle()
    assert names.answers == {"a.io": None}


async def test_a_failure_is_said_once_until_it_works_again(caplog: pytest.LogCaptureFixture) -> None:
    known: Answers = {}
    looking = Resolver(names := Followed("a.io"), 60, of(known))
    said = []
    for answer in (None, None, ("192.0.2.1",), None):
        known["a.io"] = answer
        names.answers.clear()
        caplog.clear()
        await looking.settle()
        said.append([record.getMessage() for record in caplog.records if record.levelname == "WARNING"])
    once = ["a.io cannot be resolved, what is known of it stays: a.io is not known"]
    assert said == [once, [], [], once]


async def test_addresses_come_from_the_system_each_once() -> None:
    assert await look_up("127.0.0.1") == ("127.0.0.1",)
    assert await look_up("::1") == ("::1",)


async def test_text_that_can_be_no_name_is_a_failed_lookup() -> None:
    names = Followed("a" * 64 + ".io", "a..io")
    await Resolver(names, 60).settle()
    assert set(names.answers.values()) == {None}
