"""Somebody who asks DNS all the time, as clients do: whether names that are wanted answer, and foreign records stand.

It is told which names are wanted from when on and until when. A name counts from its first answer on: from then until
it is wanted no more it must never be denied (NXDOMAIN) or empty (no data). No answer at all is no absence: a resolver
asks again.
"""

from __future__ import annotations

import contextlib
import itertools
import socket
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import dns.message
import dns.rcode

from localcluster.dnsserver import Answer, parse
from localcluster.ports import LOOPBACK
from localcluster.wait import wait_until

RATE = 200  # questions a second
PATIENCE = 0.3  # seconds for an answer
_HEADER = struct.Struct("!6H")


@dataclass(slots=True)
class _Name:
    """What is known of a question. foreign: the only answer that is right, where the record is somebody else's."""

    name: str
    rtype: str
    question: bytes
    foreign: tuple[str, ...] | None = None
    seen: int = 0
    absent_since: float | None = None
    approved: bytes = b""


class Observer:
    """Notes what must not be. `want`, `release` and `guard` may be called by any thread.

    amiss  absences of names that were wanted and had been there, and changes of foreign records
    asked, unanswered  questions so far, and those without an answer that says anything
    """

    def __init__(self, port: int) -> None:
        self.amiss: list[str] = []
        self.asked = self.unanswered = 0
        self._port = port
        self._names: dict[tuple[str, str], _Name] = {}
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._numbers = itertools.cycle(range(1, 2**16))
        self._started = time.monotonic()
        self._thread = threading.Thread(target=self._run, name="observer")

    def want(self, name: str, rtype: str = "A") -> None:
        """From now on. A name that is an alias answers to A as well."""
        with self._lock:
            self._names.setdefault((name, rtype), _Name(name, rtype, _question(name, rtype)))

    def release(self, name: str, rtype: str = "A") -> None:
        """It may go."""
        with self._lock:
            self._names.pop((name, rtype), None)

    def guard(self, name: str, *records: str, rtype: str = "A") -> None:
        """A record that is not ours: nobody may change it."""
        with self._lock:
            foreign = tuple(sorted(records))
            self._names[name, rtype] = _Name(name, rtype, _question(name, rtype), foreign)

    def rounds(self, count: int = 2) -> None:
        """Wait until each name has been answered so many times more."""
        with self._lock:
            before = {key: known.seen for key, known in self._names.items()}

        def look() -> bool:
            with self._lock:
                left = {key: known.seen for key, known in self._names.items() if key in before}
            late = [key for key, seen in left.items() if seen < before[key] + count]
            assert not late, late
            return True

        wait_until(look, 20, what="the observer to have asked for all names")

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        self._thread.join(10)

    def _run(self) -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as way:
            way.connect((LOOPBACK, self._port))
            way.settimeout(PATIENCE)
            while not self._stop.is_set():
                with self._lock:
                    known = list(self._names.values())
                for one in known:
                    self._look(way, one)
                    if self._stop.wait(1 / RATE):
                        return
                if not known:
                    self._stop.wait(0.05)

    def _look(self, way: socket.socket, one: _Name) -> None:
        number = next(self._numbers)
        self.asked += 1
        answer = _ask(way, number, one.question)
        with self._lock:
            if self._names.get((one.name, one.rtype)) is one:
                self._judge(one, answer)

    def _judge(self, one: _Name, answer: bytes | None) -> None:
        if answer is None or _HEADER.unpack_from(answer)[1] & 15 not in (dns.rcode.NOERROR, dns.rcode.NXDOMAIN):
            self.unanswered += 1
            return
        now = time.monotonic()
        there = _HEADER.unpack_from(answer)[3] > 0
        if one.foreign is not None:
            self._compare(one, answer, now)
        elif there and one.absent_since is not None:
            self.amiss.append(f"{self._when(now)} {one.name} is back after {now - one.absent_since:.2f} s")
            one.absent_since = None
        elif not there and one.seen and one.absent_since is None:
            one.absent_since = now
            self.amiss.append(f"{self._when(now)} {one.name} is absent: {_text(answer)}")
        one.seen += there or one.foreign is not None

    def _compare(self, one: _Name, answer: bytes, now: float) -> None:
        if answer[2:] == one.approved:
            return
        found: Answer = parse(dns.message.from_wire(answer), one.rtype)
        if found.records != one.foreign:
            self.amiss.append(f"{self._when(now)} {one.name} is somebody else's, and {found}")
        one.approved = answer[2:]

    def _when(self, now: float) -> str:
        return f"{now - self._started:7.2f} s"


def _question(name: str, rtype: str) -> bytes:
    return dns.message.make_query(name, rtype).to_wire()[2:]


def _ask(way: socket.socket, number: int, question: bytes) -> bytes | None:
    """The answer to this very question: late ones to others are thrown away."""
    with contextlib.suppress(OSError):
        way.send(number.to_bytes(2, "big") + question)
        while True:
            answer = way.recv(65535)
            if len(answer) >= _HEADER.size and answer[:2] == number.to_bytes(2, "big"):
                return answer
    return None


def _text(answer: bytes) -> str:
    return dns.rcode.to_text(dns.message.from_wire(answer).rcode())


@contextmanager
def observing(port: int) -> Iterator[Observer]:
    """Ask the DNS server on a port until the end of the block."""
    observer = Observer(port)
    observer.start()
    try:
        yield observer
    finally:
        observer.stop()
        print(f"The observer has asked {observer.asked} times, {observer.unanswered} times in vain")
        print(*observer.amiss, sep="\n")
