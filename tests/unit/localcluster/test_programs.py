from pathlib import Path

import pytest

from localcluster import programs
from localcluster.programs import ALL, APISERVER, COREDNS, ETCD, EXTERNALDNS


def test_the_version_is_the_one_that_go_mod_demands() -> None:
    assert (
        f"\n\tk8s.io/kubernetes {programs.version('.', 'k8s.io/kubernetes')} "
        in (programs.BINARIES / "go.mod").read_text()
    )


def test_a_module_that_is_not_demanded_is_an_error() -> None:
    with pytest.raises(LookupError, match=r"example\.org/nothing"):
        programs.version(".", "example.org/nothing")


def test_kubernetes_is_stamped_with_its_version() -> None:
    number = programs.version(APISERVER.folder, APISERVER.module)
    flags = programs.linker_flags(APISERVER)
    assert f"-X k8s.io/component-base/version.gitVersion={number} " in flags
    assert f"gitMinor={number.split('.')[1]} " in flags


@pytest.mark.parametrize("program", [*ALL, EXTERNALDNS], ids=lambda program: program.name)
def test_each_program_is_a_tool_of_its_go_mod(program: programs.Program) -> None:
    """Otherwise `go mod tidy` would drop it."""
    words = (programs.BINARIES / program.folder / "go.mod").read_text().split("require (")[0].split()
    assert program.package in words


def test_programs_are_cached_by_version_and_apart(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    path = programs.cached(ETCD)
    assert path.is_relative_to(tmp_path / "zonewright")
    assert path.parent.name.startswith(f"etcd-{programs.version('.', ETCD.module)}-")
    assert len({programs.cached(program) for program in ALL}) == len(ALL)


def test_other_flags_or_other_dependencies_are_another_program() -> None:
    same = programs.fingerprint(".", "-s")
    assert same == programs.fingerprint(".", "-s")
    assert same not in (programs.fingerprint(".", "-w"), programs.fingerprint("coredns", "-s"))


@pytest.mark.parametrize(
    ("value", "directory"),
    [
        pytest.param("/var/cache", Path("/var/cache/zonewright"), id="absolute"),
        pytest.param("relative", Path.home() / ".cache/zonewright", id="relative is ignored"),
        pytest.param("", Path.home() / ".cache/zonewright", id="empty is unset"),
    ],
)
def test_the_cache_is_where_the_xdg_specification_says(value: str, directory: Path) -> None:
    assert programs.cache_directory({"XDG_CACHE_HOME": value}) == directory


def test_assets_count_when_they_can_be_run(tmp_path: Path) -> None:
    environment = {"KUBEBUILDER_ASSETS": str(tmp_path)}
    (tmp_path / "etcd").touch(mode=0o755)
    (tmp_path / "coredns").touch(mode=0o644)
    assert programs.asset(ETCD, environment) == tmp_path / "etcd"
    assert programs.asset(COREDNS, environment) is None
    assert programs.asset(APISERVER, environment) is None
    assert programs.asset(ETCD, {}) is None
