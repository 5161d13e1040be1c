"""A template that is none is refused at the start, by the flag that it was given to."""

from __future__ import annotations

import pytest

from zonewright.settings import SettingsError
from zonewright.settings.reading import from_args


def refused(*args: str, **environ: str) -> list[str]:
    with pytest.raises(SettingsError) as told:
        from_args(["--provider=inmemory", *args], environ)
    return [str(problem) for problem in told.value.problems]


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["--fqdn-template={{.Name"], ["--fqdn-template: '{{.Name' is no template: unclosed action"]),
        (
            ["--fqdn-template={{.Name}}.io", "--fqdn-template={{name}}.io"],
            ["--fqdn-template: '{{name}}.io' is no template: line 1, at 'name}}.io': function \"name\" not defined"],
        ),
        (
            ["--fqdn-template={{if .Name}}a", "--fqdn-template=b{{end}}"],
            ["--fqdn-template: '{{if .Name}}a' is no template: unexpected end: an {{end}} is missing"],
        ),
        (
            ["--fqdn-target-template={{.Name}}:{{end}}"],
            ["--fqdn-target-template: '{{.Name}}:{{end}}' is no template: line 1, at 'end}}': unexpected 'end' in"],
        ),
    ],
)
def test_malformed_template_is_told_with_its_flag(args: list[str], said: list[str]) -> None:
    found = refused(*args)
    assert len(found) == len(said)
    assert all(text.startswith(start) for text, start in zip(found, said, strict=True))


def test_malformed_template_is_told_with_its_variable() -> None:
    (said,) = refused(EXTERNAL_DNS_FQDN_TEMPLATE="{{.Name}}.io\n{{.}")
    assert said.startswith("EXTERNAL_DNS_FQDN_TEMPLATE: '{{.}' is no template: ")


@pytest.mark.parametrize(
    "args", [["{{.Nope}}.io"], ["{{$x := .Name}}", "{{$x}}.io"], ["{{define `a`}}b{{end}}"], [" "]]
)
def test_what_a_template_refers_to_is_no_matter_of_the_start(args: list[str]) -> None:
    settings = from_args(["--provider=inmemory", *(f"--fqdn-template={text}" for text in args)], {})
    assert settings.fqdn_template == tuple(args)
