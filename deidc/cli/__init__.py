"""The command line. Each command lives in a module of its own, which is loaded when it is used."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from difflib import get_close_matches
from importlib import import_module
from typing import Any

import click

from deidc.cli.exits import ExitCode, end, show_defect, show_failure
from deidc.version import __version__
from deidc.visible import visible

# Name of a command, its module, and its line in the overview (so that the overview need not load the module).
COMMANDS: dict[str, tuple[str, str]] = {
    "check": ("deidc.cli.check", "Report errors in recipes, and fix them."),
    "compile": ("deidc.cli.compile", "Print the program of a recipe."),
    "demo": ("deidc.cli.demo", "Clean files that come with pydicom and show what changed."),
    "explain": ("deidc.cli.explain", "Explain a complaint."),
    "fmt": ("deidc.cli.fmt", "Format recipes."),
    "identifiers": ("deidc.cli.identifiers", "Export identifiers to JSON, or clean files using values from JSON."),
    "inspect": ("deidc.cli.inspect", "List files that may have text in their pixels."),
    "keys": ("deidc.cli.keys", "Make keys for pseudonyms and shifts of dates."),
    "manifest": ("deidc.cli.manifest", "Verify the manifest of a run."),
    "migrate": ("deidc.cli.migrate", "Convert a recipe written for deid."),
    "preview": ("deidc.cli.preview", "Draw the effect of a recipe on the pixels of a file."),
    "recipes": ("deidc.cli.recipes", "List the bundled recipes."),
    "run": ("deidc.cli.run.command", "Clean DICOM files by a recipe."),
    "schema": ("deidc.cli.schema", "Print the JSON schema of the output of a command."),
    "show": ("deidc.cli.show", "List the identifying attributes of files."),
    "why": ("deidc.cli.why", "Show which rules change an element of a file."),
}


@contextmanager
def _visible_errors() -> Iterator[None]:
    """Show characters that cannot be seen in messages of errors by their codes."""
    try:
        yield
    except click.ClickException as failure:
        # click declares the text final, and has no other place for it.
        failure.message = visible(failure.message)  # type: ignore[misc]
        raise


class LazyGroup(click.Group):
    """A group of commands that are imported when they are called. Their errors name files as they can be printed."""

    def make_context(
        self,
        info_name: str | None,
        args: list[str],
        parent: click.Context | None = None,
        **extra: Any,  # noqa: ANN401  # as that of click
    ) -> click.Context:
        """Read the options before the command."""
        with _visible_errors():
            return super().make_context(info_name, args, parent, **extra)

    def invoke(self, ctx: click.Context) -> object:
        """Run the command."""
        with _visible_errors():
            return super().invoke(ctx)

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = "deidc",
        complete_var: str | None = None,
        standalone_mode: bool = True,
        **extra: Any,  # noqa: ANN401 # as click.Command
    ) -> Any:  # noqa: ANN401 # as click.Command
        """Run a command and end the process with its exit code, see `ExitCode`."""
        if not standalone_mode:
            return super().main(args, prog_name, complete_var, standalone_mode=False, **extra)
        code: object = ExitCode.FAILED
        try:
            code = super().main(args, prog_name, complete_var, standalone_mode=False, **extra)
        except click.ClickException as failure:
            show_failure(failure)
            code = failure.exit_code
        except click.Abort:
            click.echo("interrupted", err=True)
            code = ExitCode.INTERRUPTED
        except BrokenPipeError:
            # The reader of the output has seen enough; what is left has no place to go.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            code = ExitCode.FOUND
        except Exception as failure:  # noqa: BLE001 # the last resort, and the text of an exception may quote values
            show_defect(failure)
        return end(code if isinstance(code, int) else ExitCode.DONE)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command that the words name. Raises UsageError, with the nearest name there is."""
        near = get_close_matches(args[0], COMMANDS, 1)
        if args[0] not in COMMANDS and near and not args[0].startswith("-"):
            ctx.fail(f"No such command {args[0]!r}; did you mean {near[0]!r}?")
        return super().resolve_command(ctx, args)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of the commands."""
        del ctx
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command by name."""
        del ctx
        if cmd_name not in COMMANDS:
            return None
        command = import_module(COMMANDS[cmd_name][0]).command
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the overview without importing any command."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl([(name, about) for name, (_, about) in sorted(COMMANDS.items())])


@click.command(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, "-V", "--version", prog_name="deidc")
def main() -> None:
    r"""Check, compile and run recipes that de-identify DICOM files.

    \b
    Exit codes of every command:
      0    everything was done as requested
      1    something was refused or found, or there was no input
      2    usage error; nothing was begun
      3    nothing was refused, and something is held for review
      4    the command itself failed
      130  interrupted (SIGINT); 143 terminated (SIGTERM)
    """
