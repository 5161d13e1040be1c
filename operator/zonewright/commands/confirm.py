"""Asking before something is changed: on a terminal, or by --yes where there is none."""

from __future__ import annotations

import sys

import click


def confirmed(question: str, given_yes: str) -> bool:
    """Whether to go on. Not to be called with a loop running: it waits for a person, who may press Ctrl-C.

    given_yes: the option --yes, "" when it was not given.
    """
    if given_yes:
        return True
    if not sys.stdin.isatty():
        click.echo("Nothing was changed. Look at the above, and give --yes where it is what you want.", err=True)
        return False
    try:
        if click.confirm(question, err=True):
            return True
    except click.Abort:
        click.echo(err=True)
    click.echo("Nothing was changed.", err=True)
    return False
