"""Program text -> program. Total: any text gives a program that `verify` accepts, or a ProgramError with a place."""

from __future__ import annotations

import json
import re
from functools import cache
from importlib.resources import files
from typing import TypeAlias, cast

from lark import Lark, Token, Tree, UnexpectedInput

from deidc.dicom.values.coding import Code
from deidc.dicom.values.measures import Measure
from deidc.ir import ops
from deidc.ir.program import OWN_ACCOUNT, VERSION, NeededFunction, NeededVariable, Needs, Origin, Program, Slot
from deidc.ir.verify import ProgramError, verify
from deidc.vocabulary import (
    Anchor,
    Comparison,
    ElementKind,
    FormatName,
    Join,
    ListKind,
    Policy,
    Relation,
    Role,
    State,
    Storage,
    VariableKind,
)

Branch: TypeAlias = Tree[Token]

_ORIGIN = re.compile(r'; *(?P<recipe>"(?:[^"\\]|\\.)*"):(?P<line>\d+)')
FIRST_WORDS = "deidc program "
_FIRST_PLACE = (1, 1)  # of a text that is wrong as a whole


@cache
def _lark() -> Lark:
    """Return the parser of program text, built once a process: it is a fact made from program.lark."""
    text = files("deidc.ir").joinpath("program.lark").read_text(encoding="utf-8")
    return Lark(text, parser="lalr", start="program", maybe_placeholders=False)


def is_program(text: str) -> bool:
    """Whether text claims to be a program rather than a recipe."""
    return text.lstrip("\ufeff \t\r\n").startswith(FIRST_WORDS)


def read_program(text: str) -> Program:
    r"""Read a program from its text form.

    Args:
        text: the text of a program, as in `Program.text`.

    Returns:
        The program, equal to the one that the text was written from.

    Raises:
        ProgramError: if the text is not a valid program; it has line and column.

    Example:
        >>> from deidc import compile_recipe, read_program
        >>> program = compile_recipe("FORMAT dicom\n\n%header\nREMOVE PatientName\n")
        >>> read_program(program.text) == program
        True

    """
    try:
        tree = _lark().parse(text.replace("\r\n", "\n").lstrip("\ufeff"))
    except UnexpectedInput as failure:
        raise ProgramError("the text is not a program", max(failure.line, 1), max(failure.column, 1)) from None
    try:
        program, places = _program(tree)
    except _Unreadable as failure:
        raise ProgramError(failure.reason, failure.token.line, failure.token.column) from None
    try:
        verified = verify(program)
    except ProgramError as failure:
        line, column = places[failure.op] if failure.op is not None else _FIRST_PLACE
        raise ProgramError(failure.reason, line, column, op=failure.op) from None
    _verify_end(verified, tree)
    return verified


def _verify_end(program: Program, tree: Branch) -> None:
    """Refuse a program that is not the whole one that was printed. Raises ProgramError."""
    if not program.ops:
        raise ProgramError("the program has no op, so it would do nothing", *_FIRST_PLACE)
    last = tree.children[-1]
    assert isinstance(last, Tree), "there are ops"
    if last.data != "end":
        reason = "the last line, `end` with the digest, is missing: the text is cut off. Compile the recipe again"
        raise ProgramError(reason, _last_line(tree), 1)
    token = _token(last, 0)
    if str(token) != program.digest:
        reason = "the program was changed or damaged after it was printed: its digest differs. Compile the recipe again"
        raise ProgramError(reason, token.line, token.column)


def _last_line(tree: Branch) -> int:
    return max((token.line or 1 for token in tree.scan_values(_is_token)), default=1)


class _Unreadable(Exception):
    def __init__(self, reason: str, token: Token) -> None:
        self.reason = reason
        self.token = token
        super().__init__(reason)


