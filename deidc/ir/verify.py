"""What must hold for any program, wherever it came from: checked after lowering and after reading."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import assert_never

from deidc.dicom.values.coding import complaints_about
from deidc.dicom.values.measures import canonical
from deidc.dicom.values.vrs import ALL_VRS
from deidc.errors import DeidcError
from deidc.ir import ops
from deidc.ir.builtin_functions import BUILTINS, secret_variables_of
from deidc.ir.program import Program
from deidc.ir.typed_text import argument_complaint, default_complaint
from deidc.patterns import BadPattern, compiled
from deidc.vocabulary import Comparison, ListKind, VariableKind


class ProgramError(DeidcError, ValueError):
    """A text or a value is not a valid program.

    Attributes:
        reason: what is wrong.
        line: the line in the text, counted from 1; None for a program that was not read from text.
        column: the column in the text, counted from 1; None where `line` is None.
        op: the number of the invalid op; None if no single op is invalid.

    """

    def __init__(
        self, reason: str, line: int | None = None, column: int | None = None, *, op: int | None = None
    ) -> None:
        self.reason = reason
        self.line = line
        self.column = column
        self.op = op
        place = f"line {line}, column {column}: " if line is not None else ""
        which = f"op {op:04d}: " if op is not None else ""
        super().__init__(f"{place}{which}{reason}")

    def __reduce__(self) -> tuple[object, ...]:
        return (_program_error, (self.reason, self.line, self.column, self.op))


def _program_error(reason: str, line: int | None, column: int | None, op: int | None) -> ProgramError:
    return ProgramError(reason, line, column, op=op)


def verify(program: Program) -> Program:
    """Return the program if it can be executed. Raises ProgramError, naming the first op that cannot."""
    for number, op in enumerate(program.ops):
        for complaint in _complaints(op, program):
            raise ProgramError(complaint, op=number)
        for operand in ops.operands_of(op):
            for complaint in _operand(operand, program):
                raise ProgramError(complaint, op=number)
    _verify_surroundings(program)
    _verify_filling(program)
    _verify_needs(program)
    if program.origins and len(program.origins) != len(program.ops):
        raise ProgramError("the number of origins differs from the number of ops")
    return program


def _verify_needs(program: Program) -> None:
    variables, functions = ops.imports_of(program.ops)
    if tuple(one.name for one in program.needs.variables) != variables:
        raise ProgramError("the needed variables differ from those that the ops use")
    if tuple((one.name, one.builtin) for one in program.needs.functions) != functions:
        raise ProgramError("the needed functions differ from those that the ops use")
    secrets = secret_variables_of(program.ops)
    for one in program.needs.variables:
        if one.name in secrets and one.kind is not VariableKind.SECRET:
            raise ProgramError("a variable that is used as a secret is not declared as one")
        complaint = default_complaint(one.default, one.kind)
        if complaint is not None:
            raise ProgramError(complaint)


def _verify_surroundings(program: Program) -> None:
    """Demand that what is done around the object comes last and once, as it takes effect."""
    seen: set[type] = set()
    for number, op in enumerate(program.ops):
        if isinstance(op, ops.SyncMeta | ops.ClearPreamble | ops.CleanPixels):
            if type(op) in seen:
                raise ProgramError("an op of this kind may occur only once", op=number)
            seen.add(type(op))
        elif seen:
            raise ProgramError("ops for the file, not its elements, must come last", op=number)


def _verify_filling(program: Program) -> None:
    """Demand that a list is full before another is filled from it; a list in a circle never is."""
    full_after: dict[int, int] = {}
    through: dict[int, list[int]] = {}
    for number, op in enumerate(program.ops):
        match op:
            case ops.Collect(slot):
                full_after[slot] = number
            case ops.Gather(slot, ops.Holding(source) | ops.Without(ops.Holding(source))):
                through.setdefault(slot, []).append(source)
            case _:
                pass
    for number, op in enumerate(program.ops):
        match op:
            case ops.Collect(_, ops.Holding(source) | ops.Without(ops.Holding(source))):
                sources = [source]
            case ops.Collect(_, ops.Member(source) | ops.Without(ops.Member(source))):
                sources = through.get(source, [])
            case _:
                continue
        if any(full_after.get(one, -1) >= number for one in sources):
            raise ProgramError("a list is filled from a list that is not yet complete", op=number)


def _operand(operand: ops.Operand, program: Program) -> Iterator[str]:  # noqa: C901  # a closed set
    match operand:
        case ops.Call():
            yield from _call(operand)
        case ops.FromAttribute(at):
            yield from _selector(at, program)
            for step in at.steps:
                yield from _place(ops.AtPath((step,)), "an attribute to read")
        case ops.Composed(parts):
            if not parts:
                yield "a composed text needs at least one part"
            for part in parts:
                yield from _operand(part, program)
        case ops.Codes(codes):
            if not codes:
                yield "a list of codes needs at least one code"
            for code in codes:
                yield from complaints_about(code)
        case ops.Text() | ops.Var() | ops.Days():
            return
        case _:
            assert_never(operand)


def _call(operand: ops.Call) -> Iterator[str]:
    keys = [one.key for one in operand.arguments]
    if len(set(keys)) != len(keys):
        yield "an argument occurs twice"
    signature = BUILTINS.get(operand.name) if operand.builtin else None
    if signature is None:
        return
    for argument in operand.arguments:
        parameter = signature.parameter(argument.key)
        if parameter is None:
            yield "a built-in function has no such argument"
            return
        complaint = argument_complaint(
            argument.value.text if isinstance(argument.value, ops.Text) else None, parameter.type
        )
        if complaint is not None:
            yield f"an argument {complaint}"
    if any(one.required and one.name not in keys for one in signature.parameters):
        yield "a built-in function lacks an argument"


def _complaints(op: ops.Op, program: Program) -> Iterator[str]:  # noqa: C901  # one case for each op of a closed set
    match op:
        case ops.Collect(slot, at, separator, minimum):
            yield from _slot(slot, ListKind.VALUES, program)
            yield from _selector(at, program)
            if separator == "" or minimum < 1:
                yield "the separator of a list must not be empty, and its minimum length must be at least 1"
        case ops.Gather(slot, at):
            yield from _slot(slot, ListKind.FIELDS, program)
            yield from _selector(at, program)
            if isinstance(ops.swept(at), ops.Member):
                yield "a list of elements cannot be filled from another list of elements"
        case ops.MakeItems(at, count):
            yield from _acting(op, at, program)
            if not 1 <= count <= ops.MOST_MADE_ITEMS:
                yield f"at most {ops.MOST_MADE_ITEMS} items can be made, and at least one"
        case ops.Protect(at) | ops.Descend(at) | ops.Add(at) | ops.Append(at) | ops.Replace(at) | ops.Jitter(at):
            yield from _acting(op, at, program)
        case ops.Remove(at) | ops.Blank(at) | ops.Report(at):
            yield from _acting(op, at, program)
        case ops.Mark(_, _, lines, masks):
            yield from _mark(lines, masks, program)
        case ops.Transcode(charset):
            if charset not in ops.CHARACTER_SETS:
                yield "an object cannot be promoted to this character set"
        case ops.Border() | ops.SyncMeta() | ops.ClearPreamble() | ops.CleanPixels():
            return
        case _:
            assert_never(op)


def _acting(op: ops.ElementOp | ops.HoldingOp, at: ops.Selector, program: Program) -> Iterator[str]:
    yield from _selector(at, program)
    if isinstance(at, ops.AtPath) and isinstance(op, ops.MakeItems | ops.Add | ops.Append):
        yield from _place(at)
    for condition in ops.conditions_of(op):
        yield from _condition(condition, program)
    yield from _tests(op.given, program)
    if any(not isinstance(test.at, ops.AtPath) for line in op.given for test in line.tests):
        yield "a guard must test attributes by path"


def _slot(slot: int, kind: ListKind, program: Program) -> Iterator[str]:
    if not 0 <= slot < len(program.slots) or program.slots[slot].kind is not kind:
        yield f"there is no {kind.value} list {slot}"


def _place(at: ops.AtPath, what: str = "an added element") -> Iterator[str]:
    last = at.steps[-1].at if at.steps else None
    match last:
        case ops.Tagged(pattern) if "X" in pattern:
            yield f"{what} must not have wildcards"
        case ops.PrivateBlock(group, _, element) if "X" in group + element:
            yield f"{what} must not have wildcards"
        case _:
            return


def _selector(selector: ops.Selector, program: Program) -> Iterator[str]:  # noqa: C901  # one case for each selector of a closed set
    match selector:
        case ops.Tagged(pattern):
            if not re.fullmatch(r"[0-9A-FX]{8}", pattern):
                yield "a tag must have eight hexadecimal digits"
        case ops.PrivateBlock(group, creator, element):
            if not re.fullmatch(r"[0-9A-FX]{4}", group) or not re.fullmatch(r"[0-9A-FX]{2}", element):
                yield "a private element needs four digits, a creator and two digits"
            if not creator.strip():
                yield "a private creator has no name"
        case ops.AtPath(steps):
            yield from _path(steps, program)
        case ops.Matching(_, pattern):
            yield from _pattern(pattern)
        case ops.OfVR(vrs):
            if not vrs or list(vrs) != sorted(set(vrs)) or not set(vrs) <= ALL_VRS:
                yield "VRs must be a sorted list of existing VRs"
        case ops.InGroup(group):
            if not re.fullmatch(r"[0-9A-FX]{4}", group):
                yield "a group must have four hexadecimal digits"
        case ops.Holding(slot):
            yield from _slot(slot, ListKind.VALUES, program)
        case ops.Member(slot):
            yield from _slot(slot, ListKind.FIELDS, program)
        case ops.OfRole(roles):
            if not roles or list(roles) != sorted(set(roles)):
                yield "roles must be a sorted list"
        case ops.Without(at, but):
            for one in (at, *but):
                yield from _selector(one, program)
            if any(isinstance(one, ops.Holding | ops.Member | ops.Everything) for one in but):
                yield "an exception must not be a list or everything"
        case ops.Everything() | ops.OfKind():
            return
        case _:
            assert_never(selector)


def _path(steps: tuple[ops.PathStep, ...], program: Program) -> Iterator[str]:
    if not steps:
        yield "a path needs at least one step"
        return
    for step in steps:
        yield from _selector(step.at, program)
        if step.index is not None and step.index < 0:
            yield "items are counted from 0"
    if steps[-1].index is not None:
        yield "the last step of a path must not have an item"


def _pattern(pattern: str) -> Iterator[str]:
    try:
        compiled(pattern)
    except BadPattern:
        yield "a pattern does not compile"


def _condition(condition: ops.Condition, program: Program) -> Iterator[str]:
    match condition:
        case ops.Compared(how, text):
            if how in (Comparison.CONTAINS, Comparison.NOTCONTAINS):
                yield from _pattern(text)
        case ops.Listed(slot):
            yield from _slot(slot, ListKind.VALUES, program)
        case ops.InState() | ops.Truth():
            return
        case _:
            assert_never(condition)


def _mark(lines: tuple[ops.TestLine, ...], masks: tuple[ops.Mask, ...], program: Program) -> Iterator[str]:
    yield from _tests(lines, program)
    for mask in masks:
        yield from _mask(mask, program)


def _tests(lines: tuple[ops.TestLine, ...], program: Program) -> Iterator[str]:
    for line in lines:
        if not line.tests:
            yield "a line of tests needs at least one test"
        for test in line.tests:
            yield from _selector(test.at, program)
            match test.that:
                case ops.Related(_, measure, than):
                    if canonical(than, measure) != than:
                        yield "a relation must be to a number, date, time or age in canonical form"
                case ops.Compared() | ops.InState():
                    yield from _condition(test.that, program)
                case ops.Unregistered():
                    pass
                case _:
                    assert_never(test.that)


def _mask(mask: ops.Mask, program: Program) -> Iterator[str]:
    match mask.region:
        case ops.Rectangle(x0, y0, x1, y1):
            if not (0 <= x0 < x1 and 0 <= y0 < y1):
                yield "a rectangle must have an area"
        case ops.ItemRegions(at):
            yield from _selector(at, program)
        case ops.TextRegions(detector):
            if mask.keep or not detector:
                yield "a region of text must be blanked and name a detector"
        case ops.WholeImage():
            pass
        case _:
            assert_never(mask.region)
