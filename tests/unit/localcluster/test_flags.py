from pathlib import Path

from localcluster import flags

DIRECTORY = Path("/tmp/cluster")
KUBECONFIG = DIRECTORY / "kubeconfig"


def everything() -> list[list[str]]:
    return [
        flags.etcd(DIRECTORY / "data", 1),
        flags.apiserver(DIRECTORY, 2, "http://127.0.0.1:1"),
        flags.controller_manager(DIRECTORY, 3, KUBECONFIG),
    ]


def test_nothing_listens_beyond_the_loopback() -> None:
    listening = [
        flag
        for command in everything()
        for flag in command
        if flag.startswith(("--bind-", "--listen-", "--advertise-"))
    ]
    assert len(listening) == 6
    assert all("127.0.0.1" in flag for flag in listening)


def test_nothing_is_written_outside_the_directory() -> None:
    places = [flag.split("=")[1] for command in everything() for flag in command if "=/" in flag]
    assert places
    assert all(Path(place).is_relative_to(DIRECTORY) for place in places)


def test_tokens_are_signed_with_the_key_that_they_are_checked_with() -> None:
    apiserver, manager = set(everything()[1]), set(everything()[2])
    key = f"{DIRECTORY}/service-accounts.key"
    assert {f"--service-account-key-file={key}", f"--service-account-signing-key-file={key}"} <= apiserver
    assert f"--service-account-private-key-file={key}" in manager


def test_services_can_have_addresses_of_both_families() -> None:
    [addresses] = [flag.split("=")[1] for flag in everything()[1] if flag.startswith("--service-cluster-ip-range")]
    assert [":" in part for part in addresses.split(",")] == [False, True]


def test_coredns_reads_the_zones_below_the_path() -> None:
    lines = [
        line.strip() for line in flags.corefile(["example.org", "."], 5, "http://127.0.0.1:1", "/skydns").splitlines()
    ]
    assert lines[0] == ".:5 {"
    for line in ("bind 127.0.0.1", "etcd example.org . {", "path /skydns", "endpoint http://127.0.0.1:1"):
        assert line in lines
