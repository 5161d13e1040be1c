"""The command `zonewright`.

What takes long to import, kopf and the Kubernetes client, is imported only when the settings have been found good:
a wrong flag is told within a fraction of a second.
"""

from __future__ import annotations

import logging
import os
import platform
import sys
import textwrap
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NoReturn

import click
import yaml

from zonewright import __version__, logs
from zonewright.commands.options import Given, Option, WrongOption, divide, with_defaults
from zonewright.model.hostname import printable
from zonewright.settings import Settings, SettingsError, from_args
from zonewright.settings.document import by_theme, notes, one_line
from zonewright.settings.flag import Flag

log = logging.getLogger(__name__)
FAILED = 1
WRONG_USAGE = 2
_INDENT = " " * 6


class _Commands(click.Group):
    """A command line that begins with a flag means `run`, as the arguments of an ExternalDNS deployment do."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if args and args[0].startswith("--") and args[0] not in ("--help", "--version"):
            args = ["run", *args]
        return super().parse_args(ctx, args)


class _Failed(click.UsageError):
    """Wrong usage, where the usual exit code says something else."""

    exit_code = FAILED


class _Run(click.Command):
    """Takes its flags from the settings instead of click's options.

    default   values of flags that the command does not need, and `run` does
    own       options of the command itself; with them, it has a parameter `given`
    operands  least and greatest number of what it takes without a flag, and its name
    misuse    the exit code for wrong flags
    """

    def __init__(
        self,
        *args: Any,
        default: Mapping[str, str] | None = None,
        own: Sequence[Option] = (),
        operands: tuple[int, float, str] = (0, 0, ""),
        misuse: int = WRONG_USAGE,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self._default = default or {}
        self._own = own
        self._operands = operands
        self._misuse = misuse

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        ctx.args = []
        for stop, act in (("--help", _print_help), ("--version", _print_version)):
            if stop in args:
                act(ctx)
        if self._own:
            ctx.params["given"] = given = self._divided(args, ctx)
            args = given.flags
        try:
            ctx.params["settings"] = from_args(with_defaults(args, self._default, os.environ), os.environ)
        except SettingsError as e:
            raise _wrong(e, ctx, self._misuse) from e
        return []

    def _divided(self, args: list[str], ctx: click.Context) -> Given:
        least, most, name = self._operands
        try:
            given = divide(args, self._own)
            if len(given.operands) < least:
                raise WrongOption(f"{name} must be given")
            if len(given.operands) > most:
                raise WrongOption(f"{printable(given.operands[int(most)])}: not expected here")
        except WrongOption as e:
            raise (click.UsageError if self._misuse == WRONG_USAGE else _Failed)(str(e), ctx) from e
        return given

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        if self._own:
            formatter.write(f"\n{click.style('Of this command', bold=True)}\n")
            for option in self._own:
                formatter.write(f"  {click.style(option.usage, fg='cyan')}\n{_INDENT}{option.help}\n")
        for theme, flags in by_theme():
            formatter.write(f"\n{click.style(theme, bold=True)}\n")
            for flag in flags:
                formatter.write(_described(flag, formatter.width))


def _described(flag: Flag, width: int) -> str:
    """A flag in full. Not click's two columns: some names are longer than the first, and - may not end a line."""
    default = "required" if flag.default is None else f"default {flag.default_shown}" if flag.default_shown else ""
    about = textwrap.fill(
        " ".join([flag.help, *(f"{note}." for note in notes(flag))]),
        width,
        initial_indent=_INDENT,
        subsequent_indent=_INDENT,
        break_on_hyphens=False,
    )
    head = click.style(flag.usage, fg="cyan") + (f"  {default}" if default else "")
    return f"  {head}\n{about}\n{_INDENT}{click.style('$' + flag.variable, dim=True)}\n"


def _wrong(error: SettingsError, ctx: click.Context, code: int) -> click.exceptions.Exit:
    """The problems, one per line on stderr."""
    for origin, message in error.problems:
        click.echo(f"{click.style(origin, fg='red', bold=True)}: {message}", err=True)
    click.echo(f"Nothing was started. All flags: {ctx.command_path} --help", err=True)
    return click.exceptions.Exit(code)


def _print_help(ctx: click.Context) -> None:
    click.echo(ctx.get_help())
    ctx.exit()


def _print_version(ctx: click.Context) -> None:
    click.echo(_version())
    ctx.exit()


def _version() -> str:
    return f"zonewright {__version__} (Python {platform.python_version()})"


@click.group(cls=_Commands, context_settings={"help_option_names": ["--help"], "max_content_width": 110})
@click.version_option(__version__, message=_version())
def zonewright() -> None:
    """Keep DNS records in step with a Kubernetes cluster, one visible object per hostname."""


@zonewright.command(cls=_Run, options_metavar="[FLAGS]")
def run(settings: Settings) -> None:
    """Publish the hostnames of a cluster until it is stopped, or once with --once.

    Flags are ExternalDNS's, and so are their environment variables. For a first look, without touching any DNS server:

        zonewright run --provider=inmemory --once
    """
    logs.setup(settings.log_level, settings.log_format)
    log.info("Zonewright %s: %s", __version__, one_line(settings))
    sys.exit(_run(settings))


