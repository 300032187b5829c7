"""What deid 0.4.13 does with lines of recipes that is not what they say. Each behaviour has a name and is proved.

`tests/migration/test_proofs.py` runs deid on a recipe for every behaviour that leaks, crashes or loses data.
"""

from __future__ import annotations

from enum import StrEnum

from attrs import frozen


class Did(StrEnum):
    """What became of data under deid, the worst first."""

    LEAKED = "leaked"
    LOST = "lost"
    CRASHED = "crashed"
    IGNORED = "ignored"
    QUIRK = "quirk"

    @property
    def weight(self) -> int:
        """The place in that order, 0 for the worst."""
        return list(Did).index(self)


@frozen
class Behaviour:
    """One thing that deid does: a stable name in kebab case, what becomes of data, and a sentence about it."""

    name: str
    did: Did
    title: str


def _leaks(name: str, title: str) -> Behaviour:
    return Behaviour(name, Did.LEAKED, title)


def _loses(name: str, title: str) -> Behaviour:
    return Behaviour(name, Did.LOST, title)


def _crashes(name: str, title: str) -> Behaviour:
    return Behaviour(name, Did.CRASHED, title)


def _ignores(name: str, title: str) -> Behaviour:
    return Behaviour(name, Did.IGNORED, title)


def _quirk(name: str, title: str) -> Behaviour:
    return Behaviour(name, Did.QUIRK, title)


# ---- lines ----------------------------------------------------------------------------------------------

DROPPED = _leaks("line-dropped", "A line whose action is not an exact word in capitals is silently dropped.")
KEEP_DROPPED = _loses("keep-dropped", "The same for KEEP: what it is to keep goes where another rule takes it.")
ADD_DROPPED = _ignores("add-dropped", "The same for ADD: nothing is added.")
SKIPPED = _leaks("line-skipped", "A line that begins with a word deid does not know is skipped with a warning.")
NOT_A_LINE = _ignores("line-ignored", "Text that is no statement is skipped with a warning.")
WORDS_IGNORED = _ignores("words-ignored", "What stands behind the attribute of KEEP, BLANK or FIELD is ignored.")
ATTRIBUTE_IGNORED = _leaks("attribute-ignored", "A second attribute behind BLANK or FIELD is ignored, and it stays.")
SWALLOWED = _leaks("action-in-label", "An action below a LABEL is taken for a criterion and skipped.")
MISPLACED = _crashes("misplaced", "An action outside %header stops deid.")
INCOMPLETE = _crashes("incomplete", "A line that lacks its attribute or value stops deid.")
FORMAT_STOPS = _crashes("format-line", "FORMAT that is missing, in small letters, or followed by a comment stops deid.")
SECTION_STOPS = _crashes("section-line", "A section line that is not quite as deid wants it stops it.")
MARK_STOPS = _crashes("byte-order-mark", "A byte order mark hides the FORMAT line, and deid stops.")

# ---- targets --------------------------------------------------------------------------------------------

SELECTS_NOTHING = _leaks("selects-nothing", "A target that is unknown to deid silently selects nothing.")
KEEPS_NOTHING = _loses("keeps-nothing", "The same behind KEEP: what it is to keep goes where another rule takes it.")
LISTS_NOTHING = _leaks("lists-nothing", "The same in a list: what the list is to find or hold stays.")
SELECTS_LESS = _leaks("selects-less", "deid selects fewer attributes than are named.")
SELECTS_OTHERS = _loses("selects-others", "deid selects attributes that are not named.")
TARGET_STOPS = _crashes("target-stops", "The target stops deid at the first object.")
ADD_STOPS = _crashes("add-stops", "ADD takes a keyword or eight hexadecimal digits; any other target stops deid.")
ADDED_AS_TEXT = _loses("added-as-text", "ADD by hexadecimal digits writes VR ST, whatever the attribute is.")
NUMBER_AS_TEXT = _crashes("number-as-text", "ADD writes numbers as text where they are absent; saving stops then.")
KEEPS_OTHERS = _leaks("keeps-others", "KEEP keeps attributes that are not named.")
KEEP_LOOKS_AT_TOP = _loses("keep-looks-at-top", "KEEP of a path or a list keeps nothing.")

# ---- values and conditions ------------------------------------------------------------------------------

