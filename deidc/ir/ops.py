"""The instructions of a program: three closed sets (selectors, operands, ops) and what each of them means.

Everything here is a frozen fact. An op acts on one element at a time: for each element of an object the ops
that select it are folded in program order over its state (absent, or a value). Lists and conditions read the
input object, never the half-changed one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import ClassVar, TypeAlias, assert_never, get_args

from attrs import frozen

from deidc.dicom.values.coding import Code
from deidc.dicom.values.measures import Measure
from deidc.vocabulary import (
    ACTIONS,
    ActionTraits,
    ActionWord,
    Anchor,
    Comparison,
    ElementKind,
    Join,
    Policy,
    Relation,
    Role,
    State,
    Storage,
)

# ---- selectors: which elements an op is about -----------------------------------------------------------


@frozen
class Tagged:
    """Elements with this tag, at every depth and in the file meta information.

    `pattern` is eight upper-case hexadecimal digits; `X` stands for any digit (`60XX3000`). With an `X` in the
    group, only even groups are meant: `60XX` is overlays, not private elements of odd groups.
    """

    pattern: str


@frozen
class PrivateBlock:
    """Private elements by creator, in whatever block the creator reserved, at every depth.

    `group` is four hexadecimal digits or `X`; `element` is two (the low byte of the element number) or `X`.
    Creators are compared without regard to case and surrounding blanks. Creator elements are not selected.
    """

    group: str
    creator: str
    element: str


@frozen
class PathStep:
    """One step of a path: an attribute, and the 0-based index of one item, or None for every item."""

    at: Tagged | PrivateBlock
    index: int | None


@frozen
class AtPath:
    """Elements at one path from the top of the object or of the file meta information.

    One step selects top-level elements only. The last step has no index.
    """

    steps: tuple[PathStep, ...]


@frozen
class Everything:
    """Every element of the object and of its file meta information."""


def anchored(anchor: Anchor, pattern: str) -> str:
    """Return the regular expression that is searched for in the names of an element."""
    match anchor:
        case Anchor.CONTAINS:
            return pattern
        case Anchor.STARTSWITH:
            return f"^(?:{pattern})"
        case Anchor.ENDSWITH:
            return f"(?:{pattern})$"
        case _:
            assert_never(anchor)


@frozen
class Matching:
    """Elements one of whose names fits a regular expression; with `negated`, those where none does.

    Names, as in deid: the path of keywords joined by `__`, `(gggg,eeee)`, `ggggeeee`, the element's name, its
    keyword, and for private elements `gggg,"CREATOR",ee` with and without parentheses. Case is ignored.
    """

    anchor: Anchor
    pattern: str
    negated: bool


@frozen
class OfVR:
    """Elements with one of these value representations (sorted, no doubles)."""

    vrs: tuple[str, ...]


@frozen
class InGroup:
    """Elements of a group; four upper-case hexadecimal digits or `X` (only even groups then)."""

    group: str


@frozen
class OfKind:
    """Elements of a kind."""

    kind: ElementKind


@frozen
class OfRole:
    """Elements of one of these roles (sorted, no doubles): see `deidc.ir.roles`.

    Of the roles `uid` and `class`, elements all of whose values the UID dictionary
    (PS3.6 annex A) registers are not selected; values are those of the input.
    """

    roles: tuple[Role, ...]


@frozen
class Without:
    """Elements that `at` selects and none of `but` does; no list and no path is in `but`."""

    at: Sweep | AtPath
    but: tuple[Exempt, ...]


@frozen
class Holding:
    """Elements whose input value holds a value of the list in `slot` (a `%values` list).

    A value is held when it is a whole component of the element, or stands in it between word boundaries;
    values of a person name are compared component by component too. Case is ignored.
    """

    slot: int


@frozen
class Member:
    """Elements of the input object that the list in `slot` (a `%fields` list) gathered."""

    slot: int


def without(selector: Selector, but: tuple[Exempt, ...]) -> Without:
    """Return a selector with exceptions, in addition to those that it has."""
    if isinstance(selector, Without):
        return Without(selector.at, (*selector.but, *but))
    return Without(selector, but)


def swept(selector: Selector) -> Selector:
    """Return a selector without its exceptions."""
    return selector.at if isinstance(selector, Without) else selector


def selects_by_list(selector: Selector | None) -> bool:
    """Whether what a list of the object holds decides which elements are selected."""
    return selector is not None and isinstance(swept(selector), Holding | Member)


Exempt: TypeAlias = Tagged | PrivateBlock | Matching | OfVR | InGroup | OfKind | OfRole
Sweep: TypeAlias = Exempt | Everything | Holding | Member
Selector: TypeAlias = Sweep | Without | AtPath
SELECTORS: tuple[type, ...] = get_args(Selector)


# ---- operands: what is written --------------------------------------------------------------------------


@frozen
class Text:
    """Text fitted to the VR of the element that receives it; a backslash parts values."""

    text: str


@frozen
class Var:
    """A variable of the run, fitted to the VR of the element that receives it."""

    name: str


@frozen
class CallArgument:
    """A named argument of a call."""

    key: str
    value: Text | Var


@frozen
class Call:
    """The result of a function; `builtin` says that it must be one of deidc's own."""

    name: str
    arguments: tuple[CallArgument, ...]
    builtin: bool


