"""Names and what stands behind them: attributes, lists, variables, functions. Tree in, selectors out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from attrs import define, evolve, field

from deidc.codes import names as codes
from deidc.diagnostics import Diagnostic, Label
from deidc.grammar import nodes
from deidc.ir import ops
from deidc.ir.resolving.group_policies import group_policies
from deidc.ir.resolving.guards import bound_guard
from deidc.ir.resolving.list_order import FillingOrder, source_list
from deidc.ir.resolving.lookup import Declared, Lookup
from deidc.ir.resolving.resolved import (
    Bound,
    BoundCriterion,
    BoundGuard,
    BoundLabel,
    BoundLine,
    BoundList,
    BoundMember,
    BoundRegion,
    Resolved,
    sources_of,
)
from deidc.ir.signatures import Signatures
from deidc.ir.typed_text import default_complaint
from deidc.source import Source, Span
from deidc.vocabulary import ListKind, VariableKind


def resolve(
    recipe: nodes.Recipe, signatures: Signatures, sources: Iterable[Source] = ()
) -> tuple[Resolved, tuple[Diagnostic, ...]]:
    """Look up every name of a recipe; complain of each that nothing stands behind."""
    resolving = _Resolving(signatures, recipe=recipe, sources={source.name: source for source in sources})
    return resolving.resolved(), tuple(resolving.said)


@define(eq=False)
class _Resolving(Lookup):
    recipe: nodes.Recipe = field(kw_only=True)
    sources: Mapping[str, Source] = field(kw_only=True)

    def resolved(self) -> Resolved:
        self._declare()
        rules = tuple(self._rules())
        members = {
            key: tuple(BoundMember(line, self.selector(line.target)) for line in one.lines)
            for key, one in self.declared.items()
        }
        labels = tuple(self._labels())
        policies, said = group_policies(self.recipe)
        self.said.extend(said)
        lists = self._without_circles(
            tuple(
                BoundList(kind, name, tuple(one.sections), members[kind, name], one.used)
                for (kind, name), one in self.declared.items()
            )
        )
        self._complain_of_unused(lists)
        self._complain_of_open_secrets()
        return Resolved(
            self.recipe,
            rules,
            lists,
            labels,
            self.variables,
            self.sources,
            policies,
            secrets=frozenset(self.secrets),
            read=self.read,
            named_variables=frozenset((*self.variables, *self.used_variables)),
        )

    # ---- declarations -----------------------------------------------------------------------------------

    def _declare(self) -> None:
        for item in self.recipe.items:
            match item:
                case nodes.Values(name, body):
                    self._declare_list(ListKind.VALUES, name, body, item.span)
                case nodes.Fields(name, body):
                    self._declare_list(ListKind.FIELDS, name, body, item.span)
                case nodes.Variables(body):
                    for line in body:
                        if isinstance(line, nodes.Variable):
                            self._declare_variable(line)
                case _:
                    pass
        # Where a section stands is no meaning, so lists of values are numbered first, then those of elements.
        self.declared = dict(sorted(self.declared.items(), key=lambda one: one[0][0] is ListKind.FIELDS))
        self.slots = {key: number for number, key in enumerate(self.declared)}
        if self.variables or self.signatures.variables is not None:
            self.known_variables = dict.fromkeys((*self.variables, *sorted(self.signatures.variables or ())))

    def _declare_list(
        self,
        kind: ListKind,
        name: str,
        body: tuple[nodes.ListLine | nodes.Trivia, ...],
        span: Span,
    ) -> None:
        if not name:
            return
        if " " in name:
            self.say(codes.BLANK_IN_LIST_NAME, "the name of the list contains a blank", span)
        other = ListKind.FIELDS if kind is ListKind.VALUES else ListKind.VALUES
        twin = self.declared.get((other, name))
        if twin is not None and (kind, name) not in self.declared:
            label = Label(twin.sections[0], "the other list")
            self.say(codes.TWO_KINDS, f"{name!r} is also the name of a %{other} list", span, labels=(label,))
        one = self.declared.setdefault((kind, name), Declared())
        one.sections.append(span)
        for line in body:
            if isinstance(line, nodes.Split) and kind is ListKind.FIELDS:
                self.say(codes.SPLIT_IN_FIELDS, "SPLIT belongs in a %values list", line.span, "write FIELD")
            elif isinstance(line, nodes.Field | nodes.Split):
                one.lines.append(line)

    def _declare_variable(self, line: nodes.Variable) -> None:
        first = self.variables.get(line.name)
        if first is not None:
            label = Label(first.span, "first declared here")
            self.say(
                codes.DOUBLED_VARIABLE,
                f"variable {line.name!r} is declared twice",
                line.span,
                labels=(label,),
            )
            return
        self.variables[line.name] = line
        complaint = default_complaint(line.default, line.type)
        if complaint is not None:
            self.say(codes.BAD_DEFAULT, complaint, line.span)

    def _without_circles(self, lists: tuple[BoundList, ...]) -> tuple[BoundList, ...]:
        """Complain of each line that fills a list from itself, and make it select nothing."""
        closing = FillingOrder.of(sources_of(lists)).closing
        if not closing:
            return lists
        return tuple(
            evolve(one, members=tuple(self._open(slot, member, lists, closing) for member in one.members))
            for slot, one in enumerate(lists)
        )

    def _open(
        self, slot: int, member: BoundMember, lists: tuple[BoundList, ...], closing: frozenset[tuple[int, int]]
    ) -> BoundMember:
        source = source_list(member.selector)
        if source is None or (slot, source) not in closing:
            return member
        this, that = lists[slot], lists[source]
        message = f"{this.kind}:{this.name} is filled from itself"
        labels: tuple[Label, ...] = ()
        if slot != source:
            message = f"{this.kind}:{this.name} is filled from {that.kind}:{that.name}, which is filled from this list"
            labels = (Label(that.sections[0], "the other list"),)
        self.say(codes.CIRCULAR_LIST, message, member.line.target.span, labels=labels)
        return BoundMember(member.line, None)

    def _complain_of_unused(self, lists: tuple[BoundList, ...]) -> None:
        for one in lists:
            if not one.used:
                message = f"no rule uses {one.kind.value}:{one.name}"
                self.say(codes.UNUSED_LIST, message, one.sections[0])
        for name, variable in self.variables.items():
            if name not in self.used_variables:
                self.say(codes.UNUSED_VARIABLE, f"var:{name} is declared, and no rule uses it", variable.span)

    def _complain_of_open_secrets(self) -> None:
        for name, span in self.secrets.items():
            declared = self.variables.get(name)
            if declared is not None and declared.type is not VariableKind.SECRET:
                message = f"var:{name} is used as a secret and declared as {declared.type.value}"
                self.say(
                    codes.SECRET_DECLARED_OTHERWISE,
                    message,
                    declared.span,
                    f"write VAR {name} secret",
                    labels=(Label(span, "used as a secret here"),),
                )

    # ---- rules and labels -------------------------------------------------------------------------------

    def _rules(self) -> Iterator[Bound]:
        for item in self.recipe.items:
            if isinstance(item, nodes.Header):
                guards = () if item.guard is None else (bound_guard(self, item.guard),)
                yield from (self._rule(line, guards) for line in statements(item))

    def _rule(self, statement: nodes.Action, guards: tuple[BoundGuard, ...]) -> Bound:
        selector = self.selector(statement.target)
        value = nodes.value_of(statement)
        if value is not None:
            self.value(value)
        self.conditions(nodes.conditions_of(statement))
        if statement.guard is not None:
            guards = (*guards, bound_guard(self, statement.guard))
        return Bound(statement, selector, guards)

    def _labels(self) -> Iterator[BoundLabel]:
        """Yield labels by group, as deid does; a group that is opened again goes on where it was first opened."""
        groups: dict[str, list[nodes.Label]] = {}
        for item in self.recipe.items:
            if isinstance(item, nodes.Filter):
                groups.setdefault(item.name, []).extend(one for one in item.body if isinstance(one, nodes.Label))
        for group, labels in groups.items():
            yield from (self._label(group, label) for label in labels)

    def _label(self, group: str, label: nodes.Label) -> BoundLabel:
        lines: list[BoundLine] = []
        regions: list[BoundRegion] = []
        for line in label.body:
            match line:
                case nodes.CriteriaLine(criteria):
                    bound = tuple(BoundCriterion(one, self._top_level(one.target)) for one in criteria)
                    lines.append(BoundLine(line, bound))
                case nodes.RegionLine(_, _, region):
                    source = self._top_level(region.target) if isinstance(region, nodes.FromSequence) else None
                    regions.append(BoundRegion(line, source))
                case _:
                    pass
        return BoundLabel(group, label, tuple(lines), tuple(regions))

    def _top_level(self, target: nodes.Target) -> ops.Selector | None:
        """Look up the target of a criterion or region: a bare attribute is that at the top level, as in deid."""
        selector = self.selector(target)
        if isinstance(selector, ops.Tagged | ops.PrivateBlock):
            return ops.AtPath((ops.PathStep(selector, None),))
        return selector


def header_statements(recipe: nodes.Recipe) -> Iterator[nodes.Action]:
    """Yield the statements of all %header sections in order."""
    for item in recipe.items:
        if isinstance(item, nodes.Header):
            yield from statements(item)


def statements(section: nodes.Header) -> Iterator[nodes.Action]:
    """Yield the statements of a %header section in order."""
    for line in section.body:
        if not isinstance(line, nodes.Comment | nodes.EmptyLine | nodes.Format):
            yield line
