"""What no program may be, wherever it came from."""

from __future__ import annotations

import pickle

import pytest

from deidc import ProgramError, compile_recipe, read_program
from deidc.dicom.values.coding import Code
from deidc.ir import ops
from deidc.ir.library import shipped_recipes
from deidc.ir.program import NeededFunction, NeededVariable, Needs, Origin, Program, Slot
from deidc.ir.verify import verify
from deidc.vocabulary import Anchor, Comparison, FormatName, Join, ListKind, Policy, Role, Storage, VariableKind

AT = ops.Tagged("00100020")
LISTS = (Slot(ListKind.VALUES, "v"), Slot(ListKind.FIELDS, "f"), Slot(ListKind.VALUES, "w"))


def of(*made: ops.Op, needs: Needs | None = None, origins: tuple[Origin, ...] = ()) -> Program:
    variables, functions = ops.imports_of(made)
    used = Needs(
        tuple(NeededVariable(name, VariableKind.TEXT, None) for name in variables),
        tuple(NeededFunction(name, builtin) for name, builtin in functions),
    )
    return Program(FormatName.DICOM, made, used if needs is None else needs, LISTS, origins)


def at_path(*steps: ops.PathStep) -> ops.AtPath:
    return ops.AtPath(steps)


def call(name: str, *arguments: ops.CallArgument, builtin: bool = True) -> ops.Replace:
    return ops.Replace(AT, ops.Call(name, arguments, builtin), ())


def given(key: str, value: str) -> ops.CallArgument:
    return ops.CallArgument(key, ops.Text(value))


