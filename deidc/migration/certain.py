"""Edits that are certain to be what an author meant. All others are for a person."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from deidc.codes import names, values, words
from deidc.diagnostics import Applicability, Diagnostic, Edit, Fix, Rule, Severity
from deidc.grammar import nodes
from deidc.grammar.writer import write_target
from deidc.ir.resolving.ctp_labels import is_ctp_label
from deidc.ir.resolving.resolved import Resolved
from deidc.migration.deid.lines import Surroundings, better_form, reasons_of, standing_lines, stored_lines
from deidc.migration.deid.operands import attribute_of
from deidc.migration.deid.words import first_word
from deidc.source import Source, Span

# Fixes of complaints that leave no doubt. Those of DC102 and DC401 are left to `better_form`, which looks at what
# deid does with the line. That of DC422 joins lines, of which deid reads some no better.
SECTIONS: frozenset[Rule] = frozenset({words.UNKNOWN_SECTION, words.MISSING_FORMAT})
_SAFE: frozenset[Rule] = frozenset(
    {
        *SECTIONS,
        words.BAD_TAG,
        words.LIKE_A_REFERENCE,
        words.INVISIBLE,
        values.CODE_CASE,
    }
)
# Tables of names that deid knows nothing of: what a rule with such a name takes away is more than deid took away.
_TABLES: frozenset[Rule] = frozenset({names.CTP_NAME, names.CTP_GROUP, words.BAD_TAG})
_TAKING = ("REMOVE", "BLANK", "REPLACE", "JITTER")
_PREFIX = re.compile(r"(var|func|deid_func):(?=\S)", re.IGNORECASE)


def section_fixes(source: Source, said: Iterable[Diagnostic]) -> Iterator[tuple[Fix, Span]]:
    """Yield the edits of section lines and of a FORMAT line that is missing, as far as they are certain."""
    for one in said:
        if one.rule in SECTIONS and one.span is not None and one.span.source == source.name:
            fix = _fix_of(one, source, keeps_by_list=False)
            if fix is not None:
                yield fix, one.span


def certain_fixes(source: Source, resolved: Resolved, said: Iterable[Diagnostic]) -> Iterator[tuple[Fix, Span]]:
    """Yield the edits of a recipe that are certain, each with the place that they are about."""
    keeps_by_list = any(
        rule.action.keeps and isinstance(rule.statement.target, nodes.ListRef) for rule in resolved.rules
    )
    standing = [one for one in standing_lines(resolved.recipe) if one.node.span.source == source.name]
    stored = stored_lines(resolved.recipe, source)
    ours = [
        (one, one.span)
        for one in said
        if one.span is not None and one.span.source == source.name and source.place(one.span.start).line not in stored
    ]
    differing = {source.place(one.node.span.start).line for one in standing if reasons_of(one, source.text)}
    differing.update(source.place(span.start).line for one, span in ours if one.severity is Severity.ERROR)
    for one, span in ours:
        # Blanks that are not those of ASCII part words for deid, too.
        if one.rule is not words.INVISIBLE or source.place(span.start).line in differing:
            fix = _fix_of(one, source, keeps_by_list=keeps_by_list)
            if fix is not None:
                yield fix, span
    for line in standing:
        fix = (_rewording(line.node) if line.place is Surroundings.HEADER else None) or better_form(line, source)
        if fix is not None:
            yield fix, line.node.span


def _fix_of(said: Diagnostic, source: Source, *, keeps_by_list: bool) -> Fix | None:
    assert said.span is not None
    if said.fix is not None and said.fix.applicability is Applicability.SAFE and said.rule in _SAFE:
        return said.fix
    if said.rule is words.LIKE_A_REFERENCE:
        return _small_prefix(said, source)
    if said.fix is None or said.rule not in _TABLES:
        return None
    if said.rule is names.CTP_NAME and not is_ctp_label(source.text[said.span.start : said.span.end]):
        return None
    action = first_word(source.line(source.place(said.span.start).line)).upper()
    taking = action in _TAKING or (action in ("FIELD", "SPLIT") and not keeps_by_list)
    return said.fix if taking or (action == "ADD" and said.rule is names.CTP_NAME) else None


def _small_prefix(said: Diagnostic, source: Source) -> Fix | None:
    """Return the fix that writes VAR:, Func: and the like in small letters."""
    assert said.span is not None
    found = _PREFIX.match(source.text, said.span.start, said.span.end)
    if found is None:
        return None
    at = Span(source.name, found.start(), found.end())
    return Fix.safe("write it in small letters", Edit(at, found[0].lower()))


def _rewording(line: object) -> Fix | None:
    """Return another statement that says what this one means, where deid does not execute it as it stands."""
    match line:
        case nodes.Replace(target, nodes.Literal(""), ()):
            attribute = attribute_of(target)
            if attribute is not None and attribute.vr == "SQ":
                return Fix.safe("write BLANK", Edit(line.span, f"BLANK {write_target(target)}"))
            return None
        case nodes.Replace(_, nodes.BuiltinRef("simple_uuid") as call) | nodes.Add(
            _, nodes.BuiltinRef("simple_uuid") as call
        ):
            start = call.span.start + len("deid_func:")
            at = Span(call.span.source, start, start + len("simple_uuid"))
            return Fix.safe("write basic_uuid", Edit(at, "basic_uuid"))
        case _:
            return None
