"""DC409, DC410, DC413, DC414, DC419, DC421, DC430, DC431, DC433, DC442: what single rules reach, leave or destroy."""

from __future__ import annotations

import re
from collections.abc import Iterator

from deidc.codes import privacy as codes
from deidc.diagnostics import Diagnostic, Edit, Fix
from deidc.dicom import dictionary
from deidc.dicom.uids import is_registered
from deidc.dicom.values.vrs import DATES
from deidc.grammar import nodes
from deidc.grammar.writer import write_target
from deidc.ir import ops
from deidc.ir.checks.coverage import NOTHING, Coverage, attribute_of, be, covers, is_wide, names, of_pattern
from deidc.ir.checks.expressions import alternatives
from deidc.ir.checks.rule_table import RuleTable, complaint, is_unconditional, overrules_base, way_of
from deidc.ir.identifiers import FOLLOWING, MANDATORY_UIDS
from deidc.ir.resolving.resolved import Bound, Resolved
from deidc.vocabulary import Anchor, ExpanderKind

_CHARACTER_SET = "00080005"
_SOP_CLASS = "00080016"
_SHIFTABLE = frozenset({*DATES, "LO", "SH", "UN", "SQ"})


def reach(resolved: Resolved) -> Iterator[Diagnostic]:
    """DC409-DC410, DC421, DC430, DC442: what is needed stays, and no rule comes too late."""
    table = RuleTable(resolved)
    yield from _mandatory(table)
    yield from _lists_after_remove(table)
    yield from _sequences_gone(table)
    yield from _class_uids(table)


def _mandatory(table: RuleTable) -> Iterator[Diagnostic]:
    """Complain of rules that remove or empty UIDs that every object must have."""
    needed = frozenset(one.pattern for key in MANDATORY_UIDS if (one := dictionary.find_keyword(key)) is not None)
    kept, rewritten = table.kept, table.rewritten
    for rule, coverage in zip(table.rules, table.covered, strict=True):
        if not rule.action.takes_away or not is_unconditional(rule):
            continue
        gone = (coverage & needed) - kept
        if rule.action.removes:
            gone -= rewritten
        if gone:
            code = codes.REACHES_UIDS if is_wide(rule.selector) else codes.REMOVES_UID
            message = f"{names(gone, 4)} {be(gone)} required in every object"
            yield complaint(code, message, rule, hint="REPLACE or KEEP them")


def _lists_after_remove(table: RuleTable) -> Iterator[Diagnostic]:
    """Complain of rules that rewrite through a list what is removed: lists do not hold off REMOVE."""
    spared = table.rewritten | table.kept
    removers = [(at, one) for at, one in enumerate(table.rules) if one.action.removes and is_unconditional(one)]
    for number, rule in table.wide():
        if not ops.selects_by_list(rule.selector):
            continue
        if not rule.action.rewrites:
            continue
        for at, remover in removers:
            if at > number and overrules_base(rule, remover):
                continue
            what = _lost(rule, remover, (table.covered[number] & table.covered[at]) - spared)
            if what:
                yield complaint(codes.LIST_AFTER_REMOVE, what, rule, (remover,), "removed here")
                break


def _lost(rule: Bound, remover: Bound, gone: Coverage) -> str:
    match rule.selector:
        case ops.Member() if gone:
            return f"{names(gone)} {be(gone)} removed"
        case ops.Holding() if isinstance(remover.selector, ops.Everything):
            return "every attribute that no other rule rewrites is removed"
        case _:
            return ""


def _sequences_gone(table: RuleTable) -> Iterator[Diagnostic]:
    """Complain of rules inside a sequence that is removed, or kept as a whole."""
    inside = [
        (number, rule)
        for number, rule in enumerate(table.rules)
        if isinstance(rule.selector, ops.AtPath) and len(rule.selector.steps) > 1
    ]
    if not inside:
        return
    keepers = [(at, one) for at, one in enumerate(table.rules) if one.action.keeps and is_unconditional(one)]
    removers = [(at, one) for at, one in enumerate(table.rules) if _removes(one) and table.covered[at]]
    for number, rule in inside:
        assert isinstance(rule.selector, ops.AtPath)
        way = way_of(rule.selector)
        keeper = next((pair for pair in keepers if way & (table.covered[pair[0]] - table.entered)), None)
        if keeper is not None:
            at, keep = keeper
            if not (rule.action.keeps or rule.action.creates or (at > number and overrules_base(rule, keep))):
                kept = way & table.covered[at]
                message = f"{names(kept)} is kept with all its items"
                yield complaint(codes.KEPT, message, rule, (keep,), "kept here", _entering(rule, kept))
            continue
        for at, remover in removers:
            if at > number and overrules_base(rule, remover):
                continue
            if at < number and rule.action.creates:
                continue  # it makes the sequence anew
            gone = (way & table.covered[at]) - table.entered
            if gone:
                message = f"{names(gone)} is removed with its items"
                yield complaint(codes.SEQUENCE_GONE, message, rule, (remover,), "removed here", _entering(rule, gone))
                break


