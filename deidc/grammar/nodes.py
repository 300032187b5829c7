"""The tree of a recipe: what was written, before anybody asks what it means.

Every node keeps its place in `span`, which is no part of equality: trees compare by what they say. Comments
and empty lines are nodes, so the formatter loses nothing. Names are as written; whether they exist is the
business of `deidc.ir.resolving.names`.
"""

from __future__ import annotations

from typing import ClassVar, TypeAlias, assert_never

from attrs import field, frozen

from deidc import vocabulary
from deidc.source import Span
from deidc.vocabulary import (
    ACTIONS,
    ActionTraits,
    ActionWord,
    Comparison,
    ElementKind,
    ExpanderKind,
    Join,
    ListKind,
    Relation,
    Role,
    State,
    Storage,
    VariableKind,
)


def _span() -> Span:
    return field(eq=False, repr=False, kw_only=True)  # type: ignore[no-any-return]  # attrs' field is untyped here


# ---- targets: which elements a line is about ------------------------------------------------------------


@frozen
class Keyword:
    """An attribute by keyword at every depth, like `PatientID`."""

    text: str
    span: Span = _span()


@frozen
class Tag:
    """A tag at every depth, like `(0010,0020)`, `00100020`, `0x00100020`, `0010,0020` or `(60xx,3000)`.

    `digits` is eight upper-case hexadecimal digits, with `X` where any digit may stand: `60XX3000`.
    """

    digits: str
    span: Span = _span()


@frozen
class Private:
    """A private element by its creator, like `(0033,"MITRA",1E)`, in whatever block the creator reserved.

    `group` is four and `element` two upper-case hexadecimal digits, `X` where any digit may stand.
    """

    group: str
    creator: str
    element: str
    span: Span = _span()


@frozen
class Step:
    """One step of a path: an attribute, and for a sequence the index of one item (None: every item)."""

    at: Keyword | Tag | Private
    index: int | None
    span: Span = _span()


@frozen
class Path:
    """A nested element from the top of the object, like `RequestAttributesSequence__0__AccessionNumber`.

    Two steps or more. `A__B`, `A__0__B`, `A[0].B` and `(0040,0275)__0__(0008,0050)` are spellings of it.
    """

    steps: tuple[Step, ...]
    span: Span = _span()


@frozen
class Everything:
    """Every element: `all`, also written `ALL` or `allfields`."""

    span: Span = _span()


@frozen
class Expander:
    """Every element with a name that fits a pattern, like `endswith:Date`; `allexcept:` is `except:`."""

    kind: ExpanderKind
    pattern: str
    span: Span = _span()


@frozen
class SelectVR:
    """Every element of one of these VRs, like `select:VR:DA` or `select:VR:DA|DT`; upper case."""

    vrs: tuple[str, ...]
    span: Span = _span()


@frozen
class SelectGroup:
    """Every element of a group, like `select:group:0010`; four upper-case digits or `X`, as in `60XX`."""

    group: str
    span: Span = _span()


@frozen
class SelectKind:
    """Every element of a kind: `select:private`, `select:overlay`, `select:curve`, `select:unknown`."""

    kind: ElementKind
    span: Span = _span()


@frozen
class SelectRole:
    """Every element of one of these roles, like `select:role:uid` or `select:role:date|time`."""

    roles: tuple[Role, ...]
    span: Span = _span()


@frozen
class ListRef:
    """Every element whose value is in a `%values` list, or that is in a `%fields` list, like `values:NAME`."""

    kind: ListKind
    name: str
    span: Span = _span()


Sweep: TypeAlias = Everything | Expander | SelectVR | SelectGroup | SelectKind | SelectRole | ListRef | Tag | Private
Exempt: TypeAlias = Keyword | Tag | Private | Expander | SelectVR | SelectGroup | SelectKind | SelectRole


@frozen
class Excepting:
    """A sweep that spares what the exceptions select, like `select:VR:DA except:StudyDate,startswith:Content`."""

    swept: Sweep
    exceptions: tuple[Exempt, ...]
    span: Span = _span()


Target: TypeAlias = Sweep | Excepting | Keyword | Path


