"""A compiled recipe: a flat, immutable list of ops with what they need and where they came from."""

from __future__ import annotations

import hashlib
from enum import StrEnum
from functools import cached_property

from attrs import field, frozen

from deidc.ir.ops import CleanPixels, Op, Storage


@frozen
class Origin:
    """Where an op was written: the recipe's name and a line counted from 1.

    Ops that no line wrote (what deidc does on its own account) have the recipe name `deidc` and line 0.
    """

    recipe: str
    line: int


OWN_ACCOUNT = Origin("deidc", 0)


class SlotKind(StrEnum):
    """What a list holds: values read from the object, or elements of it."""

    VALUES = "values"
    FIELDS = "fields"


class VariableKind(StrEnum):
    """What a variable holds; `secret` is text that is never shown, `table` rows by column name."""

    TEXT = "text"
    INT = "int"
    NUMBER = "number"
    DATE = "date"
    UID = "uid"
    SECRET = "secret"
    TABLE = "table"


@frozen
class Slot:
    """A list of the program; its index in `Program.slots` is its number."""

    kind: SlotKind
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


class FormatName(StrEnum):
    """Formats of the objects a recipe is for."""

    DICOM = "dicom"


@frozen
class Program:
    """A compiled recipe: every operation on an object, including the rules that a recipe implies.

    A program is immutable, hashable and picklable. Equality, hash and digest depend only on its meaning, not on
    `origins` and `recipes`.

    Attributes:
        format: the kind of files that the program is for.
        ops: the operations, in order.
        needs: the variables and functions that `Machine.link` must get.
        slots: the lists (%values, %fields) that ops fill and read.
        origins: the recipe and line of each op.
        recipes: the name and SHA-256 of each text that was merged.

    """

    format: FormatName
    ops: tuple[Op, ...]
    needs: Needs
    slots: tuple[Slot, ...]
    origins: tuple[Origin, ...] = field(eq=False, repr=False, default=())
    recipes: tuple[tuple[str, str], ...] = field(eq=False, repr=False, default=())

    @property
    def storage(self) -> Storage | None:
        """How blanked frames are stored; None if the program blanks no pixels."""
        return next((op.storage for op in reversed(self.ops) if isinstance(op, CleanPixels)), None)

    @cached_property
    def text(self) -> str:
        """The program as text with remarks; `read_program` reads it back."""
        from deidc.ir.writer import write_program

        return write_program(self, remarks=True)

    @cached_property
    def digest(self) -> str:
        """The SHA-256 of the text without remarks, as `sha256:` and hexadecimal digits."""
        from deidc.ir.writer import write_program

        return "sha256:" + hashlib.sha256(write_program(self, remarks=False).encode()).hexdigest()
