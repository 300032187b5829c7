"""Ops, selectors, operands and conditions as text that `deidc.ir.reader` reads back."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import assert_never

from deidc.dicom.values.coding import Code
from deidc.ir import ops


def quoted(text: str) -> str:
    """Return text in quotation marks, as JSON writes it in ASCII."""
    return json.dumps(text)


def write_op(op: ops.Op) -> str:  # noqa: C901  # one case for each op of a closed set
    """Return one op without its number."""
    match op:
        case ops.Collect(slot, at, separator, minimum):
            split = f" split {quoted(separator)}" if separator is not None else ""
            return f"collect {slot} <- {write_selector(at)}{split} min {minimum}"
        case ops.Gather(slot, at):
            return f"gather {slot} <- {write_selector(at)}"
        case ops.Protect(at, system, when):
            return f"protect {'system ' if system else ''}{write_selector(at)}{_when(when)}{_given(op)}"
        case ops.Descend(at):
            return f"descend {write_selector(at)}{_given(op)}"
        case ops.MakeItems(at, count):
            return f"make {count} items at {write_selector(at)}{_given(op)}"
        case ops.Append(at, by, when):
            return f"append {write_selector(at)} <- {write_operand(by)}{_when(when)}{_given(op)}"
        case ops.Add(at, by, when):
            return f"add {write_selector(at)} <- {write_operand(by)}{_when(when)}{_given(op)}"
        case ops.Replace(at, by, when):
            return f"replace {write_selector(at)} <- {write_operand(by)}{_when(when)}{_given(op)}"
        case ops.Jitter(at, by):
            return f"jitter {write_selector(at)} by {write_operand(by)}{_given(op)}"
        case ops.Remove(at, when):
            return f"remove {write_selector(at)} unless rewritten{_when(when)}{_given(op)}"
        case ops.Blank(at, when):
            return f"blank {write_selector(at)}{_when(when)}{_given(op)}"
        case ops.Report(at):
            return f"report {write_selector(at)}{_given(op)}"
        case ops.Border():
            return "next text"
        case ops.Transcode(charset):
            return f"transcode {quoted(charset)}"
        case ops.Mark(group, label, lines, masks, policy, final):
            words = ["mark", policy.value, *(["final"] if final else []), quoted(group), quoted(label)]
            words.extend(_test_line(line) for line in lines)
            words.extend(_mask(mask) for mask in masks)
            return " ".join(words)
        case ops.SyncMeta():
            return "sync file-meta"
        case ops.ClearPreamble():
            return "clear preamble"
        case ops.CleanPixels(storage):
            return f"clean pixels {storage.value}"
        case _:
            assert_never(op)


def write_selector(selector: ops.Selector) -> str:  # noqa: C901  # one case for each selector of a closed set
    """Return a selector."""
    match selector:
        case ops.Tagged(pattern):
            return f"tag {pattern}"
        case ops.PrivateBlock(group, creator, element):
            return f"private {group} {quoted(creator)} {element}"
        case ops.AtPath(steps):
            return "path " + " ".join(_step(step) for step in steps)
        case ops.Everything():
            return "everything"
        case ops.Matching(anchor, pattern, negated):
            return f"{'not ' if negated else ''}{anchor.value} {quoted(pattern)}"
        case ops.OfVR(vrs):
            return "vr " + " ".join(vrs)
        case ops.InGroup(group):
            return f"group {group}"
        case ops.OfKind(kind):
            return f"kind {kind.value}"
        case ops.OfRole(roles):
            return "role " + " ".join(role.value for role in roles)
        case ops.Without(at, but):
            return " but ".join(map(write_selector, (at, *but)))
        case ops.Holding(slot):
            return f"holding {slot}"
        case ops.Member(slot):
            return f"member {slot}"
        case _:
            assert_never(selector)


def _step(step: ops.PathStep) -> str:
    match step.at:
        case ops.Tagged(pattern):
            name = pattern
        case ops.PrivateBlock(group, creator, element):
            name = f"{group} {quoted(creator)} {element}"
        case _:
            assert_never(step.at)
    return f"/ {name}" if step.index is None else f"/ {name} [{step.index}]"


def write_operand(operand: ops.Operand) -> str:
    """Return an operand."""
    match operand:
        case ops.Text(text):
            return f"text {quoted(text)}"
        case ops.Var(name):
            return f"var {quoted(name)}"
        case ops.Days(days):
            return f"days {days}"
        case ops.FromAttribute(at):
            return f"from {write_selector(at)}"
        case ops.Composed(parts):
            return "composed " + " ".join(f"({write_operand(part)})" for part in parts)
        case ops.Codes(codes):
            return " ".join(map(_code, codes))
        case ops.Call(name, arguments, builtin):
            given = "".join(f" ({quoted(one.key)} {write_operand(one.value)})" for one in arguments)
            return f"{'builtin' if builtin else 'call'} {quoted(name)}{given}"
        case _:
            assert_never(operand)


def _code(code: Code) -> str:
    version = f" version {quoted(code.version)}" if code.version is not None else ""
    return f"code {quoted(code.value)} {quoted(code.scheme)}{version} {quoted(code.meaning)}"


def _when(when: Iterable[ops.Condition]) -> str:
    written = " and ".join(write_condition(one) for one in when)
    return f" when {written}" if written else ""


def write_condition(condition: ops.Condition | ops.Related | ops.Unregistered) -> str:
    """Return a condition."""
    match condition:
        case ops.Compared(how, text):
            return f"{how.value} {quoted(text)}"
        case ops.InState(state):
            return state.value
        case ops.Listed(slot):
            return f"in-list {slot}"
        case ops.Truth(by):
            return f"true {write_operand(by)}"
        case ops.Related(how, measure, than):
            return f"is {how.value} {measure.value} {quoted(than)}"
        case ops.Unregistered():
            return "unregistered"
        case _:
            assert_never(condition)


def _given(op: ops.Op) -> str:
    written = " ".join(_test_line(line) for line in ops.given_of(op))
    return f" given {written}" if written else ""


def _test_line(line: ops.TestLine) -> str:
    tests = " ".join(
        f"{test.joint.value} {write_selector(test.at)} {write_condition(test.that)}" for test in line.tests
    )
    return f"{line.joint.value} [ {tests} ]"


def _mask(mask: ops.Mask) -> str:
    word = "keep-region" if mask.keep else "blank-region"
    match mask.region:
        case ops.Rectangle(x0, y0, x1, y1):
            return f"{word} box {x0} {y0} {x1} {y1}"
        case ops.WholeImage():
            return f"{word} whole-image"
        case ops.ItemRegions(at):
            return f"{word} regions-of {write_selector(at)}"
        case ops.TextRegions(detector):
            return f"{word} text-by {quoted(detector)}"
        case _:
            assert_never(mask.region)
