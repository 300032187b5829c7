"""DC4xx: what rules do to each other, and what they leave or destroy."""

from __future__ import annotations

from collections.abc import Iterator

from attrs import define, field

from deidc.codes import privacy as codes
from deidc.diagnostics import Diagnostic, Edit, Fix, Label, Rule
from deidc.grammar import nodes
from deidc.ir import dictionary, ops
from deidc.ir.checks.coverage import Coverage, attribute_of, covers, is_wide, names
from deidc.ir.identifiers import DIRECT_IDENTIFIERS, KEPT_WITH_REASON, MANDATORY_UIDS, SYSTEM_PROTECTED
from deidc.ir.names import Bound, Resolved
from deidc.ir.vrs import DATES
from deidc.source import Span

_CHARACTER_SET = "00080005"


@define(eq=False)
class _Rules:
    """The rules of a recipe with what each covers, and by attribute in order."""

    resolved: Resolved
    covered: list[Coverage] = field(init=False)
    by_attribute: dict[str, list[int]] = field(factory=dict)

    def __attrs_post_init__(self) -> None:
        self.covered = [covers(rule.selector, self.resolved) for rule in self.resolved.rules]
        for number, coverage in enumerate(self.covered):
            for attribute in coverage:
                self.by_attribute.setdefault(attribute, []).append(number)

    def rule(self, number: int) -> Bound:
        return self.resolved.rules[number]

    def exact(self) -> Iterator[tuple[int, Bound, dictionary.Attribute]]:
        """Yield the rules that name one attribute at every depth."""
        for number, rule in enumerate(self.resolved.rules):
            if isinstance(rule.selector, ops.Tagged):
                attribute = attribute_of(rule.selector)
                if attribute is not None:
                    yield number, rule, attribute

    def others(self, number: int, attribute: str) -> Iterator[tuple[int, Bound]]:
        """Yield the other rules that cover an attribute, in order."""
        for other in self.by_attribute.get(attribute, ()):
            if other != number:
                yield other, self.rule(other)


def _complaint(
    rule: Rule, message: str, at: Bound, other: Bound | None = None, words: str = "", hint: str | None = None
) -> Diagnostic:
    labels = (Label(other.statement.span, words),) if other is not None else ()
    return Diagnostic(rule, message, at.statement.span, hint, None, labels)


def _word(rule: Bound) -> str:
    return type(rule.statement).__name__.upper()


def _unconditional(rule: Bound) -> bool:
    return not getattr(rule.statement, "when", ())


def _rewrites(rule: Bound) -> bool:
    """Whether a rule holds off REMOVE for what it covers."""
    return (
        isinstance(rule.statement, nodes.Replace | nodes.Jitter)
        and _unconditional(rule)
        and not isinstance(rule.selector, ops.Holding | ops.Member)
    )


def interplay(resolved: Resolved) -> Iterator[Diagnostic]:
    """DC402-DC408, DC417, DC420: no rule undoes another by accident."""
    rules = _Rules(resolved)
    doubled: set[int] = set()
    for complaint, number in _doubles(rules):
        doubled.add(number)
        yield complaint
    for number, rule, attribute in rules.exact():
        if number not in doubled:
            yield from _against_others(rules, number, rule, attribute)
    yield from _shifted_twice(rules, doubled)


def _doubles(rules: _Rules) -> Iterator[tuple[Diagnostic, int]]:
    seen: dict[object, tuple[int, Bound]] = {}
    for number, rule in enumerate(rules.resolved.rules):
        statement = rule.statement
        if rule.selector is None:
            continue
        value = getattr(statement, "value", getattr(statement, "days", None))
        selector: object = rule.selector
        if isinstance(rule.selector, ops.Matching):
            selector = (rule.selector.anchor, rule.selector.pattern.lower(), rule.selector.negated)
        key = (type(statement), selector, value, getattr(statement, "when", ()))
        first = seen.setdefault(key, (number, rule))
        if first[0] == number:
            continue
        code = codes.DOUBLED if first[1].selector == rule.selector else codes.CASE_DOUBLE
        if isinstance(statement, nodes.Jitter):
            code = codes.SHIFTED_TWICE
        yield _complaint(code, "the rule stands above already", rule, first[1], "it stands here"), number


