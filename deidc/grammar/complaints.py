"""Lines that the grammar refuses: what is wrong with them, in the words of the language."""

from __future__ import annotations

import re
from difflib import get_close_matches
from enum import StrEnum

from attrs import frozen

from deidc.codes import words
from deidc.diagnostics import Diagnostic, Edit, Fix, Rule
from deidc.grammar.foreign import foreign_target
from deidc.grammar.lines import Written
from deidc.grammar.spelling import POLICY_WORDS
from deidc.source import Span
from deidc.vocabulary import ACTIONS, ActionWord, Comparison, ExpanderKind, ListKind, Role, State

ACTION_WORDS = tuple(word.value for word in ActionWord)
LIST_WORDS = ("FIELD", "SPLIT")
POLICIES = (*POLICY_WORDS.values(), "FINAL")
SECTIONS = ("%header", "%labels", "%values", "%fields", "%filter", "%pixels", "%vars", "%include")
TEXT_OPERATORS = tuple(one.value for one in Comparison)
STATE_OPERATORS = tuple(one.value for one in State)
REGIONS = ("coordinates", "keepcoordinates", "ctpcoordinates", "ctpkeepcoordinates")
SELECTORS = (
    *(f"{one.value}:" for one in ExpanderKind),
    "select:VR:",
    "select:group:",
    "select:role:",
    *(f"{one.value}:" for one in ListKind),
)
ROLES = tuple(one.value for one in Role if one is not Role.CLASS)
_ROLES = rf"({'|'.join(ROLES)})([|,]({'|'.join(ROLES)}))*"

_MEANT = {
    **dict.fromkeys(("DELETE", "DROP", "ERASE", "STRIP", "REMOVED", "REMOVES", "RM"), "REMOVE"),
    **dict.fromkeys(("SET", "CHANGE", "SUBSTITUTE", "REPLACED", "REPLACES", "WRITE"), "REPLACE"),
    **dict.fromkeys(("EMPTY", "CLEAR", "BLANKED", "ZERO"), "BLANK"),
    **dict.fromkeys(("SHIFT", "INCREMENTDATE", "MOVE"), "JITTER"),
    **dict.fromkeys(("HOLD", "RETAIN", "PRESERVE", "PROTECT", "LEAVE"), "KEEP"),
    **dict.fromkeys(("INSERT", "CREATE", "ADDITION", "ADDED"), "ADD"),
}
_WORD = re.compile(r"\S+")
_TAG_LIKE = re.compile(r"[\[({<][ \t]*[0-9A-Fa-fxX]{1,8}[ \t]*[,-][ \t]*[0-9A-Fa-fxX]{1,4}(?:[ \t]*[\])}>])?(?!\S)")
_OPERATORS_AS_SELECTORS = ("notcontains", "equals", "notequals", "missing", "present", "empty", "regex")


class OpenSection(StrEnum):
    """Where a line stands, which decides what it may say."""

    NOWHERE = "nowhere"
    ACTIONS = "actions"
    LIST = "list"
    VARIABLES = "variables"
    FILTER = "filter"
    PIXELS = "pixels"
    LABEL = "label"


@frozen
class Refused:
    """A line that the grammar refuses."""

    written: Written

    def words(self) -> list[re.Match[str]]:
        """Return the words before the remark."""
        found = list(_WORD.finditer(self.written.text))
        end = next((at for at, word in enumerate(found) if word[0].startswith("#")), len(found))
        return found[:end]

    def span(self, first: re.Match[str], last: re.Match[str] | None = None) -> Span:
        """Return the place of some words."""
        return self.written.span(first.start(), (last or first).end())

    def complaint(
        self, rule: Rule, message: str, span: Span, hint: str | None = None, fix: Fix | None = None
    ) -> Diagnostic:
        """Return a complaint."""
        return Diagnostic(rule, message, span, hint, fix)


