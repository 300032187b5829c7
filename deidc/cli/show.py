"""`deidc show` prints the identifying attributes of files, with their values."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import click
from attrs import frozen

from deidc.batch.inputs.faults import ReadFault
from deidc.batch.inputs.reading import read_file
from deidc.batch.job.discovery import InputError, check_inputs, discover
from deidc.batch.job.workers import silence_pydicom
from deidc.cli.exits import Unusable
from deidc.cli.terminal import say
from deidc.codes import faults
from deidc.dicom import dictionary
from deidc.dicom.values.decoding import Undecodable
from deidc.ir.compile import compile_recipe, find_recipe
from deidc.ir.library import FoundRecipe
from deidc.runtime.fold.elements import InputElement
from deidc.runtime.fold.lists import visit_object
from deidc.runtime.fold.plan import Plan
from deidc.visible import json_text, visible

_LONGEST = 64
_OPENING = '{"version": 1, "files": [\n'


@frozen
class Shown:
    """One element of a file."""

    path: str
    name: str
    vr: str
    values: tuple[str, ...]


@click.command("show")
@click.argument("inputs", nargs=-1, required=True, metavar="FILE|FOLDER...")
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table", show_default=True)
@click.option("--all", "everything", is_flag=True, help="List every element, not only identifying ones.")
def command(inputs: tuple[str, ...], form: str, everything: bool) -> None:
    """List the identifying attributes of files, with their values.

    An attribute is identifying if the bundled recipe `default` has a rule for it, at any depth. The output is patient
    data.
    """
    silence_pydicom()
    try:
        check_inputs(inputs, None)
    except InputError as failure:
        raise Unusable(str(failure)) from None
    plan = Plan(compile_recipe(_default()))
    failed, number = False, 0
    for source in discover(inputs, None):
        trouble = source.trouble
        read = ReadFault(trouble.rule, trouble.message) if trouble else read_file(source.source)
        if isinstance(read, ReadFault):
            say(f"{source.shown}: {read.rule.code} {read.message}", err=True)
            failed |= read.rule is not faults.NOT_DICOM
            continue
        shown = tuple(_elements(read, plan, everything=everything))
        if form == "json":
            document = {"file": source.shown, "elements": [_record(one) for one in shown]}
            # One document, written file by file, so that a big folder need not fit into memory.
            click.echo((_OPENING if number == 0 else ",\n") + json_text(document), nl=False)
        else:
            _print_table(source.shown, shown)
        number += 1
    if form == "json":
        click.echo("\n]}" if number else f"{_OPENING}]}}")
    if failed or not number:
        sys.exit(1)


def _default() -> str:
    found = find_recipe("deidc:default")
    assert isinstance(found, FoundRecipe), "the bundled recipe must compile"
    return found.source.text


def _elements(dataset: object, plan: Plan, *, everything: bool) -> Iterator[Shown]:
    from pydicom.dataset import Dataset

    assert isinstance(dataset, Dataset)
    for element, entry in visit_object(dataset, plan):
        identifying = not entry.idle and not entry.always_sheltered and element.vr != "SQ"
        if everything or identifying:
            yield Shown(element.path, _name(element), element.vr, _values(element))


def _name(element: InputElement) -> str:
    return dictionary.element_keyword(element.tag) or dictionary.element_name(element.tag, element.creator)


def _values(element: InputElement) -> tuple[str, ...]:
    try:
        return element.components
    except Undecodable:
        return ("(not a valid value of its VR)",)


def _record(shown: Shown) -> dict[str, object]:
    return {"path": shown.path, "name": shown.name, "vr": shown.vr, "values": list(shown.values)}


def _print_table(name: str, shown: tuple[Shown, ...]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(title=Text(visible(name)), title_justify="left")
    for column in ("path", "attribute", "VR", "value"):
        table.add_column(column, overflow="fold")
    for one in shown:
        text = visible("\\".join(one.values))
        cut = text if len(text) <= _LONGEST else text[: _LONGEST - 3] + "..."
        table.add_row(one.path, Text(visible(one.name)), one.vr, Text(cut))
    Console(width=None if sys.stdout.isatty() else 140).print(table)
