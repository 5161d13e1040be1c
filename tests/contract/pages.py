"""The pages of docs/providers, and what they tell a newcomer to type."""

from __future__ import annotations

import re
import shlex
from collections.abc import Sequence
from pathlib import Path

from zonewright.providers.catalog import PROVIDERS

PAGES = {page.stem: page for page in (Path(__file__).parents[2] / "docs/providers").glob("*.md")}
OTHER_NAMES = {"skydns": "coredns", "azure-dns": "azure", "azure-private-dns": "azure"}
OF_PROVIDERS = {name: OTHER_NAMES.get(name, name) for name in PROVIDERS if name != "inmemory"}


def command(page: str) -> Sequence[str]:
    """The arguments of the only `zonewright run`."""
    (found,) = re.findall(r"^ *\$ zonewright run ((?:[^\\\n]|\\\n)*)$", PAGES[page].read_text(), re.MULTILINE)
    return shlex.split(found.replace("\\\n", " "))


def exported(page: str) -> dict[str, str]:
    """The environment that is to be set before."""
    return dict(re.findall(r"^ *\$ export (\w+)=(\S+)$", PAGES[page].read_text(), re.MULTILINE))
