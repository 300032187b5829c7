"""`deidc why` shows which rules touch an element and what they do to it, by line and without values."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from pathlib import Path

import click
from attrs import asdict, frozen
from pydicom.dataset import Dataset

from deidc.batch.account.manifest import line_of
from deidc.batch.inputs.faults import ReadFault
from deidc.batch.inputs.reading import read_file
from deidc.batch.job.deadline import DeadlineExceeded, deadline
from deidc.batch.job.workers import silence_pydicom
from deidc.cli.arguments.programs import functions_of, program_of, with_packages
from deidc.cli.arguments.recipes import with_include_roots
from deidc.cli.arguments.variables import assignments_option, variables_of, with_stand_ins
from deidc.cli.exits import Unusable
from deidc.cli.terminal import say
from deidc.codes import faults
from deidc.diagnostics import Diagnostic
from deidc.dicom import dictionary
from deidc.dicom.limits import LIMITS
from deidc.grammar.reader import read
from deidc.ir import ops
from deidc.ir.builtin_functions import BUILTINS
from deidc.ir.library import FileLibrary
from deidc.ir.ops import Selector
from deidc.ir.program import Program
from deidc.ir.resolving.names import resolve
from deidc.ir.signatures import Signatures
from deidc.ir.writer import write_op
from deidc.runtime.fold.elements import InputElement
from deidc.runtime.fold.frame import Note, Untouched
from deidc.runtime.fold.lists import visit_object
from deidc.runtime.fold.plan import Plan, vr_of_new
from deidc.runtime.fold.select import AtItems, Identity, Patterns, Verdict, is_exact, select
from deidc.runtime.link_error import LinkError
from deidc.runtime.machine import Machine, Trace
from deidc.runtime.outcome import Cleaned, Effect, Fault, Refused
from deidc.source import Source
from deidc.visible import json_text


@click.command("why")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.argument("target", metavar="TARGET")
@click.option("--recipe", "-r", required=True, metavar="RECIPE", help="The recipe, or a printed program.")
@click.option("--base", "bases", multiple=True, metavar="NAME", help="A recipe to apply before the recipe.")
@with_include_roots
@assignments_option(click.option)
@click.option("--functions", "references", multiple=True, metavar="FILE|MODULE", help="Supply functions for func:.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def command(
    file: Path,
    target: str,
    recipe: str,
    bases: tuple[str, ...],
    library: FileLibrary,
    assignments: tuple[str, ...],
    references: tuple[str, ...],
    form: str,
) -> None:
    """Show which rules change an element of a file, and why other rules for it have no effect.

    TARGET is written as in a recipe: a keyword, a tag, a path, a private element, or a pattern.
    """
    silence_pydicom()
    selector = _selector(target)
    functions = functions_of(references)
    program = program_of(recipe, bases, library, functions.signatures() if references else None, quiet=True)
    try:
        variables = with_stand_ins(program, variables_of(assignments, program), "deidc why")
        machine = Machine.link(program, with_packages(functions, program), variables=variables)
    except LinkError as failure:
        raise Unusable(str(failure)) from None
    found = read_file(file)
    if isinstance(found, ReadFault):
        say(f"{file}: {found.rule.code} {found.message}", err=True)
        sys.exit(1)
    try:
        with deadline(LIMITS.deadline(file.stat().st_size)):
            trace = machine.trace(found)
    except DeadlineExceeded as failure:
        say(f"the object is refused: {faults.DEADLINE_EXCEEDED.code} {failure}")
        sys.exit(1)
    elements = _Telling(program, selector, found, trace).elements()
    refusing = trace.outcome.faults if isinstance(trace.outcome, Refused) else ()
    if form == "json":
        click.echo(json_text(_document(target, elements, refusing)))
    else:
        _print(target, elements, refusing)
    if refusing:
        sys.exit(1)


def _document(target: str, elements: Sequence[_Element], refusing: Sequence[Fault]) -> dict[str, object]:
    return {
        "version": 1,
        "target": target,
        "outcome": "refused" if refusing else "cleaned",
        "faults": [{"code": one.rule.code, "message": one.message, "path": one.path} for one in refusing],
        "elements": [asdict(one) for one in elements],
    }


def _print(target: str, elements: Sequence[_Element], refusing: Sequence[Fault]) -> None:
    if not elements:
        say(f"the file has no element {target}, and no rule adds one")
    for element in elements:
        say(f"{element.path} {element.keyword}".rstrip())
        for rule in element.rules:
            say(f"  {rule.line}  {rule.rule}  -> {rule.does}")
        if not element.rules:
            say("  no rule changes it")
    for fault in refusing:
        at = f" at {fault.path}" if fault.path else ""
        say(f"the object is refused: {fault.rule.code} {fault.message}{at}")


def _selector(target: str) -> Selector:
    source = Source("<target>", f"FORMAT dicom\n%header\nKEEP {target}\n")
    tree, said = read(source)
    resolved, unknown = resolve(tree, Signatures(BUILTINS))
    complaint: Diagnostic | None = next((one for one in (*said, *unknown) if one.severity == "error"), None)
    if complaint is not None or not resolved.rules or resolved.rules[0].selector is None:
        reason = complaint.message if complaint is not None else "it is not a target"
        hint = f" ({complaint.hint})" if complaint is not None and complaint.hint else ""
        raise Unusable(f"TARGET cannot be used: {reason}{hint}")
    if resolved.rules[0].action.keeps:
        return resolved.rules[0].selector
    raise AssertionError("the line is a KEEP")


@frozen
class _Rule:
    """What a rule does to an element: `line` is its place in the recipe, `rule` its op as programs print it."""

    line: str
    rule: str
    does: str


@frozen
class _Element:
    """An element that the target selects, and the rules that are about it, in order."""

    path: str
    keyword: str
    rules: tuple[_Rule, ...]


class _Telling:
    """The effects of a program on the elements of a selector, taken from the trace of one object."""

    def __init__(self, program: Program, selector: Selector, dataset: Dataset, trace: Trace) -> None:
        self._program = program
        self._flags = trace.outcome.flags if isinstance(trace.outcome, Cleaned) else ()
        self._notes: dict[str, list[Note]] = {}
        for note in (*trace.notes, *_surroundings(trace)):
            self._notes.setdefault(note.path, []).append(note)
        self._holders: dict[str, list[int]] = {}
        self._left_out: dict[str, list[int]] = {}
        paths = []
        plan, patterns = Plan(program), Patterns()
        for element, entry in visit_object(dataset, plan):
            if _is_about(select(selector, entry.identity, plan.gathers, patterns), element):
                paths.append(element.path)
            about = [
                number
                for number, op in enumerate(program.ops)
                if (isinstance(op, ops.HoldingOp) or number in trace.left_out)
                and isinstance(op, ops.HoldingOp | ops.ElementOp)
                and (not isinstance(op, ops.Descend) or element.vr in ("SQ", "UN"))
                and _is_about(
                    select(op.at, entry.identity, plan.gathers, patterns, spares=isinstance(op, ops.HoldingOp)), element
                )
            ]
            self._left_out[element.path] = [number for number in about if number in trace.left_out]
            hindered = {note.op for note in self._notes.get(element.path, ()) if note.reason is Untouched.CONDITION}
            self._holders[element.path] = [number for number in about if number not in {*trace.left_out, *hindered}]
        added = [path for path in self._notes if path not in self._holders and self._is_added(path, selector)]
        self._paths = [*paths, *sorted(added)]

    def elements(self) -> list[_Element]:
        """Return the elements in the order of the object, with those that the program adds behind them."""
        return [_Element(path, _keyword(path), tuple(self._rules(path))) for path in self._paths]

    def _rules(self, path: str) -> list[_Rule]:
        above = _sequences_above(path)
        rules = [self._rule(number, "keeps it with its sequence") for one in above for number in self._keeping(one)]
        rules += [self._rule(number, self._holds(path, number)) for number in self._holders.get(path, ())]
        gone = [note for one in above for note in self._notes.get(one, ()) if note.effect in _TAKING_ALONG]
        rules += [self._rule(note.op, f"{note.effect} with its sequence") for note in gone[:1]]
        for note in self._notes.get(path, ()):
            rules.append(self._rule(note.op, note.effect or f"nothing: {note.reason}"))
        rules += [self._rule(number, f"nothing: {Untouched.GUARD}") for number in self._left_out.get(path, ())]
        if path in _PIXELS and self._program.storage is not None:
            rules += [self._rule(flag.op, "blanks regions of its frames") for flag in self._flags if flag.blanks]
        return rules

    def _holds(self, path: str, number: int) -> str:
        """Return what a KEEP or DESCEND rule does to an element, as far as no other rule outranks it."""
        if any(note.effect in (Effect.ADDED, Effect.REPLACED, Effect.SHIFTED) for note in self._notes.get(path, ())):
            return "nothing: an ADD rule writes the element"
        if isinstance(self._program.ops[number], ops.Descend):
            return "leaves it in place, and rules reach its items"
        is_entered = any(isinstance(self._program.ops[one], ops.Descend) for one in self._holders[path])
        if is_entered and number not in self._keeping(path):
            return "keeps it, and rules reach its items by a DESCEND rule"
        return "keeps it"

    def _keeping(self, path: str) -> list[int]:
        """Return the KEEP rules that keep what is in a sequence; none if a DESCEND rule has the last word about it."""
        holders = self._holders.get(path, [])
        held = {number: op for number in holders if isinstance(op := self._program.ops[number], ops.HoldingOp)}
        last = max(held, key=lambda number: (is_exact(held[number].at), number), default=None)
        if last is None or isinstance(held[last], ops.Descend):
            return []
        return [number for number, op in held.items() if isinstance(op, ops.Protect)]

    def _rule(self, op: int, does: str) -> _Rule:
        return _Rule(line_of(self._program, op), write_op(self._program.ops[op]), does)

    def _is_added(self, path: str, selector: Selector) -> bool:
        """Whether an element that the input lacks is added by the program and is one that `selector` is about."""
        additions = (self._program.ops[note.op] for note in self._notes[path])
        steps = next((op.at.steps for op in additions if isinstance(op, ops.MakeItems | ops.Add | ops.Append)), ())
        tags = _tags(path)
        if not steps or len(tags) != len(steps):
            return False
        creators = [step.at.creator if isinstance(step.at, ops.PrivateBlock) else None for step in steps]
        identity = Identity(tuple(zip(tags, creators, strict=True)), vr_of_new(tags[-1], creators[-1]))
        return select(selector, identity, {}, Patterns()) is not False


def _surroundings(trace: Trace) -> list[Note]:
    """Return what was done around the object (file meta information, character set), which no element's trace has."""
    if isinstance(trace.outcome, Refused):
        return []
    noted = {(note.path, note.op) for note in trace.notes}
    return [
        Note(event.path, event.op, event.effect, None)
        for event in trace.outcome.events
        if (event.path, event.op) not in noted
    ]


# Float Pixel Data, Double Float Pixel Data, Pixel Data.
_PIXELS = ("7FE00008", "7FE00009", "7FE00010")
_TAKING_ALONG = (Effect.REMOVED, Effect.BLANKED)


def _is_about(verdict: Verdict, element: InputElement) -> bool:
    """Return whether a verdict holds for an element, as far as its identity determines it."""
    if isinstance(verdict, AtItems):
        return all(one in (None, at) for one, at in zip(verdict.indexes, element.indexes, strict=True))
    return verdict is not False


def _tags(path: str) -> list[int]:
    """Return the tags on the way to an element; none for the preamble, which has no tag."""
    steps = [re.fullmatch(r"([0-9A-F]{8})(\[\d+\])?", step) for step in path.split(".")]
    return [int(step[1], 16) for step in steps if step is not None] if all(steps) else []


def _keyword(path: str) -> str:
    tags = _tags(path)
    return dictionary.element_keyword(tags[-1]) if tags else ""


def _sequences_above(path: str) -> list[str]:
    """Return the paths of the sequences that an element is in, the outermost first."""
    steps = path.split(".")[:-1]
    return [re.sub(r"\[\d+\]$", "", ".".join(steps[: number + 1])) for number in range(len(steps))]
