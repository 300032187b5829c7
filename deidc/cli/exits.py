"""How commands end: the exit codes, and the errors that are not about the spelling of a command."""

from __future__ import annotations

import sys
import traceback
from enum import IntEnum

import click


class ExitCode(IntEnum):
    """The exit codes of every command.

    Attributes:
        DONE: everything was done as requested.
        FOUND: something was refused or found, or there was no input.
        USAGE: the command cannot be carried out as it was written; nothing was begun.
        HELD: nothing was refused, and something is held for review.
        FAILED: the command itself failed: a disk is full, a journal is gone, deidc has an error.
        INTERRUPTED: the user interrupted the command (SIGINT).

    """

    DONE = 0
    FOUND = 1
    USAGE = 2
    HELD = 3
    FAILED = 4
    INTERRUPTED = 130


class Unusable(click.ClickException):
    """Something that the command names cannot be used: a file, a recipe, a variable, a package."""

    exit_code = ExitCode.USAGE


class Failed(click.ClickException):
    """The command began and cannot be finished."""

    exit_code = ExitCode.FAILED


def show_failure(failure: click.ClickException) -> None:
    """Print an error on standard error; usage is shown only for an error in the spelling of the command."""
    is_value = isinstance(failure, click.BadParameter) and not isinstance(failure, click.MissingParameter)
    if isinstance(failure, click.UsageError) and not is_value:
        failure.show()
    else:
        click.echo(f"Error: {failure.format_message()}", err=True)


def show_defect(failure: Exception) -> None:
    """Print where an unexpected exception was raised, without its text, which may quote a value of a file."""
    click.echo("Traceback (most recent call last):", err=True)
    click.echo("".join(traceback.format_tb(failure.__traceback__)), nl=False, err=True)
    click.echo(type(failure).__name__, err=True)
    click.echo("Error: deidc has a defect. Report the lines above; they hold no values of files.", err=True)


def end(code: int) -> None:
    """End the process with an exit code, after what was printed has left it."""
    sys.stdout.flush()
    sys.exit(code)