def complain(line: Refused, place: OpenSection) -> Diagnostic:
    """Return what is wrong with a line that the grammar refuses."""
    found = line.words()
    first = found[0][0]
    if first.startswith("%"):
        return _section(line, found)
    if first.upper() == "FORMAT":
        return line.complaint(words.UNKNOWN_FORMAT, "FORMAT takes one word", line.span(found[0], found[-1]))
    match place:
        case OpenSection.ACTIONS:
            return _action(line, found)
        case OpenSection.LIST:
            return _list_line(line, found)
        case OpenSection.VARIABLES:
            hint = "write VAR name [text|int|number|date|uid|secret|table] [default=value]"
            return line.complaint(
                words.BAD_DECLARATION,
                "the declaration is not understood",
                line.span(found[0], found[-1]),
                hint,
            )
        case OpenSection.PIXELS:
            return _pixel_line(line, found)
        case OpenSection.FILTER | OpenSection.LABEL:
            return _filter_line(line, found)
        case OpenSection.NOWHERE:
            return misplaced(line, place)


def misplaced(line: Refused, place: OpenSection) -> Diagnostic:
    """Return the complaint about a statement outside a section of its kind."""
    found = line.words()
    word = found[0][0]
    span = line.span(found[0], found[-1])
    belongs = _section_for(word)
    if belongs is None:
        return _unknown(line, found)
    where = {
        OpenSection.NOWHERE: "outside any section",
        OpenSection.ACTIONS: "among actions",
        OpenSection.LIST: "in a list",
        OpenSection.VARIABLES: "in %vars",
        OpenSection.PIXELS: "in %pixels",
        OpenSection.FILTER: "outside a LABEL" if belongs == "a LABEL" else "in %filter",
        OpenSection.LABEL: "in a LABEL",
    }[place]
    return line.complaint(words.MISPLACED, f"{word} is {where}", span, f"it belongs in {belongs}")


def _section_for(word: str) -> str | None:
    upper, lower = word.upper(), word.lower()
    if upper in ACTION_WORDS:
        return "%header"
    if upper in LIST_WORDS:
        return "%values NAME or %fields NAME"
    if upper == "LABEL":
        return "%filter NAME"
    if upper == "VAR":
        return "%vars"
    if upper in (*POLICIES, "STORE"):
        return "%pixels"
    if lower in (*TEXT_OPERATORS, *STATE_OPERATORS, *REGIONS) or word in ("+", "||"):
        return "a LABEL"
    return None


def _near(word: str, known: tuple[str, ...]) -> str | None:
    return next(iter(get_close_matches(word, known, 1, 0.7)), None)


def _unknown(line: Refused, found: list[re.Match[str]]) -> Diagnostic:
    word = found[0][0][:40]
    upper = word.upper()
    near = _MEANT.get(upper) or _near(upper, (*ACTION_WORDS, *LIST_WORDS, "LABEL", "FORMAT"))
    span = line.span(found[0])
    if near is None:
        return line.complaint(words.UNKNOWN_LINE, "the line is not a statement", line.span(found[0], found[-1]))
    fix = Fix.unsafe(f"write {near}", Edit(span, near))
    return line.complaint(words.UNKNOWN_LINE, f"{word} is not an action", span, f"did you mean {near}?", fix)


def _section(line: Refused, found: list[re.Match[str]]) -> Diagnostic:
    word = found[0][0]
    span = line.span(found[0])
    if word.lower() == "%include":
        hint = 'write %include "recipe"'
        return line.complaint(words.BAD_INCLUDE, "the line is not understood", line.span(found[0], found[-1]), hint)
    if word == "%" and len(found) > 1 and "%" + found[1][0].lower() in SECTIONS:
        joined = "%" + found[1][0].lower()
        whole = line.span(found[0], found[1])
        fix = Fix.safe(f"write {joined}", Edit(whole, joined))
        return line.complaint(words.UNKNOWN_SECTION, "there is a blank after %", whole, f"write {joined}", fix)
    near = _near(word.lower()[:40], SECTIONS)
    meant = Fix.unsafe(f"write {near}", Edit(span, near)) if near else None
    hint = f"did you mean {near}?" if near else "sections are " + " ".join(SECTIONS)
    return line.complaint(words.UNKNOWN_SECTION, f"{word[:40]} is not a section", span, hint, meant)