def _against_others(rules: _Rules, number: int, rule: Bound, attribute: dictionary.Attribute) -> Iterator[Diagnostic]:
    others = list(rules.others(number, attribute.pattern))
    keep = next((one for _, one in others if isinstance(one.statement, nodes.Keep)), None)
    if keep is not None and not isinstance(rule.statement, nodes.Keep | nodes.Add):
        yield _complaint(codes.KEPT, f"{attribute.keyword} is kept, so the rule does nothing", rule, keep, "kept here")
        return
    match rule.statement:
        case nodes.Remove():
            writer = next((one for _, one in others if _rewrites(one)), None)
            if writer is not None and (not isinstance(writer.statement, nodes.Jitter) or attribute.vr in DATES):
                message = f"{attribute.keyword} is rewritten, so it is never removed"
                yield _complaint(codes.SPARED, message, rule, writer, "rewritten here")
        case nodes.Add() | nodes.Replace():
            yield from _written(rule, attribute, [one for at, one in others if at > number], others)
        case _:
            pass
    yield from _contradiction(rule, attribute, [one for at, one in others if at < number])


def _written(
    rule: Bound, attribute: dictionary.Attribute, later: list[Bound], others: list[tuple[int, Bound]]
) -> Iterator[Diagnostic]:
    """Complain of what later rules do to a value that a rule writes."""
    spared = any(_rewrites(one) for _, one in others)
    for one in later:
        match one.statement:
            case nodes.Jitter() if attribute.vr in DATES:
                message = f"{attribute.keyword} is written above and shifted here"
                yield _complaint(codes.REPLACED_THEN_SHIFTED, message, one, rule, "written here")
                return
            case nodes.Replace() if (
                is_wide(one.selector) and _unconditional(one) and isinstance(rule.statement, nodes.Replace)
            ):
                message = f"{attribute.keyword} is written above, and overwritten here"
                yield _complaint(codes.OVERWRITTEN, message, one, rule, "written here")
                return
            case nodes.Remove() | nodes.Blank() if isinstance(rule.statement, nodes.Add) and _unconditional(one):
                if isinstance(one.statement, nodes.Blank) or not spared:
                    message = f"{attribute.keyword} is added above, and gone here"
                    yield _complaint(codes.ADDED_THEN_GONE, message, one, rule, "added here")
                    return
            case _:
                pass


def _contradiction(rule: Bound, attribute: dictionary.Attribute, earlier: list[Bound]) -> Iterator[Diagnostic]:
    """Complain if an earlier rule that names the attribute as well does something else to it."""
    for one in earlier:
        if is_wide(one.selector) or not _unconditional(rule) or not _unconditional(one):
            continue
        pair = (type(one.statement), type(rule.statement))
        if pair in _CONTRADICTIONS or (pair == (nodes.Add, nodes.Replace) and _is_literal(rule)):
            message = f"{_word(one)} and {_word(rule)} name {attribute.keyword}; {_outcome(one, rule)}"
            yield _complaint(codes.CONTRADICTION, message, rule, one, "the other rule")
            return


_CONTRADICTIONS = frozenset(
    {
        (nodes.Blank, nodes.Replace),
        (nodes.Replace, nodes.Blank),
        (nodes.Blank, nodes.Remove),
        (nodes.Remove, nodes.Blank),
        (nodes.Replace, nodes.Replace),
        (nodes.Jitter, nodes.Replace),
        (nodes.Jitter, nodes.Blank),
        (nodes.Blank, nodes.Jitter),
        (nodes.Add, nodes.Add),
        (nodes.Replace, nodes.Add),
        (nodes.Blank, nodes.Add),
    }
)


def _is_literal(rule: Bound) -> bool:
    return isinstance(getattr(rule.statement, "value", None), nodes.Literal)


def _outcome(first: Bound, second: Bound) -> str:
    if isinstance(first.statement, nodes.Remove):
        return "it is removed"
    return f"{_word(second)} is what counts"


def _shifted_twice(rules: _Rules, doubled: set[int]) -> Iterator[Diagnostic]:
    """Complain of JITTER rules that cover the same dates."""
    shifts = [
        (number, rule)
        for number, rule in enumerate(rules.resolved.rules)
        if isinstance(rule.statement, nodes.Jitter) and number not in doubled
    ]
    dates = _dates()
    for position, (number, rule) in enumerate(shifts):
        for first, other in shifts[:position]:
            both = rules.covered[number] & rules.covered[first] & dates
            if both:
                message = f"{names(both)} would be shifted twice"
                yield _complaint(codes.SHIFTED_TWICE, message, rule, other, "shifted here first")
                break