def _program(tree: Branch) -> tuple[Program, list[tuple[int, int]]]:
    """Return a program that is not verified yet, and the line and column of each op."""
    title, *lines = tree.children
    version = cast("Token", cast("Branch", title).children[-1])
    if str(version) != str(VERSION):
        raise _Unreadable(f"this program is of version {version[:20]}, not {VERSION}", version)
    format_name: FormatName | None = None
    variables: list[NeededVariable] = []
    functions: list[NeededFunction] = []
    slots: list[Slot] = []
    found: list[ops.Op] = []
    origins: list[Origin] = []
    places: list[tuple[int, int]] = []
    for line in (one for one in lines if isinstance(one, Tree)):
        match str(line.data):
            case "format":
                word = _token(line, 0)
                format_name = FormatName(_one_of(word, [one.value for one in FormatName]))
            case "end":
                if line is not lines[-1]:
                    raise _Unreadable("nothing may follow the line with the digest", _token(line, 0))
            case "need_var":
                variables.append(_needed_variable(line))
            case "need_function":
                functions.append(NeededFunction(_text(_token(line, 1)), _token(line, 0) == "builtin"))
            case "slot":
                _numbered(_token(line, 0), len(slots))
                kind = ListKind(_one_of(_token(line, 1), [one.value for one in ListKind]))
                slots.append(Slot(kind, _text(_token(line, 2))))
            case _:
                _numbered(_token(line, 0), len(found))
                found.append(_op(cast("Branch", line.children[1])))
                origins.append(_origin(line))
                places.append((_token(line, 0).line or 1, _token(line, 0).column or 1))
    if format_name is None:
        raise _Unreadable("the program declares no format", version)
    needs = Needs(tuple(variables), tuple(functions))
    return Program(format_name, tuple(found), needs, tuple(slots), tuple(origins)), places


def _token(tree: Branch, at: int) -> Token:
    return cast("Token", tree.children[at])


def _text(token: Token) -> str:
    try:
        return str(json.loads(token))
    except ValueError:
        raise _Unreadable("the text in quotation marks is not well formed", token) from None


def _int(token: Token) -> int:
    if len(token) > 18:
        raise _Unreadable("the number is too large", token)
    return int(token)


def _one_of(token: Token, words: list[str]) -> str:
    if str(token) not in words:
        raise _Unreadable(f"expected one of: {' '.join(words)}", token)
    return str(token)


def _numbered(token: Token, expected: int) -> None:
    if _int(token) != expected:
        raise _Unreadable(f"expected number {expected}", token)


def _needed_variable(line: Branch) -> NeededVariable:
    kind = VariableKind(_one_of(_token(line, 1), [one.value for one in VariableKind]))
    default = _text(_token(line, 2)) if len(line.children) > 2 else None
    return NeededVariable(_text(_token(line, 0)), kind, default)


def _origin(line: Branch) -> Origin:
    remark = line.children[-1]
    found = _ORIGIN.match(remark) if isinstance(remark, Token) else None
    if found is None or len(found["line"]) > 9:
        return OWN_ACCOUNT
    try:
        return Origin(str(json.loads(found["recipe"])), int(found["line"]))
    except ValueError:
        return OWN_ACCOUNT


# ---- ops ------------------------------------------------------------------------------------------------


def _op(tree: Branch) -> ops.Op:  # noqa: C901  # one case for each op of a closed set
    children = tree.children
    match str(tree.data):
        case "collect":
            split = cast("Branch", children[2])
            *separator, minimum = cast("list[Token]", split.children)
            parted = _text(separator[0]) if separator else None
            return ops.Collect(_int(_token(tree, 0)), _selector(children[1]), parted, _int(minimum))
        case "gather":
            return ops.Gather(_int(_token(tree, 0)), _selector(children[1]))
        case "protect":
            *system, selector, when, given = children
            return ops.Protect(_selector(selector), bool(system), _when(when), _given(given))
        case "descend":
            return ops.Descend(_selector(children[0]), _given(children[1]))
        case "make_items":
            return ops.MakeItems(_place(children[1]), _int(_token(tree, 0)), _given(children[2]))
        case "add":
            return ops.Add(_place(children[0]), _operand(children[1]), _when(children[2]), _given(children[3]))
        case "append":
            return ops.Append(_place(children[0]), _operand(children[1]), _when(children[2]), _given(children[3]))
        case "replace":
            return ops.Replace(_selector(children[0]), _operand(children[1]), _when(children[2]), _given(children[3]))
        case "jitter":
            return ops.Jitter(_selector(children[0]), _operand(children[1]), _given(children[2]))
        case "remove":
            return ops.Remove(_selector(children[0]), _when(children[1]), _given(children[2]))
        case "blank":
            return ops.Blank(_selector(children[0]), _when(children[1]), _given(children[2]))
        case "report":
            return ops.Report(_selector(children[0]), _given(children[1]))
        case "border":
            return ops.Border()
        case "transcode":
            return ops.Transcode(_text(_token(tree, 0)))
        case "mark":
            return _mark(tree)
        case "sync_meta":
            return ops.SyncMeta()
        case "clear_preamble":
            return ops.ClearPreamble()
        case "clean_pixels":
            return ops.CleanPixels(Storage(str(_token(tree, 0))))
        case other:
            raise AssertionError(other)


