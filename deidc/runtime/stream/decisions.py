"""Cache the decisions of the stream engine about elements, where nothing but the element decides.

A rule that removes an attribute decides alike for every value; one that replaces UIDs by a hash decides alike for
equal UIDs. Such decisions are made once by the fold, and kept with the bytes that were written for them. What depends
on lists, on item numbers or on functions of unknown nature is folded each time.

Values are kept in memory as keys, so decisions never leave the process, and there is a limit to their number.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum, auto
from typing import TYPE_CHECKING, Literal, TypeAlias, assert_never

from attrs import define, field, frozen

from deidc.dicom.layout import ITEM_END, ITEM_END_TAG, Layout
from deidc.dicom.values.decoding import CharacterSets
from deidc.ir import ops
from deidc.ir.signatures import Dependence
from deidc.runtime.fold.frame import Frame
from deidc.runtime.fold.plan import Entry, Node
from deidc.runtime.fold.select import InInput, Proviso, Unregistered
from deidc.runtime.fold.standing import Standing
from deidc.runtime.fold.toplevel import LONGEST_KEY
from deidc.runtime.functions.registry import Functions
from deidc.runtime.outcome import Effect, Flag

if TYPE_CHECKING:
    from deidc.runtime.stream.shapes import Shapes

MOST_DECISIONS = 100_000
# Provisos that the element's value decides, or not even that.
_BY_VALUE: tuple[Proviso | None, ...] = (Unregistered(), InInput((Unregistered(),)))
_CACHEABLE = (None, InInput(()), *_BY_VALUE)

Effects: TypeAlias = tuple[tuple[int, Effect], ...]


@frozen(eq=False)
class Decision:
    """What becomes of an element: how it stands, the bytes in its place (None: its own), what each op did.

    `keeps_items` as in `Folded`. `labels` are the effects in plain text.
    """

    standing: Standing
    data: bytes | None = field(repr=False)
    effects: Effects
    keeps_items: bool = False
    labels: tuple[tuple[int, str], ...] = field(init=False)

    def __attrs_post_init__(self) -> None:
        # Plain text is counted many times as quickly as members of an enumeration.
        object.__setattr__(self, "labels", tuple((op, effect.value) for op, effect in self.effects))


class Form(Enum):
    """How an element that is known by its first bytes is dealt with.

    SHORT, LONG: no rule acts on it; its length has 16 or 32 bits.
    UNKNOWN: no rule acts on it unless it hides a sequence (VR UN).
    SEQUENCE: no rule acts on it, but rules may act on its items.
    SHORT_DECIDED, LONG_DECIDED: the decision is the same for every value.
    SHORT_BY_VALUE, LONG_BY_VALUE: decisions by value.
    CLOSE: the delimiter of an item.
    """

    SHORT = auto()
    LONG = auto()
    UNKNOWN = auto()
    SEQUENCE = auto()
    SHORT_DECIDED = auto()
    LONG_DECIDED = auto()
    SHORT_BY_VALUE = auto()
    LONG_BY_VALUE = auto()
    CLOSE = auto()


# What a decision depends on besides the element.
Needed: TypeAlias = ops.Var | ops.Call | ops.FromAttribute
Decided: TypeAlias = dict[object, Decision]
# Tag, form, what the program says; a decision or decisions by value, as the form has it.
KnownElement: TypeAlias = tuple[int, Form, Entry | None, Decision | None, Decided]
Known: TypeAlias = dict[bytes, KnownElement]
Creators: TypeAlias = dict[tuple[int, int], str]

_NO_DECISIONS: Decided = {}  # never written to
# The delimiter of an item, as far as it is looked up, in explicit and in implicit VR little endian.
_CLOSE = (ITEM_END, Form.CLOSE, None, None, _NO_DECISIONS)
_DELIMITERS: Known = {ITEM_END_TAG + bytes(2): _CLOSE, ITEM_END_TAG: _CLOSE}


@define(eq=False)
class Memo:
    """Decisions about elements of one identity in one context.

    Attributes:
        needs: the variables, calls and attributes that decisions depend on besides the element; None if nothing can be
            kept.
        by_value: whether decisions differ from value to value.

    """

    needs: tuple[Needed, ...] | None
    by_value: bool
    decided: Decided = field(factory=dict, repr=False)

    @property
    def is_simple(self) -> bool:
        """Whether the element's value alone decides, or not even that."""
        return self.needs == ()

    def key(self, value: bytes | None, frame: Frame, *, is_needed: bool) -> object | None:
        """Return the cache key of a decision, or None if it cannot be cached; `value` is None for an added element."""
        if self.needs is None or (value is not None and self.by_value and len(value) > LONGEST_KEY):
            return None
        shown = value if self.by_value and value is not None else b""
        if not self.needs and value is not None and not is_needed:
            return shown
        try:
            needed = tuple(
                frame.variables[one.name] if isinstance(one, ops.Var) else frame.of_object[one] for one in self.needs
            )
            # True, 1 and 1.0 are one key of a table, and not one value.
            key = (value is None, shown, is_needed, needed, tuple(map(type, needed)))
            hash(key)
        except (KeyError, TypeError):
            return None
        return key


