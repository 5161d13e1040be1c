from __future__ import annotations

import re
from pathlib import Path

import pytest

from zonewright.model.reason import Reason
from zonewright.settings import Settings, from_args
from zonewright.settings.document import markdown, one_line
from zonewright.settings.reading import FLAGS

DOCS = Path(__file__).parents[2] / "docs"


def test_document_of_flags_is_up_to_date() -> None:
    """When it fails: .venv/bin/python -m zonewright.settings > docs/flags.md."""
    assert (DOCS / "flags.md").read_text(encoding="utf-8") == markdown()


def test_every_flag_is_documented_once_with_its_variable() -> None:
    rows = [line for line in markdown().splitlines() if line.startswith("| `--")]
    assert len(rows) == len(FLAGS)
    assert all(
        sum(f"`{flag.usage}`" in row and f"`{flag.variable}`" in row for row in rows) == 1 for flag in FLAGS.values()
    )


@pytest.mark.parametrize("reason", Reason)
def test_every_reason_has_a_paragraph_and_a_remedy(reason: Reason) -> None:
    text = (DOCS / "reasons.md").read_text(encoding="utf-8")
    sections = dict(re.findall(r"^## (\S+)\n(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL))
    paragraph, remedy = sections[reason].strip().split("\n\n")
    assert paragraph
    assert remedy.startswith("**Remedy:** ")


def test_no_reason_is_documented_that_does_not_exist() -> None:
    headings = re.findall(r"^## (.*)$", (DOCS / "reasons.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert headings == list(Reason)


def test_logged_line_is_a_command_line_that_gives_the_same_settings() -> None:
    settings = Settings(provider="coredns", interval=90.0, once=True, txt_owner_id="me")
    lists = {flag.name for flag in FLAGS.values() if flag.kind is tuple}
    args = [arg for arg in one_line(settings).split(" ") if arg[2:].partition("=")[0] not in lists]
    assert from_args(args, {}) == settings


@pytest.mark.parametrize(
    ("keys", "shown"),
    [
        pytest.param((), "", id="none"),
        pytest.param(("hunter2",), "******", id="one"),
        pytest.param(("hunter2", "hunter22"), "******,******", id="several"),
    ],
)
def test_secret_is_neither_logged_nor_in_a_representation(keys: tuple[str, ...], shown: str) -> None:
    settings = Settings(provider="inmemory", txt_encrypt_aes_key=keys)
    assert f"--txt-encrypt-aes-key={shown} " in one_line(settings)
    assert "hunter2" not in one_line(settings) + repr(settings)


def test_secret_has_its_flag_said_so_in_the_document() -> None:
    (row,) = (line for line in markdown().splitlines() if line.startswith("| `--txt-encrypt-aes-key"))
    assert "Never shown" in row


@pytest.mark.parametrize("url", ["http://user:hunter2@dns.example.org/x", "http://hunter2@dns.example.org/x"])
def test_password_within_a_url_is_not_logged(url: str) -> None:
    line = one_line(Settings(provider="webhook", webhook_provider_url=url))
    assert "hunter2" not in line
    assert "--webhook-provider-url=http://******@dns.example.org/x " in line