SYNC, CLEAR = ops.SyncMeta(), ops.ClearPreamble()
GOOD = {
    "nothing": of(),
    "an unknown built-in function is the linker's business": of(call("nope", given("a", "1"))),
    "a caller's function takes anything": of(call("jitter", given("dys", "x"), builtin=False)),
    "a built-in function with its arguments": of(call("jitter", given("days", "5"))),
    "an added attribute": of(ops.Add(at_path(ops.PathStep(AT, None)), ops.Text("x"))),
    "a wildcard on the way of an added attribute": of(
        ops.Add(at_path(ops.PathStep(ops.Tagged("0040XXXX"), None), ops.PathStep(AT, None)), ops.Text("x"))
    ),
    "lists one after the other": of(
        ops.Collect(0, AT, None, 1), ops.Gather(1, ops.Holding(0)), ops.Collect(2, ops.Member(1), "^", 2)
    ),
    "a list filled again before it is used": of(
        ops.Collect(0, AT, None, 1), ops.Collect(0, ops.Everything(), None, 1), ops.Collect(2, ops.Holding(0), None, 1)
    ),
    "surroundings": of(ops.Remove(AT, ()), SYNC, CLEAR),
}
BAD = {
    "tag in small letters": of(ops.Remove(ops.Tagged("0010002a"), ())),
    "tag of seven digits": of(ops.Remove(ops.Tagged("0010002"), ())),
    "tag with a line end": of(ops.Remove(ops.Tagged("00100020\n"), ())),
    "private group of three digits": of(ops.Remove(ops.PrivateBlock("003", "A", "01"), ())),
    "private creator without name": of(ops.Remove(ops.PrivateBlock("0033", "  ", "01"), ())),
    "path without steps": of(ops.Remove(at_path(), ())),
    "path that ends in an item": of(ops.Remove(at_path(ops.PathStep(AT, 0)), ())),
    "item before the first": of(ops.Remove(at_path(ops.PathStep(AT, -1), ops.PathStep(AT, None)), ())),
    "pattern that is none": of(ops.Remove(ops.Matching(Anchor.CONTAINS, "(", negated=False), ())),
    "condition that is no pattern": of(ops.Remove(AT, (ops.Compared(Comparison.CONTAINS, "["),))),
    "negated condition that is no pattern": of(ops.Blank(AT, (ops.Compared(Comparison.NOTCONTAINS, "["),))),
    "VRs out of order": of(ops.Remove(ops.OfVR(("DT", "DA")), ())),
    "VR twice": of(ops.Remove(ops.OfVR(("DA", "DA")), ())),
    "VR that is none": of(ops.Remove(ops.OfVR(("ZZ",)), ())),
    "no VR": of(ops.Remove(ops.OfVR(()), ())),
    "group of five digits": of(ops.Remove(ops.InGroup("00100"), ())),
    "no role": of(ops.Remove(ops.OfRole(()), ())),
    "roles out of order": of(ops.Remove(ops.OfRole((Role.UID, Role.DATE)), ())),
    "report of a group of five digits": of(ops.Report(ops.InGroup("00100"))),
    "exception that is a list": of(ops.Remove(ops.Without(ops.Everything(), (ops.Member(1),)), ())),  # type: ignore[arg-type]  # what the types forbid
    "exception of three digits": of(ops.Remove(ops.Without(ops.Everything(), (ops.InGroup("001"),)), ())),
    "slot that is not there": of(ops.Remove(ops.Holding(3), ())),
    "slot before the first": of(ops.Remove(ops.Holding(-1), ())),
    "slot of the other kind": of(ops.Remove(ops.Holding(1), ())),
    "elements of a list of values": of(ops.Remove(ops.Member(0), ())),
    "condition on a list of elements": of(ops.Remove(AT, (ops.Listed(1),))),
    "values into a list of elements": of(ops.Collect(1, AT, None, 1)),
    "elements into a list of values": of(ops.Gather(0, AT)),
    "split at nothing": of(ops.Collect(0, AT, "", 1)),
    "parts of no length": of(ops.Collect(0, AT, None, 0)),
    "list of itself": of(ops.Collect(0, ops.Holding(0), None, 1)),
    "list of a list that is filled later": of(ops.Collect(2, ops.Holding(0), None, 1), ops.Collect(0, AT, None, 1)),
    "list of elements with values filled later": of(
        ops.Gather(1, ops.Holding(0)), ops.Collect(2, ops.Member(1), None, 1), ops.Collect(0, AT, None, 1)
    ),
    "lists in a circle": of(ops.Gather(1, ops.Holding(0)), ops.Collect(0, ops.Member(1), None, 1)),
    "elements of a list into a list": of(ops.Gather(1, ops.Member(1))),
    "added wildcard": of(ops.Add(at_path(ops.PathStep(ops.Tagged("60XX3000"), None)), ops.Text("x"))),
    "added private wildcard": of(
        ops.Add(at_path(ops.PathStep(ops.PrivateBlock("0033", "A", "XX"), None)), ops.Text("x"))
    ),
    "appended wildcard": of(ops.Append(at_path(ops.PathStep(ops.Tagged("60XX3000"), None)), ops.Text("x"), ())),
    "appended under a condition that is no pattern": of(
        ops.Append(at_path(ops.PathStep(AT, None)), ops.Text("x"), (ops.Compared(Comparison.CONTAINS, "("),))
    ),
    "no items": of(ops.MakeItems(at_path(ops.PathStep(AT, None)), 0)),
    "items without end": of(ops.MakeItems(at_path(ops.PathStep(AT, None)), 101)),
    "items of any sequence": of(ops.MakeItems(at_path(ops.PathStep(ops.Tagged("0040XXXX"), None)), 1)),
    "value from anywhere": of(
        ops.Replace(AT, ops.FromAttribute(at_path(ops.PathStep(ops.Tagged("0010XXXX"), None))), ())
    ),
    "value from items of anything": of(
        ops.Replace(
            AT,
            ops.FromAttribute(at_path(ops.PathStep(ops.Tagged("0040XXXX"), None), ops.PathStep(AT, None))),
            (),
        )
    ),
    "text of no parts": of(ops.Replace(AT, ops.Composed(()), ())),
    "text of a part from anywhere": of(
        ops.Replace(
            AT, ops.Composed((ops.FromAttribute(at_path(ops.PathStep(ops.Tagged("0010XXXX"), None))),)), ()
        )
    ),
    "no codes": of(ops.Replace(AT, ops.Codes(()), ())),
    "code without a meaning": of(ops.Replace(AT, ops.Codes((Code("1", "DCM", None, " "),)), ())),
    "code of a scheme that is too long": of(ops.Replace(AT, ops.Codes((Code("1", "D" * 17, None, "a"),)), ())),
    "character set of few characters": of(ops.Transcode("ISO_IR 100")),
    "rectangle inside out": of(
        ops.Mark("g", "l", (), (ops.Mask(False, ops.Rectangle(5, 0, 4, 9)),), Policy.CLEAN)
    ),
    "rectangle without area": of(
        ops.Mark("g", "l", (), (ops.Mask(False, ops.Rectangle(0, 0, 0, 9)),), Policy.CLEAN)
    ),
    "regions of a list that is not there": of(
        ops.Mark("g", "l", (), (ops.Mask(False, ops.ItemRegions(ops.Member(9))),), Policy.CLEAN)
    ),
    "text that is kept": of(ops.Mark("g", "l", (), (ops.Mask(True, ops.TextRegions("x")),), Policy.CLEAN)),
    "text that nothing finds": of(ops.Mark("g", "l", (), (ops.Mask(False, ops.TextRegions("")),), Policy.CLEAN)),
    "line without tests": of(ops.Mark("g", "l", (ops.TestLine(Join.AND, ()),), (), Policy.CLEAN)),
    "test with a pattern that is none": of(
        ops.Mark(
            "g", "l",
            (ops.TestLine(Join.AND, (ops.Test(Join.AND, AT, ops.Compared(Comparison.CONTAINS, "(")),)),),
            (), Policy.CLEAN,
        )
    ),
    "argument given twice": of(call("mine", given("a", "1"), given("a", "2"), builtin=False)),
    "argument that a built-in function has not": of(call("jitter", given("dys", "5"))),
    "argument that is no number": of(call("jitter", given("days", "five"))),
    "argument missing": of(call("stable_hash")),
    "secret in the program": of(call("stable_hash", given("key", "abc"))),
    "secret from a variable that is none": of(
        ops.Replace(AT, ops.Call("stable_hash", (ops.CallArgument("key", ops.Var("x")),), builtin=True), ()),
        needs=Needs((NeededVariable("x", VariableKind.TEXT, None),), (NeededFunction("stable_hash", builtin=True),)),
    ),
    "sync before a rule": of(SYNC, ops.Remove(AT, ())),
    "preamble before a list": of(CLEAR, ops.Collect(0, AT, None, 1)),
    "sync twice": of(SYNC, SYNC),
    "pixels before a rule": of(ops.CleanPixels(Storage.SAME), ops.Remove(AT, ())),
    "variable that nothing uses": of(needs=Needs((NeededVariable("x", VariableKind.TEXT, None),), ())),
    "variable that is not named": of(ops.Replace(AT, ops.Var("x"), ()), needs=Needs()),
    "variable twice": of(
        ops.Replace(AT, ops.Var("x"), ()), needs=Needs((NeededVariable("x", VariableKind.TEXT, None),) * 2, ())
    ),
    "function that is not named": of(call("mine", builtin=False), needs=Needs()),
    "function of the other kind": of(
        call("mine", builtin=False), needs=Needs((), (NeededFunction("mine", builtin=True),))
    ),
    "secret with a default": of(
        ops.Replace(AT, ops.Var("x"), ()), needs=Needs((NeededVariable("x", VariableKind.SECRET, "abc"),), ())
    ),
    "default of another type": of(
        ops.Replace(AT, ops.Var("x"), ()), needs=Needs((NeededVariable("x", VariableKind.INT, "abc"),), ())
    ),
    "origins of other ops": of(ops.Remove(AT, ()), origins=(Origin("a", 1), Origin("a", 2))),
}  # fmt: skip


