"""Look up one name at a time: an attribute, a list, a variable, a function. Each that is not found is complained of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import assert_never, cast

from attrs import define, field

from deidc.codes import names as codes
from deidc.diagnostics import Diagnostic, Edit, Fix, Label, Rule
from deidc.dicom import dictionary
from deidc.grammar import nodes
from deidc.ir import ops
from deidc.ir.resolving.ctp_labels import ctp_keyword, ctp_pseudo_group
from deidc.ir.resolving.nearest import Guesses
from deidc.ir.signatures import ParameterType, Signature, Signatures
from deidc.ir.typed_text import argument_complaint
from deidc.source import Span
from deidc.vocabulary import ListKind


@define(eq=False)
class Declared:
    """The sections of one list, its lines, and whether a rule uses it."""

    sections: list[Span] = field(factory=list)
    lines: list[nodes.ListLine] = field(factory=list)
    used: bool = False


@define(eq=False)
class Lookup:
    """What a recipe and its host declare, and the names of it that were looked up so far."""

    signatures: Signatures
    said: list[Diagnostic] = field(factory=list)
    declared: dict[tuple[ListKind, str], Declared] = field(factory=dict)
    slots: dict[tuple[ListKind, str], int] = field(factory=dict)
    variables: dict[str, nodes.Variable] = field(factory=dict)
    read: dict[nodes.Target, ops.AtPath | None] = field(factory=dict)
    used_variables: dict[str, None] = field(factory=dict)
    secrets: dict[str, Span] = field(factory=dict)
    known_variables: dict[str, None] | None = None
    guesses: Guesses = field(factory=Guesses)

    def say(
        self,
        rule: Rule,
        message: str,
        span: Span,
        hint: str | None = None,
        fix: Fix | None = None,
        labels: tuple[Label, ...] = (),
    ) -> None:
        """Complain of a place."""
        self.said.append(Diagnostic(rule, message, span, hint, fix, labels))

    # ---- targets ----------------------------------------------------------------------------------------

    def selector(  # noqa: C901  # one case for each kind of target of a closed set
        self, target: nodes.Target
    ) -> ops.Selector | None:
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
                return ops.Matching(kind.anchor, pattern, kind.is_negated)
            case nodes.SelectVR(vrs):
                return ops.OfVR(tuple(sorted(vrs)))
            case nodes.SelectGroup(group):
                return ops.InGroup(group)
            case nodes.SelectKind(kind):
                return ops.OfKind(kind)
            case nodes.SelectRole(roles):
                return ops.OfRole(tuple(sorted(roles)))
            case nodes.Excepting():
                return self._without(target)
            case nodes.ListRef(kind, name):
                slot = self._list_slot(kind, name, target.span)
                if slot is None:
                    return None
                return ops.Holding(slot) if kind is ListKind.VALUES else ops.Member(slot)
            case _:
                assert_never(target)

    def _without(self, target: nodes.Excepting) -> ops.Selector | None:
        swept = self.selector(target.swept)
        spared = [self.selector(one) for one in target.exceptions]
        if swept is None or None in spared:
            return None
        return ops.Without(cast("ops.Sweep", swept), tuple(cast("ops.Exempt", one) for one in spared))

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

    def _list_slot(self, kind: ListKind, name: str, span: Span) -> int | None:
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
        elif others := [(its_kind, one) for its_kind, one in self.declared if one == name]:
            other = others[0]
            hint, fix = f"{name} is a %{other[0].value} list, which rules name by {other[0].value}:{name}", None
            self.declared[other].used = True
        else:
            hint, fix = f"add a section: %{kind.value} {name}", None
        self.say(codes.UNKNOWN_LIST, f"no %{kind.value} list is called {name!r}", span, hint, fix)
        return None

    # ---- values and conditions --------------------------------------------------------------------------

    def value(self, value: nodes.Value) -> None:
        """Look up the names in a value."""
        match value:
            case nodes.Literal():
                pass
            case nodes.VarRef(name):
                self._variable(name, value.span)
            case nodes.FromAttribute(at):
                self.read[at] = self._read_attribute(at)
            case nodes.Composed(parts):
                for part in parts:
                    self._named(part)
            case nodes.Codes():
                pass
            case nodes.FuncRef() | nodes.BuiltinRef():
                self._call(value)
            case _:
                assert_never(value)

    def _named(self, part: nodes.Literal | nodes.VarRef | nodes.FromAttribute) -> None:
        """Look up a name in braces; one of a variable without `var:` is complained of as that."""
        match part:
            case nodes.FromAttribute(nodes.Keyword(text)) if self._is_variable(text):
                meant = f"{{var:{text}}}"
                fix = Fix.unsafe(f"write {meant}", Edit(part.span, meant))
                message = f"DICOM has no attribute {text}"
                self.say(codes.UNKNOWN_KEYWORD, message, part.span, f"did you mean {meant}?", fix)
                self.used_variables.setdefault(text)
            case _:
                self.value(part)

    def _is_variable(self, text: str) -> bool:
        """Whether a variable has this name, and no attribute."""
        known = self.known_variables if self.known_variables is not None else self.variables
        return text in known and dictionary.find_keyword(text) is None and dictionary.find_name(text) is None

    def _read_attribute(self, at: nodes.Keyword | nodes.Tag | nodes.Private | nodes.Path) -> ops.AtPath | None:
        """Return where an attribute is read: a bare one is that at the top level or of the file meta information."""
        match self.selector(at):
            case ops.Tagged() | ops.PrivateBlock() as found:
                return ops.AtPath((ops.PathStep(found, None),))
            case ops.AtPath() as path:
                return path
            case _:
                return None

    def conditions(self, when: nodes.Conditions) -> None:
        """Look up the names in conditions."""
        for condition in when:
            match condition:
                case nodes.ListCondition(name):
                    self._list_slot(ListKind.VALUES, name, condition.span)
                case nodes.TruthCondition(value):
                    self.value(value)
                case nodes.TextCondition() | nodes.StateCondition():
                    pass
                case _:
                    assert_never(condition)

    def _variable(self, name: str, span: Span) -> None:
        self.used_variables.setdefault(name)
        known = self.known_variables
        if known is not None and name not in known:
            near = self.guesses.among(name, known)
            if near is not None:
                self.used_variables.setdefault(near)
            hint = f"did you mean {near!r}?" if near else f"declare it: VAR {name} text"
            fix = Fix.unsafe(f"write var:{near}", Edit(span, f"var:{near}")) if near else None
            self.say(codes.UNDECLARED_VARIABLE, f"variable {name!r} is not declared", span, hint, fix)

    # ---- functions --------------------------------------------------------------------------------------

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
            elif isinstance(given, nodes.Literal) and parameter.type is ParameterType.ATTRIBUTE:
                self._tagged(nodes.Keyword(given.text, span=given.span))
            elif isinstance(given, nodes.VarRef) and parameter.type is ParameterType.SECRET:
                self.secrets.setdefault(given.name, given.span)
        for parameter in signature.parameters:
            if parameter.required and parameter.name not in seen:
                self.say(
                    codes.BAD_ARGUMENT_VALUE,
                    f"{call.name} needs {parameter.name}=",
                    call.span,
                    f"add {parameter.name}=: {parameter.about}" if parameter.about else None,
                )