def _action(line: Refused, found: list[re.Match[str]]) -> Diagnostic:
    word = found[0][0].upper()
    if word not in ACTION_WORDS:
        return misplaced(line, OpenSection.ACTIONS) if _section_for(found[0][0]) else _unknown(line, found)
    if len(found) == 1:
        return line.complaint(words.MISSING_TARGET, f"{word} names no attribute", line.span(found[0]))
    complaint = target_complaint(line, found[1])
    if complaint is not None:
        return complaint
    rest = found[2:]
    action = ACTIONS[ActionWord(word)]
    if not rest and action.takes_value:
        what = "number of days" if action.shifts else "value"
        hint = 'write BLANK to empty it, or ""' if action.writes and not action.creates else None
        return line.complaint(words.MISSING_VALUE, f"{word} has no {what}", line.span(found[0], found[-1]), hint)
    if not rest:
        return line.complaint(words.BAD_TAG, "the attribute is not understood", line.span(found[1]))
    span = line.span(rest[0], rest[-1])
    guard = next((at for at, one in enumerate(rest) if one[0].lower() == "when"), None)
    if guard == 0 and action.takes_value:
        return line.complaint(words.MISSING_VALUE, f"{word} has no value before `when`", line.span(found[0], rest[0]))
    if guard is not None:
        return bad_guard(line.span(rest[guard], rest[-1]))
    if action.takes_value:
        return _bad_value(line, rest)
    if action.takes_conditions:
        return _bad_condition(line, found, rest, word)
    return line.complaint(words.SURPLUS_WORDS, f"{word} takes one attribute", span, "write a line for each")


def bad_guard(span: Span) -> Diagnostic:
    """Return the complaint about the words after `when` at a place."""
    hint = "write when ATTRIBUTE OPERATOR VALUE, like when Modality equals CT and Rows >= 512"
    return Diagnostic(words.BAD_GUARD, "the words after `when` are not a condition on the object", span, hint)


def _bad_condition(line: Refused, found: list[re.Match[str]], rest: list[re.Match[str]], word: str) -> Diagnostic:
    span = line.span(rest[0], rest[-1])
    gone = Fix.unsafe("remove the words", Edit(line.written.span(found[1].end(), rest[-1].end()), ""))
    if word == "KEEP":
        hint = "write a line for each, or a condition like contains:text"
        return line.complaint(words.SURPLUS_WORDS, "KEEP takes one attribute and conditions", span, hint)
    if word == "BLANK":
        return line.complaint(words.SURPLUS_WORDS, "BLANK takes one attribute and conditions", span, None, gone)
    hint = "remove them, or write a condition like contains:text"
    return line.complaint(words.BAD_CONDITION, "the words after the attribute are not a condition", span, hint, gone)


def _bad_value(line: Refused, rest: list[re.Match[str]]) -> Diagnostic:
    first = rest[0][0]
    span = line.span(rest[0], rest[-1])
    prefix = first.partition(":")[0].lower()
    if prefix in ("func", "deid_func"):
        hint = f"write {first} key=value"
        return line.complaint(words.BAD_ARGUMENT, "an argument is not key=value", span, hint)
    if prefix == "var":
        return line.complaint(words.BAD_REFERENCE, "var: takes one name", span)
    if prefix == "from":
        return line.complaint(words.BAD_REFERENCE, "from: takes one attribute", span)
    if prefix == "code":
        return line.complaint(words.BAD_CODE, "a code is not understood", span, 'write code:VALUE,SCHEME,"meaning"')
    return line.complaint(words.SURPLUS_WORDS, "there are words after the quoted value", span)


def target_complaint(line: Refused, word: re.Match[str]) -> Diagnostic | None:
    """Return what is wrong with a target, if anything is."""
    prefix, colon, rest = word[0].partition(":")
    if colon and prefix.lower() == "select":
        return _bad_select(line, rest, line.span(word))
    if colon and re.fullmatch(r"[A-Za-z_]+", prefix):
        return _bad_selector(line, word, prefix, rest)
    return _bad_tag(line, word)


