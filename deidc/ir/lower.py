"""Resolved recipe -> program: every implicit rule becomes an op that can be read in the program's text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import assert_never

from deidc.dicom import dictionary
from deidc.dicom.values.coding import Code
from deidc.grammar import nodes
from deidc.ir import ops
from deidc.ir.identifiers import SYSTEM_PROTECTED
from deidc.ir.program import OWN_ACCOUNT, NeededFunction, NeededVariable, Needs, Origin, Program, Slot
from deidc.ir.resolving.resolved import Bound, BoundGuard, BoundLabel, BoundLine, BoundRegion, Resolved
from deidc.source import Source, Span
from deidc.vocabulary import Comparison, FormatName, Join, ListKind, Policy, Role, VariableKind

CHARACTER_SET = ops.Tagged("00080005")

Lowered = tuple[ops.Op, Origin]

# An object of a class that no dictionary has is held: its attributes may mean anything.
_UNKNOWN_CLASS = ops.Mark(
    group="deidc",
    label="SOP class that no dictionary has",
    lines=(
        ops.TestLine(
            Join.AND,
            tuple(
                ops.Test(join, ops.AtPath((ops.PathStep(ops.Tagged(tag), None),)), ops.Unregistered())
                for join, tag in ((Join.AND, "00080016"), (Join.OR, "00020002"))
            ),
        ),
    ),
    masks=(),
    policy=Policy.FLAG,
)


def lower(
    resolved: Resolved,
    sources: Iterable[Source],
    protected: tuple[str, ...] = SYSTEM_PROTECTED,
    recipes: tuple[tuple[str, str], ...] = (),
    *,
    has_borders: bool = True,
) -> Program:
    """Return the program of a recipe that has no errors.

    `protected` are keywords of attributes that deidc protects on its own account. `sources` give the lines of spans.
    Without borders, all texts are one, as deid combines recipes.
    """
    lowering = _Lowering(resolved, {source.name: source for source in sources}, has_borders=has_borders)
    lowered = tuple(lowering.program(protected))
    needs = needs_of((op for op, _ in lowered), resolved)
    return Program(
        format=FormatName.DICOM,
        ops=tuple(op for op, _ in lowered),
        needs=needs,
        slots=tuple(Slot(one.kind, one.name) for one in resolved.lists),
        origins=tuple(origin for _, origin in lowered),
        recipes=recipes,
        idle_variables=resolved.named_variables - {one.name for one in needs.variables},
    )


class _Lowering:
    def __init__(self, resolved: Resolved, sources: dict[str, Source], *, has_borders: bool) -> None:
        self._has_borders = has_borders
        self._resolved = resolved
        self._sources = sources

    def _origin(self, span: Span) -> Origin:
        source = self._sources.get(span.source)
        return Origin(span.source, source.place(span.start).line if source is not None else 0)

    def program(self, protected: tuple[str, ...]) -> Iterator[Lowered]:
        """Yield the ops: lists, protection, labels, rules, surroundings."""
        yield from self._lists()
        for keyword in protected:
            attribute = dictionary.find_keyword(keyword)
            assert attribute is not None, keyword
            yield ops.Protect(ops.Tagged(attribute.pattern), system=True), OWN_ACCOUNT
        for rule in self._resolved.rules:
            op = self._holding(rule)
            if op is not None:
                yield op, self._origin(rule.statement.span)
        # Before the labels, so that no group which is final leaves it out.
        yield from self._classes()
        for label in self._resolved.labels:
            yield self._mark(label), self._origin(label.label.span)
        yield from self._rules()
        yield ops.SyncMeta(), OWN_ACCOUNT
        yield ops.ClearPreamble(), OWN_ACCOUNT
        yield from self._pixels()

    def _lists(self) -> Iterator[Lowered]:
        """Yield how lists are filled, each after those that it is filled from."""
        for slot in self._resolved.filling_order:
            one = self._resolved.lists[slot]
            for member in one.members:
                if member.selector is None:
                    continue
                origin = self._origin(member.line.span)
                match member.line:
                    case nodes.Field() if one.kind is ListKind.FIELDS:
                        for selector in self._gathered(member.selector):
                            yield ops.Gather(slot, selector), origin
                    case nodes.Field():
                        yield ops.Collect(slot, member.selector, None, 1), origin
                    case nodes.Split(_, separator, minimum):
                        yield ops.Collect(slot, member.selector, separator, minimum), origin
                    case _:
                        assert_never(member.line)

    def _gathered(self, selector: ops.Selector) -> tuple[ops.Selector, ...]:
        match selector:
            case ops.Member(slot):
                return self._resolved.reach(slot)
            case ops.Without(ops.Member(slot), but):
                return tuple(ops.without(one, but) for one in self._resolved.reach(slot))
            case _:
                return (selector,)

    # ---- rules ----------------------------------------------------------------------------------------

    def _classes(self) -> Iterator[Lowered]:
        """Yield what reports SOP classes that no dictionary has, if rules for UIDs leave them."""
        selectors = [rule.selector for rule in self._resolved.rules]
        selectors += [member.selector for one in self._resolved.lists for member in one.members]
        if any(isinstance(at := one and ops.swept(one), ops.OfRole) and Role.UID in at.roles for one in selectors):
            yield _UNKNOWN_CLASS, OWN_ACCOUNT
            yield ops.Report(ops.OfRole((Role.CLASS,))), OWN_ACCOUNT

    def _rules(self) -> Iterator[Lowered]:
        """Yield the ops of all rules, with the borders between the texts that they stand in."""
        text: str | None = None
        for rule in self._resolved.rules:
            if rule.action.keeps or rule.action.enters or rule.selector is None:
                continue
            source = rule.statement.span.source
            if self._has_borders and text is not None and source != text:
                yield ops.Border(), OWN_ACCOUNT
            text = source
            yield from self._rule(rule)

    def _rule(self, rule: Bound) -> Iterator[Lowered]:
        at, statement = rule.selector, rule.statement
        if at is None or rule.action.keeps or rule.action.enters:
            return
        origin, given = self._origin(statement.span), given_of(rule)
        if rule.action.creates:
            yield from ((op, origin) for op in _made_on_the_way(top_path(at), given))
        yield self._op(statement, at, given), origin

    def _holding(self, rule: Bound) -> ops.HoldingOp | None:
        """Return what a rule holds other rules off with, if it does."""
        match rule.statement:
            case nodes.Keep(_, when) if rule.selector is not None:
                return ops.Protect(rule.selector, False, self._conditions(when), given_of(rule))
            case nodes.Descend() if rule.selector is not None:
                return ops.Descend(rule.selector, given_of(rule))
            case _:
                return None

    def _op(self, statement: nodes.Action, at: ops.Selector, given: ops.Given) -> ops.Op:
        match statement:
            case nodes.Add(_, nodes.Literal(text)) | nodes.Replace(_, nodes.Literal(text)) if at == CHARACTER_SET:
                return ops.Transcode(text)
            case nodes.Add(_, value, when):
                return ops.Add(top_path(at), self._operand(value), self._conditions(when), given)
            case nodes.Append(_, value, when):
                return ops.Append(top_path(at), self._operand(value), self._conditions(when), given)
            case nodes.Replace(_, value, when):
                return ops.Replace(at, self._operand(value), self._conditions(when), given)
            case nodes.Jitter(_, value):
                return ops.Jitter(at, self._days(value), given)
            case nodes.Remove(_, when):
                return ops.Remove(at, self._conditions(when), given)
            case nodes.Blank(_, when):
                return ops.Blank(at, self._conditions(when), given)
            case nodes.Keep() | nodes.Descend():
                raise AssertionError("KEEP and DESCEND hold other rules off, and come before them")
            case _:
                assert_never(statement)

    def _operand(self, value: nodes.Value) -> ops.Operand:
        match value:
            case nodes.Literal(text):
                return ops.Text(text)
            case nodes.VarRef(name):
                return ops.Var(name)
            case nodes.FromAttribute():
                return self._attribute(value)
            case nodes.Composed(parts):
                return ops.Composed(tuple(self._part(part) for part in parts))
            case nodes.Codes(codes):
                return ops.Codes(tuple(Code(one.value, one.scheme, one.version, one.meaning) for one in codes))
            case nodes.FuncRef() | nodes.BuiltinRef():
                return call_of(value)
            case _:
                assert_never(value)

    def _part(self, part: nodes.Literal | nodes.VarRef | nodes.FromAttribute) -> ops.Text | ops.Var | ops.FromAttribute:
        match part:
            case nodes.Literal(text):
                return ops.Text(text)
            case nodes.VarRef(name):
                return ops.Var(name)
            case nodes.FromAttribute():
                return self._attribute(part)
            case _:
                assert_never(part)

    def _attribute(self, value: nodes.FromAttribute) -> ops.FromAttribute:
        at = self._resolved.read[value.at]
        assert at is not None, "an unknown attribute is an error before this"
        return ops.FromAttribute(at)

    def _days(self, value: nodes.Value) -> ops.Operand:
        if isinstance(value, nodes.Literal):
            return ops.Days(int(value.text))
        return self._operand(value)

    def _conditions(self, when: nodes.Conditions) -> tuple[ops.Condition, ...]:
        return tuple(self._condition(one) for one in when)

    def _condition(self, condition: nodes.Condition) -> ops.Condition:
        match condition:
            case nodes.TextCondition(operator, text):
                return ops.Compared(operator, text)
            case nodes.StateCondition(operator):
                return ops.InState(operator)
            case nodes.ListCondition(name):
                slot = self._resolved.slot(ListKind.VALUES, name)
                assert slot is not None, "an unknown list is an error before this"
                return ops.Listed(slot)
            case nodes.TruthCondition(nodes.VarRef(name)):
                return ops.Truth(ops.Var(name))
            case nodes.TruthCondition(nodes.FuncRef() | nodes.BuiltinRef() as call):
                return ops.Truth(call_of(call))
            case _:
                raise AssertionError(type(condition).__name__)

    # ---- labels ---------------------------------------------------------------------------------------

    def _mark(self, label: BoundLabel) -> ops.Mark:
        return ops.Mark(
            group=label.group,
            label=label.label.name,
            lines=tuple(_test_line(line) for line in label.lines),
            masks=tuple(_mask(region) for region in label.regions),
            policy=self._resolved.policies.of(label.group),
            final=self._resolved.policies.is_final(label.group),
        )

    def _pixels(self) -> Iterator[Lowered]:
        """Yield what blanks regions, if a label has some that are to be blanked."""
        policies = self._resolved.policies
        if any(map(self._resolved.blanks, self._resolved.labels)):
            yield (
                ops.CleanPixels(policies.storage),
                self._origin(policies.store.span) if policies.store else OWN_ACCOUNT,
            )


def top_path(at: ops.Selector) -> ops.AtPath:
    """Return where ADD sets an attribute: at the path it names, or at the top level."""
    match at:
        case ops.AtPath():
            return at
        case ops.Tagged() | ops.PrivateBlock():
            return ops.AtPath((ops.PathStep(at, None),))
        case _:
            raise AssertionError("ADD to a wide target is an error before this")


def _made_on_the_way(at: ops.AtPath, given: ops.Given) -> Iterator[ops.MakeItems]:
    """Yield what makes the sequences and items on the way to an attribute, the outermost first.

    Behind a step that may stand for several sequences, items are not made.
    """
    for depth, step in enumerate(at.steps[:-1]):
        wild = step.at.pattern if isinstance(step.at, ops.Tagged) else step.at.group + step.at.element
        if "X" in wild:
            return
        count = 1 if step.index is None else step.index + 1
        yield ops.MakeItems(ops.AtPath((*at.steps[:depth], ops.PathStep(step.at, None))), count, given)


def call_of(call: nodes.Call) -> ops.Call:
    """Return a call as the program has it, its arguments by name."""
    arguments = (
        ops.CallArgument(
            one.key,
            ops.Text(one.value.text) if isinstance(one.value, nodes.Literal) else ops.Var(one.value.name),
        )
        for one in call.arguments
    )
    return ops.Call(call.name, tuple(sorted(arguments, key=lambda one: one.key)), isinstance(call, nodes.BuiltinRef))


def given_of(rule: Bound) -> ops.Given:
    """Return the guards of a rule: one line each, all of which must hold."""
    return tuple(ops.TestLine(Join.AND, tuple(_given(guard))) for guard in rule.guards)


def _given(guard: BoundGuard) -> Iterator[ops.Test]:
    for number, one in enumerate(guard.tests):
        assert one.selector is not None, "an unknown attribute is an error before this"
        assert one.that is not None, "a value that cannot be compared is an error before this"
        yield ops.Test(guard.guard.join if number else Join.AND, one.selector, one.that)


def _test_line(line: BoundLine) -> ops.TestLine:
    first = line.line.criteria[0].join
    tests = []
    for position, bound in enumerate(line.criteria):
        criterion = bound.criterion
        assert bound.selector is not None, "an unknown attribute is an error before this"
        that: ops.Compared | ops.InState
        if isinstance(criterion.operator, Comparison):
            that = ops.Compared(criterion.operator, criterion.value or "")
        else:
            that = ops.InState(criterion.operator)
        join = criterion.join if position else None
        tests.append(ops.Test(join or Join.AND, bound.selector, that))
    return ops.TestLine(first or Join.AND, tuple(tests))


def _mask(bound: BoundRegion) -> ops.Mask:
    match bound.line.region:
        case nodes.Box((a, b, c, d)):
            box = ops.Rectangle(a, b, a + c, b + d) if bound.line.ctp else ops.Rectangle(a, b, c, d)
            return ops.Mask(bound.line.keep, box)
        case nodes.WholeImage():
            return ops.Mask(bound.line.keep, ops.WholeImage())
        case nodes.FromSequence():
            assert bound.source is not None, "an unknown attribute is an error before this"
            return ops.Mask(bound.line.keep, ops.ItemRegions(bound.source))
        case nodes.FoundText(detector):
            return ops.Mask(bound.line.keep, ops.TextRegions(detector or ops.OWN_DETECTOR))
        case _:
            assert_never(bound.line.region)


# ---- needs ----------------------------------------------------------------------------------------------


def needs_of(program_ops: Iterable[ops.Op], resolved: Resolved) -> Needs:
    """Return what the ops import, with what the recipe declares about it."""
    variables, functions = ops.imports_of(program_ops)
    return Needs(
        tuple(_needed(name, resolved) for name in variables),
        tuple(NeededFunction(name, builtin) for name, builtin in functions),
    )


def _needed(name: str, resolved: Resolved) -> NeededVariable:
    declared = resolved.variables.get(name)
    if declared is None:
        kind = VariableKind.SECRET if name in resolved.secrets else VariableKind.TEXT
        return NeededVariable(name, kind, None)
    return NeededVariable(name, declared.type, declared.default)
