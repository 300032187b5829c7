"""`deidc demo` cleans test files of pydicom and shows what changed: the first minute with deidc."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from deidc.cli.terminal import say
from deidc.ir.library import FileLibrary
from deidc.visible import visible
from deidc.vocabulary import FormatName

FILES = ("CT_small.dcm", "MR_small.dcm", "rtplan.dcm", "waveform_ecg.dcm")
_LONGEST = 36


@click.command("demo")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("deidc-demo"),
    show_default=True,
)
def command(output: Path) -> None:
    """Clean files that come with pydicom by the recipe `default`, and show what changed.

    The values of elements are shown, because these are test files without patient data.
    """
    from pydicom import data

    from deidc.batch.job.discovery import Input
    from deidc.batch.job.one_file import Settings
    from deidc.batch.job.outcome import Ending
    from deidc.batch.job.workers import Work, run_files
    from deidc.cli.arguments.programs import program_of

    program = program_of("deidc:default", (), FileLibrary())
    folder = Path(data.__file__).parent / "test_files"
    sources = [Input(folder / name, Path(name)) for name in FILES if (folder / name).is_file()]
    refused = False
    for outcome in run_files(Work(program, Settings(output, overwrite=True)), sources):
        say(f"{outcome.source.relative}: {outcome.ending.value}")
        refused |= outcome.ending is not Ending.WRITTEN
        for fault in outcome.faults:
            say(f"  {fault.rule.code} {fault.message}")
        if outcome.ending is Ending.WRITTEN:
            _show_changes(folder / outcome.source.relative, output / outcome.source.relative)
    say(f"cleaned files are in {output}")
    if refused:
        sys.exit(1)


def _show_changes(before: Path, after: Path) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    old, new = _values(before), _values(after)
    table = Table()
    for column in ("element", "attribute", "before", "after"):
        table.add_column(column)
    for path in sorted(old.keys() | new.keys()):
        was, now = old.get(path), new.get(path)
        if was != now:
            name = (was or now or ("", ""))[0]
            before_text = Text(_cut(was)) if was else Text("absent", style="dim")
            after_text = Text(_cut(now)) if now else Text("removed", style="dim")
            table.add_row(path, Text(visible(name)), before_text, after_text)
    Console(width=None if sys.stdout.isatty() else 140).print(table)


def _cut(value: tuple[str, str] | None) -> str:
    text = visible(value[1]) if value is not None else ""
    return text if len(text) <= _LONGEST else text[: _LONGEST - 3] + "..."


def _values(path: Path) -> dict[str, tuple[str, str]]:
    from deidc.batch.inputs.faults import ReadFault
    from deidc.batch.inputs.reading import read_file
    from deidc.dicom import dictionary
    from deidc.ir.program import Needs, Program
    from deidc.runtime.fold.lists import visit_object
    from deidc.runtime.fold.plan import Plan

    dataset = read_file(path)
    assert not isinstance(dataset, ReadFault), "the file was read before"
    plan = Plan(Program(FormatName.DICOM, (), Needs(), ()))
    return {
        element.path: (dictionary.element_keyword(element.tag) or "private", "\\".join(element.components))
        for element, _ in visit_object(dataset, plan)
        if element.vr != "SQ"
    }