# ---- values: what is written ----------------------------------------------------------------------------


@frozen
class Literal:
    """Text to be written, without its quotation marks; a backslash separates the values of a multi-value."""

    text: str
    span: Span = _span()


@frozen
class VarRef:
    """A variable that the run supplies, like `var:source_id`."""

    name: str
    span: Span = _span()


@frozen
class Argument:
    """One `key=value` of a call; the value is text or `var:NAME`."""

    key: str
    value: Literal | VarRef
    span: Span = _span()


@frozen
class FuncRef:
    """A function that the caller supplies, like `func:hash_id length=12`."""

    name: str
    arguments: tuple[Argument, ...]
    span: Span = _span()


@frozen
class BuiltinRef:
    """A function built in, like `deid_func:pydicom_uuid prefix=2.25.`."""

    name: str
    arguments: tuple[Argument, ...]
    span: Span = _span()


@frozen
class FromAttribute:
    """The value of another attribute of the input, like `from:PatientSex`; a bare one is that at the top level."""

    at: Keyword | Tag | Private | Path
    span: Span = _span()


@frozen
class Composed:
    """Text made of literal parts, attributes and variables, like `"{PatientSex}-{var:site}"`.

    Of its parts one at least is a reference, and no two literals stand side by side.
    """

    parts: tuple[Literal | VarRef | FromAttribute, ...]
    span: Span = _span()


@frozen
class Code:
    """A coded concept, like `code:113100,DCM,"Basic Application Confidentiality Profile"` (PS3.3 section 8)."""

    value: str
    scheme: str
    version: str | None
    meaning: str
    span: Span = _span()


@frozen
class Codes:
    """The items of a code sequence, one for each code."""

    codes: tuple[Code, ...]
    span: Span = _span()


Call: TypeAlias = FuncRef | BuiltinRef
Value: TypeAlias = Literal | VarRef | FromAttribute | Composed | Codes | FuncRef | BuiltinRef


# ---- conditions: when a line acts on an element ---------------------------------------------------------


@frozen
class TextCondition:
    """The element's value compared with text, like `contains:Smith` or `equals:"A B"`."""

    operator: Comparison
    text: str
    span: Span = _span()


@frozen
class StateCondition:
    """The element's state, like `empty:` or `present:`."""

    operator: State
    span: Span = _span()


@frozen
class ListCondition:
    """The element's value is in a `%values` list, like `values:NAME` behind a target."""

    name: str
    span: Span = _span()


@frozen
class TruthCondition:
    """A variable or a function that says yes, like `func:is_curve`."""

    value: VarRef | FuncRef | BuiltinRef
    span: Span = _span()


Condition: TypeAlias = TextCondition | StateCondition | ListCondition | TruthCondition
Conditions: TypeAlias = tuple[Condition, ...]  # all of them must hold; none: always


# ---- guards: for which objects a line acts --------------------------------------------------------------


@frozen
class Given:
    """One test of the object, like `Rows >= 512`; `value` is None for `missing`, `present` and `empty`."""

    target: Keyword | Tag | Private | Path
    operator: Comparison | Relation | State
    value: str | None
    span: Span = _span()


@frozen
class Guard:
    """`when Modality equals CT and Rows >= 512`: tests of which all (`+`) or any (`||`) must hold for the object."""

    join: Join
    tests: tuple[Given, ...]
    span: Span = _span()


# ---- statements of %header and %labels ------------------------------------------------------------------


@frozen
class Add:
    """`ADD target value [if conditions]`: set the attribute whether or not it is there."""

    action: ClassVar[ActionTraits] = ACTIONS[ActionWord.ADD]

    target: Target
    value: Value
    when: Conditions
    remark: str | None
    guard: Guard | None = None
    span: Span = _span()


@frozen
class Append:
    """`APPEND target value [if conditions]`: add one more value to the attribute, whether or not it is there."""

    action: ClassVar[ActionTraits] = ACTIONS[ActionWord.APPEND]

    target: Target
    value: Value
    when: Conditions
    remark: str | None
    guard: Guard | None = None
    span: Span = _span()


