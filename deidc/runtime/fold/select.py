"""Decide by identity alone which elements a selector is about; the plan caches the answer for all files.

An identity is what two objects can have in common about an element: the way to it (tags and private creators,
no item numbers), its VR, its private creator. What more a selector needs to know (item numbers, values) is a
`Proviso`, evaluated for each element.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cached_property
from typing import TypeAlias, assert_never

from attrs import field, frozen

from deidc.dicom import dictionary
from deidc.ir import ops, roles
from deidc.patterns import compiled
from deidc.vocabulary import Anchor, ElementKind, Role


@frozen
class Identity:
    """What selectors can know of an element before they see its value.

    `way` has (tag, private creator) of each sequence from the top, the element itself last. `vr` may be a choice
    like `US or SS`. `creator` is stripped, or None outside private blocks.
    """

    way: tuple[tuple[int, str | None], ...]
    vr: str

    @property
    def tag(self) -> int:
        """The element's own tag."""
        return self.way[-1][0]

    @property
    def creator(self) -> str | None:
        """The private creator of the element's block."""
        return self.way[-1][1]

    @cached_property
    def spellings(self) -> tuple[str, ...]:
        """Every name that a pattern is matched against."""
        parents = tuple(dictionary.element_keyword(tag) for tag, _ in self.way[:-1])
        return dictionary.spellings(self.tag, self.creator, parents)


# VRs of values that identify: an attribute of one stays one, whatever VR a file gives it.
_IDENTIFYING = frozenset({"UI", "DA", "DT", "TM", "AS", "PN"})


# ---- provisos -------------------------------------------------------------------------------------------


@frozen
class AtItems:
    """The element stands in these items on its way; None is any item."""

    indexes: tuple[int | None, ...]


@frozen
class Holds:
    """The element's input value holds a value of list `slot`."""

    slot: int


@frozen
class Unregistered:
    """The element's input value is not one that the UID dictionary registers (PS3.6 annex A)."""


@frozen
class InInput:
    """The element is in the input object, and one of `any_of` holds (none given: that is enough)."""

    any_of: tuple[AtItems | Holds | Unregistered, ...]


Proviso: TypeAlias = AtItems | Holds | Unregistered | InInput
Verdict: TypeAlias = bool | AtItems | Holds | Unregistered | InInput


# ---- selectors over identities --------------------------------------------------------------------------


def tag_fits(pattern: str, tag: int) -> bool:
    """Whether a tag fits eight hexadecimal digits with `X` for any; an `X` in the group means even groups."""
    digits = f"{tag:08X}"
    if any(want not in ("X", digit) for want, digit in zip(pattern, digits, strict=True)):
        return False
    return "X" not in pattern[:4] or not dictionary.is_private(tag)


def _private_fits(block: ops.PrivateBlock, tag: int, creator: str | None) -> bool:
    if creator is None or creator.strip().lower() != block.creator.strip().lower():
        return False
    digits = f"{tag:08X}"
    wanted = block.group + "XX" + block.element
    return all(want in ("X", digit) for want, digit in zip(wanted, digits, strict=True))


def step_fits(at: ops.Tagged | ops.PrivateBlock, tag: int, creator: str | None) -> bool:
    """Whether an element at the place of one step of a path is the one that the step is about."""
    match at:
        case ops.Tagged(pattern):
            return tag_fits(pattern, tag)
        case ops.PrivateBlock():
            return _private_fits(at, tag, creator)
        case _:
            assert_never(at)


def way_fits(steps: tuple[ops.PathStep, ...], way: tuple[tuple[int, str | None], ...]) -> bool:
    """Whether a way, item numbers aside, is the one that `steps` describe."""
    return len(steps) == len(way) and all(
        step_fits(step.at, tag, creator) for step, (tag, creator) in zip(steps, way, strict=True)
    )


def item_indexes(steps: tuple[ops.PathStep, ...]) -> tuple[int | None, ...]:
    """Return the item numbers that steps name, one for each sequence on the way."""
    return tuple(step.index for step in steps[:-1])


@frozen
class Patterns:
    """Regular expressions of a program, compiled once."""

    _compiled: dict[tuple[Anchor, str], re.Pattern[str]] = field(factory=dict, repr=False, eq=False)

    def matches(self, selector: ops.Matching, identity: Identity) -> bool:
        """Whether some name of the element fits the pattern, or none if the selector is negated."""
        key = (selector.anchor, selector.pattern)
        pattern = self._compiled.get(key)
        if pattern is None:
            pattern = self._compiled[key] = compiled(ops.anchored(selector.anchor, selector.pattern))
        return any(map(pattern.search, identity.spellings)) != selector.negated


