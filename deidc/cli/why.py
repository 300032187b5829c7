"""`deidc why`: which rules touch an element, and what they do to it, by line and without values."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import click
from pydicom.dataset import Dataset

from deidc.batch.job import Settings
from deidc.batch.manifest import line_of
from deidc.batch.reading import ReadFault, read_file
from deidc.batch.variables import VariablesError, parse_assignments
from deidc.batch.workers import Work, silence_pydicom
from deidc.cli.programs import program_of
from deidc.diagnostics import Diagnostic
from deidc.grammar import nodes
from deidc.grammar.reader import read
from deidc.ir import dictionary
from deidc.ir.builtin_signatures import BUILTINS
from deidc.ir.names import resolve
from deidc.ir.ops import Selector
from deidc.ir.program import Program
from deidc.ir.signatures import Signatures
from deidc.ir.writer import write_op
from deidc.runtime.frame import Note
from deidc.runtime.lists import visit_object
from deidc.runtime.machine import LinkError
from deidc.runtime.outcome import Effect, Refused
from deidc.runtime.plan import Plan
from deidc.runtime.select import Patterns, select
from deidc.source import Source


@click.command("why")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.argument("target", metavar="TARGET")
@click.option("--recipe", "-r", required=True, metavar="RECIPE")
@click.option("--base", "bases", multiple=True, metavar="NAME")
@click.option("--var", "assignments", multiple=True, metavar="NAME=VALUE")
@click.option("--functions", "references", multiple=True, metavar="MODULE:OBJECT")
def command(
    file: Path,
    target: str,
    recipe: str,
    bases: tuple[str, ...],
    assignments: tuple[str, ...],
    references: tuple[str, ...],
) -> None:
    """Tell which rules touch an element of a file, and what they do to it or why nothing.

    TARGET is written as in a recipe: a keyword, a tag, a path, a private element, or a pattern.
    """
    silence_pydicom()
    selector = _selector(target)
    program = program_of(recipe, bases)
    try:
        variables = parse_assignments(assignments, program.needs.variables)
        machine = Work(program, Settings(None), references, variables).machine()
    except (VariablesError, LinkError) as failure:
        raise click.UsageError(str(failure)) from None
    found = read_file(file)
    if isinstance(found, ReadFault):
        click.echo(f"{file}: {found.rule.code} {found.message}", err=True)
        sys.exit(1)
    dataset = found[0]
    trace = machine.trace(dataset)
    paths = _paths(dataset, selector, program)
    notes: dict[str, list[Note]] = {path: [] for path in paths}
    wanted = {int(re.sub(r".*\.", "", path), 16) for path in paths}
    for note in trace.notes:
        tag = note.path.rpartition(".")[2]
        if (
            note.path in notes
            or (not paths and _is_added(tag, selector))
            or (re.fullmatch("[0-9A-F]{8}", tag) and int(tag, 16) in wanted)
        ):
            notes.setdefault(note.path, []).append(note)
    if not notes:
        click.echo(f"the file has no element {target}, and no rule adds one")
    gone = {note.path: note for note in trace.notes if note.effect in (Effect.REMOVED, Effect.BLANKED)}
    for path, told in sorted(notes.items()):
        above = next((gone[one] for one in _sequences_above(path) if one in gone), None)
        _tell(path, told, above, program)
    if isinstance(trace.outcome, Refused):
        for fault in trace.outcome.faults:
            click.echo(f"the object is refused: {fault.rule.code} {fault.message} at {fault.path}")
        sys.exit(1)


def _selector(target: str) -> Selector:
    source = Source("<target>", f"FORMAT dicom\n%header\nKEEP {target}\n")
    tree, said = read(source)
    resolved, unknown = resolve(tree, Signatures(BUILTINS))
    complaint: Diagnostic | None = next((one for one in (*said, *unknown) if one.severity == "error"), None)
    if complaint is not None or not resolved.rules or resolved.rules[0].selector is None:
        reason = complaint.message if complaint is not None else "it is no target"
        hint = f" ({complaint.hint})" if complaint is not None and complaint.hint else ""
        raise click.UsageError(f"{target}: {reason}{hint}")
    if isinstance(resolved.rules[0].statement, nodes.Keep):
        return resolved.rules[0].selector
    raise AssertionError("the line is a KEEP")


def _paths(dataset: Dataset, selector: Selector, program: Program) -> list[str]:
    plan, patterns = Plan(program), Patterns()
    return [
        element.path
        for element, entry in visit_object(dataset, plan)
        if select(selector, entry.identity, plan.gathers, patterns) is not False
    ]


def _is_added(tag: str, selector: Selector) -> bool:
    from deidc.runtime.plan import vr_of_new
    from deidc.runtime.select import Identity

    if not re.fullmatch("[0-9A-F]{8}", tag):
        return False
    identity = Identity(((int(tag, 16), None),), vr_of_new(int(tag, 16), None))
    return select(selector, identity, {}, Patterns()) is not False


def _sequences_above(path: str) -> list[str]:
    """Return the paths of the sequences that an element is in, the outermost first."""
    steps = path.split(".")[:-1]
    return [re.sub(r"\[\d+\]$", "", ".".join(steps[: number + 1])) for number in range(len(steps))]


def _tell(path: str, notes: list[Note], above: Note | None, program: Program) -> None:
    tag = int(path.rpartition(".")[2], 16) if re.fullmatch("[0-9A-F]{8}", path.rpartition(".")[2]) else 0
    click.echo(f"{path} {dictionary.element_keyword(tag)}".rstrip())
    if above is not None and above.effect is not None:
        click.echo(
            f"  {line_of(program, above.op)}  {write_op(program.ops[above.op])}"
            f"  -> {above.effect.value} with its sequence"
        )
    elif not notes:
        click.echo("  no rule touches it")
    for note in notes:
        did = note.effect.value if note.effect is not None else f"nothing: {note.reason}"
        click.echo(f"  {line_of(program, note.op)}  {write_op(program.ops[note.op])}  -> {did}")
