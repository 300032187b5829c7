"""A compiled recipe: a flat, immutable list of ops with what they need and where they came from."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from functools import cached_property

from attrs import field, frozen

from deidc.dicom import dictionary
from deidc.ir import ops
from deidc.ir.ops import CleanPixels, Op
from deidc.ir.slow_patterns import has_slow_pattern
from deidc.ir.writer import quoted, write_op
from deidc.vocabulary import FormatName, ListKind, Storage, VariableKind

VERSION = 1
_REMARK_COLUMN = 64


@frozen
class Origin:
    """Where an op was written: the recipe's name and a line counted from 1.

    Ops that no line wrote (what deidc does on its own account) have the recipe name `deidc` and line 0.
    """

    recipe: str
    line: int


OWN_ACCOUNT = Origin("deidc", 0)


@frozen
class Slot:
    """A list of the program; its index in `Program.slots` is its number."""

    kind: ListKind
    name: str


@frozen
class NeededVariable:
    """A variable the run must supply; with a default it may."""

    name: str
    kind: VariableKind
    default: str | None


@frozen
class NeededFunction:
    """A function that must be linked."""

    name: str
    builtin: bool


@frozen
class Needs:
    """What a program imports, sorted by name."""

    variables: tuple[NeededVariable, ...] = ()
    functions: tuple[NeededFunction, ...] = ()


@frozen
class Program:
    """A compiled recipe: every operation on an object, including the rules that a recipe implies.

    A program is immutable, hashable and picklable. Equality, hash and digest depend only on its meaning, not on
    `origins`, `recipes` and `idle_variables`.

    Attributes:
        format: the kind of files that the program is for.
        ops: the operations, in order.
        needs: the variables and functions that `Machine.link` must get.
        slots: the lists (%values, %fields) that ops fill and read.
        origins: the recipe and line of each op.
        recipes: the name and SHA-256 of each text that was merged.
        idle_variables: the variables that the recipe declares or names, and no op reads.

    """

    format: FormatName
    ops: tuple[Op, ...]
    needs: Needs
    slots: tuple[Slot, ...]
    origins: tuple[Origin, ...] = field(eq=False, repr=False, default=())
    recipes: tuple[tuple[str, str], ...] = field(eq=False, repr=False, default=())
    idle_variables: frozenset[str] = field(eq=False, repr=False, default=frozenset())

    @property
    def storage(self) -> Storage | None:
        """How blanked frames are stored; None if the program blanks no pixels."""
        return next((op.storage for op in reversed(self.ops) if isinstance(op, CleanPixels)), None)

    @cached_property
    def text(self) -> str:
        """The program as text with remarks; `read_program` reads it back."""
        return write_program(self, remarks=True)

    @cached_property
    def has_slow_pattern(self) -> bool:
        """Whether a pattern can take practically unlimited time, so that cleaning needs a deadline."""
        return has_slow_pattern(self.ops)

    @cached_property
    def digest(self) -> str:
        """The SHA-256 of the text without remarks and its last line, as `sha256:` and hexadecimal digits."""
        text = "\n".join(_lines(self, remarks=False)) + "\n"
        return "sha256:" + hashlib.sha256(text.encode()).hexdigest()


def write_program(program: Program, *, remarks: bool) -> str:
    """Return the text of a program; `remarks` add the origin of each op and the keywords of tags.

    The last line has the digest, so that a text that was cut off or changed is no program.
    """
    return "\n".join([*_lines(program, remarks), f"end {program.digest}"]) + "\n"


def _lines(program: Program, remarks: bool) -> Iterator[str]:
    yield f"deidc program {VERSION}"
    yield f"format {program.format.value}"
    for variable in program.needs.variables:
        default = f" default {quoted(variable.default)}" if variable.default is not None else ""
        yield f"need var {quoted(variable.name)} {variable.kind.value}{default}"
    for function in program.needs.functions:
        yield f"need {'builtin' if function.builtin else 'func'} {quoted(function.name)}"
    for number, slot in enumerate(program.slots):
        yield f"list {number} {slot.kind.value} {quoted(slot.name)}"
    origins = program.origins if remarks else ()
    for number, op in enumerate(program.ops):
        line = f"{number:04d} {write_op(op)}"
        if number < len(origins):
            line = f"{line:<{_REMARK_COLUMN}} ; {_remark(op, origins[number])}"
        yield line


def _remark(op: ops.Op, origin: Origin) -> str:
    where = origin.recipe if origin == OWN_ACCOUNT else f"{json.dumps(origin.recipe)}:{origin.line}"
    keywords = " ".join(dict.fromkeys(_keywords(op)))
    return f"{where} {keywords}".rstrip()


def _keywords(op: ops.Op) -> Iterator[str]:
    match op:
        case ops.Border() | ops.Transcode() | ops.Mark() | ops.SyncMeta() | ops.ClearPreamble() | ops.CleanPixels():
            return
        case _:
            yield from _selector_keywords(op.at)


def _selector_keywords(selector: ops.Selector) -> Iterator[str]:
    match selector:
        case ops.Tagged(pattern):
            keyword = dictionary.pattern_keyword(pattern)
            if keyword:
                yield keyword
        case ops.AtPath(steps):
            for step in steps:
                yield from _selector_keywords(step.at)
        case _:
            return
