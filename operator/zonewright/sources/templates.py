"""Hostnames and targets out of --fqdn-template and --fqdn-target-template."""

from __future__ import annotations

from dataclasses import dataclass

from zonewright.model.reason import Problem
from zonewright.settings import Settings
from zonewright.sources.fields import Object


@dataclass(frozen=True, slots=True)
class Rendered:
    """What a template makes of an object.

    names     hostnames, sorted, none twice, not checked yet
    problems  why there are none, where the template fails on this object
    """

    names: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()


def hostnames(obj: Object, source: str, settings: Settings) -> Rendered:
    """--fqdn-template for an object of a source, by the name that --source gives it."""
    return Rendered()


def pairs(obj: Object, source: str, settings: Settings) -> tuple[tuple[tuple[str, str], ...], tuple[Problem, ...]]:
    """--fqdn-target-template: (hostname, target), and problems likewise."""
    return (), ()
