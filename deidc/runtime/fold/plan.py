"""The plan of a machine caches which ops concern the elements of an identity.

A plan is a tree that mirrors the sequences met so far. Its only state is a memo: what it answers depends on the
program alone, so threads and files may share it.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property

from attrs import define, field, frozen

from deidc.dicom import dictionary
from deidc.dicom.values.vrs import TEXT_VRS
from deidc.ir import ops
from deidc.ir.builtin_functions import takes_own_value
from deidc.ir.program import Program
from deidc.runtime.fold.select import (
    Identity,
    InInput,
    Patterns,
    Proviso,
    is_exact,
    item_indexes,
    select,
    sweeps_items,
    way_fits,
)

# An identity more than this many makes the plan forget and start anew, so that a stream of hostile files with
# ever new private tags cannot grow it without bound.
MOST_IDENTITIES = 200_000
# Group of the attributes that say how pixels are displayed (PS3.3 C.7.6.3, C.11.2).
_IMAGE_GROUP = 0x0028


@frozen
class Step:
    """One op of the program as it concerns one identity.

    Attributes:
        index: the op's place in the program.
        proviso: what must still hold for the single element, or None.
        exact: the op names this attribute, rather than sweeping over many.
        sweeps_items: an op that selects the sequence selects what is inside it too.
        by_list: the op selects by a list; such an op keeps no Remove from acting.
        text: the number of the text that the op stands in, counted from 0.
        derives: what the op writes is derived from the element's own value.
        uses_own: the op derives, or a condition of it uses the element's own value.
        names: the op, or a line of the list that it selects by, names this attribute.

    """

    index: int
    op: ops.ElementOp
    proviso: Proviso | None
    exact: bool
    sweeps_items: bool
    by_list: bool
    text: int
    derives: bool
    uses_own: bool
    names: bool

    @property
    def writes(self) -> bool:
        """Whether a Remove spares what this op writes."""
        return self.op.action.rewrites and not self.by_list


@frozen
class Shelter:
    """A Protect or Descend op that concerns an identity.

    Attributes:
        index: the op's place in the program.
        op: the op.
        proviso: what must still hold for the single element, or None.
        when: conditions on the element.
        exact: the op names this attribute, rather than sweeping over many.
        if_items: the element must turn out to be a sequence, whatever its VR.

    """

    index: int
    op: ops.HoldingOp
    proviso: Proviso | None
    when: tuple[ops.Condition, ...]
    exact: bool
    if_items: bool

    @property
    def enters(self) -> bool:
        """Whether the sequence stays, and ops reach its items."""
        return self.op.action.enters

    @property
    def is_certain(self) -> bool:
        """Whether the identity alone decides."""
        return self.proviso is None and not self.when and not self.if_items


def shelters_items(shelters: Iterable[Shelter]) -> bool:
    """Whether items are protected too, where all of these apply: the op that names the sequence decides, then the last.

    None: they are not.
    """
    deciding = max(shelters, key=lambda one: (one.exact, one.index), default=None)
    return deciding is not None and not deciding.enters


@frozen
class Collecting:
    """A Collect op that concerns an identity."""

    op: ops.Collect
    proviso: Proviso | None


@frozen
class AddTarget:
    """What an Add op sets at some level: a tag, or a private element whose block is to be found."""

    at: ops.Tagged | ops.PrivateBlock
    indexes: tuple[int | None, ...]

    @cached_property
    def public_tag(self) -> int | None:
        """The tag, if it is one of DICOM's own, to be set whatever the items on the way."""
        if isinstance(self.at, ops.PrivateBlock) or any(index is not None for index in self.indexes):
            return None
        tag = int(self.at.pattern, 16)
        return None if dictionary.is_private(tag) else tag


