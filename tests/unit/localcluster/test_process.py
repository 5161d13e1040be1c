import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from localcluster.process import Daemon, Died, running, tail
from localcluster.wait import wait_until


@pytest.fixture
def daemon(tmp_path: Path) -> Iterator[Daemon]:
    one = Daemon(tmp_path, "one")
    yield one
    one.stop(patience=1)


def shell(script: str) -> list[str | Path]:
    return ["/bin/sh", "-c", script]


def test_a_started_process_runs_until_it_is_stopped(daemon: Daemon) -> None:
    daemon.start(shell("exec sleep 100"))
    pid = daemon.pid()
    assert pid is not None
    assert running(daemon.directory) == [daemon]
    daemon.stop()
    assert daemon.pid() is None
    assert running(daemon.directory) == []


def test_any_process_that_knows_the_directory_sees_it(daemon: Daemon) -> None:
    daemon.start(shell("exec sleep 100"))
    assert Daemon(daemon.directory, daemon.name).pid() == daemon.pid()


def test_it_lives_in_a_session_of_its_own(daemon: Daemon) -> None:
    daemon.start(shell("exec sleep 100"))
    pid = daemon.pid()
    assert pid is not None
    assert os.getsid(pid) == pid != os.getsid(0)


def test_the_pid_of_somebody_else_in_a_stale_file_is_not_taken_for_it(daemon: Daemon) -> None:
    (daemon.directory / "run").mkdir()
    (daemon.directory / "run" / "one.pid").write_text(str(os.getpid()))
    assert daemon.pid() is None
    daemon.stop()  # and we are still here


def test_one_that_does_not_obey_is_killed(daemon: Daemon) -> None:
    daemon.start(shell("trap '' TERM; echo deaf; while :; do sleep 0.05; done"))
    wait_until(lambda: "deaf" in tail(daemon.log))
    daemon.stop(patience=0.2)
    assert daemon.pid() is None


def test_death_while_waiting_is_noticed_at_once_with_its_last_words(daemon: Daemon) -> None:
    daemon.start(shell("echo the port is taken >&2; exit 3"))
    with pytest.raises(Died, match="the port is taken"):
        daemon.wait_ready(lambda: False, timeout=60)


def test_one_that_never_gets_ready_is_given_up_with_its_last_words(daemon: Daemon) -> None:
    daemon.start(shell("echo thinking; exec sleep 100"))
    wait_until(lambda: "thinking" in tail(daemon.log))
    with pytest.raises(TimeoutError, match=r"one to be ready(.|\n)*thinking"):
        daemon.wait_ready(lambda: False, timeout=0.1)


def test_a_killed_process_is_known_to_be_dead_though_nobody_waited_for_it(daemon: Daemon) -> None:
    daemon.start(shell("exec sleep 100"))
    daemon.signal(signal.SIGKILL)
    daemon.wait_gone(5)
    assert daemon.pid() is None


def test_it_can_be_started_again(daemon: Daemon) -> None:
    daemon.start(shell("echo first"))
    daemon.wait_gone(5)
    daemon.start(shell("echo second; exec sleep 100"))
    wait_until(lambda: tail(daemon.log) == "first\nsecond")
    assert daemon.pid() is not None


def test_the_tail_of_a_log_that_is_not_there_is_empty(tmp_path: Path) -> None:
    assert tail(tmp_path / "none") == ""
