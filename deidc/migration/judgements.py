"""What a complaint of deidc means for what deid 0.4.13 did with the line, and whether a person has to decide.

Errors are always to be decided, because deidc refuses them. Of warnings only those are that report a rule which
does not do what it says in deidc either, or that may mean two things; the others are for `deidc check`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TypeAlias

from deidc.codes import layout, left_behind, names, operands, privacy, values, words
from deidc.diagnostics import Diagnostic, Rule, Severity
from deidc.migration import behaviours as told
from deidc.migration.behaviours import Behaviour
from deidc.migration.deid import refusals
from deidc.migration.deid.refusals import Refusal

_Judge: TypeAlias = Callable[[Refusal], Behaviour | None]


def behaviour_of(said: Diagnostic, line: str) -> Behaviour | None:
    """Return what deid did with a line that deidc complains of; None if the complaint is not about what deid knows."""
    judged = JUDGED.get(said.rule.code)
    if judged is None or isinstance(judged, Behaviour):
        return judged
    return judged(Refusal.of(line, said))


def is_to_decide(said: Diagnostic) -> bool:
    """Whether a person has to decide what a line with this complaint is to do."""
    return said.severity is Severity.ERROR or said.rule.code in _OPEN


_BY_RULE: tuple[tuple[Rule, Behaviour | _Judge | None], ...] = (
    (words.UNKNOWN_LINE, refusals.unknown_line),
    (words.MISPLACED, refusals.misplaced),
    (words.UNKNOWN_SECTION, told.SECTION_STOPS),
    (words.SECTION_NEEDS_NAME, told.SECTION_STOPS),
    (words.SECTION_TAKES_NO_NAME, told.SECTION_STOPS),
    (words.MISSING_TARGET, refusals.missing_target),
    (words.MISSING_VALUE, refusals.missing_value),
    (words.SURPLUS_WORDS, refusals.surplus),
    (words.OPEN_QUOTE, refusals.open_quote),
    (words.BAD_TAG, refusals.target),
    (words.UNKNOWN_SELECTOR, refusals.target),
    (words.MISSING_FORMAT, told.FORMAT_STOPS),
    (words.UNKNOWN_FORMAT, told.FORMAT_STOPS),
    (words.BAD_PATTERN, told.TARGET_STOPS),
    (words.BAD_VR, refusals.bad_vr),
    (words.BAD_GROUP, told.TARGET_STOPS),
    (words.BAD_CONDITION, refusals.condition),
    (words.LIKE_A_REFERENCE, told.REFERENCE_AS_TEXT),
    (words.QUOTED_REFERENCE, told.REFERENCE_AS_TEXT),
    (words.UNKNOWN_CRITERION, refusals.criterion_word),
    (words.CRITERION_VALUE, refusals.criterion_value),
    (words.BAD_REGION, told.REGION_STOPS),
    (words.EMPTY_REGION, told.REGION_EMPTY),
    (words.KEPT_TEXT, told.REGION_STOPS),
    (words.BAD_SPLIT, told.LIST_STOPS),
    (words.NOT_UTF8, None),
    (words.CONTROL_CHARACTER, told.NOT_A_LINE),
    (words.BAD_ARGUMENT, refusals.argument),
    (words.BAD_DECLARATION, None),
    (words.BAD_INCLUDE, None),
    (words.BAD_REFERENCE, told.ARGUMENTS_IN_NAME),
    (words.BARE_OPERATOR, refusals.bare_operator),
    (words.BAD_POLICY, None),
    (words.STRAY_BRACE, told.QUOTES_WRITTEN),
    (words.BAD_NAME_IN_BRACES, told.QUOTES_WRITTEN),
    (words.BAD_CODE, told.LITERAL_STOPS),
    (names.UNKNOWN_LIST, refusals.unknown_list),
    (names.UNKNOWN_KEYWORD, refusals.target),
    (names.CTP_NAME, refusals.target),
    (names.CTP_GROUP, refusals.target),
    (names.UNKNOWN_BUILTIN, told.FUNCTION_UNKNOWN),
    (names.UNKNOWN_ARGUMENT, told.ARGUMENT_IGNORED),
    (names.BAD_ARGUMENT_VALUE, refusals.own_argument),
    (names.UNDECLARED_VARIABLE, None),
    (names.UNKNOWN_FUNCTION, None),
    (names.RECIPE_NOT_FOUND, None),
    (names.AMBIGUOUS_RECIPE, None),
    (names.INCLUDE_CYCLE, None),
    (names.PIN_MISMATCH, None),
    (names.FORMAT_MISMATCH, None),
    (names.BUILTIN_AS_FUNCTION, told.OWN_OR_BUILT_IN),
    (names.DOUBLED_VARIABLE, None),
    (names.BAD_DEFAULT, None),
    (names.SPLIT_IN_FIELDS, told.LIST_STOPS),
    (names.BLANK_IN_LIST_NAME, told.LIST_NAME),
    (names.CIRCULAR_LIST, told.LISTS_NOTHING),
    (names.INCLUDED_TOO_DEEP, None),
    (names.UNKNOWN_GROUP, None),
    (names.DOUBLED_POLICY, None),
    (values.LITERAL_UNFIT, refusals.unfit),
    (values.LITERAL_TOO_LONG, told.LITERAL_WRITTEN),
    (values.TEXT_INTO_SEQUENCE, told.LITERAL_STOPS),
    (values.JITTER_NO_DATE, told.NO_DATE_SHIFTED),
    (values.JITTER_AMOUNT, told.ARGUMENT_STOPS),
    (values.ADD_TO_MANY, told.ADD_STOPS),
    (values.ADD_UNKNOWN, refusals.added),
    (values.UUID_INTO_UID, told.INVALID_UID),
    (values.BAD_ROOT, refusals.root),
    (values.ODD_DIGITS, told.PATTERN_MISSES),
    (values.EMPTY_ALTERNATIVE, refusals.empty_alternative),
    (values.PATTERN_FITS_NOTHING, refusals.misses),
    (values.ALTERNATION_IN_EQUALS, refusals.never_true),
    (values.PLUS_IN_PATTERN, refusals.never_true),
    (values.NOT_A_TERM, refusals.never_true),
    (values.ONLY_NESTED, refusals.never_true),
    (values.CHARACTER_SET, told.LITERAL_WRITTEN),
    (values.VARIABLE_UNFIT, None),
    (values.FUNCTION_UNFIT, refusals.function),
    (values.SECRET_WRITTEN, None),
    (values.REGIONS_NO_SEQUENCE, told.REGION_STOPS),
    (names.NO_PARTNER, None),
    (operands.CODE_MISPLACED, told.LITERAL_WRITTEN),
    (operands.CODE_UNFIT, told.LITERAL_WRITTEN),
    (operands.CODE_MEANING, told.LITERAL_WRITTEN),
    (operands.APPEND_TO_ONE, told.ADD_DROPPED),
    (operands.SOURCE_UNFIT, told.REFERENCE_AS_TEXT),
    (operands.ARGUMENT_OUT_OF_RANGE, None),
    (words.BAD_GUARD, None),
    (words.MIXED_GUARD, None),
    (words.TEXT_LIKE_GUARD, None),
    (words.DESCEND_CONTRADICTED, None),
    (names.UNKNOWN_UID, None),
    (names.DESCEND_INTO_VALUE, None),
    (values.GUARD_NEVER, None),
    (values.NOT_COMPARABLE, None),
    (words.BAD_ROLE, None),
    (words.BAD_EXCEPTION, None),
    (names.SECRET_DECLARED_OTHERWISE, None),
    (values.JITTER_ZERO, None),
    (privacy.BUNDLED_CONTRADICTION, None),
    (privacy.SHIFTS_CANCEL, None),
    (left_behind.NOT_MOVED, None),
    (layout.EMPTY_RECIPE, None),
    (privacy.KEPT, told.KEPT),
    (privacy.SPARED, told.SPARED),
    (privacy.PROTECTED, told.PROTECTED),
    (privacy.SHIFTS_TOO_MUCH, told.NO_DATE_SHIFTED),
    (privacy.LITERAL_FOR_MANY, told.LITERAL_WRITTEN),
    (privacy.BARE_LINE, told.BARE_LINE),
    (privacy.NEVER_FIRES, told.NEVER_FIRES),
)
JUDGED: Mapping[str, Behaviour | _Judge | None] = MappingProxyType({rule.code: judged for rule, judged in _BY_RULE})

# Warnings about rules that do not do what they say in deidc either, or that may mean two things.
_OPEN = frozenset(
    rule.code
    for rule in (
        words.QUOTED_REFERENCE,
        words.BARE_OPERATOR,
        names.BUILTIN_AS_FUNCTION,
        values.ODD_DIGITS,
        values.PATTERN_FITS_NOTHING,
        values.ALTERNATION_IN_EQUALS,
        values.PLUS_IN_PATTERN,
        values.NOT_A_TERM,
        values.ONLY_NESTED,
        privacy.KEPT,
        privacy.SPARED,
        privacy.LITERAL_FOR_MANY,
        privacy.BARE_LINE,
        privacy.NEVER_FIRES,
    )
)