@frozen
class Days:
    """A fixed number of days."""

    days: int


@frozen
class FromAttribute:
    """The value of another attribute of the input object.

    `at` is its path from the top or in the file meta information. The object is refused if the attribute is absent, or
    has different values in several items.
    """

    at: AtPath


@frozen
class Composed:
    """Text made of these parts, one behind the other."""

    parts: tuple[Text | Var | FromAttribute, ...]


@frozen
class Codes:
    """Items of a code sequence, one for each code."""

    codes: tuple[Code, ...]


Operand: TypeAlias = Text | Var | Call | Days | FromAttribute | Composed | Codes
OPERANDS: tuple[type, ...] = get_args(Operand)


# ---- conditions: when an op acts ------------------------------------------------------------------------


@frozen
class Compared:
    """The element's input value compares so with `text`."""

    how: Comparison
    text: str


@frozen
class InState:
    """The element was in this state in the input."""

    state: State


@frozen
class Listed:
    """The element's input value holds a value of the list in `slot`."""

    slot: int


@frozen
class Truth:
    """The operand is true as Python judges it (the text of a false word, `0`, `false` or `no`, is false)."""

    by: Var | Call


@frozen
class Related:
    """A value is ordered so against `than`, as numbers or as moments in the precision of `than`.

    `than` is a number, digits of a date and time from the year on, digits of a time from the hour on, or an age of
    PS3.5 like `018Y`. A value that is none refuses the object.
    """

    how: Relation
    measure: Measure
    than: str


Condition: TypeAlias = Compared | InState | Listed | Truth
CONDITIONS: tuple[type, ...] = get_args(Condition)


# ---- criteria of labels ---------------------------------------------------------------------------------


@frozen
class Unregistered:
    """The UID dictionary (PS3.6 annex A) does not have a value of the element."""


@frozen
class Test:
    """A question about the whole input object: whether some element selected by `at` satisfies `that`.

    Labels and guards consist of tests.

    The negated comparisons and `missing` hold where no selected element satisfies the plain form.
    `joint` joins it to the tests on its left; the first of a line has AND.
    """

    joint: Join
    at: Selector
    that: Compared | InState | Related | Unregistered


@frozen
class TestLine:
    """Tests read from left to right; `joint` joins the line to the lines above it."""

    joint: Join
    tests: tuple[Test, ...]


# Lines that must hold for the object, or an op does nothing at all; none: it always acts.
Given: TypeAlias = tuple[TestLine, ...]


@frozen
class Rectangle:
    """Columns `x0 <= x < x1` and rows `y0 <= y < y1`, counted from the top left corner."""

    x0: int
    y0: int
    x1: int
    y1: int


@frozen
class WholeImage:
    """The whole image."""


@frozen
class ItemRegions:
    """One rectangle for each item of the sequences selected by `at` (RegionLocationMinX0 and so on)."""

    at: Selector


# deidc's own, which `ocr` without a name means.
OWN_DETECTOR = "rapidocr"


@frozen
class TextRegions:
    """Rectangles around the text that a detector finds in the pixels of each frame; see `deidc.pixels.text.detectors`.

    They are blanked, never kept.
    """

    detector: str


@frozen
class Mask:
    """A region to blank, or with `keep` to leave unchanged; later masks take precedence."""

    keep: bool
    region: Rectangle | WholeImage | ItemRegions | TextRegions