def _place(node: object) -> ops.AtPath:
    at = _selector(node)
    if not isinstance(at, ops.AtPath):
        raise _Unreadable("a path is needed", next(cast("Branch", node).scan_values(_is_token), Token("", "")))
    return at


def _is_token(one: object) -> bool:
    return isinstance(one, Token)


def _selector(node: object) -> ops.Selector:  # noqa: C901  # one case for each selector of a closed set
    tree = cast("Branch", node)
    match str(tree.data):
        case "tagged":
            return ops.Tagged(str(_token(tree, 0)))
        case "private":
            return ops.PrivateBlock(str(_token(tree, 0)), _text(_token(tree, 1)), str(_token(tree, 2)))
        case "path":
            return ops.AtPath(tuple(_step(cast("Branch", step)) for step in tree.children))
        case "everything":
            return ops.Everything()
        case "matching":
            anchor = Anchor(str(tree.children[-2]))
            return ops.Matching(anchor, _text(_token(tree, -1)), len(tree.children) > 2)
        case "of_vr":
            return ops.OfVR(tuple(str(vr) for vr in tree.children))
        case "in_group":
            return ops.InGroup(str(_token(tree, 0)))
        case "of_kind":
            return ops.OfKind(ElementKind(str(_token(tree, 0))))
        case "of_role":
            return ops.OfRole(tuple(Role(str(role)) for role in tree.children))
        case "without":
            at, *but = map(_selector, tree.children)
            return ops.Without(cast("ops.Sweep | ops.AtPath", at), tuple(cast("ops.Exempt", one) for one in but))
        case "holding":
            return ops.Holding(_int(_token(tree, 0)))
        case "member":
            return ops.Member(_int(_token(tree, 0)))
        case other:
            raise AssertionError(other)


def _step(tree: Branch) -> ops.PathStep:
    name, index = cast("list[Branch]", tree.children)
    at: ops.Tagged | ops.PrivateBlock
    if name.data == "plain_step":
        at = ops.Tagged(str(_token(name, 0)))
    else:
        at = ops.PrivateBlock(str(_token(name, 0)), _text(_token(name, 1)), str(_token(name, 2)))
    return ops.PathStep(at, _int(_token(index, 0)) if index.children else None)


def _operand(node: object) -> ops.Operand:
    tree = cast("Branch", node)
    match str(tree.data):
        case "text":
            return ops.Text(_text(_token(tree, 0)))
        case "var":
            return ops.Var(_text(_token(tree, 0)))
        case "days":
            return ops.Days(_int(_token(tree, 0)))
        case "from_attribute":
            return ops.FromAttribute(_place(tree.children[0]))
        case "composed":
            return ops.Composed(tuple(_part(cast("Branch", one)) for one in tree.children))
        case "codes":
            return ops.Codes(tuple(_code(cast("Branch", one)) for one in tree.children))
        case "call":
            kind, name, *arguments = tree.children
            given = tuple(_argument(cast("Branch", one)) for one in arguments)
            return ops.Call(_text(cast("Token", name)), given, kind == "builtin")
        case other:
            raise AssertionError(other)


