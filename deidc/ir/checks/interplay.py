"""DC402-DC405, DC407, DC408, DC417, DC420, DC432: what a rule that names an element and others do to each other."""

from __future__ import annotations

from collections.abc import Iterator

from attrs import frozen

from deidc.codes import privacy as codes
from deidc.diagnostics import Diagnostic, Label, Rule
from deidc.dicom.values.vrs import DATES
from deidc.grammar import nodes
from deidc.ir import ops
from deidc.ir.checks.coverage import (
    attribute_of,
    is_wide,
    listed,
)
from deidc.ir.checks.rule_table import (
    RuleTable,
    complaint,
    holds_off_remove,
    is_unconditional,
    likeness,
    name,
    overrules_base,
    word,
)
from deidc.ir.resolving.resolved import Bound, Resolved
from deidc.vocabulary import ActionWord


def interplay(resolved: Resolved) -> Iterator[Diagnostic]:
    """DC402-DC408, DC417, DC420, DC432: no rule undoes another by accident."""
    table = RuleTable(resolved)
    doubled = {number: said for said, number in _doubles(table)}
    yield from doubled.values()
    findings = [
        finding
        for number, rule in table.exact()
        if number not in doubled
        for finding in _against_others(table, number, rule)
    ]
    yield from _told(findings)


# ---- the same rule twice --------------------------------------------------------------------------------


def _doubles(table: RuleTable) -> Iterator[tuple[Diagnostic, int]]:
    seen: dict[object, Bound] = {}
    for number, rule in enumerate(table.rules):
        if rule.selector is None:
            continue
        first = seen.setdefault(likeness(rule), rule)
        if first is rule:
            continue
        code = codes.DOUBLED if first.selector == rule.selector else codes.CASE_DOUBLE
        if overrules_base(first, rule) and not (rule.action.shifts and is_wide(rule.selector)):
            continue
        if rule.action.shifts:
            code = codes.SHIFTED_TWICE
        yield complaint(code, "the same rule is above", rule, (first,), "first written here"), number


def list_lines(resolved: Resolved) -> Iterator[Diagnostic]:
    """DC404: no line stands in a list twice."""
    for one in resolved.lists:
        seen: dict[object, nodes.ListLine] = {}
        for member in one.members:
            line = member.line
            how = (line.separator, line.minimum) if isinstance(line, nodes.Split) else None
            first = seen.setdefault((member.selector, how), line) if member.selector is not None else line
            if first is not line and first.span.source == line.span.source:
                label = Label(first.span, "first written here")
                yield Diagnostic(codes.DOUBLED, "the same line is above", line.span, labels=(label,))


# ---- a rule that names an element, and others that match it ---------------------------------------------


@frozen
class _Finding:
    """Rule `at` has trouble with `other`; `what` is the name of the element."""

    code: Rule
    at: Bound
    other: Bound
    what: str


def _told(findings: list[_Finding]) -> Iterator[Diagnostic]:
    """Yield one complaint for each rule and kind of trouble, and one for a wide KEEP that defeats several rules."""
    groups: dict[tuple[str, int], list[_Finding]] = {}
    defeated: dict[int, list[_Finding]] = {}
    for finding in findings:
        if finding.code is codes.KEPT and is_wide(finding.other.selector):
            defeated.setdefault(id(finding.other), []).append(finding)
    for group in defeated.values():
        if len(group) > _MOST_APART:
            yield _defeated_by_one(group)
    for finding in findings:
        if len(defeated.get(id(finding.other), ())) > _MOST_APART:
            continue
        groups.setdefault((finding.code.code, id(finding.at)), []).append(finding)
    for group in groups.values():
        first = group[0]
        said, words = _WORDS[first.code.code]
        what = listed(list(dict.fromkeys(one.what for one in group)))
        message = said.format(what=what, first=word(first.other), second=word(first.at))
        yield complaint(first.code, message, first.at, tuple(one.other for one in group), words)


def _defeated_by_one(group: list[_Finding]) -> Diagnostic:
    """Return the complaint about a wide KEEP that leaves several rules without effect."""
    what = listed(list(dict.fromkeys(one.what for one in group)), 5)
    message = f"{what} are kept, so {len(group)} rules have no effect"
    return complaint(codes.KEPT, message, group[0].other, tuple(one.at for one in group), "a rule without effect")


_MOST_APART = 3
_WORDS = {
    codes.KEPT.code: ("{what} is kept, so the rule has no effect", "kept here"),
    codes.KEPT_AND_ADDED.code: ("{what} is kept and added; the added value takes effect", "kept here"),
    codes.SPARED.code: ("{what} is rewritten, so it is never removed", "rewritten here"),
    codes.REPLACED_THEN_SHIFTED.code: ("{what} is written above and shifted here", "written here"),
    codes.OVERWRITTEN.code: ("{what} is written above and overwritten here", "written here"),
    codes.ADDED_THEN_GONE.code: ("{what} is added above and removed or emptied here", "added here"),
    codes.CONTRADICTION.code: ("{first} and {second} name {what}, but only one takes effect", "the other rule"),
}


