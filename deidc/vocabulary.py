"""Closed sets of words that recipes and programs share, each declared once.

The values are the words of program text. A recipe spells all of them the same way except policies, which it writes
in capitals (`deidc.grammar.spelling.POLICY_WORDS`).
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum, StrEnum, auto
from types import MappingProxyType

from attrs import frozen


class FormatName(StrEnum):
    """Formats of the objects a recipe is for."""

    DICOM = "dicom"


# ---- actions --------------------------------------------------------------------------------------------


class ActionWord(StrEnum):
    """The words that begin a line of %header."""

    ADD = "ADD"
    APPEND = "APPEND"
    BLANK = "BLANK"
    DESCEND = "DESCEND"
    JITTER = "JITTER"
    KEEP = "KEEP"
    REPLACE = "REPLACE"
    REMOVE = "REMOVE"


class Treatment(Enum):
    """What becomes of an element that an action selects."""

    KEPT = auto()
    ENTERED = auto()
    WRITTEN = auto()
    EXTENDED = auto()
    SHIFTED = auto()
    EMPTIED = auto()
    REMOVED = auto()


@frozen
class ActionTraits:
    """A row of the action table: everything that the passes ask of an action besides carrying it out.

    Attributes:
        word: the word that begins the line.
        treatment: what becomes of the elements that the line selects.
        takes_value: whether a value follows the target; of JITTER it is a number of days.
        takes_conditions: whether conditions may follow.
        creates: whether the action sets an element that is absent, and overrides KEEP.

    """

    word: ActionWord
    treatment: Treatment
    takes_value: bool = False
    takes_conditions: bool = False
    creates: bool = False

    @property
    def keeps(self) -> bool:
        """Whether elements are left unchanged, whatever other actions say."""
        return self.treatment is Treatment.KEPT

    @property
    def enters(self) -> bool:
        """Whether sequences stay, and other actions reach their items."""
        return self.treatment is Treatment.ENTERED

    @property
    def writes(self) -> bool:
        """Whether the value of the line becomes that of the element."""
        return self.treatment is Treatment.WRITTEN

    @property
    def appends(self) -> bool:
        """Whether the value of the line becomes one more value of the element."""
        return self.treatment is Treatment.EXTENDED

    @property
    def gives_value(self) -> bool:
        """Whether the value of the line is written, alone or behind others."""
        return self.writes or self.appends

    @property
    def shifts(self) -> bool:
        """Whether dates are shifted."""
        return self.treatment is Treatment.SHIFTED

    @property
    def empties(self) -> bool:
        """Whether elements stay with no value."""
        return self.treatment is Treatment.EMPTIED

    @property
    def removes(self) -> bool:
        """Whether elements are deleted."""
        return self.treatment is Treatment.REMOVED

    @property
    def takes_away(self) -> bool:
        """Whether the value is gone and nothing takes its place."""
        return self.empties or self.removes

    @property
    def rewrites(self) -> bool:
        """Whether an element that is there gets another value, which holds off REMOVE."""
        return (self.writes or self.shifts) and not self.creates


ACTIONS: Mapping[ActionWord, ActionTraits] = MappingProxyType(
    {
        row.word: row
        for row in (
            ActionTraits(ActionWord.ADD, Treatment.WRITTEN, takes_value=True, takes_conditions=True, creates=True),
            ActionTraits(ActionWord.APPEND, Treatment.EXTENDED, takes_value=True, takes_conditions=True, creates=True),
            ActionTraits(ActionWord.BLANK, Treatment.EMPTIED, takes_conditions=True),
            ActionTraits(ActionWord.DESCEND, Treatment.ENTERED),
            ActionTraits(ActionWord.JITTER, Treatment.SHIFTED, takes_value=True),
            ActionTraits(ActionWord.KEEP, Treatment.KEPT, takes_conditions=True),
            ActionTraits(ActionWord.REPLACE, Treatment.WRITTEN, takes_value=True, takes_conditions=True),
            ActionTraits(ActionWord.REMOVE, Treatment.REMOVED, takes_conditions=True),
        )
    }
)


# ---- elements -------------------------------------------------------------------------------------------


class ElementKind(StrEnum):
    """Kinds of elements: private (odd group), overlay (60xx, even), curve (50xx, even), unknown (in no edition)."""

    PRIVATE = "private"
    OVERLAY = "overlay"
    CURVE = "curve"
    UNKNOWN = "unknown"


class Role(StrEnum):
    """What an attribute is for, whatever VR a file gives it; see `deidc.ir.roles`."""

    UID = "uid"
    DATE = "date"
    TIME = "time"
    PERSON = "person"
    IDENTIFIER = "identifier"
    CLASS = "class"  # a SOP class or transfer syntax; no word of recipes


class Anchor(StrEnum):
    """Where in a name a pattern must fit."""

    CONTAINS = "contains"
    STARTSWITH = "startswith"
    ENDSWITH = "endswith"


class ExpanderKind(StrEnum):
    """The words of a recipe that select elements by a pattern for their names."""

    CONTAINS = "contains"
    STARTSWITH = "startswith"
    ENDSWITH = "endswith"
    EXCEPT = "except"

    @property
    def is_negated(self) -> bool:
        """Whether the elements are selected that have no name with the pattern."""
        return self is ExpanderKind.EXCEPT

    @property
    def anchor(self) -> Anchor:
        """Where in a name the pattern must fit."""
        return Anchor.CONTAINS if self.is_negated else Anchor(self.value)


class ListKind(StrEnum):
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


# ---- conditions and criteria ----------------------------------------------------------------------------


class Comparison(StrEnum):
    """How an element's input value is compared with text; any value of a multi-value may satisfy it.

    `contains` is a regular expression search, `equals` compares the whole text; both ignore case and
    surrounding blanks. The negated forms hold where the plain form does not.
    """

    CONTAINS = "contains"
    NOTCONTAINS = "notcontains"
    EQUALS = "equals"
    NOTEQUALS = "notequals"


class State(StrEnum):
    """The input state of an element: not there, there, there with zero length."""

    MISSING = "missing"
    PRESENT = "present"
    EMPTY = "empty"


class Relation(StrEnum):
    """How a value of an attribute is ordered against a number, date, time or age; any value may satisfy it.

    `!=` holds where `=` does not, and the others hold for no value where there is none.
    """

    EQUAL = "="
    UNEQUAL = "!="
    LESS = "<"
    AT_MOST = "<="
    MORE = ">"
    AT_LEAST = ">="


class Join(StrEnum):
    """How a criterion is joined to the result on its left."""

    AND = "+"
    OR = "||"


# ---- pixels ---------------------------------------------------------------------------------------------


class Policy(StrEnum):
    """What becomes of an object that a label flags.

    PASS: nothing; the label is only recorded.
    CLEAN: its regions are blanked, and it is passed on; held for review if none of its pixels was blanked.
    FLAG: its regions are blanked, and it is held for review.
    QUARANTINE: as FLAG, and never among the outputs, whatever the run does with flagged objects.
    """

    PASS = "pass"
    CLEAN = "clean"
    FLAG = "flag"
    QUARANTINE = "quarantine"


class Storage(StrEnum):
    """How frames are stored that were compressed and had pixels blanked.

    SAME_OR_NATIVE: in the transfer syntax they had, where it can hold them without another loss, else uncompressed.
    SAME: in the transfer syntax they had, or the object is refused.
    NATIVE: uncompressed.
    """

    SAME_OR_NATIVE = "same-or-native"
    SAME = "same"
    NATIVE = "native"