@define(eq=False)
class Context:
    """What decisions about an element depend on besides its identity and value: layout, character set, shelter.

    Attributes:
        known: for levels without private creators, the elements that are known by their first bytes.
        shapes: shapes of items, by their first bytes.
        size: how many bytes the first bytes of an element are.
        wide: the size of a header with a length of 32 bits.

    """

    layout: Layout
    character_sets: CharacterSets
    sheltered: bool
    decisions: Decisions = field(repr=False)
    known: dict[Node, Known] = field(init=False, factory=dict, repr=False)
    shapes: dict[Node, dict[bytes, Shapes]] = field(init=False, factory=dict, repr=False)
    size: int = field(init=False)
    wide: int = field(init=False)
    order: Literal["little", "big"] = field(init=False)
    _in_blocks: dict[tuple[Node, tuple[tuple[tuple[int, int], str], ...]], Known] = field(
        init=False, factory=dict, repr=False
    )
    _memos: dict[Entry, Memo] = field(init=False, factory=dict, repr=False)

    def __attrs_post_init__(self) -> None:
        self.size, self.wide = (4, 8) if self.layout.implicit else (6, 12)
        self.order = "little" if self.layout.little else "big"

    def known_at(self, node: Node) -> Known:
        """Return the elements that are known at a level without private creators, by their first bytes."""
        known = self.known.get(node)
        if known is None:
            known = self.known[node] = dict(_DELIMITERS)
        return known

    def known_in_blocks(self, node: Node, creators: Creators) -> Known:
        """Return the elements that are known at a level with these private creators."""
        key = (node, tuple(creators.items()))
        known = self._in_blocks.get(key)
        if known is None:
            self.decisions.count += len(creators)
            known = self._in_blocks[key] = dict(_DELIMITERS)
        return known

    def shapes_at(self, node: Node) -> dict[bytes, Shapes]:
        """Return the shapes of items at a level, by their first bytes."""
        shapes = self.shapes.get(node)
        if shapes is None:
            shapes = self.shapes[node] = {}
        return shapes

    def memo(self, entry: Entry) -> Memo:
        """Return the decisions about elements of one identity."""
        memo = self._memos.get(entry)
        if memo is None:
            needs, by_value = what_decides(entry, self.decisions.functions)
            memo = self._memos[entry] = Memo(needs, by_value)
        return memo

    def other(self, *, character_sets: CharacterSets | None = None, sheltered: bool | None = None) -> Context:
        """Return the context that differs in this."""
        return self.decisions.context(
            self.layout,
            self.character_sets if character_sets is None else character_sets,
            self.sheltered if sheltered is None else sheltered,
        )


