"""A page of docs/providers is about a provider that is there, and its command is one that Zonewright takes."""

from __future__ import annotations

import re

import pytest

from contract.pages import OF_PROVIDERS, PAGES, command, exported
from zonewright.settings import Settings, from_args
from zonewright.settings.flag import flags_of as declared

_FOR = re.compile(r"Providers? ([a-z0-9 -]+?)(?:, with [^:]*)?: ")


def flags_of(page: str) -> list[str]:
    """Those whose help says that they are for this provider."""
    meant = ((flag.name, _FOR.match(flag.help)) for flag in declared(Settings))
    return [name for name, found in meant if found and page in found[1].replace(" and ", " ").split()]


def test_every_provider_has_a_page() -> None:
    assert set(OF_PROVIDERS.values()) == PAGES.keys()


@pytest.mark.parametrize("page", sorted(PAGES))
def test_the_command_of_a_page_is_understood(page: str) -> None:
    settings = from_args(command(page), exported(page))
    assert (settings.provider, settings.dry_run, settings.once) == (page, True, True)
    assert settings.txt_owner_id
    assert settings.domain_filter == ("example.org",)


@pytest.mark.parametrize("page", sorted(PAGES))
def test_a_page_names_every_flag_of_its_provider(page: str) -> None:
    text = PAGES[page].read_text()
    missing = [f for f in flags_of(page) if f"--{f}" not in text and f"…-{f.split('-', 3)[-1]}" not in text]
    assert missing == []