@frozen
class Blank:
    """`BLANK target [conditions]`: keep the element, empty its value."""

    action: ClassVar[ActionTraits] = ACTIONS[ActionWord.BLANK]

    target: Target
    when: Conditions
    remark: str | None
    guard: Guard | None = None
    span: Span = _span()


@frozen
class Descend:
    """`DESCEND target`: the sequence stays, whatever other rules do to it, and rules reach its items."""

    action: ClassVar[ActionTraits] = ACTIONS[ActionWord.DESCEND]

    target: Target
    remark: str | None
    guard: Guard | None = None
    span: Span = _span()


@frozen
class Jitter:
    """`JITTER target days`: shift dates by a number of days."""

    action: ClassVar[ActionTraits] = ACTIONS[ActionWord.JITTER]

    target: Target
    days: Value
    remark: str | None
    guard: Guard | None = None
    span: Span = _span()


@frozen
class Keep:
    """`KEEP target [conditions]`: leave the element unchanged; takes precedence over all rules except ADD."""

    action: ClassVar[ActionTraits] = ACTIONS[ActionWord.KEEP]

    target: Target
    when: Conditions
    remark: str | None
    guard: Guard | None = None
    span: Span = _span()


@frozen
class Replace:
    """`REPLACE target value [if conditions]`: write a value where the element exists."""

    action: ClassVar[ActionTraits] = ACTIONS[ActionWord.REPLACE]

    target: Target
    value: Value
    when: Conditions
    remark: str | None
    guard: Guard | None = None
    span: Span = _span()


@frozen
class Remove:
    """`REMOVE target [conditions]`: delete the element."""

    action: ClassVar[ActionTraits] = ACTIONS[ActionWord.REMOVE]

    target: Target
    when: Conditions
    remark: str | None
    guard: Guard | None = None
    span: Span = _span()


Action: TypeAlias = Add | Append | Blank | Descend | Jitter | Keep | Replace | Remove


def value_of(line: Action) -> Value | None:
    """Return the value behind the target of an action (of JITTER the number of days), or None if it takes none."""
    match line:
        case Add(value=value) | Append(value=value) | Replace(value=value) | Jitter(days=value):
            return value
        case Blank() | Descend() | Keep() | Remove():
            return None
        case _:
            assert_never(line)


def conditions_of(line: Action) -> Conditions:
    """Return the conditions of an action; none if it takes none."""
    match line:
        case (
            Add(when=when)
            | Append(when=when)
            | Blank(when=when)
            | Keep(when=when)
            | Replace(when=when)
            | Remove(when=when)
        ):
            return when
        case Descend() | Jitter():
            return ()
        case _:
            assert_never(line)


# ---- statements of %values and %fields ------------------------------------------------------------------


@frozen
class Field:
    """`FIELD target`: put the elements (in %fields) or their values (in %values) into the list."""

    target: Target
    remark: str | None
    span: Span = _span()


@frozen
class Split:
    """`SPLIT target by="^";minlength=4`: put the parts of the elements' values into the list."""

    target: Target
    separator: str
    minimum: int
    remark: str | None
    span: Span = _span()


ListLine: TypeAlias = Field | Split


# ---- statements of %vars --------------------------------------------------------------------------------


@frozen
class Variable:
    """`VAR name [type] [default=value]`: a variable the run may (with a default) or must supply."""

    name: str
    type: VariableKind
    default: str | None
    remark: str | None
    span: Span = _span()


# ---- statements of %filter ------------------------------------------------------------------------------


@frozen
class Criterion:
    """One test of an object, like `contains Modality CT`.

    `join` ties it to what stands before: for the first criterion of a line to the lines above (None: the line
    began without an operator), for the others to the criteria on their left. `value` is None for `missing`,
    `present` and `empty`.
    """

    join: Join | None
    operator: Comparison | State
    target: Target
    value: str | None
    span: Span = _span()


@frozen
class CriteriaLine:
    """A line of one or more criteria, read strictly from left to right."""

    criteria: tuple[Criterion, ...]
    remark: str | None
    span: Span = _span()