COMMENT_IS_CONDITION = _leaks("comment-is-condition", "A comment behind REMOVE is a condition that is false.")
COMMENT_IN_NAME = _leaks("comment-in-name", "A comment behind var: or func: makes deid look for another name.")
BLANK_WRITTEN = _quirk("blank-written", "A comment behind a text leaves a blank at the end of the value.")
QUOTES_WRITTEN = _loses("quotes-written", "Quotation marks are written into the value.")
QUOTED_NUMBER = _leaks("quoted-number", "A number in quotation marks cannot be converted, and the original stays.")
CUT_AT_HASH = _loses("cut-at-hash", "A value ends at any #.")
INVISIBLE_WRITTEN = _loses("invisible-written", "Invisible characters are written into the value.")
APOSTROPHE_LOST = _loses("apostrophe-lost", "A quotation mark or apostrophe that is not closed becomes a blank.")
ARGUMENTS_IN_NAME = _leaks("arguments-in-name", "deid looks for a function called by name and arguments together.")
FUNCTION_UNKNOWN = _leaks("function-unknown", "deid does not know the function, and the original stays.")
REFERENCE_AS_TEXT = _loses("reference-as-text", "A reference that is misspelt or quoted is written as text.")
ARGUMENT_IGNORED = _loses("argument-ignored", "An argument that deid does not know is ignored.")
ARGUMENT_STOPS = _crashes("argument-stops", "The argument stops deid.")
NOTHING_TO_DERIVE = _crashes("nothing-to-derive", "ADD with a function of the original value stops deid.")
ONE_UID = _loses("one-uid", "pydicom_uuid without stable_remapping writes one and the same UID into every file.")
INVALID_UID = _loses("invalid-uid", "The function makes what is no UID.")
YEAR_AND_A_DAY = _quirk("year-and-a-day", "jitter with years and without days shifts by one day more.")
CONDITION_TRUE = _loses("condition-true", "Any text behind REMOVE is a condition that is true.")
CONDITION_FALSE = _leaks("condition-false", "A text behind REMOVE of a number cannot be converted, which is false.")
CONDITION_IGNORED = _loses("condition-ignored", "Conditions of BLANK are ignored.")
CONDITION_WRITTEN = _loses("condition-written", "Conditions of REPLACE are part of the text that is written.")
NAME_OF_CONDITIONS = _leaks("name-of-conditions", "Several conditions are taken for one name, which is not found.")
LITERAL_STAYS = _leaks("literal-unfit-stays", "A text that is no number is not written, and the original stays.")
LITERAL_WRITTEN = _loses("literal-unfit-written", "A text that is not a valid value of the VR is written all the same.")
LITERAL_STOPS = _crashes("literal-stops", "The text stops deid when the attribute occurs.")
CODE_AS_WRITTEN = _quirk("code-as-written", "Code strings are written in small letters.")
EMPTIES = _quirk("value-of-comment", "REPLACE with a comment and no value writes an empty text.")
NO_DATE_SHIFTED = _loses("no-date-shifted", "JITTER turns times, numbers and ages into dates.")
SHIFT_STOPS = _crashes("shift-stops", "JITTER stops at values that it cannot shift.")
OWN_OR_BUILT_IN = _quirk("own-function", "func: calls functions of the caller only.")

# ---- lists ----------------------------------------------------------------------------------------------

LIST_LINE_IGNORED = _leaks("list-line-ignored", "A line of a list in small letters is ignored with a warning.")
LIST_UNKNOWN = _leaks("list-unknown", "A list that is not declared silently selects nothing.")
LIST_OF_NAMES = _leaks("list-of-names", "Collected names are taken for expressions, and one with ^ is found nowhere.")
LIST_OF_EXPRESSIONS = _quirk("list-of-expressions", "Collected values are expressions: a letter is found everywhere.")
LIST_OF_KEPT = _leaks("list-of-kept", "An attribute under KEEP fills no list, so its copies elsewhere stay.")
LIST_OVERWRITTEN = _leaks("list-overwritten", "A %fields list takes the place of a %values list of the same name.")
LIST_NAME = _leaks("list-name", "A list with a blank in its name, or two before it, cannot be named by a rule.")
LIST_AS_VARIABLE = _leaks("list-as-variable", "var: with the name of a list writes the collected values.")
LIST_STOPS = _crashes("list-stops", "The line of the list stops deid.")

# ---- labels ---------------------------------------------------------------------------------------------

LINES_BY_AND = _leaks("lines-by-and", "Lines of criteria are joined by and, whatever stands before them.")
NEVER_HOLDS = _leaks("never-holds", "A criterion that deid reads so never holds, and its label fires less often.")
ALWAYS_HOLDS = _loses("always-holds", "A criterion that deid reads so always holds, and its label fires more often.")
CRITERION_STOPS = _crashes("criterion-stops", "The criterion stops deid.")
CRITERION_SKIPPED = _ignores("criterion-skipped", "A criterion whose word deid does not know is skipped.")
REGION_SKIPPED = _leaks("region-skipped", "A region whose word deid does not know is skipped, and pixels stay.")
REGION_STOPS = _crashes("region-stops", "The region stops deid, when recipes are loaded or when images are cleaned.")
REGION_EMPTY = _leaks("region-empty", "A rectangle without area silently masks nothing.")
REGIONS_OF_FIRST = _leaks("regions-of-first", "from: takes the regions of the first image for all that follow.")
FINDS_NO_REGION = _leaks("finds-no-region", "from: finds a sequence by keyword only, else nothing is masked.")
KEEPS_NO_REGION = _loses("keeps-no-region", "The same where regions are kept: the picture is masked, too.")
FIRST_LABEL = _crashes("first-label", "A label without criteria stops deid if it is the first.")
ZERO_IS_EMPTY = _quirk("zero-is-empty", "The number 0 is empty.")
LIST_IS_PRINTED = _quirk("list-is-printed", "Several values are compared as they are printed, brackets included.")
TAG_IS_PRINTED = _quirk(
    "tag-is-printed", "An attribute named 0x... is compared as it is printed, tag and name included."
)
WHITELIST_FLAGS = _quirk("whitelist-flags", "A label of a whitelist flags the object like any other.")
BARE_LINE = _quirk("bare-line", "A line of criteria without an operator is joined by and; deid's manual says or.")

