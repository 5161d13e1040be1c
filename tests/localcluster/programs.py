"""The programs of a local control plane: the module each is built from, and the place it is kept at."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

BINARIES = Path(__file__).parent / "binaries"

# Kubernetes takes its version from the linker; without it the API server calls itself v0.0.0.
_STAMP = (
    "-X k8s.io/component-base/version.gitVersion={version}"
    " -X k8s.io/component-base/version.gitMajor={major}"
    " -X k8s.io/component-base/version.gitMinor={minor}"
    " -X k8s.io/component-base/version.gitTreeState=clean"
    " -X k8s.io/client-go/pkg/version.gitVersion={version}"
)


@dataclass(frozen=True, slots=True)
class Program:
    """A program to build.

    folder     its go.mod's, below binaries/
    module     the module whose version is the program's
    package    the main package
    seconds    how long a cold build took on 2 busy cores, after the programs before it in ALL: its share of the whole
    variables  linker flags; {version}, {major}, {minor} are filled in
    """

    name: str
    folder: str
    module: str
    package: str
    seconds: int
    variables: str = ""


ETCD = Program("etcd", ".", "go.etcd.io/etcd/server/v3", "go.etcd.io/etcd/server/v3", 51)
_COMMANDS = "k8s.io/kubernetes/cmd"
APISERVER = Program("kube-apiserver", ".", "k8s.io/kubernetes", f"{_COMMANDS}/kube-apiserver", 295, _STAMP)
CONTROLLER_MANAGER = Program(
    "kube-controller-manager", ".", "k8s.io/kubernetes", f"{_COMMANDS}/kube-controller-manager", 75, _STAMP
)
KUBECTL = Program("kubectl", ".", "k8s.io/kubernetes", f"{_COMMANDS}/kubectl", 26, _STAMP)
COREDNS = Program("coredns", "coredns", "github.com/coredns/coredns", "github.com/coredns/coredns", 125)
# What tests compare with. Linker flags stamp its version: it shows it in metrics and logs.
EXTERNALDNS = Program(
    "external-dns",
    "external-dns",
    "sigs.k8s.io/external-dns",
    "sigs.k8s.io/external-dns",
    220,
    "-X sigs.k8s.io/external-dns/pkg/apis/externaldns.Version={version}",
)
ALL = (ETCD, APISERVER, CONTROLLER_MANAGER, KUBECTL, COREDNS)

# What KUBEBUILDER_ASSETS holds by the convention of Kubernetes' own test tools.
ASSETS = (ETCD, APISERVER, KUBECTL)


def cache_directory(environment: Mapping[str, str] = os.environ) -> Path:
    """Where built programs are kept between runs (XDG Base Directory Specification)."""
    base = environment.get("XDG_CACHE_HOME", "")
    # "All paths must be absolute; if an implementation encounters a relative path it should ignore it."
    root = Path(base) if base.startswith("/") else Path.home() / ".cache"
    return root / "zonewright"


@cache
def version(folder: str, module: str) -> str:
    """The version of `module` that the go.mod in `folder` demands, such as v1.36.3. Raises LookupError."""
    text = (BINARIES / folder / "go.mod").read_text()
    found = re.search(rf"^\s*(?:require )?{re.escape(module)} (v\S+)", text, re.MULTILINE)
    if not found:
        raise LookupError(f"{folder}/go.mod demands no {module}")
    return found[1]


def linker_flags(program: Program) -> str:
    """The value of `-ldflags`: no symbol table, and the version where the program asks for it."""
    number = version(program.folder, program.module)
    major, minor = number.removeprefix("v").split(".")[:2]
    return f"-s -w {program.variables.format(version=number, major=major, minor=minor)}".strip()


@cache
def fingerprint(folder: str, flags: str = "") -> str:
    """Eight hex digits that change with any dependency, with the flags and with the machine's kind."""
    digest = hashlib.sha256(f"{os.uname().sysname} {os.uname().machine} {flags}".encode())
    for name in ("go.mod", "go.sum"):
        digest.update((BINARIES / folder / name).read_bytes())
    return digest.hexdigest()[:8]


def cached(program: Program) -> Path:
    """The path of the built program, whether it is there or not: <cache>/bin/etcd-v3.6.11-0a1b2c3d/etcd."""
    number = version(program.folder, program.module)
    label = f"{program.name}-{number}-{fingerprint(program.folder, linker_flags(program))}"
    return cache_directory() / "bin" / label / program.name


def asset(program: Program, environment: Mapping[str, str] = os.environ) -> Path | None:
    """The program in KUBEBUILDER_ASSETS, if that is set and has it."""
    folder = environment.get("KUBEBUILDER_ASSETS")
    path = Path(folder) / program.name if folder else None
    return path if path and os.access(path, os.X_OK) else None


def locate(program: Program) -> Path | None:
    """The program as it will be started, or None as long as it must be built."""
    path = asset(program) or cached(program)
    return path if path.exists() else None
