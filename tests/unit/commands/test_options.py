from __future__ import annotations

import pytest

from zonewright.commands.options import Option, WrongOption, divide, with_defaults

OPTIONS = (Option("output", "", ("text", "json")), Option("yes", ""))


@pytest.mark.parametrize(
    ("args", "operands", "flags"),
    [
        pytest.param("www --provider=coredns", ["www"], ["--provider=coredns"], id="the name first"),
        pytest.param("--provider=coredns www", ["www"], ["--provider=coredns"], id="the name last"),
        pytest.param("--provider coredns www", ["www"], ["--provider", "coredns"], id="a flag takes what follows it"),
        pytest.param("--events www", ["www"], ["--events"], id="a switch takes nothing"),
        pytest.param("--no-events www", ["www"], ["--no-events"], id="nor does one that is turned off"),
        pytest.param("--provider --yes", [], ["--provider"], id="a flag is no value: its own reader complains"),
        pytest.param("a b", ["a", "b"], [], id="several names"),
    ],
)
def test_names_and_flags_may_stand_in_any_order(args: str, operands: list[str], flags: list[str]) -> None:
    given = divide(args.split(), OPTIONS)
    assert (given.operands, given.flags) == (operands, flags)


@pytest.mark.parametrize(
    ("args", "output", "yes"),
    [
        pytest.param("", "text", "", id="the first choice is the default, and a switch is off"),
        pytest.param("--output=json --yes", "json", "true", id="given"),
        pytest.param("--output json --yes=true", "json", "true", id="given in other spellings"),
        pytest.param("--yes=false", "text", "", id="a switch that is turned off"),
    ],
)
def test_own_options_are_read(args: str, output: str, yes: str) -> None:
    given = divide(args.split(), OPTIONS)
    assert (given["output"], given["yes"], given.flags) == (output, yes, [])


@pytest.mark.parametrize("args", ["--output=yaml", "--output", "--output --yes", "--yes=perhaps"])
def test_a_wrong_option_is_named(args: str) -> None:
    with pytest.raises(WrongOption, match=r"^--(output|yes): "):
        divide(args.split(), OPTIONS)


@pytest.mark.parametrize(
    ("flags", "environ", "added"),
    [
        pytest.param([], {}, ["--log-level=warning"], id="absent"),
        pytest.param(["--log-level=debug"], {}, [], id="given"),
        pytest.param(["--log-level", "debug"], {}, [], id="given in two words"),
        pytest.param([], {"EXTERNAL_DNS_LOG_LEVEL": "debug"}, [], id="in the environment"),
    ],
)
def test_defaults_of_a_command_give_way(flags: list[str], environ: dict[str, str], added: list[str]) -> None:
    assert with_defaults(flags, {"--log-level": "warning"}, environ) == [*flags, *added]