@frozen
class Box:
    """Four whole numbers as written: `x0,y0,x1,y1`, or `x,y,width,height` in the ctp spelling."""

    numbers: tuple[int, int, int, int]
    span: Span = _span()


@frozen
class WholeImage:
    """`all`: the whole image."""

    span: Span = _span()


@frozen
class FromSequence:
    """`from:SequenceOfUltrasoundRegions`: one box for each item of a sequence of the object."""

    target: Target
    span: Span = _span()


@frozen
class FoundText:
    """`ocr` or `ocr:NAME`: what a text detector finds in the pixels; `detector` is its name in small letters."""

    detector: str | None
    span: Span = _span()


Region: TypeAlias = Box | WholeImage | FromSequence | FoundText


@frozen
class RegionLine:
    """`coordinates`, `keepcoordinates`, `ctpcoordinates` or `ctpkeepcoordinates` with a region."""

    keep: bool
    ctp: bool
    region: Region
    remark: str | None
    span: Span = _span()


# ---- statements of %pixels ------------------------------------------------------------------------------


@frozen
class Policy:
    """`CLEAN group`: what becomes of objects that a label of the group flags."""

    word: vocabulary.Policy
    group: str
    remark: str | None
    span: Span = _span()


@frozen
class Final:
    """`FINAL group`: if a label of the group fires, groups behind it are not asked."""

    group: str
    remark: str | None
    span: Span = _span()


@frozen
class Store:
    """`STORE native`: how frames are stored that were compressed and had pixels blanked."""

    storage: Storage
    remark: str | None
    span: Span = _span()


PixelLine: TypeAlias = Policy | Final | Store


# ---- lines, sections, recipe ----------------------------------------------------------------------------


@frozen
class Comment:
    """A line that is a comment; `text` is without the `#` and the blanks around."""

    text: str
    span: Span = _span()


@frozen
class EmptyLine:
    """A line with nothing on it."""

    span: Span = _span()


@frozen
class Format:
    """`FORMAT dicom`, wherever it stands."""

    name: str
    remark: str | None
    span: Span = _span()


Trivia: TypeAlias = Comment | EmptyLine | Format


@frozen
class Label:
    """`LABEL name` with its criteria and regions; `name` may be empty."""

    name: str
    body: tuple[CriteriaLine | RegionLine | Trivia, ...]
    remark: str | None
    span: Span = _span()


@frozen
class Include:
    """`%include "reference" [sha256:digest]`: recipes to apply before this one."""

    reference: str
    digest: str | None
    remark: str | None
    span: Span = _span()


@frozen
class Header:
    """`%header [when ...]`: what is done to elements; the guard is one of every line of the section."""

    body: tuple[Action | Trivia, ...]
    remark: str | None
    guard: Guard | None = None
    span: Span = _span()


@frozen
class Labels:
    """`%labels`: action lines that deidc keeps for other programs and never executes."""

    body: tuple[Action | Trivia, ...]
    remark: str | None
    span: Span = _span()


@frozen
class Values:
    """`%values name`: a list of values, read from each object."""

    name: str
    body: tuple[ListLine | Trivia, ...]
    remark: str | None
    span: Span = _span()


@frozen
class Fields:
    """`%fields name`: a list of elements."""

    name: str
    body: tuple[Field | Trivia, ...]
    remark: str | None
    span: Span = _span()


@frozen
class Filter:
    """`%filter name`: a group of labels."""

    name: str
    body: tuple[Label | Trivia, ...]
    remark: str | None
    span: Span = _span()


@frozen
class Pixels:
    """`%pixels`: what becomes of objects that labels flag, and how blanked frames are stored."""

    body: tuple[PixelLine | Trivia, ...]
    remark: str | None
    span: Span = _span()


@frozen
class Variables:
    """`%vars`: declarations of variables."""

    body: tuple[Variable | Trivia, ...]
    remark: str | None
    span: Span = _span()


Section: TypeAlias = Header | Labels | Values | Fields | Filter | Pixels | Variables
Item: TypeAlias = Section | Include | Trivia


@frozen
class Recipe:
    """A recipe as written, or several laid one behind the other."""

    items: tuple[Item, ...]