@frozen(eq=False)
class Entry:
    """Everything the program has to say about elements of one identity.

    Attributes:
        system: deidc protects the element on its own account, but not what is in its items; not even Add acts.
        shelters: KEEP and DESCEND rules that may protect it.
        always_sheltered: one of them protects it without a proviso.
        shelters_vary: whether its value or its place in items decides if it, or what is in it, is protected.
        keeps_items: if that does not vary, whether what is in it is protected.
        steps: the ops that may act, in program order.
        below: the node for items, if this is a sequence.

    """

    identity: Identity
    system: bool
    shelters: tuple[Shelter, ...]
    always_sheltered: bool
    shelters_vary: bool
    keeps_items: bool
    steps: tuple[Step, ...]
    writers: tuple[Step, ...]
    collects: tuple[Collecting, ...]
    below: Node = field(repr=False)

    @property
    def idle(self) -> bool:
        """Whether no op can act on the element itself, whatever its value."""
        return self.system or not self.steps


@define(eq=False)
class Node:
    """The memo of one place in the tree of sequences: entries by (tag, VR, private creator).

    `is_protected`: it is in a sequence that deidc protects on its own account. Rules reach the texts and sequences in
    it; bulk values and numbers of image attributes, which pixels cannot be displayed without, are protected too.
    """

    plan: Plan
    way: tuple[tuple[int, str | None], ...]
    add_targets: tuple[AddTarget, ...]
    is_protected: bool = False
    _entries: dict[tuple[int, str, str | None], Entry] = field(factory=dict)

    def entry(self, tag: int, vr: str, creator: str | None) -> Entry:
        """Return what the program says about an element here."""
        key = (tag, vr, creator)
        entry = self._entries.get(key)
        if entry is None:
            entry = self._entries[key] = self.plan.make_entry(self, tag, vr, creator)
        return entry


