"""Objects that ask for very much, and an object that never rests: memory stays bounded, and others do not wait long."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from chaos.extent import LONG, count, extent
from chaos.world import Wish, World
from cluster.api import api
from cluster.manifests import ga, ingress
from localcluster.operator_process import Operator
from localcluster.wait import wait_until

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(900)]
FLAGS = ("--source=ingress", "--source=service", "--source=crd")

MANY = 5000
PROMPT = 8.0  # seconds for a name of somebody else, in the long form; below two where nothing else runs
# MB; see the figures that are printed. An operator with nothing to do takes about 80.
WITH_MANY, WITH_A_LONG_LIST, WITH_A_STORM = 300, 200, 160
ANNOTATIONS = 256 * 1024  # bytes that all annotations of an object may have
LABEL = 60  # letters, so that there is room for the "a-" of an ownership record


def peak(operator: Operator) -> float:
    """The most memory that the process has ever had, in MB."""
    status = Path(f"/proc/{operator.process.pid}/status").read_text()
    return int(next(line for line in status.splitlines() if line.startswith("VmHWM")).split()[1]) / 1024


def served(world: World) -> float:
    """Ask for one more name, and see how long it takes until it answers."""
    name = f"other{len(world.wishes)}"
    started = time.monotonic()
    world.put(Wish("Ingress", name, (name,), "192.0.2.9"))
    wait_until(lambda: world.answers(name) == ("192.0.2.9",), 30, what=f"{name} to answer")
    return time.monotonic() - started


def bounded(operator: Operator, megabytes: int, latencies: list[float]) -> None:
    """Print what was measured, and hold it against the bounds."""
    found = peak(operator)
    print(f"peak memory {found:.0f} MB; names of others in {', '.join(f'{one:.2f}' for one in latencies)} s")
    assert found < megabytes
    assert latencies, "others were served before all was done"
    assert not LONG or max(latencies) < PROMPT


def meanwhile(world: World, done: Callable[[], bool]) -> list[float]:
    """How long names of others take, one after another, until something large is done."""
    latencies: list[float] = []
    ends = time.monotonic() + 300
    while not done():
        assert time.monotonic() < ends, f"not done; names of others took {latencies}"
        latencies.append(served(world))
        time.sleep(0.2)
    return latencies


def test_one_object_with_five_thousand_names(world: World) -> None:
    with world.site.operator(*FLAGS) as operator:
        many = Wish("DNSEndpoint", "many", tuple(f"n{number:04}" for number in range(MANY)), "192.0.2.1")
        latencies: list[float] = []
        for target in ("192.0.2.1", "192.0.2.2")[: count(1, 2)]:
            world.retarget(many, target, watched=False)
            latencies += meanwhile(world, lambda target=target: world.answers(f"n{MANY - 1}") == (target,))  # type: ignore[misc]
        world.settle(60)
        bounded(operator, WITH_MANY, latencies)


@pytest.mark.skipif(not LONG, reason="5,000 objects come of it, and go: minutes; see make chaos")
def test_an_ingress_with_five_thousand_hosts(world: World) -> None:
    with world.site.operator(*FLAGS) as operator:
        many = Wish("Ingress", "many", tuple(f"n{number:04}" for number in range(MANY)), "192.0.2.1")
        world.put(many, watched=False)
        latencies = meanwhile(world, lambda: world.answers(f"n{MANY - 1}") == (many.target,))
        world.settle(240)
        bounded(operator, WITH_MANY, latencies)


def test_a_list_of_hostnames_as_long_as_annotations_may_be(world: World) -> None:
    """The short form has each name several times."""
    pattern = f"{{:0{LABEL}}}.{'x' * LABEL}.{'y' * LABEL}"
    fitting = (ANNOTATIONS - 400) // (len(world.site.name(pattern.format(0))) + 1)
    distinct = count(fitting // 8, fitting)
    shorts = [pattern.format(number) for number in range(distinct)]
    listed = Wish("Service", "long", tuple(shorts), "192.0.2.1", repeated=fitting // distinct)
    assert len(str(listed.manifest(world.site))) > 0.9 * ANNOTATIONS
    with world.site.operator(*FLAGS) as operator:
        world.put(listed, watched=False)
        latencies = meanwhile(world, lambda: world.answers(shorts[-1]) == (listed.target,))
        world.settle(60)
        bounded(operator, WITH_A_LONG_LIST, latencies)


@contextmanager
def never_resting(world: World, wish: Wish) -> Iterator[list[int]]:
    """One object that is changed as often as the API server takes it; how often, at the end."""
    stop, turns = threading.Event(), [0]

    def run() -> None:
        with api(world.site.cluster, world.site.namespace) as writer:
            while not stop.is_set():
                turns[0] += 1
                address = f"192.0.2.{turns[0] % 200 + 1}"
                writer.apply(ingress(wish.name, world.site.name(wish.shorts[0]), annotations=ga(target=address)))

    thread = threading.Thread(target=run, name="never resting")
    thread.start()
    try:
        yield turns
    finally:
        stop.set()
        thread.join(30)


def test_an_object_that_is_changed_all_the_time(world: World) -> None:
    restless = Wish("Ingress", "restless", ("restless",), "192.0.2.1")
    world.put(restless)
    with world.site.operator(*FLAGS) as operator:
        world.settle()
        latencies: list[float] = []
        ends = time.monotonic() + extent(6, 60)
        with never_resting(world, restless) as turns:
            while time.monotonic() < ends:
                latencies.append(served(world))
                time.sleep(0.5)
        print(f"{turns[0]} changes")
        world.retarget(restless, "192.0.2.250")
        world.settle()
        bounded(operator, WITH_A_STORM, latencies)
