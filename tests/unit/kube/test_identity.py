from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace

import pytest

from localcluster.wait import wait_until
from zonewright.kube.identity import Identity, is_dead, may_live, own, started

ME = Identity("pod-a", "8f3a363d", 4026531836, 20, 7000)
POD = replace(ME, alone=True)


def nobody(pid: int, start: int) -> bool:
    return False


def everybody(pid: int, start: int) -> bool:
    return True


@pytest.mark.parametrize(
    ("holder", "me", "dead"),
    [
        pytest.param(str(replace(ME, pid=10)), ME, True, id="an earlier process here"),
        pytest.param(str(replace(ME, boot="00000000")), POD, False, id="before a boot, or on another machine"),
        pytest.param(str(replace(ME, name="pod-b")), POD, False, id="another pod on this machine"),
        pytest.param(str(replace(ME, space=1)), POD, True, id="an earlier container of this pod"),
        pytest.param(str(replace(ME, space=1)), ME, False, id="another container, and the name is no pod's"),
        pytest.param("pod-a", POD, False, id="in another form"),
        pytest.param("pod-a_8f3a363d_4026531836_x_7000", POD, False, id="junk"),
        pytest.param(str(ME), replace(ME, boot=""), False, id="nothing is known of us"),
    ],
)
def test_a_holder_is_dead_only_where_that_is_proven(holder: str, me: Identity, dead: bool) -> None:
    assert is_dead(holder, me, nobody) is dead
    if dead and me is ME:
        assert not is_dead(holder, me, everybody)


def test_an_identity_is_read_as_it_was_written() -> None:
    assert Identity.parse(str(ME)) == ME
    mine = own({"POD_NAME": "zonewright-0"})
    assert Identity.parse(str(mine)) == replace(mine, alone=False)
    assert (mine.name, mine.pid) == ("zonewright-0", os.getpid())


def test_a_name_that_is_not_the_hosts_does_not_make_a_pod_alone() -> None:
    """As where one name is given to all replicas by mistake."""
    assert not own({"POD_NAME": "zonewright"}).alone
    assert own({"POD_NAME": own({}).name}).alone


def test_this_process_lives_and_one_with_another_start_or_without_a_process_does_not() -> None:
    me = own({})
    assert may_live(me.pid, me.start)
    assert not may_live(me.pid, me.start - 1)
    assert not may_live(2**22 + 1, 0)  # beyond the largest process id of Linux
    assert may_live(2**70, 0)  # no number of a process: it proves nothing


def test_a_process_that_was_killed_is_dead_before_its_parent_has_taken_note() -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as child:
        start = started(child.pid)
        assert start is not None
        assert may_live(child.pid, start)
        child.kill()
        wait_until(lambda: not may_live(child.pid, start))
    assert not may_live(child.pid, start)
