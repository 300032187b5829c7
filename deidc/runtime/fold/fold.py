"""Fold the ops of a plan, in program order, over the state of one element.

The element starts unchanged from the input, or absent; each op that acts leaves a new state and an event. Both
engines use this; how elements are found and written is theirs.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol, assert_never

from attrs import define, evolve, field, frozen
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence as ItemSequence

from deidc.codes import faults
from deidc.dicom import dictionary
from deidc.dicom.values import charsets, dates
from deidc.dicom.values.coding import Code, item_of
from deidc.dicom.values.components import fit, text_components
from deidc.dicom.values.decoding import CharacterSets, Undecodable
from deidc.dicom.values.vrs import Unfit
from deidc.ir import ops
from deidc.ir.roles import known_date_vr
from deidc.runtime.fold.conditions import compared, holds_list, in_state, is_true, is_unregistered
from deidc.runtime.fold.elements import InputElement, items_of
from deidc.runtime.fold.frame import Frame, Untouched, trouble
from deidc.runtime.fold.growing import append, make_items
from deidc.runtime.fold.plan import Entry, Shelter, Step, shelters_items
from deidc.runtime.fold.select import AtItems, Holds, InInput, Proviso, Unregistered
from deidc.runtime.fold.standing import Standing
from deidc.runtime.outcome import Effect, Event, OnFailure

_NEVER_DATES = frozenset({"TM", "AS", "DS", "CS", "AE", "UI", "UR", "PN", "AT", "SQ"})
_MAYBE_DATES = frozenset({"LO", "SH", "ST", "LT", "UT", "UC", "UN", "IS"})


@frozen
class Folded:
    """What became of one element.

    `value` is the new value, ready for pydicom, if the standing is WRITTEN. `more` are items behind those of the input.
    `keeps_items`: what is in the sequence is protected, as the sequence is.
    """

    standing: Standing
    vr: str
    value: object = field(repr=False)
    events: tuple[Event, ...]
    more: tuple[Dataset, ...] = field(default=(), repr=False)
    keeps_items: bool = False


class Evaluate(Protocol):
    """How the machine gets the value for one element of what is not in the program."""

    def __call__(
        self, by: ops.Var | ops.Call | ops.FromAttribute | ops.Composed, fold: Fold, step: Step | Shelter
    ) -> object:
        """Return the value; raises Trouble."""


@define(eq=False)
class Fold:
    """One element on its way through the ops of its entry.

    `is_needed` is of private creators: something is left in the block that it reserves. `more` are items to be put
    behind those of the input, `made` those of all new items that were made for what is set in them.

    `changed_in` is the first text that changed the element. `named_in` is the text of the rule that named the
    attribute and whose result stands. A trial carries the rules of one text out alone, for what its own rules read.

    `shifts` are the days of the shifts that made the value, and `shifts_as_written` says that the program has them all.
    """

    frame: Frame
    entry: Entry
    element: InputElement | None
    path: str
    indexes: tuple[int, ...]
    character_sets: CharacterSets
    vr: str
    evaluate: Evaluate
    in_file_meta: bool = False
    standing: Standing = Standing.ABSENT
    value: object = field(default=None, repr=False)
    sheltered: bool = False
    keeps_items: bool = False
    is_needed: bool = False
    is_trial: bool = False
    shifts: tuple[int, ...] = ()
    shifts_as_written: bool = True
    named_in: int | None = field(default=None, init=False)
    changed_in: int | None = field(default=None, init=False)
    events: list[Event] = field(factory=list)
    more: list[Dataset] = field(factory=list, repr=False)
    made: list[Dataset] = field(factory=list, repr=False)

    def run(self) -> Folded:
        """Fold all steps; raises Trouble for the first that cannot be done."""
        for step in self.entry.steps:
            if step.uses_own and step.exact and self.changed_in is not None and self.changed_in < step.text:
                self._apply_alone(step)
            else:
                self._apply(step)
        self._judge_shifts()
        return Folded(self.standing, self.vr, self.value, tuple(self.events), tuple(self.more), self.keeps_items)

    def _judge_shifts(self) -> None:
        """Raise Trouble if the shifts of a date add up to nothing, which only the values of this object show.

        One shift by a number in the program is what the check of recipes has judged. Where failures withdraw elements,
        a date that is not shifted stays, as in deid.
        """
        is_known = len(self.shifts) == 1 and self.shifts_as_written
        if self.shifts and not sum(self.shifts) and not is_known and self.frame.on_failure is OnFailure.REFUSE:
            op = next(event.op for event in reversed(self.events) if event.effect is Effect.SHIFTED)
            raise trouble(faults.NOT_SHIFTED, "the date is shifted by zero days in all", self.path, op)

    def shelter(self, *, inside: bool) -> None:
        """Find out whether KEEP and DESCEND rules protect the element and what is in it; `inside` what it is in is.

        Raises Trouble and Undecodable.
        """
        entry = self.entry
        self.sheltered = inside or entry.always_sheltered
        self.keeps_items = inside or entry.keeps_items
        if inside or not entry.shelters_vary:
            return
        applying = [one for one in entry.shelters if self._applies(one)]
        self.sheltered = bool(applying)
        self.keeps_items = not entry.system and shelters_items(applying)

    def _applies(self, shelter: Shelter) -> bool:
        assert self.element is not None
        if shelter.proviso is not None and not proviso_holds(shelter.proviso, self.frame, self.element, self.indexes):
            return False
        if shelter.if_items and not _has_items(self.element):
            return False
        if self._conditions(shelter.when, shelter):
            return True
        self.frame.note(self.path, shelter.index, reason=Untouched.CONDITION)
        return False

    @property
    def makers(self) -> frozenset[int]:
        """The ops that make items for what others set in them."""
        return frozenset(step.index for step in self.entry.steps if isinstance(step.op, ops.MakeItems))

    # ---- one step -------------------------------------------------------------------------------------

    def _apply_alone(self, step: Step) -> None:
        """Carry out an op that uses the own value, on what the ops of its text alone make of the input."""
        alone = evolve(
            self,
            standing=Standing.AS_IS if self.element is not None else Standing.ABSENT,
            value=None,
            vr=self.entry.identity.vr,
            sheltered=self.sheltered,
            is_trial=True,
            shifts=(),
            shifts_as_written=True,
            events=[],
            more=[],
            made=[],
        )
        for one in self.entry.steps:
            if one.text == step.text and one.index < step.index:
                alone._apply(one)
        before = self.standing, self.value, self.vr, self.more, self.made, self.shifts, self.shifts_as_written
        self.standing, self.value, self.vr = alone.standing, alone.value, alone.vr
        self.more, self.made = alone.more, alone.made
        self.shifts, self.shifts_as_written = alone.shifts, alone.shifts_as_written
        if not self._apply(step):
            self.standing, self.value, self.vr, self.more, self.made, self.shifts, self.shifts_as_written = before

    def _apply(self, step: Step) -> bool:
        """Carry out an op, and return whether it had an effect."""
        reason = self._hindrance(step)
        if reason is None:
            done = self._act(step)
            if isinstance(done, Effect):
                self._remember(step)
                if self.is_trial:
                    return True
                self.events.append(Event(self.path, step.index, done))
                if isinstance(step.op, ops.MakeItems):
                    return True  # noted when it is known whether something is set in the items
                self.frame.note(self.path, step.index, effect=done)
                return True
            reason = done
        if not self.is_trial:
            self.frame.note(self.path, step.index, reason=reason)
        return False

    def _remember(self, step: Step) -> None:
        """Remember which text changed the element."""
        if isinstance(step.op, ops.Report):
            return
        if self.changed_in is None:
            self.changed_in = step.text
        if step.exact:
            self.named_in = step.text
        elif self.named_in != step.text:
            self.named_in = None

    def _hindrance(self, step: Step) -> Untouched | None:
        """Why this step may not act at all, before its own kind is looked at."""
        if self.entry.system:
            return Untouched.SYSTEM
        if step.proviso is not None and not proviso_holds(step.proviso, self.frame, self.element, self.indexes):
            return Untouched.OTHER
        if step.op.action.creates or isinstance(step.op, ops.Report):
            return None
        if self.sheltered:
            return Untouched.PROTECTED if any(not one.enters for one in self.entry.shelters) else Untouched.ENTERED
        if self.named_in is not None and self.named_in < step.text and _derives_widely(step):
            return Untouched.NAMED
        if self.standing is Standing.ABSENT:
            return Untouched.ABSENT
        if self.is_creator and not step.exact and not step.op.action.removes:
            return Untouched.CREATOR
        return None

    @property
    def is_creator(self) -> bool:
        """Whether the element reserves a block of private elements."""
        return dictionary.is_private_creator(self.entry.identity.tag)

    def _act(self, step: Step) -> Effect | Untouched:
        match step.op:
            case ops.Report():
                return Untouched.SYSTEM if self.in_file_meta else Effect.UNREGISTERED
            case ops.MakeItems(count=count):
                return make_items(self, step, count)
            case ops.Add(by=by, when=when):
                return self._add(step, by, when)
            case ops.Append(by=by, when=when):
                return append(self, step, by) if self._conditions(when, step) else Untouched.CONDITION
            case ops.Replace(by=by, when=when):
                return self._replace(step, by, when)
            case ops.Jitter(by=by):
                return self._jitter(step, by)
            case ops.Remove(when=when):
                return self._remove(step, when)
            case ops.Blank(when=when):
                return self._blank(step, when)
            case _:
                assert_never(step.op)

    def _add(self, step: Step, by: ops.Operand, when: tuple[ops.Condition, ...]) -> Effect | Untouched:
        if not self._conditions(when, step):
            return Untouched.CONDITION
        was_absent = self.standing is Standing.ABSENT
        self.write(step, self.operand(step, by))
        self.sheltered = False
        return Effect.ADDED if was_absent else Effect.REPLACED

    def _replace(self, step: Step, by: ops.Operand, when: tuple[ops.Condition, ...]) -> Effect | Untouched:
        if not self._conditions(when, step):
            return Untouched.CONDITION
        if self._leaves_to_items(step, by):
            return Untouched.ITEMS
        self.write(step, self.operand(step, by))
        return Effect.REPLACED

    def _leaves_to_items(self, step: Step, by: ops.Operand) -> bool:
        """Whether a rule for many attributes reaches a sequence, whose items it reaches on their own."""
        return self.vr == "SQ" and not step.names and not isinstance(by, ops.Codes)

    def _jitter(self, step: Step, by: ops.Operand) -> Effect | Untouched:
        components = self.components()
        if not any(components):
            return self._left_empty(step)
        if self._date_vr is not None:
            return self._shift(step, by, components)
        if self.vr in _NEVER_DATES or self.vr not in (*_MAYBE_DATES, "DA", "DT"):
            if step.exact:
                raise trouble(faults.NOT_A_DATE, "only dates can be shifted", self.path, step.index)
            return Untouched.NOT_DATE
        if self.vr in _MAYBE_DATES and not any(dates.is_date_shaped(one) for one in components):
            if step.exact:
                raise trouble(faults.NOT_A_DATE, "the value is not a date", self.path, step.index)
            return Untouched.NOT_DATE
        return self._shift(step, by, components)

    @property
    def _date_vr(self) -> str | None:
        """DA or DT where the element is a date by its VR or by the dictionary."""
        if self.vr in _SHIFTS:
            return self.vr
        identity = self.entry.identity
        return None if self.vr == "SQ" else known_date_vr(identity.tag, identity.creator)

    def _left_empty(self, step: Step) -> Untouched:
        """Leave an element without text; raises Trouble for a date whose value is no text."""
        is_as_given = self.standing is Standing.AS_IS and self.element is not None and not self.element.is_empty
        if is_as_given and self._date_vr is not None and self.vr not in _SHIFTS and not self.element_is_blank:
            raise trouble(faults.NOT_A_DATE, "the value is not a date", self.path, step.index)
        return Untouched.EMPTY

    @property
    def element_is_blank(self) -> bool:
        """Whether the element of the input has nothing but padding."""
        value = self.element.source.value if self.element is not None else None
        return isinstance(value, bytes) and not value.strip(b" \0")

    def _shift(self, step: Step, by: ops.Operand, components: Sequence[str]) -> Effect:
        days = whole_days(self.operand(step, by))
        if days is None:
            raise trouble(faults.VALUE_UNFIT, "the number of days is not a whole number", self.path, step.index)
        shifts = (*self.shifts, days)
        is_as_written = self.shifts_as_written and isinstance(by, ops.Days)
        self.write_fitted(step, self._shifted(step, components, days))
        self.shifts, self.shifts_as_written = shifts, is_as_written
        return Effect.SHIFTED

    def _shifted(self, step: Step, components: Sequence[str], days: int) -> object:
        date_vr = self._date_vr
        shift = _SHIFTS.get(date_vr or "", _shift_if_date_shaped)
        try:
            texts = [shift(one, days) if one else one for one in components]
        except dates.DateError as failure:
            raise trouble(faults.NOT_A_DATE, failure.reason, self.path, step.index) from None
        if self.vr in ("IS", "UN") or date_vr not in (None, self.vr):
            return self.fitted(step, "\\".join(texts))
        return texts[0] if len(texts) == 1 else texts

    def _remove(self, step: Step, when: tuple[ops.Condition, ...]) -> Effect | Untouched:
        if not self._conditions(when, step):
            return Untouched.CONDITION
        if any(self._would_write(one) for one in self.entry.writers if not _leaves_named(one, step)):
            return Untouched.SPARED
        if self.is_needed and not step.exact:
            return Effect.RETAINED
        self._set(Standing.ABSENT)
        return Effect.REMOVED

    def _would_write(self, step: Step) -> bool:
        """Whether a Replace or Jitter of the program rewrites this element, so that Remove leaves it."""
        if step.proviso is not None and not proviso_holds(step.proviso, self.frame, self.element, self.indexes):
            return False
        if self.is_creator and not step.exact:
            return False
        match step.op:
            case ops.Replace(by=by, when=when):
                return self._conditions(when, step) and not self._leaves_to_items(step, by)
            case ops.Jitter():
                if self._date_vr is not None:
                    return True
                is_foreign = step.exact and self.changed_in is not None and self.changed_in < step.text
                texts = self.element.components if is_foreign and self.element is not None else self.components()
                return self.vr in _MAYBE_DATES and any(map(dates.is_date_shaped, texts))
            case _:
                raise AssertionError("only Replace and Jitter are writers")

    def _blank(self, step: Step, when: tuple[ops.Condition, ...]) -> Effect | Untouched:
        if not self._conditions(when, step):
            return Untouched.CONDITION
        self._set(Standing.BLANK)
        return Effect.BLANKED

    # ---- conditions, operands, state ------------------------------------------------------------------

    def _conditions(self, when: tuple[ops.Condition, ...], step: Step | Shelter) -> bool:
        return all(self._condition(one, step) for one in when)

    def _condition(self, condition: ops.Condition, step: Step | Shelter) -> bool:
        match condition:
            case ops.Compared(how, text):
                return compared(how, text, self.element.components if self.element is not None else ())
            case ops.InState(state):
                return in_state(state, self.element)
            case ops.Listed(slot):
                return holds_list(self.frame, slot, self.element)
            case ops.Truth(by):
                value = self.evaluate(by, self, step)
                if value is None and isinstance(by, ops.Call) and self.frame.on_failure is OnFailure.REFUSE:
                    message = f"{by.name} returned None; return True or False"
                    raise trouble(faults.FUNCTION_GAVE_NOTHING, message, self.path, step.index)
                return is_true(value)
            case _:
                assert_never(condition)

    def operand(self, step: Step, by: ops.Operand) -> object:
        """Return what an op writes or shifts by; raises Trouble."""
        match by:
            case ops.Text(text):
                return text
            case ops.Days(days):
                return days
            case ops.Codes(codes):
                return self._code_items(step, codes)
            case ops.Var() | ops.Call() | ops.FromAttribute() | ops.Composed():
                value = self.evaluate(by, self, step)
                if value is None and isinstance(by, ops.Call):
                    raise trouble(
                        faults.FUNCTION_GAVE_NOTHING,
                        f"{by.name} returned None; return '' to empty the element",
                        self.path,
                        step.index,
                    )
                return value
            case _:
                assert_never(by)

    def _code_items(self, step: Step, codes: Sequence[Code]) -> ItemSequence:
        if not charsets.value_encodable([code.meaning for code in codes], "LO", self.character_sets):
            message = "the character set of the object cannot encode the meaning of a code"
            raise trouble(faults.NOT_ENCODABLE, message, self.path, step.index)
        return ItemSequence([item_of(code) for code in codes])

    def components(self) -> Sequence[str]:
        """Return the text of each value as the element stands at this point; raises Undecodable."""
        match self.standing:
            case Standing.AS_IS:
                assert self.element is not None
                return self.element.components
            case Standing.WRITTEN:
                return tuple(text_components(self.value, self.vr))
            case _:
                return ()

    def write(self, step: Step, value: object) -> None:
        """Write a value; raises Trouble."""
        if isinstance(value, ItemSequence) and self.standing is Standing.ABSENT:
            self.becomes_sequence()
        self.write_fitted(step, self.fitted(step, value))

    def fitted(self, step: Step, value: object) -> object:
        """Return a value as the VR of the element takes it; raises Trouble."""
        if self.vr == "SQ" and not isinstance(value, list | ItemSequence):
            raise trouble(faults.TEXT_INTO_SEQUENCE, "a sequence holds items, not a value", self.path, step.index)
        try:
            return fit(value, self.vr)
        except Unfit as failure:
            message = f"the value does not fit VR {self.vr}: {failure.reason}"
            raise trouble(faults.VALUE_UNFIT, message, self.path, step.index) from None

    def write_fitted(self, step: Step, value: object) -> None:
        """Write a value that was fitted to the VR; raises Trouble."""
        if not charsets.value_encodable(value, self.vr, self.character_sets):
            raise trouble(
                faults.NOT_ENCODABLE,
                "the character set of the object cannot encode the value",
                self.path,
                step.index,
            )
        self._set(Standing.WRITTEN, value)

    def set_items(self, items: Sequence[Dataset]) -> None:
        """Write items."""
        self.standing, self.value = Standing.WRITTEN, ItemSequence(list(items))

    def becomes_sequence(self) -> bool:
        """Return whether the element is a sequence; an absent private one that no dictionary knows becomes one."""
        identity = self.entry.identity
        is_unknown = identity.creator is not None and dictionary.private_vr(identity.tag, identity.creator) is None
        if self.element is None and is_unknown:
            self.vr = "SQ"
        return self.vr == "SQ"

    def _set(self, standing: Standing, value: object = None) -> None:
        self.standing, self.value = standing, value
        self.shifts, self.shifts_as_written = (), True
        if standing is Standing.ABSENT:
            self.vr = self.entry.identity.vr  # which was SQ if it held items
        self.more.clear()
        self.made.clear()


def _has_items(element: InputElement) -> bool:
    """Whether an element of unknown VR is a sequence; one that cannot be read as such is none."""
    try:
        return items_of(element) is not None
    except Undecodable:
        return False


def _derives_widely(step: Step) -> bool:
    """Whether a rule for many attributes writes what it derives from each own value."""
    return step.derives and not step.exact


def _leaves_named(writer: Step, remover: Step) -> bool:
    """Whether a rule for many attributes leaves what a rule of an earlier text names, to remove it."""
    return _derives_widely(writer) and remover.exact and remover.text < writer.text


def _shift_if_date_shaped(text: str, days: int) -> str:
    return dates.shift_loose(text, days) if dates.is_date_shaped(text) else text


_SHIFTS: dict[str, Callable[[str, int], str]] = {"DA": dates.shift_da, "DT": dates.shift_dt}


def whole_days(value: object) -> int | None:
    """Return a number of days as a whole number, or None if it is none."""
    if isinstance(value, bool):
        return None
    if isinstance(value, float):
        return int(value) if value.is_integer() else None
    if isinstance(value, int):
        return int(value)
    if isinstance(value, str):
        try:
            return int(value.strip())
        except ValueError:
            return None
    return None


def proviso_holds(proviso: Proviso, frame: Frame, element: InputElement | None, indexes: tuple[int, ...]) -> bool:
    """Whether what the identity left open holds for this one element."""
    match proviso:
        case AtItems(wanted):
            return all(want in (None, index) for want, index in zip(wanted, indexes, strict=True))
        case Holds(slot):
            return holds_list(frame, slot, element)
        case Unregistered():
            return element is None or is_unregistered(element)
        case InInput(any_of):
            if element is None:
                return False
            return not any_of or any(proviso_holds(one, frame, element, indexes) for one in any_of)
        case _:
            assert_never(proviso)