def _dates() -> Coverage:
    return frozenset(one.pattern for one in dictionary.attributes() if one.vr in DATES)


# ---- single rules ---------------------------------------------------------------------------------------


def comments(resolved: Resolved) -> Iterator[Diagnostic]:
    """DC401: no comment stands behind a rule that deid 0.4.13 would not execute then."""
    for rule in resolved.rules:
        statement = rule.statement
        if statement.remark is None or statement.remark.lower().startswith("deidc:"):
            continue
        match statement:
            case nodes.Remove() | nodes.Add(_, nodes.VarRef() | nodes.FuncRef()):
                pass
            case nodes.Replace(_, nodes.VarRef() | nodes.FuncRef()) | nodes.Jitter(_, nodes.VarRef() | nodes.FuncRef()):
                pass
            case _:
                continue
        hint = "put the comment on a line of its own"
        message = f"deid 0.4.13 does not execute this {_word(rule)}"
        fix = _comment_above(statement, resolved)
        yield Diagnostic(codes.COMMENT_BEHIND_RULE, message, statement.span, hint, fix)


def _comment_above(statement: nodes.Action, resolved: Resolved) -> Fix | None:
    source = resolved.sources.get(statement.span.source)
    if source is None:
        return None
    end = source.text.find("\n", statement.span.end)
    rest = Span(source.name, statement.span.end, end if end >= 0 else len(source.text))
    start = Span(source.name, statement.span.start, statement.span.start)
    comment = f"# {statement.remark}\n" if statement.remark else "#\n"
    return Fix.safe("put the comment on a line of its own", Edit(start, comment), Edit(rest, ""))


def mandatory(resolved: Resolved) -> Iterator[Diagnostic]:
    """DC409-DC410: UIDs that every object must have are not removed."""
    rules = _Rules(resolved)
    needed = {one.pattern: one for key in MANDATORY_UIDS if (one := dictionary.find_keyword(key)) is not None}
    held: set[str] = set()
    for number, rule in enumerate(resolved.rules):
        if isinstance(rule.statement, nodes.Keep) or _rewrites(rule):
            held.update(rules.covered[number] & needed.keys())
    for number, rule in enumerate(resolved.rules):
        if not isinstance(rule.statement, nodes.Remove | nodes.Blank) or not _unconditional(rule):
            continue
        blanked = isinstance(rule.statement, nodes.Blank)
        gone = rules.covered[number] & (needed.keys() if blanked else needed.keys() - held)
        if blanked:
            gone = frozenset(one for one in gone if one not in _kept(rules))
        if gone:
            code = codes.REACHES_UIDS if is_wide(rule.selector) else codes.REMOVES_UID
            message = f"{names(gone, 4)} {'are' if len(gone) > 1 else 'is'} in every object"
            yield _complaint(code, message, rule, hint="REPLACE or KEEP what must stay")


def _kept(rules: _Rules) -> frozenset[str]:
    return frozenset().union(
        *(
            rules.covered[number]
            for number, rule in enumerate(rules.resolved.rules)
            if isinstance(rule.statement, nodes.Keep)
        )
    )


def keeps(resolved: Resolved) -> Iterator[Diagnostic]:
    """DC411-DC412: KEEP keeps no more than is meant."""
    for rule in resolved.rules:
        if not isinstance(rule.statement, nodes.Keep):
            continue
        attribute = attribute_of(rule.selector)
        if attribute is None:
            continue
        if attribute.keyword in KEPT_WITH_REASON:
            yield _complaint(codes.KEEPS_IDENTIFIER, f"{attribute.keyword} stays in every file", rule)
        elif attribute.vr == "SQ":
            hint = f"keep what is needed: {attribute.keyword}__Attribute"
            yield _complaint(codes.KEEPS_ITEMS, f"everything in {attribute.keyword} stays", rule, hint=hint)


def protected(resolved: Resolved) -> Iterator[Diagnostic]:
    """DC413: no rule names what deidc protects."""
    for rule in resolved.rules:
        attribute = attribute_of(rule.selector)
        if attribute is None or attribute.keyword not in SYSTEM_PROTECTED or isinstance(rule.statement, nodes.Keep):
            continue
        writes = isinstance(rule.statement, nodes.Add | nodes.Replace)
        if attribute.pattern == _CHARACTER_SET and writes:
            continue
        yield _complaint(codes.PROTECTED, f"{attribute.keyword} is protected, so the rule does nothing", rule)


