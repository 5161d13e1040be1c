"""The operator is killed at any moment: the next one goes on, and no name that is wanted is ever absent."""

from __future__ import annotations

import random
import time

import pytest

from chaos.extent import count
from chaos.restarting import Restarting
from chaos.stream import streaming
from chaos.world import World

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(600)]
# Who lives for a second or two at a time has no time to delete: what should go piles up, and would be held as a flood.
FLAGS = ("--source=ingress", "--source=service", "--source=crd", "--interval=2s", "--brake-percent=100")


def test_killed_at_random_moments_under_a_stream_of_changes(world: World) -> None:
    seed = count(20261125, time.time_ns() % 2**32)
    moments = random.Random(seed)
    base = world.base(24)
    with Restarting(lambda: world.site.operator(*FLAGS, ready=False)) as operator:
        world.settle()
        with streaming(world, seed, per_second=20):
            for _ in range(count(6, 50)):
                time.sleep(moments.uniform(0.2, 2.2))
                operator.kill()
        world.settle()
        world.told()
        assert operator.starts > count(6, 50)
    assert len(base) == 24