@define(eq=False)
class Plan:
    """The ops of a program by the identity of the elements they act on, and those that act on none by kind.

    Attributes:
        left_out: the numbers of ops that act on none of the objects that the plan is for; see `Plans`.
        collects, marks, surroundings: what is done once for each object, in program order.
        collected_later: those of `collects` that select by other lists.
        asked: the top-level attributes that marks need, if they need nothing else.

    """

    program: Program
    left_out: frozenset[int] = frozenset()
    patterns: Patterns = field(factory=Patterns)
    dataset: Node = field(init=False)
    file_meta: Node = field(init=False)
    gathers: Mapping[int, tuple[ops.Selector, ...]] = field(init=False)
    collects: tuple[ops.Collect, ...] = field(init=False)
    collected_later: tuple[ops.Collect, ...] = field(init=False)
    marks: tuple[tuple[int, ops.Mark], ...] = field(init=False)
    surroundings: tuple[tuple[int, ops.SyncMeta | ops.ClearPreamble], ...] = field(init=False)
    asked: tuple[int, ...] | None = field(init=False)
    _borders: tuple[int, ...] = field(init=False)
    _by_tag: Mapping[int, tuple[int, ...]] = field(init=False)
    _sweeping: tuple[int, ...] = field(init=False)
    _adds: Mapping[int, tuple[ops.MakeItems | ops.Add | ops.Append, ...]] = field(init=False)
    _known: int = field(init=False, default=0)

    def __attrs_post_init__(self) -> None:
        gathers: dict[int, tuple[ops.Selector, ...]] = {}
        for op in self.program.ops:
            if isinstance(op, ops.Gather):
                gathers[op.slot] = (*gathers.get(op.slot, ()), op.at)
        self.gathers = gathers
        numbered = tuple(enumerate(self.program.ops))
        self.collects = tuple(op for op in self.program.ops if isinstance(op, ops.Collect))
        self.collected_later = tuple(dict.fromkeys(op for op in self.collects if self._needs_lists(op.at)))
        self.marks = tuple((index, op) for index, op in numbered if isinstance(op, ops.Mark))
        self.surroundings = tuple(
            (index, op) for index, op in numbered if isinstance(op, ops.SyncMeta | ops.ClearPreamble)
        )
        selectors = [test.at for _, mark in self.marks for line in mark.lines for test in line.tests]
        tags = [top_level_tag(at) for at in selectors]
        self.asked = None if None in tags else tuple({tag: None for tag in tags if tag is not None})
        self._borders = tuple(index for index, op in numbered if isinstance(op, ops.Border))
        # Most ops of a long recipe name one tag: those are looked up, only the others are tried on everything.
        by_tag: dict[int, tuple[int, ...]] = {}
        sweeping: list[int] = []
        for index, op in enumerate(self.program.ops):
            if index in self.left_out or not isinstance(op, ops.HoldingOp | ops.Collect | ops.ElementOp):
                continue
            if isinstance(op.at, ops.Tagged) and "X" not in op.at.pattern:
                tag = int(op.at.pattern, 16)
                by_tag[tag] = (*by_tag.get(tag, ()), index)
            else:
                sweeping.append(index)
        self._by_tag, self._sweeping = by_tag, tuple(sweeping)
        adds: dict[int, tuple[ops.MakeItems | ops.Add | ops.Append, ...]] = {}
        for index, op in numbered:
            if isinstance(op, ops.MakeItems | ops.Add | ops.Append) and index not in self.left_out:
                adds[len(op.at.steps)] = (*adds.get(len(op.at.steps), ()), op)
        self._adds = adds  # by the length of their paths
        self._forget()

    def _forget(self) -> None:
        self._known = 0
        top = tuple(self._add_targets(()))
        is_meta = [_in_file_meta(target.at) for target in top]
        self.dataset = Node(self, (), tuple(t for t, meta in zip(top, is_meta, strict=True) if not meta))
        self.file_meta = Node(self, (), tuple(t for t, meta in zip(top, is_meta, strict=True) if meta))

    def _needs_lists(self, at: ops.Selector) -> bool:
        """Whether a selector selects by what is in a list."""
        match ops.swept(at):
            case ops.Holding():
                return True
            case ops.Member(slot):
                return any(
                    isinstance(op, ops.Gather) and op.slot == slot and self._needs_lists(op.at)
                    for op in self.program.ops
                    if not (isinstance(op, ops.Gather) and op.at == at)
                )
            case _:
                return False

    def limit(self) -> bool:
        """Forget everything if too many identities were met, and return whether so; called between objects."""
        if self._known <= MOST_IDENTITIES:
            return False
        self._forget()
        return True

    def make_entry(self, node: Node, tag: int, vr: str, creator: str | None) -> Entry:
        """Match every op of the program against one identity."""
        # The text of a private creator is kept as well; one that is too long counts for several identities.
        self._known += 1 + len(creator or "") // dictionary.LONGEST_CREATOR
        identity = Identity((*node.way, (tag, creator)), vr)
        shelters: list[Shelter] = []
        steps: list[Step] = []
        collects: list[Collecting] = []
        is_of_image = tag >> 16 == _IMAGE_GROUP and vr not in TEXT_VRS and vr not in ("SQ", "UN")
        system = node.is_protected and is_of_image
        for index in sorted((*self._by_tag.get(tag, ()), *self._sweeping)):
            op = self.program.ops[index]
            assert isinstance(op, ops.HoldingOp | ops.Collect | ops.ElementOp)
            spares = isinstance(op, ops.HoldingOp)
            verdict = select(op.at, identity, self.gathers, self.patterns, spares=spares)
            if verdict is False and isinstance(op, ops.Replace) and not is_exact(op.at):
                verdict = self._through_private(op.at, identity)
            if verdict is False:
                continue
            proviso = None if verdict is True else verdict
            match op:
                case ops.Protect(_, is_system, when):
                    system = system or is_system
                    shelters.append(Shelter(index, op, proviso, when, is_exact(op.at), if_items=False))
                case ops.Descend() if vr in ("SQ", "UN"):
                    shelters.append(Shelter(index, op, proviso, (), is_exact(op.at), if_items=vr == "UN"))
                case ops.Descend():
                    pass
                case ops.Collect():
                    collects.append(Collecting(op, proviso))
                case _:
                    by_list = ops.selects_by_list(op.at)
                    steps.append(
                        Step(
                            index,
                            op,
                            proviso,
                            is_exact(op.at),
                            sweeps_items(op.at),
                            by_list,
                            text=bisect_left(self._borders, index),
                            derives=derives(op),
                            uses_own=derives(op) or is_asked(op),
                            names=self._names(op.at, identity),
                        )
                    )
        always_sheltered = any(one.is_certain for one in shelters)
        return Entry(
            identity=identity,
            system=system,
            shelters=tuple(shelters),
            always_sheltered=always_sheltered,
            shelters_vary=any(not one.is_certain for one in shelters)
            and (not always_sheltered or any(one.enters for one in shelters)),
            keeps_items=not system and shelters_items(one for one in shelters if one.is_certain),
            steps=tuple(steps),
            writers=tuple(step for step in steps if step.writes),
            collects=tuple(collects),
            below=self._below(identity.way, is_protected=system or node.is_protected),
        )

    def _through_private(self, at: ops.Selector, identity: Identity) -> bool | InInput:
        """Select what is in a private sequence that a selector is about: what is private stays so at every depth.

        A sequence is not replaced by a rule for many attributes, which is left to its items.
        """
        if isinstance(at, ops.Without):
            exempt = (select(one, identity, self.gathers, self.patterns, spares=True) for one in at.but)
            if any(verdict is not False for verdict in exempt):
                return False
        for depth in range(1, len(identity.way)):
            if dictionary.is_private(identity.way[depth - 1][0]):
                verdict = select(at, Identity(identity.way[:depth], "SQ"), self.gathers, self.patterns)
                if verdict is True or isinstance(verdict, InInput):
                    return verdict
        return False

    def _names(self, at: ops.Selector, identity: Identity) -> bool:
        """Whether a selector, or a line of the list that it selects by, names an attribute."""
        plain = ops.swept(at)
        lines = self.gathers.get(plain.slot, ()) if isinstance(plain, ops.Member) else (at,)
        return any(is_exact(one) and select(one, identity, self.gathers, self.patterns) is not False for one in lines)

    def _below(self, way: tuple[tuple[int, str | None], ...], *, is_protected: bool) -> Node:
        """Return the node for the items of a sequence; nothing is added to those of a protected one."""
        targets = () if is_protected else tuple(self._add_targets(way))
        return Node(self, way, targets, is_protected)

    def _add_targets(self, way: tuple[tuple[int, str | None], ...]) -> Iterator[AddTarget]:
        """Yield what Add ops set in items at `way`, each target once."""
        seen: set[AddTarget] = set()
        for op in self._adds.get(len(way) + 1, ()):
            *parents, last = op.at.steps
            target = AddTarget(last.at, item_indexes(op.at.steps))
            if target not in seen and _reaches(parents, way):
                seen.add(target)
                yield target