# ---- ops ------------------------------------------------------------------------------------------------


@frozen
class Collect:
    """Put the input values of the selected elements into list `slot`.

    `separator` None takes whole values; otherwise each value is split there. Parts shorter than `minimum`
    characters and empty values are left out.
    """

    slot: int
    at: Selector
    separator: str | None
    minimum: int


@frozen
class Gather:
    """Make the selected elements of the input members of list `slot`."""

    slot: int
    at: Selector


@frozen
class Protect:
    """Leave the selected elements unchanged; takes precedence over all ops except Add.

    A protected sequence protects everything inside. With `when`, an element is protected only if these conditions hold
    for it. `system` marks what deidc protects on its own account
    (pixel data, character set, transfer syntax); a protected system element is not even added to.
    """

    action: ClassVar[ActionTraits] = ACTIONS[ActionWord.KEEP]

    at: Selector
    system: bool
    when: tuple[Condition, ...] = ()
    given: Given = ()


@frozen
class Descend:
    """Leave the selected sequences in place, whatever other ops but Add do to them; ops reach their items.

    Where a Protect selects the sequence too, its items are protected if the Protect names the sequence and this op does
    not, or if it comes later and neither or both do.
    """

    action: ClassVar[ActionTraits] = ACTIONS[ActionWord.DESCEND]

    at: Selector
    given: Given = ()


MOST_MADE_ITEMS = 100


@frozen
class MakeItems:
    """Make the sequence at a path if it is absent, and items until it has `count`, for Add and Append ops inside.

    Made items in which nothing is set are left out at the end of the sequence, and a sequence that would have no other
    items is not made. It is a part of ADD and APPEND by path.
    """

    action: ClassVar[ActionTraits] = ACTIONS[ActionWord.ADD]

    at: AtPath
    count: int
    given: Given = ()


@frozen
class Add:
    """Set the element at a path, whether or not it is there; parents that do not exist are not made."""

    action: ClassVar[ActionTraits] = ACTIONS[ActionWord.ADD]

    at: AtPath
    by: Operand
    when: tuple[Condition, ...] = ()
    given: Given = ()


@frozen
class Append:
    """Add a value to those of the element at a path, or items to a sequence, unless it has them.

    An absent element is set. Parents that do not exist are not made.
    """

    action: ClassVar[ActionTraits] = ACTIONS[ActionWord.APPEND]

    at: AtPath
    by: Operand
    when: tuple[Condition, ...]
    given: Given = ()


@frozen
class Replace:
    """Write a value into each selected element that is there."""

    action: ClassVar[ActionTraits] = ACTIONS[ActionWord.REPLACE]

    at: Selector
    by: Operand
    when: tuple[Condition, ...]
    given: Given = ()


@frozen
class Jitter:
    """Shift the dates in each selected element by a number of days."""

    action: ClassVar[ActionTraits] = ACTIONS[ActionWord.JITTER]

    at: Selector
    by: Operand
    given: Given = ()


@frozen
class Remove:
    """Delete each selected element, its items included.

    An element that a Replace or Jitter anywhere in the program writes is spared, so that REMOVE ALL with
    REPLACE X leaves X replaced; rules that select by a list (Holding, Member) do not spare.
    """

    action: ClassVar[ActionTraits] = ACTIONS[ActionWord.REMOVE]

    at: Selector
    when: tuple[Condition, ...]
    given: Given = ()


@frozen
class Blank:
    """Empty each selected element; a sequence loses its items."""

    action: ClassVar[ActionTraits] = ACTIONS[ActionWord.BLANK]

    at: Selector
    when: tuple[Condition, ...]
    given: Given = ()


@frozen
class Report:
    """Report each selected element of the data set whose UIDs the UID dictionary (PS3.6 annex A) does not have.

    The element stays. It is a part of every program with rules for `role uid`, which never rewrite SOP classes.
    """

    action: ClassVar[ActionTraits] = ACTIONS[ActionWord.KEEP]

    at: Selector
    given: Given = ()


@frozen
class Border:
    """The border between two texts: the ops before it come from bases and includes, those behind it from another text.

    An op that names its attribute and uses the element's own value reads it as the ops of its own text left it,
    starting from the input. An op for many attributes that uses the own value leaves what an op of an earlier text
    wrote, emptied or removed by name.
    """