@pytest.mark.parametrize("program", GOOD.values(), ids=GOOD)
def test_what_is_a_program(program):
    """A program that can be executed is given back."""
    assert verify(program) is program


@pytest.mark.parametrize("program", BAD.values(), ids=BAD)
def test_what_is_no_program(program):
    """What cannot be executed, or not as it says, is no program."""
    with pytest.raises(ProgramError):
        verify(program)


@pytest.mark.parametrize("program", [BAD[one] for one in BAD if "origins" not in one], ids=lambda one: "")
def test_it_is_none_as_text_either(program):
    """The text of what is no program is refused with a place."""
    with pytest.raises(ProgramError) as caught:
        read_program(program.text)
    assert caught.value.line is not None
    assert caught.value.column is not None


def test_every_kind_of_op_is_refused_for_something():
    """The table of what is refused has every op, selector and condition that can be wrong."""
    named = {type(op) for program in BAD.values() for op in program.ops}
    assert named >= set(ops.OPS) - {ops.Protect, ops.Descend, ops.Jitter, ops.Border}


def test_the_place_of_what_is_wrong():
    """An error names the op, and in a text its line and column."""
    rules = "0000 remove everything unless rewritten\n0001 remove holding 7 unless rewritten\n"
    text = "deidc program 1\nformat dicom\n\n" + rules
    with pytest.raises(ProgramError) as caught:
        read_program(text)
    assert (caught.value.op, caught.value.line, caught.value.column) == (1, 5, 1)
    again = pickle.loads(pickle.dumps(caught.value))
    assert (str(again), again.line, again.op) == (str(caught.value), 5, 1)


@pytest.mark.parametrize("name", sorted(shipped_recipes()))
def test_what_the_compiler_makes_is_a_program(name):
    """Every shipped recipe is lowered to what verify accepts, and its text too."""
    program = compile_recipe(shipped_recipes()[name])
    assert verify(read_program(program.text)) == program
