import os
from pathlib import Path

import pytest

from localcluster import golang


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("go1.26.8\n", (1, 26)),
        ("go1.26rc1", (1, 26)),
        ("go1.9", (1, 9)),
        ("devel go1.27-0a1b2c3", (1, 27)),
        ("go version go1.26.8 linux/amd64", (1, 26)),
        ("", (0, 0)),
        ("command not found", (0, 0)),
    ],
)
def test_versions_of_go_are_read(text: str, version: tuple[int, int]) -> None:
    assert golang.parse_version(text) == version


def _fake_go(folder: Path, version: str, code: int = 0) -> None:
    script = folder / "go"
    script.write_text(f"#!/bin/sh\necho {version}\nexit {code}\n")
    script.chmod(0o755)


@pytest.mark.parametrize(
    ("version", "code", "taken"),
    [
        pytest.param("go1.26.0", 0, True, id="new enough"),
        pytest.param("go1.25.9", 0, False, id="too old"),
        pytest.param("go1.30.0", 1, False, id="does not run"),
    ],
)
def test_go_of_the_path_is_taken_when_it_is_new_enough(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, version: str, code: int, taken: bool
) -> None:
    _fake_go(tmp_path, version, code)
    monkeypatch.setenv("PATH", str(tmp_path) + os.pathsep + os.environ["PATH"])
    assert golang.from_path() == (tmp_path / "go" if taken else None)


def test_settings_of_the_users_own_modules_do_not_reach_the_build(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GOFLAGS", "-mod=vendor")
    monkeypatch.setenv("GOPROXY", "off")
    environment = golang.environment()
    assert (environment["GOFLAGS"], environment["GOWORK"], environment["CGO_ENABLED"]) == ("", "off", "0")
    assert environment["GOPROXY"] == "off"  # how the machine reaches the world is the user's to say
