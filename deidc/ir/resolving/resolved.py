"""A recipe with every name looked up: what each rule, list and label selects."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

from attrs import field, frozen

from deidc.grammar import nodes
from deidc.ir import ops
from deidc.ir.identifiers import SYSTEM_PROTECTED
from deidc.ir.resolving.group_policies import GroupPolicies
from deidc.ir.resolving.list_order import FillingOrder, source_list
from deidc.source import Source, Span
from deidc.vocabulary import ActionTraits, ListKind, Policy


@frozen
class BoundGiven:
    """A test of a guard: where it looks, and how it compares what is there; None after a complaint."""

    given: nodes.Given
    selector: ops.AtPath | None
    that: ops.Compared | ops.InState | ops.Related | None


@frozen
class BoundGuard:
    """A guard with the names of its tests looked up."""

    guard: nodes.Guard
    tests: tuple[BoundGiven, ...]


@frozen
class Bound:
    """A statement of %header and what its target selects; None if that is not known.

    `guards` are those of its section and of its line, all of which must hold for an object.
    """

    statement: nodes.Action
    selector: ops.Selector | None
    guards: tuple[BoundGuard, ...] = ()

    @property
    def action(self) -> ActionTraits:
        """The row of its word in the action table."""
        return self.statement.action


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

    kind: ListKind
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
    """A recipe with every name looked up; `protected` are keywords of attributes that no rule is to touch.

    `secrets` are the variables that an argument for a secret is taken from, declared or not. `read` has where the
    attributes are that values are taken from. `named_variables` are those that are declared or that a rule names.
    """

    recipe: nodes.Recipe
    rules: tuple[Bound, ...]
    lists: tuple[BoundList, ...]
    labels: tuple[BoundLabel, ...]
    variables: Mapping[str, nodes.Variable]
    sources: Mapping[str, Source] = field(repr=False)
    policies: GroupPolicies = GroupPolicies()
    secrets: frozenset[str] = frozenset()
    protected: tuple[str, ...] = SYSTEM_PROTECTED
    read: Mapping[nodes.Target, ops.AtPath | None] = field(factory=dict, repr=False)
    named_variables: frozenset[str] = frozenset()

    def blanks(self, label: BoundLabel) -> bool:
        """Whether a label has regions to blank, and its group does not pass objects on unchanged."""
        told = self.policies.of(label.group) is not Policy.PASS
        return told and any(not one.line.keep for one in label.regions)

    @cached_property
    def _slots(self) -> Mapping[tuple[ListKind, str], int]:
        return {(one.kind, one.name): number for number, one in enumerate(self.lists)}

    @cached_property
    def filling_order(self) -> tuple[int, ...]:
        """The numbers of the lists, each after those it is filled from."""
        return FillingOrder.of(sources_of(self.lists)).order

    @cached_property
    def _reach(self) -> Mapping[int, tuple[ops.Selector, ...]]:
        reach: dict[int, tuple[ops.Selector, ...]] = {}
        for slot in self.filling_order:
            found: dict[ops.Selector, None] = {}
            for member in self.lists[slot].members:
                match member.selector:
                    case ops.Member(other):
                        found.update(dict.fromkeys(reach[other]))
                    case ops.Without(ops.Member(other), but):
                        found.update(dict.fromkeys(ops.without(one, but) for one in reach[other]))
                    case None:
                        pass
                    case selector:
                        found[selector] = None
            reach[slot] = tuple(found)
        return reach

    def slot(self, kind: ListKind, name: str) -> int | None:
        """Return the number of a list."""
        return self._slots.get((kind, name))

    def reach(self, slot: int) -> tuple[ops.Selector, ...]:
        """Return what the lines of a list select, with the lines of each `%fields` list they name in its place."""
        return self._reach[slot]


def sources_of(lists: tuple[BoundList, ...]) -> list[list[int]]:
    """Return for each list the lists that it is filled from."""
    return [[source for member in one.members if (source := source_list(member.selector)) is not None] for one in lists]
