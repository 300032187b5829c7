"""What deid 0.4.13 does with lines that deidc refuses, or that neither executes as they say."""

from __future__ import annotations

import re
from typing import Self

from attrs import frozen

from deidc.diagnostics import Diagnostic
from deidc.dicom import dictionary
from deidc.grammar.complaints import ACTION_WORDS, REGIONS, STATE_OPERATORS, TEXT_OPERATORS
from deidc.migration import behaviours as told
from deidc.migration.behaviours import Behaviour
from deidc.migration.deid.header import nothing_selected
from deidc.migration.deid.targets import Alike, Nothing, Stops, selects_something
from deidc.migration.deid.words import value_of, words_of

_TAKING = ("REMOVE", "BLANK", "REPLACE", "JITTER")
_NEGATIVE = ("notcontains", "notequals", "missing")
_CONVERTED = ("US", "SS", "UL", "SL", "UV", "SV", "FL", "FD")
_OWN_ARGUMENTS = ("deid_func:jitter", "deid_func:pydicom_uuid", "deid_func:dicom_uuid")


@frozen
class Refusal:
    """A line as deid parts it into words, with a complaint about it; `words` has one word at least."""

    words: tuple[str, ...]
    said: Diagnostic

    @classmethod
    def of(cls, line: str, said: Diagnostic) -> Self:
        """Return a line of a recipe with a complaint about it."""
        return cls(tuple(words_of(line)) or ("",), said)

    @property
    def action(self) -> str:
        """The first word in capitals."""
        return self.words[0].upper()

    @property
    def criterion(self) -> str:
        """The word of a criterion or region, in small letters."""
        behind = self.words[1:] if self.words[0] in ("+", "||") else self.words
        return behind[0].lower() if behind else ""

    @property
    def is_criterion(self) -> bool:
        """Whether the line is one of a label."""
        return self.criterion in (*TEXT_OPERATORS, *STATE_OPERATORS)


# ---- lines ----------------------------------------------------------------------------------------------


def unknown_line(one: Refusal) -> Behaviour:
    """Return what deid does with words that are no statement; data stays if a rule is meant that takes it away."""
    meant = one.said.fix.edits[0].text if one.said.fix is not None else ""
    if meant not in _TAKING:
        return told.NOT_A_LINE
    return told.DROPPED if one.action.startswith(ACTION_WORDS) else told.SKIPPED


def misplaced(one: Refusal) -> Behaviour:
    """Return what deid does with statements outside their section: actions stop it, but in a label they are skipped."""
    if one.action not in ACTION_WORDS:
        return told.NOT_A_LINE
    return told.SWALLOWED if "in a LABEL" in one.said.message else told.MISPLACED


def missing_target(one: Refusal) -> Behaviour:
    """Return what deid does with statements that lack a target: it stops, but an empty pattern fits everything."""
    return told.INCOMPLETE if len(one.words) == 1 else told.SELECTS_OTHERS


def missing_value(one: Refusal) -> Behaviour:
    """Return what deid does with statements that lack a value: it stops, unless there is a comment."""
    return told.EMPTIES if len(one.words) > 2 and one.action == "REPLACE" else told.INCOMPLETE


def surplus(one: Refusal) -> Behaviour:
    """Return what deid does with words behind the target: KEEP, BLANK and FIELD ignore them."""
    if one.action not in ("KEEP", "BLANK", "FIELD"):
        return told.QUOTES_WRITTEN
    attribute = any(dictionary.find_keyword(word) or _is_tag(word) for word in one.words[2:])
    return told.ATTRIBUTE_IGNORED if attribute and one.action != "KEEP" else told.WORDS_IGNORED


def _is_tag(word: str) -> bool:
    return re.fullmatch(r"\(?[0-9a-fA-F]{4},?[0-9a-fA-F]{4}\)?", word) is not None


def target(one: Refusal) -> Behaviour:
    """Return what deid does with targets that deidc does not understand: it selects nothing by them, or stops."""
    if one.is_criterion:
        return told.ALWAYS_HOLDS if one.criterion in _NEGATIVE else told.NEVER_HOLDS
    match selects_something(one.words[1]) if len(one.words) > 1 else Nothing():
        case Stops():
            return told.TARGET_STOPS
        case Alike():
            return told.APOSTROPHE_LOST
        case Nothing() if one.action in ("FIELD", "SPLIT"):
            return told.LISTS_NOTHING
        case _:
            return nothing_selected(one.action)


def bad_vr(one: Refusal) -> Behaviour:
    """Return what deid does with VRs that do not exist: it selects nothing by them."""
    return told.LISTS_NOTHING if one.action in ("FIELD", "SPLIT") else nothing_selected(one.action)