def _run(settings: Settings) -> int:
    from zonewright import running, runtime
    from zonewright.http import CannotListen

    try:
        return runtime.run(running.run(settings))
    except CannotListen as e:
        log.error("%s", e)
        return FAILED


@zonewright.command(cls=_Run, options_metavar="[FLAGS]", default={"--provider": "inmemory"})
def rbac(settings: Settings) -> None:
    """Print the least rights that `run` needs with the same flags, as a ClusterRole (and Roles, with --namespace).

    zonewright rbac --source=ingress --source=crd | kubectl apply -f -
    """
    from zonewright.rights import roles

    click.echo("---\n".join(yaml.safe_dump(role, sort_keys=False) for role in roles(settings, "zonewright")), nl=False)


_OUTPUT = Option("output", "For people, or for programs: docs/commands.md describes the fields.", ("text", "json"))
_QUIETLY = {"--log-level": "warning"}


@zonewright.command(
    cls=_Run,
    options_metavar="[OPTIONS] [FLAGS]",
    default=_QUIETLY,
    misuse=FAILED,  # 2 says that something would change
    own=(
        _OUTPUT,
        Option("detailed-exitcode", "Exit with 0 when nothing would change, 1 on an error, 2 when something would."),
    ),
)
def plan(settings: Settings, given: Given) -> None:
    """Show what `run` would change in DNS with the same flags, and what it would not publish and why.

    Nothing is written, neither in DNS nor in the cluster; rights to read are enough. In a pipeline:

        zonewright plan --provider=coredns --output=json --detailed-exitcode
    """
    from zonewright.commands import plan as command

    _finish(settings, lambda: command.run(settings, given), misuse=FAILED)


@zonewright.command(
    cls=_Run,
    options_metavar="HOSTNAME [OPTIONS] [FLAGS]",
    default=_QUIETLY,
    own=(_OUTPUT,),
    operands=(1, 1, "HOSTNAME"),
)
def explain(settings: Settings, given: Given) -> None:
    """Tell all that is known of a hostname: who asks for it, by which field, why it is not published if it is not, in
    which zone it is, whose it is there, what is in DNS now, and what would happen next.

    Nothing is written. Give the flags that you run with:

        zonewright explain www.example.org --provider=coredns
    """
    from zonewright.commands import explain as command

    _finish(settings, lambda: command.run(settings, given))


_YES = Option("yes", "Do not ask. Without a terminal nothing is done otherwise.")


@zonewright.command(
    cls=_Run, options_metavar="--txt-owner-id=… [OPTIONS] [FLAGS]", default=_QUIETLY, own=(_OUTPUT, _YES)
)
def purge(settings: Settings, given: Given) -> None:
    """Delete all records of an owner, and their ownership records: for a cluster that is gone.

    Records of other owners, and those without one, are never touched. No cluster is needed. What would go is shown
    first, and you are asked:

        zonewright purge --txt-owner-id=old-cluster --provider=coredns
    """
    from zonewright.commands import purge as command

    _finish(settings, lambda: command.run(settings, given))


@zonewright.command(
    cls=_Run,
    options_metavar="HOSTNAME… [OPTIONS] [FLAGS]",
    default=_QUIETLY,
    own=(
        _OUTPUT,
        Option("always", "Take records over that are other than what is asked for, and change them."),
        _YES,
    ),
    operands=(1, float("inf"), "HOSTNAME"),
)
def adopt(settings: Settings, given: Given) -> None:
    """Take records over that stand in DNS without an owner, for the DNSEndpoints of their names.

    Shows what stands and what would change, and asks. Then the DNSEndpoints get the annotation zonewright.io/adopt,
    and `run` does the rest. A record that is other than what is asked for is left alone, unless you give --always:

        zonewright adopt www.example.org --provider=coredns
    """
    from zonewright.commands import adopt as command

    _finish(settings, lambda: command.run(settings, given))


@zonewright.command(
    cls=_Run,
    options_metavar="[ZONE…] [OPTIONS] [FLAGS]",
    default={**_QUIETLY, "--provider": "inmemory"},
    own=(_OUTPUT, _YES),
    operands=(0, float("inf"), "ZONE"),
)
def approve(settings: Settings, given: Given) -> None:
    """Let deletes go that the brake holds, in all zones or in those that you name.

    Shows what would be deleted, and asks. What you approve is that plan and no other: when something else is to be
    deleted by then, it waits again. No provider is needed:

        zonewright approve example.org --txt-owner-id=my-cluster
    """
    from zonewright.commands import approve as command

    _finish(settings, lambda: command.run(settings, given))


def _finish(settings: Settings, command: Callable[[], int], misuse: int = WRONG_USAGE) -> NoReturn:
    """Run a command that looks or asks, and exit."""
    from zonewright.commands.survey import Failed, Misused

    logs.setup(settings.log_level, settings.log_format)
    try:
        code = command()
    except Failed as e:
        click.echo(f"{click.style('Error', fg='red', bold=True)}: {e}", err=True)
        code = misuse if isinstance(e, Misused) else FAILED
    sys.exit(code)


@zonewright.command()
def version() -> None:
    """Show the version."""
    click.echo(_version())


def main(args: Sequence[str] | None = None) -> Any:
    """The entry point of the package."""
    return zonewright(args=args, prog_name="zonewright")