# ---- rules together, which deidc does in the same way ---------------------------------------------------

KEPT = _leaks("kept", "KEEP beats the rule, in deidc too.")
SPARED = _ignores("spared", "A REMOVE of what another rule rewrites does nothing, in deidc neither.")
PATTERN_MISSES = _leaks("pattern-misses", "The pattern misses attributes that are meant, in deidc too.")
NEVER_FIRES = _leaks("never-fires", "The label never fires, in deidc neither.")
FIRES_ALWAYS = _loses("fires-always", "An empty alternative fits everything.")
KEEPS_ALL = _leaks("keeps-all", "An empty alternative behind KEEP keeps everything.")
PROTECTED = _ignores("protected", "The attribute is protected, so the rule has no effect.")
BASE_LAST = _ignores("base-last", "A base is applied after the recipe, so its rules take precedence.")
BASE_LISTS = _leaks("base-lists", "Lists of all recipes but the first are lost, and rules by them select nothing.")

CATALOGUE: tuple[Behaviour, ...] = (
    DROPPED,
    KEEP_DROPPED,
    ADD_DROPPED,
    SKIPPED,
    NOT_A_LINE,
    WORDS_IGNORED,
    ATTRIBUTE_IGNORED,
    SWALLOWED,
    MISPLACED,
    INCOMPLETE,
    FORMAT_STOPS,
    SECTION_STOPS,
    MARK_STOPS,
    SELECTS_NOTHING,
    KEEPS_NOTHING,
    LISTS_NOTHING,
    SELECTS_LESS,
    SELECTS_OTHERS,
    TARGET_STOPS,
    ADD_STOPS,
    ADDED_AS_TEXT,
    NUMBER_AS_TEXT,
    KEEPS_OTHERS,
    KEEP_LOOKS_AT_TOP,
    COMMENT_IS_CONDITION,
    COMMENT_IN_NAME,
    BLANK_WRITTEN,
    QUOTES_WRITTEN,
    QUOTED_NUMBER,
    CUT_AT_HASH,
    INVISIBLE_WRITTEN,
    APOSTROPHE_LOST,
    ARGUMENTS_IN_NAME,
    FUNCTION_UNKNOWN,
    REFERENCE_AS_TEXT,
    ARGUMENT_IGNORED,
    ARGUMENT_STOPS,
    NOTHING_TO_DERIVE,
    ONE_UID,
    INVALID_UID,
    YEAR_AND_A_DAY,
    CONDITION_TRUE,
    CONDITION_FALSE,
    CONDITION_IGNORED,
    CONDITION_WRITTEN,
    NAME_OF_CONDITIONS,
    LITERAL_STAYS,
    LITERAL_WRITTEN,
    LITERAL_STOPS,
    CODE_AS_WRITTEN,
    EMPTIES,
    NO_DATE_SHIFTED,
    SHIFT_STOPS,
    OWN_OR_BUILT_IN,
    LIST_LINE_IGNORED,
    LIST_UNKNOWN,
    LIST_OF_NAMES,
    LIST_OF_EXPRESSIONS,
    LIST_OF_KEPT,
    LIST_OVERWRITTEN,
    LIST_NAME,
    LIST_AS_VARIABLE,
    LIST_STOPS,
    LINES_BY_AND,
    NEVER_HOLDS,
    ALWAYS_HOLDS,
    CRITERION_STOPS,
    CRITERION_SKIPPED,
    REGION_SKIPPED,
    REGION_STOPS,
    REGION_EMPTY,
    REGIONS_OF_FIRST,
    FINDS_NO_REGION,
    KEEPS_NO_REGION,
    FIRST_LABEL,
    ZERO_IS_EMPTY,
    LIST_IS_PRINTED,
    TAG_IS_PRINTED,
    WHITELIST_FLAGS,
    BARE_LINE,
    KEPT,
    SPARED,
    PATTERN_MISSES,
    NEVER_FIRES,
    FIRES_ALWAYS,
    KEEPS_ALL,
    PROTECTED,
    BASE_LAST,
    BASE_LISTS,
)