def _entering(rule: Bound, gone: Coverage) -> str | None:
    """Return how a rule inside a sequence reaches what another rule removes: the sequence is entered by DESCEND."""
    path, target = rule.selector, rule.statement.target
    if not isinstance(path, ops.AtPath) or not isinstance(target, nodes.Path) or rule.action.creates:
        return None
    way = (step.at for step in path.steps[:-1])
    outermost = next(n for n, at in enumerate(way) if isinstance(at, ops.Tagged) and at.pattern in gone)
    steps = target.steps[: outermost + 1]
    sequence = steps[0].at if len(steps) == 1 else nodes.Path(steps)
    return f"write DESCEND {write_target(sequence)}: the sequence stays, and rules reach its items"


def _removes(rule: Bound) -> bool:
    return rule.action.takes_away and is_unconditional(rule)


def _class_uids(table: RuleTable) -> Iterator[Diagnostic]:
    """Complain of rules that replace the UID that says of which class an object is."""
    for rule, coverage in zip(table.rules, table.covered, strict=True):
        value = nodes.value_of(rule.statement)
        if value is None or not rule.action.writes or not is_unconditional(rule):
            continue
        if rule.action.creates and is_wide(rule.selector):
            continue
        if _SOP_CLASS in coverage and _SOP_CLASS not in table.kept and not _leaves_class(rule, value):
            hint = "write select:role:uid, which leaves SOP classes and UIDs that DICOM registers unchanged"
            yield complaint(codes.CLASS_UID_REPLACED, "SOPClassUID is replaced", rule, hint=hint)


def _leaves_class(rule: Bound, value: nodes.Value) -> bool:
    """Whether what is written may be the class again; a caller's function may know, a wide variable cannot."""
    match value:
        case nodes.BuiltinRef("stable_uid") | nodes.FuncRef():
            return True
        case nodes.Literal(text):
            return not is_wide(rule.selector) and is_registered(text)
        case _:
            return False


# ---- single rules ---------------------------------------------------------------------------------------


def protected(resolved: Resolved) -> Iterator[Diagnostic]:
    """DC413, DC433: no rule names what deidc protects, or makes itself."""
    for rule in resolved.rules:
        if rule.action.keeps or rule.action.enters:
            continue
        attribute = attribute_of(rule.selector)
        if attribute is not None and attribute.keyword in FOLLOWING:
            message = f"{attribute.keyword} is always written by deidc, so the rule has no effect"
            yield complaint(codes.FOLLOWS_OBJECT, message, rule)
            continue
        writes = rule.action.writes
        for keyword in _keywords_on_the_way(rule.selector):
            if keyword in resolved.protected and not (keyword == "SpecificCharacterSet" and writes):
                yield complaint(codes.PROTECTED, f"{keyword} is protected, so the rule has no effect", rule)
                break


def _keywords_on_the_way(selector: ops.Selector | None) -> Iterator[str]:
    steps = [step.at for step in selector.steps] if isinstance(selector, ops.AtPath) else [selector]
    for step in steps:
        attribute = attribute_of(step)
        if attribute is not None:
            yield attribute.keyword


def wide_shifts(resolved: Resolved) -> Iterator[Diagnostic]:
    """DC414: a wide JITTER reaches dates only."""
    dateless = frozenset(one.pattern for one in dictionary.attributes() if one.vr not in _SHIFTABLE)
    for rule in resolved.rules:
        if not rule.action.shifts or not is_wide(rule.selector):
            continue
        if isinstance(rule.selector, ops.OfVR) and not DATES & set(rule.selector.vrs):
            continue
        other = covers(rule.selector, resolved) & dateless
        if other:
            message = f"{names(other)} {'hold no dates' if len(other) > 1 else 'holds no date'}"
            yield complaint(codes.SHIFTS_TOO_MUCH, message, rule, hint="write select:VR:DA|DT")


def creators(resolved: Resolved) -> Iterator[Diagnostic]:
    """DC419: private creators are not named by tag."""
    for rule in resolved.rules:
        match rule.selector:
            case ops.Tagged(pattern) if "X" not in pattern and dictionary.is_private_creator(int(pattern, 16)):
                if not rule.action.keeps and not rule.action.creates:
                    yield complaint(codes.REMOVES_CREATOR, "the tag belongs to a private creator", rule)
            case _:
                pass


def exceptions(resolved: Resolved) -> Iterator[Diagnostic]:
    """DC431: except: spares the attribute it names, and no other."""
    for rule in resolved.rules:
        target = rule.statement.target
        if not isinstance(target, nodes.Expander) or target.kind is not ExpanderKind.EXCEPT:
            continue
        parts = alternatives(target.pattern)
        more = NOTHING.union(*(_spared_besides(part) for part in parts))
        if more:
            exact = "|".join(f"^{part}$" if _spared_besides(part) else part for part in parts)
            fix = Fix.unsafe(f"write except:{exact}", Edit(target.span, f"except:{exact}"))
            message = f"the pattern also spares {names(more)}"
            yield Diagnostic(codes.EXCEPT_SPARES_MORE, message, target.span, f"write except:{exact}", fix)


def _spared_besides(part: str) -> Coverage:
    """Return what contains a keyword in its name besides the attribute itself."""
    attribute = dictionary.find_keyword(part) if re.fullmatch(r"[A-Za-z]+", part) else None
    if attribute is None:
        return NOTHING
    return of_pattern(Anchor.CONTAINS, part) - {attribute.pattern}
