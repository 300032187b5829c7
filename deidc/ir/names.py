"""Names and what stands behind them: attributes, lists, variables, functions. Tree in, selectors out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import TypeAlias, assert_never

from attrs import define, evolve, field, frozen

from deidc.codes import names as codes
from deidc.diagnostics import Diagnostic, Edit, Fix, Label, Rule
from deidc.dicom import dictionary
from deidc.grammar import nodes
from deidc.ir import ops
from deidc.ir.ctp_labels import ctp_keyword, ctp_pseudo_group
from deidc.ir.group_policies import GroupPolicies, group_policies
from deidc.ir.identifiers import SYSTEM_PROTECTED
from deidc.ir.list_order import FillingOrder, source_list
from deidc.ir.nearest import Guesses
from deidc.ir.program import VariableKind
from deidc.ir.signatures import Signature, Signatures
from deidc.ir.typed_text import argument_complaint, default_complaint
from deidc.source import Source, Span


@frozen
class Bound:
    """A statement of %header and what its target selects; None if that is not known."""

    statement: nodes.Action
    selector: ops.Selector | None


@frozen
class BoundMember:
    """A line of a list and what its target selects."""

    line: nodes.ListLine
    selector: ops.Selector | None


@frozen
class BoundList:
    """A list with all its lines, from however many sections; its place in `Resolved.lists` is its slot.

    No list is filled from itself, not through others either: a member that would close such a circle selects
    nothing, after a complaint.
    """

    kind: nodes.ListKind
    name: str
    sections: tuple[Span, ...]
    members: tuple[BoundMember, ...]
    used: bool


@frozen
class BoundCriterion:
    """A criterion of a label and what its target selects at the top level."""

    criterion: nodes.Criterion
    selector: ops.Selector | None


@frozen
class BoundLine:
    """A line of criteria."""

    line: nodes.CriteriaLine
    criteria: tuple[BoundCriterion, ...]


@frozen
class BoundRegion:
    """A region of a label; `source` is what `from:` selects."""

    line: nodes.RegionLine
    source: ops.Selector | None


@frozen
class BoundLabel:
    """A label of a group with its criteria and regions in order."""

    group: str
    label: nodes.Label
    lines: tuple[BoundLine, ...]
    regions: tuple[BoundRegion, ...]


@frozen
class Resolved:
    """A recipe with every name looked up; `protected` are keywords of attributes that no rule is to touch."""

    recipe: nodes.Recipe
    rules: tuple[Bound, ...]
    lists: tuple[BoundList, ...]
    labels: tuple[BoundLabel, ...]
    variables: Mapping[str, nodes.Variable]
    sources: Mapping[str, Source] = field(repr=False)
    policies: GroupPolicies = GroupPolicies()
    protected: tuple[str, ...] = SYSTEM_PROTECTED

    def blanks(self, label: BoundLabel) -> bool:
        """Whether a label has regions to blank, and its group does not pass objects on unchanged."""
        told = self.policies.of(label.group) is not ops.Policy.PASS
        return told and any(not one.line.keep for one in label.regions)

    @cached_property
    def _slots(self) -> Mapping[tuple[nodes.ListKind, str], int]:
        return {(one.kind, one.name): number for number, one in enumerate(self.lists)}

    @cached_property
    def filling_order(self) -> tuple[int, ...]:
        """The numbers of the lists, each after those it is filled from."""
        return FillingOrder.of(_sources(self.lists)).order

    @cached_property
    def _reach(self) -> Mapping[int, tuple[ops.Selector, ...]]:
        reach: dict[int, tuple[ops.Selector, ...]] = {}
        for slot in self.filling_order:
            found: dict[ops.Selector, None] = {}
            for member in self.lists[slot].members:
                match member.selector:
                    case ops.Member(other):
                        found.update(dict.fromkeys(reach[other]))
                    case None:
                        pass
                    case selector:
                        found[selector] = None
            reach[slot] = tuple(found)
        return reach

    def slot(self, kind: nodes.ListKind, name: str) -> int | None:
        """Return the number of a list."""
        return self._slots.get((kind, name))

    def reach(self, slot: int) -> tuple[ops.Selector, ...]:
        """Return what the lines of a list select, with the lines of each `%fields` list they name in its place."""
        return self._reach[slot]


ValueRef: TypeAlias = nodes.VarRef | nodes.FuncRef | nodes.BuiltinRef


def resolve(
    recipe: nodes.Recipe, signatures: Signatures, sources: Iterable[Source] = ()
) -> tuple[Resolved, tuple[Diagnostic, ...]]:
    """Look up every name of a recipe; complain of each that nothing stands behind."""
    resolving = _Resolving(recipe, signatures, {source.name: source for source in sources})
    return resolving.resolved(), tuple(resolving.said)


@define(eq=False)
class _Declared:
    sections: list[Span] = field(factory=list)
    lines: list[nodes.ListLine] = field(factory=list)
    used: bool = False


@define(eq=False)
class _Resolving:
    recipe: nodes.Recipe
    signatures: Signatures
    sources: Mapping[str, Source]
    said: list[Diagnostic] = field(factory=list)
    declared: dict[tuple[nodes.ListKind, str], _Declared] = field(factory=dict)
    slots: dict[tuple[nodes.ListKind, str], int] = field(factory=dict)
    variables: dict[str, nodes.Variable] = field(factory=dict)
    used_variables: dict[str, None] = field(factory=dict)
    known_variables: dict[str, None] | None = None
    guesses: Guesses = field(factory=Guesses)

    def resolved(self) -> Resolved:
        self._declare()
        rules = tuple(self._rule(statement) for statement in header_statements(self.recipe))
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
        return Resolved(self.recipe, rules, lists, labels, self.variables, self.sources, policies)

    # ---- declarations ---------------------------------------------------------------------------------

    def _declare(self) -> None:
        for item in self.recipe.items:
            match item:
                case nodes.Values(name, body):
                    self._declare_list(nodes.ListKind.VALUES, name, body, item.span)
                case nodes.Fields(name, body):
                    self._declare_list(nodes.ListKind.FIELDS, name, body, item.span)
                case nodes.Variables(body):
                    for line in body:
                        if isinstance(line, nodes.Variable):
                            self._declare_variable(line)
                case _:
                    pass
        # Where a section stands is no meaning, so lists of values are numbered first, then those of elements.
        self.declared = dict(sorted(self.declared.items(), key=lambda one: one[0][0] is nodes.ListKind.FIELDS))
        self.slots = {key: number for number, key in enumerate(self.declared)}
        if self.variables or self.signatures.variables is not None:
            self.known_variables = dict.fromkeys((*self.variables, *sorted(self.signatures.variables or ())))

    def _declare_list(
        self,
        kind: nodes.ListKind,
        name: str,
        body: tuple[nodes.ListLine | nodes.Trivia, ...],
        span: Span,
    ) -> None:
        if not name:
            return
        if " " in name:
            self.say(codes.BLANK_IN_LIST_NAME, "the name of the list contains a blank", span)
        other = nodes.ListKind.FIELDS if kind is nodes.ListKind.VALUES else nodes.ListKind.VALUES
        twin = self.declared.get((other, name))
        if twin is not None and (kind, name) not in self.declared:
            label = Label(twin.sections[0], "the other list")
            self.say(codes.TWO_KINDS, f"{name!r} is also the name of a %{other} list", span, labels=(label,))
        one = self.declared.setdefault((kind, name), _Declared())
        one.sections.append(span)
        for line in body:
            if isinstance(line, nodes.Split) and kind is nodes.ListKind.FIELDS:
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
        complaint = default_complaint(line.default, VariableKind(line.type.value))
        if complaint is not None:
            self.say(codes.BAD_DEFAULT, complaint, line.span)

    def _without_circles(self, lists: tuple[BoundList, ...]) -> tuple[BoundList, ...]:
        """Complain of each line that fills a list from itself, and make it select nothing."""
        closing = FillingOrder.of(_sources(lists)).closing
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
                self.say(codes.UNUSED_VARIABLE, f"no rule uses var:{name}", variable.span)

    def say(
        self,
        rule: Rule,
        message: str,
        span: Span,
        hint: str | None = None,
        fix: Fix | None = None,
        labels: tuple[Label, ...] = (),
    ) -> None:
        self.said.append(Diagnostic(rule, message, span, hint, fix, labels))

    # ---- statements -----------------------------------------------------------------------------------

    def _rule(self, statement: nodes.Action) -> Bound:
        selector = self.selector(statement.target)
        match statement:
            case nodes.Add(_, value) | nodes.Jitter(_, value):
                self._value(value)
            case nodes.Replace(_, value, when):
                self._value(value)
                self._conditions(when)
            case nodes.Blank(_, when) | nodes.Remove(_, when):
                self._conditions(when)
            case nodes.Keep():
                pass
            case _:
                assert_never(statement)
        return Bound(statement, selector)

    def _value(self, value: nodes.Value) -> None:
        match value:
            case nodes.Literal():
                pass
            case nodes.VarRef(name):
                self._variable(name, value.span)
            case nodes.FuncRef() | nodes.BuiltinRef():
                self._call(value)
            case _:
                assert_never(value)

    def _conditions(self, when: nodes.Conditions) -> None:
        for condition in when:
            match condition:
                case nodes.ListCondition(name):
                    self._list_slot(nodes.ListKind.VALUES, name, condition.span)
                case nodes.TruthCondition(value):
                    self._value(value)
                case nodes.TextCondition() | nodes.StateCondition():
                    pass
                case _:
                    assert_never(condition)

    def _variable(self, name: str, span: Span) -> None:
        self.used_variables.setdefault(name)
        known = self.known_variables
        if known is not None and name not in known:
            near = self.guesses.among(name, known)
            hint = f"did you mean {near!r}?" if near else f"declare it: VAR {name} text"
            fix = Fix.unsafe(f"write var:{near}", Edit(span, f"var:{near}")) if near else None
            self.say(codes.UNDECLARED_VARIABLE, f"variable {name!r} is not declared", span, hint, fix)

    # ---- functions ------------------------------------------------------------------------------------

    def _call(self, call: nodes.Call) -> None:
        for argument in call.arguments:
            if isinstance(argument.value, nodes.VarRef):
                self._variable(argument.value.name, argument.value.span)
        match call:
            case nodes.BuiltinRef(name):
                signature = self.signatures.builtin.get(name)
                if signature is None:
                    self._unknown_function(call, self.signatures.builtin, codes.UNKNOWN_BUILTIN)
            case nodes.FuncRef(name):
                signature = self._supplied(call)
            case _:
                assert_never(call)
        if signature is not None and not signature.open:
            self._arguments(call, signature)

    def _supplied(self, call: nodes.FuncRef) -> Signature | None:
        supplied = self.signatures.supplied
        if supplied is not None and call.name in supplied:
            return supplied[call.name]
        builtin = self.signatures.builtin.get(call.name)
        if builtin is not None:
            fix = Fix.safe(
                "write deid_func:",
                Edit(Span(call.span.source, call.span.start, call.span.start + 5), "deid_func:"),
            )
            hint = f"write deid_func:{call.name}"
            self.say(codes.BUILTIN_AS_FUNCTION, f"{call.name!r} is built in", call.span, hint, fix)
            return builtin
        if supplied is not None:
            self._unknown_function(call, {**supplied, **self.signatures.builtin}, codes.UNKNOWN_FUNCTION)
        return None

    def _unknown_function(self, call: nodes.Call, known: Mapping[str, Signature], rule: Rule) -> None:
        near = self.guesses.among(call.name, known)
        hint = f"did you mean {near!r}?" if near else "functions are " + " ".join(sorted(known))
        self.say(rule, f"there is no function {call.name!r}", call.span, hint)

    def _arguments(self, call: nodes.Call, signature: Signature) -> None:
        seen: set[str] = set()
        for argument in call.arguments:
            parameter = signature.parameter(argument.key)
            if parameter is None or argument.key in seen:
                names = tuple(one.name for one in signature.parameters)
                near = self.guesses.among(argument.key, names) if parameter is None else None
                hint = f"did you mean {near}=?" if near else f"arguments are: {', '.join(names) or 'none'}"
                self.say(
                    codes.UNKNOWN_ARGUMENT,
                    f"{call.name} has no argument {argument.key!r}"
                    if parameter is None
                    else f"argument {argument.key!r} is written twice",
                    argument.span,
                    hint,
                )
                continue
            seen.add(argument.key)
            given = argument.value
            text = given.text if isinstance(given, nodes.Literal) else None
            complaint = argument_complaint(text, parameter.type)
            if complaint is not None:
                self.say(codes.BAD_ARGUMENT_VALUE, f"{argument.key} {complaint}", argument.span)
        for parameter in signature.parameters:
            if parameter.required and parameter.name not in seen:
                self.say(
                    codes.BAD_ARGUMENT_VALUE,
                    f"{call.name} needs {parameter.name}=",
                    call.span,
                    f"add {parameter.name}=: {parameter.about}" if parameter.about else None,
                )

    # ---- targets --------------------------------------------------------------------------------------

    def selector(self, target: nodes.Target) -> ops.Selector | None:
        """Return what a target selects, or None after a complaint."""
        match target:
            case nodes.Keyword():
                return self._tagged(target)
            case nodes.Tag():
                return self._tag(target)
            case nodes.Private(group, creator, element):
                return ops.PrivateBlock(group, creator, element)
            case nodes.Path(steps):
                return self._path(steps)
            case nodes.Everything():
                return ops.Everything()
            case nodes.Expander(kind, pattern):
                negated = kind is nodes.ExpanderKind.EXCEPT
                return ops.Matching(ops.Anchor.CONTAINS if negated else ops.Anchor(kind.value), pattern, negated)
            case nodes.SelectVR(vrs):
                return ops.OfVR(tuple(sorted(vrs)))
            case nodes.SelectGroup(group):
                return ops.InGroup(group)
            case nodes.SelectKind(kind):
                return ops.OfKind(ops.Kind(kind.value))
            case nodes.ListRef(kind, name):
                slot = self._list_slot(kind, name, target.span)
                if slot is None:
                    return None
                return ops.Holding(slot) if kind is nodes.ListKind.VALUES else ops.Member(slot)
            case _:
                assert_never(target)

    def _path(self, steps: tuple[nodes.Step, ...]) -> ops.AtPath | None:
        found: list[ops.PathStep] = []
        for step in steps:
            selector = self.selector(step.at)
            if not isinstance(selector, ops.Tagged | ops.PrivateBlock):
                return None
            found.append(ops.PathStep(selector, step.index))
        return ops.AtPath(tuple(found))

    def _tag(self, target: nodes.Tag) -> ops.Tagged:
        digits = target.digits
        if "X" not in digits:
            tag = int(digits, 16)
            if not dictionary.is_private(tag) and dictionary.find_tag(tag) is None and tag & 0xFFFF:
                self.say(codes.UNKNOWN_TAG, "the dictionary has no attribute with this tag", target.span)
        return ops.Tagged(digits)

    def _tagged(self, target: nodes.Keyword) -> ops.Selector | None:
        found = dictionary.find_keyword(target.text)
        if found is not None:
            if found.keyword != target.text:
                fix = Fix.safe(f"write {found.keyword}", Edit(target.span, found.keyword))
                self.say(codes.KEYWORD_CASE, f"the keyword is {found.keyword}", target.span, None, fix)
            return ops.Tagged(found.pattern)
        named = dictionary.find_name(target.text)
        if named is not None:
            fix = Fix.safe(f"write {named.keyword}", Edit(target.span, named.keyword))
            self.say(codes.ELEMENT_NAME, f"the keyword is {named.keyword}", target.span, None, fix)
            return ops.Tagged(named.pattern)
        self._unknown_keyword(target)
        return None

    def _unknown_keyword(self, target: nodes.Keyword) -> None:
        text, span = target.text, target.span
        group = ctp_pseudo_group(text)
        if group is not None:
            fix = Fix.unsafe(f"write {group}", Edit(span, group)) if "PATTERN" not in group else None
            self.say(codes.CTP_GROUP, f"{text} is not an attribute", span, f"write {group}", fix)
            return
        meant = ctp_keyword(text)
        if meant is not None:
            fix = Fix.unsafe(f"write {meant}", Edit(span, meant))
            self.say(codes.CTP_NAME, f"{text} is not a keyword", span, f"did you mean {meant}?", fix)
            return
        near = self.guesses.keyword(text)
        fix = Fix.unsafe(f"write {near}", Edit(span, near)) if near else None
        hint = f"did you mean {near}?" if near else "write a keyword of PS3.6, or a tag"
        self.say(codes.UNKNOWN_KEYWORD, f"DICOM has no attribute {text[:64]}", span, hint, fix)

    def _list_slot(self, kind: nodes.ListKind, name: str, span: Span) -> int | None:
        declared = self.declared.get((kind, name))
        if declared is not None:
            declared.used = True
            return self.slots[kind, name]
        near = self.guesses.among(name, [one for its_kind, one in self.declared if its_kind is kind])
        if near is not None:
            hint, fix = (
                f"did you mean {near!r}?",
                Fix.unsafe(f"write {near}", Edit(span, f"{kind.value}:{near}")),
            )
            self.declared[kind, near].used = True
        else:
            hint, fix = f"add a section: %{kind.value} {name}", None
        self.say(codes.UNKNOWN_LIST, f"no %{kind.value} list is called {name!r}", span, hint, fix)
        return None

    # ---- labels ---------------------------------------------------------------------------------------

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
            for line in item.body:
                if not isinstance(line, nodes.Comment | nodes.EmptyLine | nodes.Format):
                    yield line


def _sources(lists: tuple[BoundList, ...]) -> list[list[int]]:
    """Return for each list the lists that it is filled from."""
    return [[source for member in one.members if (source := source_list(member.selector)) is not None] for one in lists]