def _bad_selector(line: Refused, word: re.Match[str], prefix: str, rest: str) -> Diagnostic | None:
    text, lower, span = word[0], prefix.lower(), line.span(word)
    if lower in (*ExpanderKind, "allexcept", *ListKind):
        if rest.count('"') % 2:
            return line.complaint(words.OPEN_QUOTE, "the quotation mark is not closed", span)
        if rest:
            return None
        return line.complaint(words.MISSING_TARGET, f"nothing follows {prefix}:", span)
    near = _near(lower + ":", SELECTORS)
    if lower in _OPERATORS_AS_SELECTORS:
        hint = f"write the attribute first: REMOVE all {text}" if lower != "regex" else "contains: takes a pattern"
        return line.complaint(words.UNKNOWN_SELECTOR, f"{prefix}: selects no attributes", span, hint)
    if lower in ("exceptfields", "exceptvalues"):
        hint = f"write KEEP {lower.removeprefix('except')}: and a rule for all"
        return line.complaint(words.UNKNOWN_SELECTOR, f"{prefix}: is not a selector", span, hint)
    at = line.written.span(word.start(), word.start() + len(prefix) + 1)
    guess = Fix.unsafe(f"write {near}", Edit(at, near)) if near else None
    said = f"did you mean {near}?" if near else "selectors are " + " ".join(SELECTORS)
    return line.complaint(words.UNKNOWN_SELECTOR, f"{prefix}: is not a selector", span, said, guess)


def _bad_tag(line: Refused, word: re.Match[str]) -> Diagnostic | None:
    text, span = word[0], line.span(word)
    foreign = foreign_target(line.written.text[word.start() :])
    if foreign is not None:
        meant, length = foreign
        whole = line.written.span(word.start(), word.start() + length)
        fix = Fix.unsafe(f"write {meant}", Edit(whole, meant))
        return line.complaint(words.BAD_TAG, "the tag is not well formed", whole, f"did you mean {meant}?", fix)
    tag = _TAG_LIKE.match(line.written.text, word.start())
    if tag is not None:
        text, span = tag[0], line.written.span(tag.start(), tag.end())
    if re.match(r"[\[({<]|\d|0x", text) and not _well_formed(text):
        digits = re.sub(r"[^0-9A-Fa-fxX]", "", text.removeprefix("0x"))
        if re.fullmatch(r"[0-9A-Fa-f]{8}", digits):
            mended = f"({digits[:4]},{digits[4:]})"
            fix = Fix.safe(f"write {mended}", Edit(span, mended))
            return line.complaint(words.BAD_TAG, "the tag is not well formed", span, f"write {mended}", fix)
        return line.complaint(words.BAD_TAG, "the tag is not well formed", span, "write (gggg,eeee)")
    return None


def _well_formed(text: str) -> bool:
    return re.fullmatch(r"\([0-9A-Fa-fxX]{4},[0-9A-Fa-fxX]{4}\)|[0-9A-Fa-fxX]{8}", text) is not None


def _bad_select(line: Refused, rest: str, span: Span) -> Diagnostic | None:
    kind, _, what = rest.partition(":")
    match kind.lower():
        case "vr" if not re.fullmatch(r"[A-Za-z]{2}([|,][A-Za-z]{2})*", what):
            return line.complaint(words.BAD_VR, "select:VR: takes VRs of two letters", span, "write select:VR:DA")
        case "group" if not re.fullmatch(r"(0x)?[0-9A-Fa-fxX]{1,4}", what):
            return line.complaint(words.BAD_GROUP, "select:group: takes hexadecimal digits", span)
        case "role" if not re.fullmatch(_ROLES, what, re.IGNORECASE):
            hint = f"write select:role: and one of {', '.join(ROLES)}"
            return line.complaint(words.BAD_ROLE, f"{what[:40] or 'nothing'} is not a role", span, hint)
        case "vr" | "group" | "role" | "private" | "overlay" | "curve" | "unknown":
            return None
        case _:
            hint = "write select:VR:, select:group:, select:role:, or select:private, overlay, curve or unknown"
            return line.complaint(words.UNKNOWN_SELECTOR, f"select:{kind} selects nothing", span, hint)


