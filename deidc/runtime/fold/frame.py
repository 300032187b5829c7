"""A frame holds the state of one object while it is cleaned; it ends with the call."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from enum import StrEnum
from typing import TypeAlias

from attrs import define, field, frozen
from pydicom.dataset import Dataset

from deidc.diagnostics import Rule
from deidc.ir import ops
from deidc.runtime.fold.toplevel import TopLevel
from deidc.runtime.outcome import Effect, Event, Fault, OnFailure


class Trouble(Exception):
    """One element could not be cleaned as an op says; carries the fault and no data."""

    def __init__(self, fault: Fault) -> None:
        self.fault = fault
        super().__init__(fault.message)


def trouble(rule: Rule, message: str, path: str | None, op: int | None) -> Trouble:
    """Return the exception for a fault."""
    return Trouble(Fault(rule, message, path, op))


# Names in free text are found as words; parts of a person name shorter than this (initials, suffixes, "Dr")
# would be found in values that have nothing to do with the person.
SHORTEST_NAME_PART = 3
SHORTEST_WORD = 2


@frozen
class Collected:
    """A value that a `%values` list took from the input."""

    text: str = field(repr=False)
    is_name: bool

    @classmethod
    def given(cls, text: str) -> Collected:
        """Return a value that a host puts into a list; it does not say what is a name, so a caret does."""
        return cls(text, "^" in text)


@frozen
class Holdings:
    """A `%values` list made ready for comparison."""

    texts: tuple[str, ...] = field(repr=False)
    _whole: frozenset[str] = field(repr=False)
    _words: re.Pattern[str] | None = field(repr=False)

    @classmethod
    def of(cls, collected: tuple[Collected, ...]) -> Holdings:
        """Prepare a list: whole values, words, and the parts of person names."""
        texts = tuple(dict.fromkeys(one.text for one in collected))
        whole = frozenset(_folded(text) for text in texts)
        words = {text.strip() for text in texts if len(text.strip()) >= SHORTEST_WORD}
        for one in collected:
            if one.is_name:
                parts = (part.strip() for part in re.split(r"[\^=]", one.text))
                words.update(part for part in parts if len(part) >= SHORTEST_NAME_PART)
        if not words:
            return cls(texts, whole, None)
        # The longest first, so that the order of the set never shows.
        alternatives = "|".join(re.escape(word) for word in sorted(words, key=lambda w: (-len(w), w)))
        return cls(texts, whole, re.compile(rf"(?<!\w)(?:{alternatives})(?!\w)", re.IGNORECASE))

    def held_by(self, components: tuple[str, ...]) -> bool:
        """Whether one of these values is, or has in it as a word, a value of the list."""
        return any(
            _folded(text) in self._whole or (self._words is not None and self._words.search(text) is not None)
            for text in components
        )


def _folded(text: str) -> str:
    return text.strip().casefold()


class Untouched(StrEnum):
    """Why an op did not touch an element that it selects."""

    PROTECTED = "kept by a KEEP rule"
    ENTERED = "the sequence stays by a DESCEND rule, and rules reach its items"
    GUARD = "the conditions behind `when` do not hold for this object"
    SYSTEM = "protected by deidc itself"
    SPARED = "not removed, because another rule rewrites the element"
    CONDITION = "its condition does not hold"
    ABSENT = "the element is absent at this point"
    EMPTY = "an empty value has no date"
    NOT_DATE = "the value is not a date"
    THERE = "the value or the items are there already"
    INSIDE = "nothing is set in the items"
    NAMED = "an earlier text has a rule that names the attribute"
    CREATOR = "a private creator follows its block"
    ITEMS = "the rule applies to the items of the sequence"
    OTHER = "the rule selects another item or value"


@frozen
class Note:
    """What one op did to one element: an effect, or the reason why it did nothing."""

    path: str
    op: int
    effect: Effect | None
    reason: Untouched | None


Variables: TypeAlias = Mapping[str, object]


@define(eq=False)
class Frame:
    """State of one run over one object.

    `given` is the input object, or how to have it; an engine that works on bytes needs it for lists and for
    functions that need it only. `top` answers most questions of labels and functions without it. `of_object` has
    what operands evaluate to that are the same for all elements of the object, and `items` those of sequences that were
    read for them, by path. `on_failure` says whether a fault of an element is one of the object. `left_out` are the ops
    whose guards do not hold. `lists` has values that the host puts into `%values` lists, by their names. `weak` has the
    variables of this object that should be secrets and are easy to guess, with the reasons.
    """

    given: Dataset | Callable[[], Dataset] = field(repr=False)
    top: TopLevel = field(repr=False)
    variables: Variables = field(repr=False)
    on_failure: OnFailure = OnFailure.REFUSE
    lists: Mapping[str, Collection[str]] = field(factory=dict, repr=False)
    weak: Mapping[str, str] = field(factory=dict)
    held: dict[int, Holdings] = field(factory=dict, repr=False)
    gathered: dict[int, list[str]] = field(factory=dict, repr=False)
    events: list[Event] = field(factory=list)
    faults: list[Fault] = field(factory=list)
    notes: list[Note] | None = None
    left_out: frozenset[int] = frozenset()
    transcode_to: tuple[str, ...] | None = None
    copy_for_functions: Dataset | None = field(default=None, repr=False)
    of_object: dict[ops.Operand, object] = field(factory=dict, repr=False)
    items: dict[str, list[Dataset]] = field(factory=dict, repr=False)

    @property
    def input(self) -> Dataset:
        """The input object."""
        if not isinstance(self.given, Dataset):
            self.given = self.given()
        return self.given

    def note(self, path: str, op: int, effect: Effect | None = None, reason: Untouched | None = None) -> None:
        """Remember why an op did what it did, if the run is traced."""
        if self.notes is not None:
            self.notes.append(Note(path, op, effect, reason))