@frozen
class Transcode:
    """Re-encode all text of the object in this character set and say so in Specific Character Set."""

    charset: str


@frozen
class Mark:
    """Flag the object for `group` and `label` when the criteria hold for the input; no lines: always.

    `final` says that Marks of groups behind this one are not asked then.
    """

    group: str
    label: str
    lines: tuple[TestLine, ...]
    masks: tuple[Mask, ...]
    policy: Policy
    final: bool = False


@frozen
class CleanPixels:
    """Blank the regions of the labels that fired, and say so in the object (PS3.15 E.3.1, code 113101).

    It comes after all that is done to elements, and is carried out by `deidc.pixels`.
    """

    storage: Storage


@frozen
class SyncMeta:
    """Rebuild the file meta information around the cleaned object.

    Media Storage SOP Class and Instance UID follow the object, the implementation is deidc's, and what
    names the sender or receiver is dropped (PS3.15 E.1.1; group 0002 belongs to the de-identifier).
    """


@frozen
class ClearPreamble:
    """Fill the 128 bytes before the file meta information with zeros."""


# What holds the ops off that are folded over the state of an element: KEEP and DESCEND.
HoldingOp: TypeAlias = Protect | Descend
ElementOp: TypeAlias = MakeItems | Add | Append | Replace | Jitter | Remove | Blank | Report
ELEMENT_OPS: tuple[type, ...] = get_args(ElementOp)
Op: TypeAlias = (
    Collect | Gather | HoldingOp | ElementOp | Border | Transcode | Mark | SyncMeta | ClearPreamble | CleanPixels
)
OPS: tuple[type, ...] = get_args(Op)

# Defined terms of Specific Character Set that can hold whatever any other can (PS3.3 C.12.1.1.2).
CHARACTER_SETS = frozenset({"ISO_IR 192"})


def operand_of(op: ElementOp) -> Operand | None:
    """Return what an op writes or shifts by, or None if it does neither."""
    match op:
        case Add(by=by) | Append(by=by) | Replace(by=by) | Jitter(by=by):
            return by
        case MakeItems() | Remove() | Blank() | Report():
            return None
        case _:
            assert_never(op)


def conditions_of(op: ElementOp | HoldingOp) -> tuple[Condition, ...]:
    """Return the conditions of an op; none if it takes none."""
    match op:
        case (
            Add(when=when)
            | Append(when=when)
            | Replace(when=when)
            | Remove(when=when)
            | Blank(when=when)
            | Protect(when=when)
        ):
            return when
        case MakeItems() | Jitter() | Descend() | Report():
            return ()
        case _:
            assert_never(op)


def given_of(op: Op) -> Given:
    """Return the guard of an op; none if it acts on every object."""
    return op.given if isinstance(op, ElementOp | HoldingOp) else ()


def operands_of(op: Op) -> Iterator[Operand]:
    """Yield every operand of an op, those of its conditions included."""
    match op:
        case MakeItems() | Add() | Append() | Replace() | Jitter() | Remove() | Blank() | Report() | Protect():
            by = None if isinstance(op, Protect) else operand_of(op)
            if by is not None:
                yield by
            yield from (one.by for one in conditions_of(op) if isinstance(one, Truth))
        case Collect() | Gather() | Descend() | Border() | Transcode() | Mark():
            return
        case SyncMeta() | ClearPreamble() | CleanPixels():
            return
        case _:
            assert_never(op)


def imports_of(ops: Iterable[Op]) -> tuple[tuple[str, ...], tuple[tuple[str, bool], ...]]:
    """Return the variables that ops use, and the functions as (name, built in), each sorted."""
    variables: set[str] = set()
    functions: set[tuple[str, bool]] = set()
    for op in ops:
        for operand in operands_of(op):
            match operand:
                case Var(name):
                    variables.add(name)
                case Call(name, arguments, builtin):
                    functions.add((name, builtin))
                    variables.update(one.value.name for one in arguments if isinstance(one.value, Var))
                case Composed(parts):
                    variables.update(one.name for one in parts if isinstance(one, Var))
                case Text() | Days() | FromAttribute() | Codes():
                    pass
                case _:
                    assert_never(operand)
    return tuple(sorted(variables)), tuple(sorted(functions))
