"""Parse the inputs and destinations of `deidc run` from the command line."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

import click

from deidc.batch.inputs.path_lists import PathList
from deidc.batch.job.discovery import Looking, discover
from deidc.batch.outputs.destinations import Destination, DestinationError, RemoteFolder, check_apart, destination_of
from deidc.batch.outputs.name_templates import Template, TemplateError, check_against, parse_template
from deidc.cli.exits import Unusable
from deidc.ir.program import Program

_SIZE = re.compile(r"(\d+)([KMGT]?)", re.IGNORECASE)
_STANDARD_INPUT = "-"


class Size(click.ParamType[int]):
    """A number of bytes: `500M`, `2G`."""

    name = "size"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Return the number of bytes."""
        found = _SIZE.fullmatch(str(value))
        if found is None:
            self.fail(f"{value!r} is not a size; write 500M or 2G", param, ctx)
        return int(found[1]) << 10 * " KMGT".index(found[2].upper() or " ")


def inputs_of(
    inputs: tuple[str, ...], files_from: Path | None, *, null: bool, archives: bool
) -> tuple[tuple[str, ...], Looking]:
    """Return the names of inputs and how to look for them; `-` is a list on standard input. Raises UsageError."""
    names = tuple(name for name in inputs if name != _STANDARD_INPUT)
    lists = [PathList(files_from, null)] if files_from is not None else []
    if len(names) < len(inputs):
        lists.append(PathList(sys.stdin.buffer, null))
    if not names and not lists:
        raise click.UsageError("Missing argument 'INPUT...': name inputs, or a list of inputs with - or --files-from")
    if null and not lists:
        raise click.UsageError("--null needs a list of inputs: use - or --files-from")
    return names, Looking(archives, tuple(lists))


def destination_for(output: str | None, *, fsync: bool) -> Destination | None:
    """Return where outputs go. Raises Unusable."""
    if output is None:
        return None
    try:
        destination = destination_of(output)
    except DestinationError as failure:
        raise Unusable(str(failure)) from None
    if fsync and isinstance(destination, RemoteFolder):
        raise click.UsageError("--fsync needs an output folder on a disk, not a URL")
    return destination


def quarantine_for(text: str | None, output: Destination | None, names: Iterable[str]) -> Destination | None:
    """Return where objects go that a label sets apart. Raises Unusable.

    It lies neither in the output nor in an input, nor they in it: what is set apart is no output, and no input of the
    next run.
    """
    if text is None:
        return None
    quarantine = destination_for(text, fsync=False)
    try:
        check_apart(quarantine, output, names)
    except DestinationError as failure:
        raise Unusable(str(failure)) from None
    return quarantine


def template_for(text: str | None, program: Program, *, overwrite: bool) -> Template | None:
    """Return the template for names of outputs. Raises Unusable."""
    if text is None:
        return None
    try:
        template = parse_template(text)
        check_against(template, program)
    except TemplateError as failure:
        raise Unusable(f"--name-template: {failure}") from None
    if overwrite and not template.is_unique:
        raise click.UsageError("the template may give two objects the same name, so --overwrite needs {number} in it")
    return template


def counting(names: tuple[str, ...], destination: Destination | None, looking: Looking) -> Callable[[], int | None]:
    """Return a function that counts the inputs; it answers None where a list can be read only once."""

    def count() -> int | None:
        if any(one.is_stream for one in looking.lists):
            return None
        return sum(1 for _ in discover(names, destination, looking))

    return count
