"""%pixels: what becomes of objects that the labels of each group flag, and how blanked frames are stored."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import TypeAlias

from attrs import define, field, frozen

from deidc.codes import names as codes
from deidc.diagnostics import Diagnostic, Edit, Fix, Label
from deidc.grammar import nodes
from deidc.grammar.spelling import POLICY_WORDS
from deidc.ir.resolving.nearest import Guesses
from deidc.source import Span
from deidc.vocabulary import Policy, Storage

# Policies of groups without a policy in the recipe, by their names in lower case, as deid's documentation describes
# them. Groups with other names are like the graylist: where a label knows the text to be, it is blanked.
BY_NAME: Mapping[str, Policy] = {
    "whitelist": Policy.PASS,
    "allowlist": Policy.PASS,
    "blacklist": Policy.FLAG,
    "denylist": Policy.FLAG,
}

_Line: TypeAlias = nodes.Policy | nodes.Final | nodes.Store


@frozen
class GroupPolicies:
    """What a recipe says about its groups of labels.

    Attributes:
        lines: the line that declares the policy of a group, for groups that have one.
        finals: the FINAL line of a group, for groups that have one.
        store: the line that says how frames are stored.

    """

    lines: Mapping[str, nodes.Policy] = field(factory=dict)
    finals: Mapping[str, nodes.Final] = field(factory=dict)
    store: nodes.Store | None = None

    def of(self, group: str) -> Policy:
        """Return the policy of a group: the declared one, or the default of the group's name."""
        line = self.lines.get(group)
        return line.word if line is not None else BY_NAME.get(group.lower(), Policy.CLEAN)

    def is_final(self, group: str) -> bool:
        """Return whether later groups are skipped once a label of this group fires."""
        return group in self.finals

    @property
    def storage(self) -> Storage:
        """How frames are stored that were compressed and had pixels blanked."""
        return self.store.storage if self.store is not None else Storage.SAME_OR_NATIVE


def group_policies(recipe: nodes.Recipe) -> tuple[GroupPolicies, tuple[Diagnostic, ...]]:
    """Return what the %pixels sections of a recipe say, and complaints about them.

    Of two lines about one thing the later one counts, so that a recipe can decide otherwise than its bases.
    """
    gathering = _Gathering({item.name for item in recipe.items if isinstance(item, nodes.Filter)})
    for line in _lines(recipe):
        gathering.take(line)
    return GroupPolicies(gathering.lines, gathering.finals, gathering.store), tuple(gathering.said)


def _lines(recipe: nodes.Recipe) -> Iterator[_Line]:
    for item in recipe.items:
        for line in item.body if isinstance(item, nodes.Pixels) else ():
            if isinstance(line, nodes.Policy | nodes.Final | nodes.Store):
                yield line


@define(eq=False)
class _Gathering:
    groups: Collection[str]
    lines: dict[str, nodes.Policy] = field(factory=dict)
    finals: dict[str, nodes.Final] = field(factory=dict)
    store: nodes.Store | None = None
    said: list[Diagnostic] = field(factory=list)
    guesses: Guesses = field(factory=Guesses)

    def take(self, line: _Line) -> None:
        """Take one line in."""
        match line:
            case nodes.Policy(_, group):
                if self._is_known(group, POLICY_WORDS[line.word], line.span):
                    self._complain_of_twin(self.lines.get(group), line.span, f"{group[:40]!r} has a policy above")
                    self.lines[group] = line
            case nodes.Final(group):
                if self._is_known(group, "FINAL", line.span):
                    self.finals[group] = line
            case nodes.Store():
                self._complain_of_twin(self.store, line.span, "STORE is declared above")
                self.store = line

    def _is_known(self, group: str, word: str, span: Span) -> bool:
        if group in self.groups:
            return True
        near = self.guesses.among(group, self.groups)
        fix = Fix.unsafe(f"write {near}", Edit(span, f"{word} {near}")) if near is not None else None
        hint = f"did you mean {near}?" if near is not None else f"add a section: %filter {group[:40]}"
        self.said.append(Diagnostic(codes.UNKNOWN_GROUP, f"no %filter is called {group[:40]!r}", span, hint, fix))
        return False

    def _complain_of_twin(self, twin: nodes.Policy | nodes.Store | None, span: Span, message: str) -> None:
        if twin is not None and twin.span.source == span.source:
            other = Label(twin.span, "the other line")
            self.said.append(Diagnostic(codes.DOUBLED_POLICY, message, span, "keep one of them", None, (other,)))
