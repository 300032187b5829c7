"""Program -> text: one op a line, everything that will happen, in words that `deidc.ir.reader` reads back."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import assert_never

from deidc.ir import dictionary, ops
from deidc.ir.program import OWN_ACCOUNT, Origin, Program

VERSION = 1
_REMARK_COLUMN = 64


def write_program(program: Program, *, remarks: bool) -> str:
    """Return the text of a program; `remarks` add the origin of each op and the keywords of tags."""
    return "\n".join(_lines(program, remarks)) + "\n"


def _lines(program: Program, remarks: bool) -> Iterator[str]:
    yield f"deidc program {VERSION}"
    yield f"format {program.format.value}"
    for variable in program.needs.variables:
        default = f" default {quoted(variable.default)}" if variable.default is not None else ""
        yield f"need var {quoted(variable.name)} {variable.kind.value}{default}"
    for function in program.needs.functions:
        yield f"need {'builtin' if function.builtin else 'func'} {quoted(function.name)}"
    for number, slot in enumerate(program.slots):
        yield f"list {number} {slot.kind.value} {quoted(slot.name)}"
    origins = program.origins if remarks else ()
    for number, op in enumerate(program.ops):
        line = f"{number:04d} {write_op(op)}"
        if number < len(origins):
            line = f"{line:<{_REMARK_COLUMN}} ; {_remark(op, origins[number])}"
        yield line


def _remark(op: ops.Op, origin: Origin) -> str:
    where = origin.recipe if origin == OWN_ACCOUNT else f"{json.dumps(origin.recipe)}:{origin.line}"
    keywords = " ".join(dict.fromkeys(_keywords(op)))
    return f"{where} {keywords}".rstrip()


def _keywords(op: ops.Op) -> Iterator[str]:
    match op:
        case ops.Transcode() | ops.Mark() | ops.SyncMeta() | ops.ClearPreamble() | ops.CleanPixels():
            return
        case _:
            yield from _selector_keywords(op.at)


def _selector_keywords(selector: ops.Selector) -> Iterator[str]:
    match selector:
        case ops.Tagged(pattern):
            keyword = dictionary.pattern_keyword(pattern)
            if keyword:
                yield keyword
        case ops.AtPath(steps):
            for step in steps:
                yield from _selector_keywords(step.at)
        case _:
            return


def quoted(text: str) -> str:
    """Return text in quotation marks, as JSON writes it in ASCII."""
    return json.dumps(text)


def write_op(op: ops.Op) -> str:  # one return for each op of a closed set
    """Return one op without its number."""
    match op:
        case ops.Collect(slot, at, separator, minimum):
            split = f" split {quoted(separator)}" if separator is not None else ""
            return f"collect {slot} <- {write_selector(at)}{split} min {minimum}"
        case ops.Gather(slot, at):
            return f"gather {slot} <- {write_selector(at)}"
        case ops.Protect(at, system):
            return f"protect {'system ' if system else ''}{write_selector(at)}"
        case ops.Add(at, by):
            return f"add {write_selector(at)} <- {write_operand(by)}"
        case ops.Replace(at, by, when):
            return f"replace {write_selector(at)} <- {write_operand(by)}{_when(when)}"
        case ops.Jitter(at, by):
            return f"jitter {write_selector(at)} by {write_operand(by)}"
        case ops.Remove(at, when):
            return f"remove {write_selector(at)} unless rewritten{_when(when)}"
        case ops.Blank(at, when):
            return f"blank {write_selector(at)}{_when(when)}"
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


def write_selector(selector: ops.Selector) -> str:  # one return for each selector
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
        case ops.Call(name, arguments, builtin):
            given = "".join(f" ({quoted(one.key)} {write_operand(one.value)})" for one in arguments)
            return f"{'builtin' if builtin else 'call'} {quoted(name)}{given}"
        case _:
            assert_never(operand)


def _when(when: Iterable[ops.Condition]) -> str:
    written = " and ".join(write_condition(one) for one in when)
    return f" when {written}" if written else ""


def write_condition(condition: ops.Condition) -> str:
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
        case _:
            assert_never(condition)


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