@define(eq=False)
class Decisions:
    """All that was decided with one program; shared by threads and objects, like the plan.

    `flags` are cached by the top-level attributes that labels need.
    """

    functions: Functions
    count: int = field(init=False, default=0)
    flags: dict[object, tuple[Flag, ...]] = field(init=False, factory=dict, repr=False)
    _contexts: dict[tuple[Layout, CharacterSets, bool], Context] = field(init=False, factory=dict, repr=False)

    def context(self, layout: Layout, character_sets: CharacterSets, sheltered: bool) -> Context:
        """Return the one context of these."""
        key = (layout, character_sets, sheltered)
        found = self._contexts.get(key)
        if found is None:
            found = self._contexts[key] = Context(layout, character_sets, sheltered, self)
        return found

    def keep(self, memo: Memo, key: object, decision: Decision) -> None:
        """Remember a decision."""
        self.count += 1
        memo.decided[key] = decision

    def limit(self, *, plan_forgot: bool) -> None:
        """Forget everything if there are too many decisions, or the plan forgot; called between objects."""
        if plan_forgot or self.count > MOST_DECISIONS:
            self._contexts, self.flags, self.count = {}, {}, 0


# ---- what decides ---------------------------------------------------------------------------------------


def what_decides(entry: Entry, functions: Functions) -> tuple[tuple[Needed, ...] | None, bool]:
    """Return what decisions about elements of an entry depend on besides the element, and whether on its value.

    None for the first if it depends on more than could be part of a key.
    """
    needs: dict[Needed, None] = {}
    by_value = False
    if entry.shelters_vary:
        if any(one.proviso is not None or one.if_items for one in entry.shelters):
            return None, True
        operands, by_value = _of_conditions(one for shelter in entry.shelters for one in shelter.when)
        if operands is None or not all(_can_be_key(by, functions, needs) for by in operands):
            return None, True
    for step in entry.steps:
        if step.proviso not in _CACHEABLE:
            return None, True
        if isinstance(step.op, ops.MakeItems):
            return None, True  # how many items there are decides
        traits = step.op.action
        if entry.below.add_targets and (traits.creates or traits.writes):
            return None, True  # what is set in the items that are written decides
        by_value = by_value or traits.shifts or traits.appends or step.proviso in _BY_VALUE
        written = ops.operand_of(step.op)
        operands, reads_value = _of_conditions(ops.conditions_of(step.op))
        if operands is None:
            return None, True
        operands.extend(() if written is None else (written,))
        by_value = by_value or reads_value or isinstance(written, ops.Call)
        if not all(_can_be_key(by, functions, needs) for by in operands):
            return None, True
    return tuple(needs), by_value


def _of_conditions(conditions: Iterable[ops.Condition]) -> tuple[list[ops.Operand] | None, bool]:
    """Return the operands of conditions, or None if one reads a list, and whether they read the value."""
    operands: list[ops.Operand] = []
    by_value = False
    for condition in conditions:
        match condition:
            case ops.Listed():
                return None, True
            case ops.Truth(by):
                operands.append(by)
                by_value = by_value or isinstance(by, ops.Call)
            case ops.Compared() | ops.InState():
                by_value = True
            case _:
                assert_never(condition)
    return operands, by_value


def _can_be_key(by: ops.Operand, functions: Functions, needs: dict[Needed, None]) -> bool:
    """Note what an operand depends on besides the element; return whether that can be part of a key."""
    match by:
        case ops.Text() | ops.Days() | ops.Codes():
            return True
        case ops.Composed(parts):
            return all(_can_be_key(part, functions, needs) for part in parts)
        case ops.Var() | ops.FromAttribute():
            needs[by] = None
            return True
        case ops.Call():
            function = functions.find(by.name, builtin=by.builtin)
            depends = Dependence.UNKNOWN if function is None else function.depends_on(by)
            if depends is Dependence.OBJECT:
                needs[by] = None
            needs.update((one.value, None) for one in by.arguments if isinstance(one.value, ops.Var))
            return depends in (Dependence.ELEMENT, Dependence.OBJECT)
        case _:
            assert_never(by)