def _against_others(table: RuleTable, number: int, rule: Bound) -> Iterator[_Finding]:
    others = table.others(number)
    if not others or rule.action.enters:  # what contradicts DESCEND is DC141
        return
    what = name(rule)
    if isinstance(rule.selector, ops.AtPath) and table.is_inside_kept(rule.selector):
        return
    keep = next((one for at, one in others if _keeps(one, rule) and not _may_overrule(rule, number, one, at)), None)
    if keep is not None and not rule.action.keeps:
        if not rule.action.creates:
            yield _Finding(codes.KEPT, rule, keep, what)
            return
        if not rule.action.appends:  # which keeps the values that are there
            yield _Finding(codes.KEPT_AND_ADDED, rule, keep, what)
    if rule.action.removes:
        for at, one in others:
            if _rewrites(one, rule) and not _may_overrule(rule, number, one, at):
                yield _Finding(codes.SPARED, rule, one, what)
                return
    elif rule.action.gives_value:
        yield from _written(rule, what, [(at, one) for at, one in others if at > number], others)
    yield from _contradiction(rule, what, [one for at, one in others if at < number])


def _keeps(rule: Bound, other: Bound) -> bool:
    """Whether a rule leaves in every object what another one names; see DC141 for DESCEND in the same text."""
    if rule.action.enters and not other.action.keeps and overrules_base(rule, other):
        attribute = attribute_of(other.selector)
        return is_unconditional(rule) and attribute is not None and attribute.vr == "SQ"
    return rule.action.keeps and is_unconditional(rule)


def _may_overrule(rule: Bound, number: int, other: Bound, at: int) -> bool:
    """Whether the other rule is of a recipe that includes that of the first."""
    return at > number and overrules_base(rule, other)


def _rewrites(writer: Bound, remover: Bound) -> bool:
    """Whether a rule surely rewrites what a REMOVE names, which holds the REMOVE off."""
    if not holds_off_remove(writer):
        return False
    attribute = attribute_of(remover.selector)
    if writer.action.shifts:
        return attribute is not None and attribute.vr in DATES
    if attribute is not None and attribute.vr == "SQ" and is_wide(writer.selector):
        return isinstance(nodes.value_of(writer.statement), nodes.Codes)
    return True


def _written(
    rule: Bound, what: str, later: list[tuple[int, Bound]], others: list[tuple[int, Bound]]
) -> Iterator[_Finding]:
    """Yield what later rules do to a value that a rule writes."""
    attribute = attribute_of(rule.selector)
    spared = any(_rewrites(one, rule) for _, one in others)
    for _, one in later:
        if not is_unconditional(one):
            continue
        if one.action.shifts:
            # Of another text, a rule that names the attribute reads the input, and a wide one leaves it.
            if attribute is not None and attribute.vr in DATES and not overrules_base(rule, one):
                yield _Finding(codes.REPLACED_THEN_SHIFTED, one, rule, what)
                return
        elif one.action.rewrites:
            counts = not rule.action.creates or isinstance(nodes.value_of(one.statement), nodes.Literal)
            if counts and _is_wider(one, rule) and not overrules_base(rule, one):
                yield _Finding(codes.OVERWRITTEN, one, rule, what)
                return
        elif one.action.takes_away and rule.action.creates:
            gone = one.action.empties or not spared
            if gone and not overrules_base(rule, one):
                yield _Finding(codes.ADDED_THEN_GONE, one, rule, what)
                return


def _is_wider(one: Bound, than: Bound) -> bool:
    return is_wide(one.selector) or (isinstance(than.selector, ops.AtPath) and isinstance(one.selector, ops.Tagged))


def _contradiction(rule: Bound, what: str, earlier: list[Bound]) -> Iterator[_Finding]:
    """Yield an earlier rule that names the same element and does something else to it."""
    for one in earlier:
        if is_wide(one.selector) or type(one.selector) is not type(rule.selector):
            continue
        if not is_unconditional(rule) or not is_unconditional(one):
            continue
        pair = (one.action.word, rule.action.word)
        if overrules_base(one, rule) and not one.action.removes:
            continue
        if pair in _CONTRADICTIONS or (
            pair == (ActionWord.ADD, ActionWord.REPLACE) and isinstance(nodes.value_of(rule.statement), nodes.Literal)
        ):
            yield _Finding(codes.CONTRADICTION, rule, one, what)
            return


# ADD, then REPLACE by a function or variable is no contradiction: it makes sure that there is something to replace.
_CONTRADICTIONS = frozenset(
    {
        (ActionWord.BLANK, ActionWord.REPLACE),
        (ActionWord.REPLACE, ActionWord.BLANK),
        (ActionWord.BLANK, ActionWord.REMOVE),
        (ActionWord.REMOVE, ActionWord.BLANK),
        (ActionWord.REPLACE, ActionWord.REPLACE),
        (ActionWord.JITTER, ActionWord.REPLACE),
        (ActionWord.JITTER, ActionWord.BLANK),
        (ActionWord.BLANK, ActionWord.JITTER),
        (ActionWord.ADD, ActionWord.ADD),
        (ActionWord.REPLACE, ActionWord.ADD),
        (ActionWord.BLANK, ActionWord.ADD),
        (ActionWord.JITTER, ActionWord.ADD),
    }
)