def derives(op: ops.ElementOp) -> bool:
    """Whether an op derives what it writes from the value that the element has."""
    by = ops.operand_of(op)
    return isinstance(op, ops.Jitter) or (isinstance(by, ops.Call) and takes_own_value(by))


def is_asked(op: ops.ElementOp) -> bool:
    """Whether a condition of an op calls a function that uses the value of the element."""
    return any(
        isinstance(one, ops.Truth) and isinstance(one.by, ops.Call) and takes_own_value(one.by)
        for one in ops.conditions_of(op)
    )


def _reaches(parents: Iterable[ops.PathStep], way: tuple[tuple[int, str | None], ...]) -> bool:
    return way_fits(tuple(parents), way)


def _in_file_meta(at: ops.Tagged | ops.PrivateBlock) -> bool:
    return isinstance(at, ops.Tagged) and at.pattern.startswith("0002")


def top_level_tag(at: ops.Selector) -> int | None:
    """Return the tag of the one top-level attribute that a selector is about, if that is so."""
    match at:
        case ops.AtPath((ops.PathStep(ops.Tagged(pattern)),)) if "X" not in pattern:
            return int(pattern, 16)
        case _:
            return None


def vr_of_new(tag: int, creator: str | None) -> str:
    """Return the VR that a new element gets: the dictionary's, or LO for a private element it does not know.

    Of a choice of VRs the first is taken.
    """
    if dictionary.is_private(tag):
        known = dictionary.private_vr(tag, creator) if creator is not None else None
        return known or "LO"
    attribute = dictionary.find_tag(tag)
    return attribute.vr.split(" or ")[0] if attribute is not None else "UN"