def _list_line(line: Refused, found: list[re.Match[str]]) -> Diagnostic:
    word = found[0][0].upper()
    if word not in LIST_WORDS:
        return misplaced(line, OpenSection.LIST)
    if len(found) == 1:
        return line.complaint(words.MISSING_TARGET, f"{word} names no attribute", line.span(found[0]))
    complaint = target_complaint(line, found[1])
    if complaint is not None:
        return complaint
    span = line.span(found[2] if len(found) > 2 else found[1], found[-1])
    if word == "FIELD":
        return line.complaint(words.SURPLUS_WORDS, "FIELD takes one attribute", span, "write a line for each")
    return line.complaint(words.BAD_SPLIT, "the parameters are not understood", span, 'write by="^";minlength=4')


def _pixel_line(line: Refused, found: list[re.Match[str]]) -> Diagnostic:
    word = found[0][0].upper()
    whole = line.span(found[0], found[-1])
    if word in POLICIES:
        return line.complaint(
            words.BAD_POLICY, f"{word} names no group", whole, f"write {word} and the name of a %filter"
        )
    if word == "STORE":
        hint = "write STORE same-or-native, STORE same or STORE native"
        return line.complaint(words.BAD_POLICY, "STORE names no way to store frames", whole, hint)
    if _section_for(found[0][0]) is not None:
        return misplaced(line, OpenSection.PIXELS)
    near = _near(word[:40], (*POLICIES, "STORE"))
    at = line.span(found[0])
    fix = Fix.unsafe(f"write {near}", Edit(at, near)) if near else None
    hint = f"did you mean {near}?" if near else "lines of %pixels are PASS, CLEAN, FLAG, QUARANTINE, FINAL and STORE"
    return line.complaint(words.BAD_POLICY, f"{found[0][0][:40]} is not a policy", at, hint, fix)


def _filter_line(line: Refused, found: list[re.Match[str]]) -> Diagnostic:
    words_left = found[1:] if found[0][0] in ("+", "||") else found
    if not words_left:
        return line.complaint(words.UNKNOWN_CRITERION, "no criterion follows the operator", line.span(found[0]))
    first, lower = words_left[0], words_left[0][0].lower()
    span = line.span(words_left[0], words_left[-1])
    if lower in REGIONS:
        hint = "write four numbers x0,y0,x1,y1, all, ocr, or from:Sequence"
        return line.complaint(words.BAD_REGION, "the region is not understood", span, hint)
    if lower in (*TEXT_OPERATORS, *STATE_OPERATORS):
        return _bad_criterion(line, words_left, span)
    if _section_for(first[0]) not in (None, "a LABEL"):
        return misplaced(line, OpenSection.LABEL)
    near = _near(lower[:40], (*TEXT_OPERATORS, *STATE_OPERATORS, *REGIONS))
    at = line.span(first)
    fix = Fix.unsafe(f"write {near}", Edit(at, near)) if near else None
    said = f"did you mean {near}?" if near else None
    return line.complaint(words.UNKNOWN_CRITERION, f"{first[0][:40]} is not a criterion", at, said, fix)


def _bad_criterion(line: Refused, found: list[re.Match[str]], span: Span) -> Diagnostic:
    word = found[0][0].lower()
    if len(found) == 1:
        return line.complaint(words.MISSING_TARGET, f"{word} names no attribute", span)
    complaint = target_complaint(line, found[1])
    if complaint is not None:
        return complaint
    if word in STATE_OPERATORS:
        return line.complaint(words.CRITERION_VALUE, f"{word} takes no value", span)
    if len(found) == 2:
        return line.complaint(words.CRITERION_VALUE, f"{word} has no value", span)
    return line.complaint(words.CRITERION_VALUE, "the criterion is not understood", span)