def _part(tree: Branch) -> ops.Text | ops.Var | ops.FromAttribute:
    part = _operand(tree.children[0])
    if not isinstance(part, ops.Text | ops.Var | ops.FromAttribute):
        raise _Unreadable("a part of a text is a text, a variable or an attribute", next(tree.scan_values(_is_token)))
    return part


def _code(tree: Branch) -> Code:
    value, scheme, *version, meaning = (_text(cast("Token", one)) for one in tree.children)
    return Code(value, scheme, version[0] if version else None, meaning)


def _argument(tree: Branch) -> ops.CallArgument:
    value = _operand(tree.children[1])
    assert isinstance(value, ops.Text | ops.Var), "the grammar allows no other"
    return ops.CallArgument(_text(_token(tree, 0)), value)


def _when(node: object) -> tuple[ops.Condition, ...]:
    return tuple(_condition(cast("Branch", one)) for one in cast("Branch", node).children)


def _given(node: object) -> ops.Given:
    return tuple(_test_line(cast("Branch", line)) for line in cast("Branch", node).children)


def _test_line(line: Branch) -> ops.TestLine:
    joint, *tests = line.children
    return ops.TestLine(Join(str(joint)), tuple(_test(cast("Branch", test)) for test in tests))


def _condition(tree: Branch) -> ops.Condition:
    match str(tree.data):
        case "compared":
            return ops.Compared(Comparison(str(_token(tree, 0))), _text(_token(tree, 1)))
        case "in_state":
            return ops.InState(State(str(_token(tree, 0))))
        case "listed":
            return ops.Listed(_int(_token(tree, 0)))
        case "truth":
            by = _operand(tree.children[0])
            if not isinstance(by, ops.Var | ops.Call):
                raise _Unreadable("true needs a variable or a call", next(tree.scan_values(_is_token)))
            return ops.Truth(by)
        case "related":
            raise _Unreadable("a relation is a test of the object, not of an element", _token(tree, 0))
        case other:
            raise AssertionError(other)


def _mark(tree: Branch) -> ops.Mark:
    policy, *words = tree.children
    final = cast("Token", words[0]).type == "FINAL"
    group, label, *rest = words[1:] if final else words
    lines: list[ops.TestLine] = []
    masks: list[ops.Mask] = []
    for part in cast("list[Branch]", rest):
        if part.data == "test_line":
            lines.append(_test_line(part))
        else:
            masks.append(ops.Mask(_token(part, 0) == "keep-region", _region(cast("Branch", part.children[1]))))
    return ops.Mark(
        _text(cast("Token", group)),
        _text(cast("Token", label)),
        tuple(lines),
        tuple(masks),
        Policy(str(policy)),
        final,
    )


def _test(tree: Branch) -> ops.Test:
    that = cast("Branch", tree.children[2])
    condition: ops.Condition | ops.Related | ops.Unregistered
    if that.data == "unregistered":
        condition = ops.Unregistered()
    elif that.data == "related":
        how, measure, than = (_token(that, number) for number in range(3))
        condition = ops.Related(Relation(str(how)), Measure(str(measure)), _text(than))
    else:
        condition = _condition(that)
    if not isinstance(condition, ops.Compared | ops.InState | ops.Related | ops.Unregistered):
        raise _Unreadable("a test must compare a value or check a state", _token(tree, 0))
    return ops.Test(Join(str(_token(tree, 0))), _selector(tree.children[1]), condition)


def _region(tree: Branch) -> ops.Rectangle | ops.WholeImage | ops.ItemRegions | ops.TextRegions:
    match str(tree.data):
        case "rectangle":
            x0, y0, x1, y1 = (_int(cast("Token", one)) for one in tree.children)
            return ops.Rectangle(x0, y0, x1, y1)
        case "whole_image":
            return ops.WholeImage()
        case "text_regions":
            return ops.TextRegions(_text(cast("Token", tree.children[0])))
        case _:
            return ops.ItemRegions(_selector(tree.children[0]))
