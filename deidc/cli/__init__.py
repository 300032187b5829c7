"""The command line. Each command lives in a module of its own, which is loaded when it is used."""

from __future__ import annotations

from importlib import import_module

import click

from deidc.version import __version__

# Name of a command, its module, and its line in the overview (so that the overview need not load the module).
COMMANDS: dict[str, tuple[str, str]] = {
    "check": ("deidc.cli.check", "Report errors in recipes, and fix them."),
    "compile": ("deidc.cli.compile", "Print the program of a recipe."),
    "demo": ("deidc.cli.demo", "Clean files that come with pydicom and show what changed."),
    "explain": ("deidc.cli.explain", "Explain a complaint."),
    "fmt": ("deidc.cli.fmt", "Format recipes."),
    "identifiers": ("deidc.cli.identifiers", "Export identifiers to JSON, or clean files using values from JSON."),
    "inspect": ("deidc.cli.inspect", "List files that may have text in their pixels."),
    "manifest": ("deidc.cli.manifest", "Verify the manifest of a run."),
    "migrate": ("deidc.cli.migrate", "Convert a recipe written for deid."),
    "preview": ("deidc.cli.preview", "Draw the effect of a recipe on the pixels of a file."),
    "recipes": ("deidc.cli.recipes", "List the bundled recipes."),
    "run": ("deidc.cli.run.command", "Clean DICOM files by a recipe."),
    "show": ("deidc.cli.show", "List the identifying attributes of files."),
    "why": ("deidc.cli.why", "Show which rules change an element of a file."),
}


class LazyGroup(click.Group):
    """A group of commands that are imported when they are called."""

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
@click.version_option(__version__, prog_name="deidc")
def main() -> None:
    """Check, compile and run recipes that de-identify DICOM files.

    Exit codes: 0 success; 1 a finding, or a file that was refused or flagged; 2 usage error.
    """