def of_kind(kind: ElementKind, tag: int) -> bool:
    """Whether a tag is private, of an overlay or curve group (PS3.5 7.6 and 7.8), or of no known attribute."""
    group = tag >> 16
    match kind:
        case ElementKind.PRIVATE:
            return bool(group & 1)
        case ElementKind.OVERLAY:
            return group & 0xFF01 == 0x6000
        case ElementKind.CURVE:
            return group & 0xFF01 == 0x5000
        case ElementKind.UNKNOWN:
            return roles.is_unknown(tag)
        case _:
            assert_never(kind)


def has_vr(wanted: tuple[str, ...], vr: str) -> bool:
    """Whether one of the wanted VRs is the element's, or one of those it may have (`US or SS`)."""
    return any(one in wanted for one in vr.split(" or "))


def select(  # noqa: C901  # one case for each selector of a closed set
    selector: ops.Selector,
    identity: Identity,
    gathers: Mapping[int, tuple[ops.Selector, ...]],
    patterns: Patterns,
    *,
    spares: bool = False,
) -> Verdict:
    """Say whether `selector` is about elements of this identity: no, yes, or yes under a proviso.

    `gathers` has the selectors that fill each `%fields` list. `spares` is of selectors that spare what they select: by
    VR, those spare an element only if the file says so.
    """
    match selector:
        case ops.Everything():
            return True
        case ops.Tagged(pattern):
            return tag_fits(pattern, identity.tag)
        case ops.PrivateBlock():
            return _private_fits(selector, identity.tag, identity.creator)
        case ops.AtPath(steps):
            if not way_fits(steps, identity.way):
                return False
            indexes = item_indexes(steps)
            return AtItems(indexes) if any(one is not None for one in indexes) else True
        case ops.Matching():
            return patterns.matches(selector, identity)
        case ops.OfVR(vrs):
            return has_vr(vrs, identity.vr) or (not spares and _is_known_as(vrs, identity))
        case ops.InGroup(group):
            return tag_fits(group + "XXXX", identity.tag)
        case ops.OfKind(kind):
            return of_kind(kind, identity.tag)
        case ops.OfRole(wanted):
            return _of_role(wanted, identity)
        case ops.Without(at, but):
            if any(select(one, identity, gathers, patterns, spares=not spares) is not False for one in but):
                return False
            return select(at, identity, gathers, patterns, spares=spares)
        case ops.Holding(slot):
            return Holds(slot)
        case ops.Member(slot):
            return _member(gathers.get(slot, ()), identity, gathers, patterns, spares=spares)
        case _:
            assert_never(selector)


def _is_known_as(wanted: tuple[str, ...], identity: Identity) -> bool:
    """Whether the dictionary has the attribute as a UID, a moment, an age or a name of one of the wanted VRs."""
    known = roles.dictionary_vr(identity.tag, identity.creator)
    return known in _IDENTIFYING and known in wanted


def _of_role(wanted: tuple[Role, ...], identity: Identity) -> bool | Unregistered:
    role = roles.role_of(identity.tag, identity.vr, identity.creator)
    if role not in wanted:
        return False
    return Unregistered() if role in (Role.UID, Role.CLASS) else True


def _member(
    selectors: tuple[ops.Selector, ...],
    identity: Identity,
    gathers: Mapping[int, tuple[ops.Selector, ...]],
    patterns: Patterns,
    *,
    spares: bool,
) -> bool | InInput:
    provisos: list[AtItems | Holds | Unregistered] = []
    for selector in selectors:
        verdict = select(selector, identity, gathers, patterns, spares=spares)
        if verdict is True:
            return InInput(())
        if isinstance(verdict, InInput):
            if not verdict.any_of:
                return verdict
            provisos.extend(verdict.any_of)
        elif verdict is not False:
            provisos.append(verdict)
    return InInput(tuple(dict.fromkeys(provisos))) if provisos else False


def is_exact(selector: ops.Selector) -> bool:
    """Whether a selector names its attribute by tag or path, rather than sweeping over many."""
    match selector:
        case ops.Tagged(pattern):
            return "X" not in pattern
        case ops.AtPath(steps):
            return all(isinstance(step.at, ops.PrivateBlock) or "X" not in step.at.pattern for step in steps) and (
                not isinstance(steps[-1].at, ops.PrivateBlock) or "X" not in steps[-1].at.element
            )
        case ops.PrivateBlock(_, _, element):
            return "X" not in element
        case _:
            return False


def sweeps_items(selector: ops.Selector) -> bool:
    """Whether selecting a sequence means selecting what is inside it too, by name."""
    match selector:
        case ops.Everything():
            return True
        case ops.Without(at):
            return sweeps_items(at)
        case ops.Matching(anchor):
            return anchor is not Anchor.ENDSWITH or selector.negated
        case _:
            return False
