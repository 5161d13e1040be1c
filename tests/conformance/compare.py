"""Which cases pass, compared with those that passed before."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Outcome:
    """Cases of one run, each named `topic/name`. `failed` gives the difference that the runner saw."""

    passed: frozenset[str]
    failed: dict[str, str]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Sorted names. Only what is lost is bad: a case that the suite no longer has tells nothing about us."""

    lost: tuple[str, ...]
    gained: tuple[str, ...]
    vanished: tuple[str, ...]


def parse_junit(text: str) -> Outcome:
    """Read JUnit XML whose classname is the topic. Raises ElementTree.ParseError."""
    passed, failed = set(), {}
    for case in ElementTree.fromstring(text).iter("testcase"):
        name = f"{case.get('classname')}/{case.get('name')}"
        failure = case.find("failure")
        if failure is None:
            passed.add(name)
        else:
            failed[name] = failure.text or ""
    return Outcome(frozenset(passed), failed)


def parse_list(text: str) -> frozenset[str]:
    """Names, one a line; lines that begin with # and empty ones do not count."""
    lines = (line.strip() for line in text.splitlines())
    return frozenset(line for line in lines if line and not line.startswith("#"))


def format_list(names: Iterable[str]) -> str:
    return "".join(f"{name}\n" for name in sorted(names))


def compare(kept: frozenset[str], outcome: Outcome) -> Comparison:
    """What has changed since the list was kept."""
    return Comparison(
        lost=tuple(sorted(kept & outcome.failed.keys())),
        gained=tuple(sorted(outcome.passed - kept)),
        vanished=tuple(sorted(kept - outcome.passed - outcome.failed.keys())),
    )


def report(comparison: Comparison, outcome: Outcome) -> str:
    """For people: the figures, then what was lost with its difference, then what was gained."""
    lines = [f"conformance: {len(outcome.passed)} of {len(outcome.passed) + len(outcome.failed)} cases pass"]
    for name in comparison.lost:
        lines += [f"LOST  {name}", outcome.failed[name]]
    lines += [f"new   {name}" for name in comparison.gained]
    lines += [f"gone  {name} (no longer in the suite)" for name in comparison.vanished]
    if comparison.gained or comparison.vanished:
        lines.append("To keep the list as it is now: make conformance-accept")
    return "\n".join(lines)
