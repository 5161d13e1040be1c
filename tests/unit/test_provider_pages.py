"""A page of docs/providers is about a provider that is there, and its command is one that Zonewright takes."""

from __future__ import annotations

import re
import shlex
from collections.abc import Sequence
from pathlib import Path

import pytest

from zonewright.providers.catalog import PROVIDERS
from zonewright.settings import Settings, from_args
from zonewright.settings.flag import flags_of as declared

PAGES = {page.stem: page for page in (Path(__file__).parents[2] / "docs/providers").glob("*.md")}
OTHER_NAMES = {"skydns": "coredns", "azure-dns": "azure", "azure-private-dns": "azure"}
_FOR = re.compile(r"Providers? ([a-z0-9 -]+?)(?:, with [^:]*)?: ")


def command(page: Path) -> Sequence[str]:
    """The arguments of `zonewright run` that a page tells a newcomer to use."""
    (found,) = re.findall(r"^ *\$ zonewright run ((?:[^\\\n]|\\\n)*)$", page.read_text(), re.MULTILINE)
    return shlex.split(found.replace("\\\n", " "))


def exported(page: Path) -> dict[str, str]:
    """The environment that it tells to set before."""
    return dict(re.findall(r"^ *\$ export (\w+)=(\S+)$", page.read_text(), re.MULTILINE))


def flags_of(page: str) -> list[str]:
    """Those whose help says that they are for this provider."""
    meant = ((flag.name, _FOR.match(flag.help)) for flag in declared(Settings))
    return [name for name, found in meant if found and page in found[1].replace(" and ", " ").split()]


def test_every_provider_has_a_page() -> None:
    assert {OTHER_NAMES.get(name, name) for name in PROVIDERS} - {"inmemory"} == PAGES.keys()


@pytest.mark.parametrize("page", sorted(PAGES))
def test_the_command_of_a_page_is_understood(page: str) -> None:
    settings = from_args(command(PAGES[page]), exported(PAGES[page]))
    assert (settings.provider, settings.dry_run, settings.once) == (page, True, True)
    assert settings.txt_owner_id
    assert settings.domain_filter == ("example.org",)


@pytest.mark.parametrize("page", sorted(PAGES))
def test_a_page_names_every_flag_of_its_provider(page: str) -> None:
    text = PAGES[page].read_text()
    missing = [f for f in flags_of(page) if f"--{f}" not in text and f"…-{f.split('-', 3)[-1]}" not in text]
    assert missing == []