def open_quote(one: Refusal) -> Behaviour:
    """Return what deid does with quotation marks that are not closed: they become blanks."""
    return told.APOSTROPHE_LOST if len(one.words) > 2 else target(one)


def condition(one: Refusal) -> Behaviour:
    """Return what deid does with texts behind REMOVE: they are conditions, true, but false for numbers."""
    attribute = dictionary.find_keyword(one.words[1]) if len(one.words) > 1 else None
    converted = attribute is not None and attribute.vr.split(" or ")[0] in _CONVERTED
    return told.CONDITION_FALSE if converted else told.CONDITION_TRUE


def unknown_list(one: Refusal) -> Behaviour:
    """Return what deid does with lists that are not declared; as conditions they are texts."""
    return told.LIST_UNKNOWN if _names_list(one.words[1:2]) else told.CONDITION_TRUE


def _names_list(words: tuple[str, ...]) -> bool:
    return any(word.lower().startswith(("values:", "fields:")) for word in words)


def argument(one: Refusal) -> Behaviour:
    """Return what deid does with words behind a function that are no arguments."""
    value = value_of(" ".join(one.words[2:]))
    return told.ARGUMENT_IGNORED if value.startswith("deid_func:") else told.ARGUMENTS_IN_NAME


# ---- labels ---------------------------------------------------------------------------------------------


def criterion_word(one: Refusal) -> Behaviour:
    """Return what deid does with words that are neither criterion nor region: it skips the line, or stops at it."""
    if any(one.criterion.startswith(known) for known in (*TEXT_OPERATORS, *STATE_OPERATORS)):
        return told.CRITERION_STOPS
    is_region = any(one.criterion.startswith(known[:9]) for known in REGIONS)
    return told.REGION_SKIPPED if is_region else told.CRITERION_SKIPPED


def criterion_value(one: Refusal) -> Behaviour:
    """Return what deid does with criteria that lack a value, or have one that belongs to no word of theirs."""
    if one.criterion in TEXT_OPERATORS:
        return told.CRITERION_STOPS
    return told.ALWAYS_HOLDS if one.criterion in _NEGATIVE else told.NEVER_HOLDS


def bare_operator(one: Refusal) -> Behaviour:
    """Return what deid does with operators inside a value: || makes an empty alternative."""
    return told.FIRES_ALWAYS if "||" in one.words else told.NEVER_FIRES


def never_true(one: Refusal) -> Behaviour:
    """Return what deid does with criteria that no object satisfies, or, if they say not, that all do."""
    words = [word.lower() for word in one.words]
    negative, positive = any(word in _NEGATIVE for word in words), {"contains", "equals"} & set(words)
    return told.FIRES_ALWAYS if negative and not positive else told.NEVER_FIRES


# ---- values and rules -----------------------------------------------------------------------------------


def unfit(one: Refusal) -> Behaviour:
    """Return what deid does with texts that are no value of the VR: it converts numbers, and writes all else."""
    vr = re.search(r"VR ([A-Z]{2})", one.said.message)
    found = vr[1] if vr is not None else ""
    if found in _CONVERTED:
        return told.NUMBER_AS_TEXT if one.action == "ADD" else told.LITERAL_STAYS
    return told.LITERAL_STOPS if found in ("IS", "DS", "SQ") else told.LITERAL_WRITTEN


def added(one: Refusal) -> Behaviour:
    """Return what deid does with targets that ADD cannot make: it makes text of eight digits, and stops at all else."""
    digits = len(one.words) > 1 and re.fullmatch(r"[0-9a-fA-F]{8}", one.words[1])
    return told.ADDED_AS_TEXT if digits else told.ADD_STOPS


def empty_alternative(one: Refusal) -> Behaviour:
    """Return what deid does with patterns that fit everything."""
    return told.KEEPS_ALL if one.action == "KEEP" else told.FIRES_ALWAYS


def misses(one: Refusal) -> Behaviour:
    """Return what deid does with patterns that fit less than is meant."""
    if one.action in ("FIELD", "SPLIT"):
        return told.LISTS_NOTHING
    return told.PATTERN_MISSES if one.action in _TAKING else told.KEEPS_NOTHING


def function(one: Refusal) -> Behaviour:
    """Return what deid does with functions whose results are of no use where they are called."""
    return told.ARGUMENT_STOPS if one.action == "JITTER" else told.LITERAL_WRITTEN


def root(one: Refusal) -> Behaviour:
    """Return what deid does with roots that are no UID: one function takes them, the other stops."""
    return told.INVALID_UID if "deid_func:dicom_uuid" in one.words else told.ARGUMENT_STOPS


def own_argument(one: Refusal) -> Behaviour | None:
    """Return what deid does with arguments of a wrong kind, as far as it has the function."""
    return told.ARGUMENT_STOPS if any(word in _OWN_ARGUMENTS for word in one.words) else None
