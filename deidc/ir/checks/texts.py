"""DC450-DC453: what rules of different texts do to each other, and what exceptions spare."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from attrs import define, field

from deidc.codes import privacy as codes
from deidc.diagnostics import Diagnostic, Rule
from deidc.grammar import nodes
from deidc.grammar.reader import read
from deidc.ir import ops
from deidc.ir.basic_profile import IDENTIFYING
from deidc.ir.builtin_functions import takes_own_value
from deidc.ir.checks.coverage import NOTHING, attribute_of, be, covers, is_wide, listed, names
from deidc.ir.checks.rule_table import RuleTable, complaint, is_unconditional, likeness, name, word
from deidc.ir.library import SHIPPED_PREFIX
from deidc.ir.resolving.resolved import Bound, Resolved
from deidc.source import Source

# What each bundled recipe says of itself; the last one stands.
_SAID_OF_ITSELF = "DeidentificationMethod"


def texts(resolved: Resolved) -> Iterator[Diagnostic]:
    """DC450-DC452: which rule takes effect where texts differ, and bundled recipes that contradict each other."""
    bundled = _Bundled(resolved.sources)
    table = RuleTable(resolved)
    yield from _contradictions(table, bundled)
    yield from _precedence(table, bundled)


def spared(resolved: Resolved) -> Iterator[Diagnostic]:
    """DC453: an exception leaves identifying attributes that no other rule is about."""
    table = RuleTable(resolved)
    acted = NOTHING.union(*(one for rule, one in zip(table.rules, table.covered, strict=True) if not rule.action.keeps))
    for rule in table.rules:
        if isinstance(rule.selector, ops.Without) and not rule.action.keeps:
            left = (covers(rule.selector.at, resolved) - covers(rule.selector, resolved)) & IDENTIFYING - acted
            if left:
                hint = "write a rule for them, or leave them out of except:"
                message = (
                    f"{names(left)} {be(left)} spared, and no other rule acts on {'them' if len(left) > 1 else 'it'}"
                )
                yield complaint(codes.SPARES_IDENTITY, message, rule, hint=hint)


# ---- bundled recipes ------------------------------------------------------------------------------------


@define(eq=False)
class _Bundled:
    """The bundled recipes among the texts, and which of them belong together."""

    sources: Mapping[str, Source] = field(repr=False)
    _below: dict[str, frozenset[str]] = field(factory=dict)

    def below(self, name: str) -> frozenset[str]:
        """Return a bundled recipe and all that it includes."""
        found = self._below.get(name)
        if found is None:
            self._below[name] = frozenset({name})  # an include that leads back to it adds nothing
            source = self.sources.get(name)
            included = (
                [one.reference for one in read(source)[0].items if isinstance(one, nodes.Include)] if source else []
            )
            found = self._below[name] = frozenset({name}).union(*map(self.below, included))
        return found

    def are_strangers(self, one: str, other: str) -> bool:
        """Whether two texts are bundled recipes that no bundled recipe puts together."""
        if one == other or not (is_bundled(one) and is_bundled(other)):
            return False
        return not any({one, other} <= self.below(name) for name in self.sources if is_bundled(name))


def is_bundled(name: str) -> bool:
    """Whether a text is a recipe that comes with deidc."""
    return name.startswith(SHIPPED_PREFIX)


def _contradictions(table: RuleTable, bundled: _Bundled) -> Iterator[Diagnostic]:
    """Complain of pairs of bundled recipes of which one undoes what the other says of an attribute."""
    said: dict[str, dict[str, Bound]] = {}  # the last rule of each text for each attribute
    found: dict[tuple[str, str], list[tuple[Bound, Bound]]] = {}
    for _, rule in table.exact():
        source, attribute = rule.statement.span.source, attribute_of(rule.selector)
        if not is_bundled(source) or attribute is None or not isinstance(rule.selector, ops.Tagged):
            continue
        before = said.setdefault(attribute.pattern, {})
        for other, first in before.items():
            differ = likeness(first) != likeness(rule) and attribute.keyword != _SAID_OF_ITSELF
            if differ and bundled.are_strangers(other, source):
                found.setdefault((other, source), []).append((first, rule))
        before[source] = rule
    for (other, source), pairs in found.items():
        first, rule = pairs[0]
        what = listed(list(dict.fromkeys(name(one) for _, one in pairs)))
        message = f"{other} and {source} contradict each other about {what}"
        yield complaint(
            codes.BUNDLED_CONTRADICTION, message, rule, (first,), "the other rule", "include one of the two recipes"
        )


# ---- which rule takes effect ----------------------------------------------------------------------------


def _precedence(table: RuleTable, bundled: _Bundled) -> Iterator[Diagnostic]:
    """Report, for each wide rule, what rules of other texts name and it overrules, or leaves."""
    found: dict[tuple[int, str], list[Bound]] = {}
    rules: dict[str, Rule] = {one.code: one for one in (codes.WIDE_WINS, codes.NAMED_STANDS)}
    for number, named in table.exact():
        for at, wide in table.others(number):
            if at < number or not is_wide(wide.selector) or not _is_between_texts(named, wide, bundled):
                continue
            outcome = _outcome(named, wide)
            if outcome is not None:
                found.setdefault((at, outcome.code), []).append(named)
    for (at, code), group in found.items():
        wide = table.rules[at]
        what = listed(list(dict.fromkeys(map(name, group))))
        verb = (
            "stay as the rules that name them have it" if len(group) > 1 else "stays as the rule that names it has it"
        )
        message = f"this rule takes effect on {what}" if code == codes.WIDE_WINS.code else f"{what} {verb}"
        yield complaint(rules[code], message, wide, tuple(group), "named here")


def _is_between_texts(named: Bound, wide: Bound, bundled: _Bundled) -> bool:
    one, other = named.statement.span.source, wide.statement.span.source
    both = is_bundled(one) and is_bundled(other)
    return one != other and (not both or bundled.are_strangers(one, other))


def _outcome(named: Bound, wide: Bound) -> Rule | None:
    """Return what to report of a rule that names an attribute and a later, wide rule of another text."""
    if named.action.keeps or named.action.creates or wide.action.keeps or not is_unconditional(wide):
        return None
    if wide.action.rewrites and _derives(wide):
        return codes.NAMED_STANDS
    if wide.action.rewrites and not (named.action.removes and ops.selects_by_list(wide.selector)):
        return codes.WIDE_WINS
    if wide.action.empties and word(named) != word(wide) and not named.action.removes:
        return codes.WIDE_WINS
    return None


def _derives(rule: Bound) -> bool:
    if rule.action.shifts:
        return True
    match nodes.value_of(rule.statement):
        case nodes.FuncRef():
            return True
        case nodes.BuiltinRef(called):
            return takes_own_value(ops.Call(called, (), builtin=True))
        case _:
            return False