def wide_shifts(resolved: Resolved) -> Iterator[Diagnostic]:
    """DC414: a wide JITTER reaches dates only."""
    shiftable = frozenset(
        one.pattern for one in dictionary.attributes() if one.vr in DATES or one.vr in ("LO", "SH", "UN", "SQ")
    )
    for rule in resolved.rules:
        if isinstance(rule.statement, nodes.Jitter) and is_wide(rule.selector):
            other = covers(rule.selector, resolved) - shiftable
            if other:
                message = f"{names(other)} hold no dates"
                yield _complaint(codes.SHIFTS_TOO_MUCH, message, rule, hint="write select:VR:DA|DT")


def creators(resolved: Resolved) -> Iterator[Diagnostic]:
    """DC419: private creators are not named by tag."""
    for rule in resolved.rules:
        match rule.selector:
            case ops.Tagged(pattern) if "X" not in pattern and dictionary.is_private_creator(int(pattern, 16)):
                if not isinstance(rule.statement, nodes.Keep | nodes.Add):
                    yield _complaint(codes.REMOVES_CREATOR, "the tag is that of a private creator", rule)
            case _:
                pass


def lists_after_remove(resolved: Resolved) -> Iterator[Diagnostic]:
    """DC421: what a rule replaces through a list is still there when it acts."""
    removed: frozenset[str] = frozenset()
    remover: Bound | None = None
    for rule in resolved.rules:
        if isinstance(rule.statement, nodes.Remove) and _unconditional(rule):
            removed, remover = removed | covers(rule.selector, resolved), rule
        elif isinstance(rule.statement, nodes.Replace) and isinstance(rule.selector, ops.Member):
            gone = covers(rule.selector, resolved) & removed
            if gone:
                message = f"{names(gone)} {'are' if len(gone) > 1 else 'is'} removed above"
                yield _complaint(codes.LIST_AFTER_REMOVE, message, rule, remover, "removed here")


def sequences_gone(resolved: Resolved) -> Iterator[Diagnostic]:
    """DC430: no rule acts inside a sequence that is removed."""
    gone = {
        rule.selector: rule
        for rule in resolved.rules
        if isinstance(rule.statement, nodes.Remove | nodes.Blank) and _unconditional(rule)
    }
    for rule in resolved.rules:
        if not isinstance(rule.selector, ops.AtPath):
            continue
        for step in rule.selector.steps[:-1]:
            remover = gone.get(step.at)
            if remover is not None:
                yield _complaint(codes.SEQUENCE_GONE, "the sequence is gone", rule, remover, "removed here")
                break


def promises(resolved: Resolved) -> Iterator[Diagnostic]:
    """DC416, DC418, DC428, DC429: a recipe that promises to remove identity keeps the promise."""
    promise = next(
        (
            rule
            for rule in resolved.rules
            if isinstance(rule.statement, nodes.Add | nodes.Replace)
            and (attribute := attribute_of(rule.selector)) is not None
            and attribute.keyword == "PatientIdentityRemoved"
        ),
        None,
    )
    if promise is None or not isinstance(promise.statement, nodes.Add | nodes.Replace):
        return
    value = promise.statement.value
    if isinstance(value, nodes.Literal) and value.text.upper() not in ("YES", "NO"):
        yield _complaint(codes.IDENTITY_REMOVED, "the value is neither YES nor NO", promise)
    touched = frozenset().union(*(covers(rule.selector, resolved) for rule in resolved.rules))
    missing = [key for key in DIRECT_IDENTIFIERS if _pattern(key) not in touched]
    if missing:
        yield _complaint(codes.LEAVES_IDENTIFIERS, f"no rule is about {', '.join(missing)}", promise)
    for rule in resolved.rules:
        match rule.statement:
            case nodes.Jitter(_, nodes.Literal()):
                yield _complaint(codes.READABLE_SHIFT, "the number of days stands in the recipe", rule)
            case nodes.Replace(_, nodes.BuiltinRef("pydicom_uuid")) | nodes.Add(_, nodes.BuiltinRef("pydicom_uuid")):
                yield _complaint(codes.UNKEYED_UID, "the new UID can be computed from the old one", rule)
            case _:
                pass


def _pattern(keyword: str) -> str:
    attribute = dictionary.find_keyword(keyword)
    assert attribute is not None, keyword
    return attribute.pattern
