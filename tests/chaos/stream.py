"""A stream of changes: objects that come, change their targets and types, and go, in an order that a seed decides."""

from __future__ import annotations

import random
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from chaos.world import Wish, World

KINDS = ("Ingress", "Service", "DNSEndpoint")
FEW, MANY = 6, 14  # objects of the stream at a time


class Stream:
    """`change` makes one. A name never comes back: what happens to it after its end is no absence."""

    def __init__(self, world: World, seed: int) -> None:
        self.world = world
        self.changes = 0
        self._random = random.Random(seed)
        self._mine: list[Wish] = []
        self._number = 0

    def change(self) -> None:
        self.changes += 1
        roll = self._random.random()
        if len(self._mine) < FEW or (roll < 0.25 and len(self._mine) < MANY):
            self._create()
        elif roll < 0.5 and len(self._mine) > FEW:
            self.world.drop(self._mine.pop(self._random.randrange(len(self._mine))))
        else:
            self._alter(self._random.randrange(len(self._mine)))

    def _create(self) -> None:
        name = self._fresh()
        kind = self._random.choice(KINDS)
        filled = kind != "DNSEndpoint" and self._random.random() < 0.5
        wish = Wish(kind, name, (name,), self._target(), filled)
        self.world.put(wish)
        self._mine.append(wish)

    def _alter(self, which: int) -> None:
        """Another target, often of the other type; or another name beside the first one, or one less."""
        wish = self._mine[which]
        if wish.kind != "Service" and self._random.random() < 0.25:
            shorts = wish.shorts[:1] if len(wish.shorts) > 1 else (*wish.shorts, self._fresh())
            changed = replace(wish, shorts=shorts)
        else:
            changed = replace(wish, target=self._target())
        self.world.put(changed)
        self._mine[which] = changed

    def _fresh(self) -> str:
        self._number += 1
        return f"n{self._number}"

    def _target(self) -> str:
        return self._random.choice((self.world.alias, f"192.0.2.{self._random.randrange(1, 200)}"))


@contextmanager
def streaming(world: World, seed: int, per_second: float = 10.0) -> Iterator[Stream]:
    """So many changes a second, until the end of the block."""
    stream = Stream(world, seed)
    stop = threading.Event()
    errors: list[BaseException] = []

    def run() -> None:
        try:
            while not stop.wait(1 / per_second):
                stream.change()
        except BaseException as error:
            errors.append(error)

    thread = threading.Thread(target=run, name="stream")
    thread.start()
    try:
        yield stream
    finally:
        stop.set()
        thread.join(60)
        print(f"The stream with the seed {seed} has made {stream.changes} changes")
    assert not errors, errors
