"""DC366-DC369: targets that select nothing, because they point beside what was meant."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches
from functools import cache

from deidc.codes import misdirected as codes
from deidc.diagnostics import Diagnostic
from deidc.dicom import dictionary
from deidc.grammar import nodes
from deidc.ir import ops
from deidc.ir.checks.coverage import attribute_of, everything
from deidc.ir.identifiers import KEPT_WITH_REASON
from deidc.ir.resolving.resolved import Resolved
from deidc.source import Span

# Sequences that no IOD has at the top level of an object (PS3.3).
_ONLY_IN_ITEMS = frozenset(
    {
        "ScheduledProtocolCodeSequence",
        "MeasuredValueSequence",
        "MeasurementUnitsCodeSequence",
        "PurposeOfReferenceCodeSequence",
        "ProtocolContextSequence",
        "ContentItemModifierSequence",
        "EquivalentCodeSequence",
        "PatientOrientationModifierCodeSequence",
        "ViewModifierCodeSequence",
        "PersonIdentificationCodeSequence",
    }
)
_ALIKE = 0.93  # of a creator and a known one


def misdirected(resolved: Resolved) -> Iterator[Diagnostic]:
    """DC366-DC369: a target points at something that objects can have."""
    for target, selector in _targets(resolved):
        match selector:
            case ops.Tagged(pattern) if isinstance(target, nodes.Tag):
                yield from _near_tag(pattern, target.span)
            case ops.InGroup(group):
                yield from _empty_group(group, target.span)
            case ops.AtPath(steps) if len(steps) > 1:
                yield from _path(selector, target.span)
                for step in steps:
                    if isinstance(step.at, ops.PrivateBlock):
                        yield from _creator(step.at, target.span)
            case ops.PrivateBlock():
                yield from _creator(selector, target.span)
            case _:
                pass


# Groups of commands and of file meta information, which damaged files have in their data sets (PS3.7, PS3.10 7.1).
_NOT_OF_DATA_SETS = frozenset({"0000", "0002"})


def _targets(resolved: Resolved) -> Iterator[tuple[nodes.Target, ops.Selector | None]]:
    for rule in resolved.rules:
        if not rule.action.creates or isinstance(rule.selector, ops.AtPath):
            yield rule.statement.target, rule.selector
    for one in resolved.lists:
        for member in one.members:
            yield member.line.target, member.selector


def _near_tag(pattern: str, span: Span) -> Iterator[Diagnostic]:
    """DC366: of an unknown tag, two digits in the wrong order make the tag of an identifying attribute."""
    if "X" in pattern or dictionary.is_private(int(pattern, 16)) or dictionary.find_tag(int(pattern, 16)) is not None:
        return
    for at in range(len(pattern) - 1):
        swapped = pattern[:at] + pattern[at + 1] + pattern[at] + pattern[at + 2 :]
        meant = dictionary.find_tag(int(swapped, 16))
        if meant is not None and (meant.vr == "PN" or meant.keyword in KEPT_WITH_REASON):
            message = f"no attribute has the tag ({pattern[:4]},{pattern[4:]}), which is near that of {meant.keyword}"
            yield Diagnostic(codes.NEAR_TAG, message, span, f"write {meant.keyword}")
            return


def _empty_group(group: str, span: Span) -> Iterator[Diagnostic]:
    """DC367: a public group without attributes."""
    if (
        "X" in group
        or int(group, 16) & 1
        or group in _NOT_OF_DATA_SETS
        or any(one.startswith(group) for one in _groups())
    ):
        return
    hint = None
    if group.isdigit() and f"{int(group):04X}" in _groups():
        hint = f"group {int(group)} in decimal is select:group:{int(group):04X}"
    yield Diagnostic(codes.EMPTY_GROUP, f"DICOM has no attributes in group {group}", span, hint)


@cache
def _groups() -> frozenset[str]:
    repeating = (f"{start}{number:02X}" for start in ("50", "60") for number in range(0, 0x20, 2))
    return frozenset((*(one[:4] for one in everything()), *repeating, "0002"))


def _path(path: ops.AtPath, span: Span) -> Iterator[Diagnostic]:
    """DC368: a path through an attribute that has no items, or from a sequence that is never at the top."""
    for number, step in enumerate(path.steps[:-1]):
        attribute = attribute_of(step.at)
        if attribute is None:
            continue
        if "SQ" not in attribute.vr:
            message = f"{attribute.keyword} is not a sequence, so nothing is inside it"
            yield Diagnostic(codes.IMPOSSIBLE_PATH, message, span, "write the last keyword alone")
            return
        if number == 0 and attribute.keyword in _ONLY_IN_ITEMS:
            message = f"{attribute.keyword} occurs only in items of other sequences"
            yield Diagnostic(codes.IMPOSSIBLE_PATH, message, span, f"write the sequence before {attribute.keyword}")
            return


def _creator(block: ops.PrivateBlock, span: Span) -> Iterator[Diagnostic]:
    """DC369: a creator in a public group, or one letter beside a creator that is known."""
    if "X" not in block.group and not int(block.group, 16) & 1:
        message = f"group {block.group} is even, and private groups are odd"
        yield Diagnostic(codes.NOT_ITS_CREATOR, message, span)
        return
    name = block.creator.strip().lower()
    if name in _creators():
        return
    plain = {_letters(one): known for one, known in _creators().items()}.get(_letters(name))
    if plain is not None:
        message = f"no device is known that writes {block.creator[:64]!r}"
        yield Diagnostic(codes.NOT_ITS_CREATOR, message, span, f"did you mean {plain}?")
        return
    near = get_close_matches(name, [one for one in _creators() if abs(len(one) - len(name)) <= 1], 1, _ALIKE)
    if near:
        known = _creators()[near[0]]
        message = f"no device is known that writes {block.creator[:64]!r}"
        yield Diagnostic(codes.NOT_ITS_CREATOR, message, span, f"did you mean {known}?")


def _letters(name: str) -> str:
    """Return the letters and digits of a creator, without what separates its words."""
    return "".join(one for one in name if one.isalnum())


@cache
def _creators() -> dict[str, str]:
    """Return the private creators that are known, by their names in small letters."""
    return {one.lower(): one for one in dictionary.private_creators()}
