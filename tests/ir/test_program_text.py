"""The text of programs: each op in words, places of mistakes, and the law that text and program are one."""

from __future__ import annotations

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from deidc import ProgramError, read_program
from deidc.dicom.values.coding import Code
from deidc.dicom.values.measures import Measure
from deidc.ir import ops
from deidc.ir.program import OWN_ACCOUNT, NeededFunction, NeededVariable, Needs, Origin, Program, Slot, write_program
from deidc.ir.verify import verify
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
from tests.ir.recipes import program
from tests.program_text import sealed

TAG = ops.Tagged("00100020")
PRIVATE = ops.PrivateBlock("0033", 'A "B" \\', "XX")
PATH = ops.AtPath(
    (ops.PathStep(ops.Tagged("00400275"), 3), ops.PathStep(ops.PrivateBlock("0033", 'A "B" \\', "1E"), None))
)
GIVEN = ops.TestLine(
    Join.AND,
    (
        ops.Test(
            Join.AND,
            ops.AtPath((ops.PathStep(ops.Tagged("00280010"), None),)),
            ops.Related(Relation.AT_LEAST, Measure.NUMBER, "512"),
        ),
        ops.Test(
            Join.OR,
            ops.AtPath((ops.PathStep(ops.Tagged("00080060"), None),)),
            ops.Compared(Comparison.EQUALS, "CT"),
        ),
    ),
)
CASES = (
    (ops.Collect(0, TAG, None, 1), "collect 0 <- tag 00100020 min 1"),
    (ops.Collect(0, TAG, "^", 4), 'collect 0 <- tag 00100020 split "^" min 4'),
    (ops.Gather(1, ops.Holding(0)), "gather 1 <- holding 0"),
    (ops.Protect(TAG, system=True), "protect system tag 00100020"),
    (ops.Protect(ops.OfKind(ElementKind.PRIVATE), system=False), "protect kind private"),
    (ops.Protect(TAG, system=False, when=(ops.InState(State.EMPTY),)), "protect tag 00100020 when empty"),
    (ops.Descend(TAG), "descend tag 00100020"),
    (
        ops.Descend(TAG, (GIVEN, GIVEN)),
        'descend tag 00100020 given + [ + path / 00280010 is >= number "512" || path / 00080060 equals "CT" ]'
        ' + [ + path / 00280010 is >= number "512" || path / 00080060 equals "CT" ]',
    ),
    (
        ops.Jitter(TAG, ops.Days(1), (GIVEN,)),
        'jitter tag 00100020 by days 1 given + [ + path / 00280010 is >= number "512" || path / 00080060 equals "CT" ]',
    ),
    (ops.Add(PATH, ops.Text("é\n")), r'add path / 00400275 [3] / 0033 "A \"B\" \\" 1E <- text "\u00e9\n"'),
    (ops.MakeItems(PATH, 3), r'make 3 items at path / 00400275 [3] / 0033 "A \"B\" \\" 1E'),
    (
        ops.Append(PATH, ops.FromAttribute(ops.AtPath((ops.PathStep(TAG, None),))), (ops.InState(State.PRESENT),)),
        r'append path / 00400275 [3] / 0033 "A \"B\" \\" 1E <- from path / 00100020 when present',
    ),
    (
        ops.Replace(TAG, ops.Composed((ops.Text("a-"), ops.Var("x"), ops.FromAttribute(PATH))), ()),
        'replace tag 00100020 <- composed (text "a-") (var "x")'
        r' (from path / 00400275 [3] / 0033 "A \"B\" \\" 1E)',
    ),
    (
        ops.Replace(TAG, ops.Codes((Code("1", "DCM", None, "A"), Code("2", "99X", "3.0", 'B "b"'))), ()),
        r'replace tag 00100020 <- code "1" "DCM" "A" code "2" "99X" version "3.0" "B \"b\""',
    ),
    (ops.Replace(TAG, ops.Var("x"), ()), 'replace tag 00100020 <- var "x"'),
    (
        ops.Replace(TAG, ops.Call("f", (ops.CallArgument("k", ops.Var("x")),), builtin=False), ()),
        'replace tag 00100020 <- call "f" ("k" var "x")',
    ),
    (
        ops.Replace(TAG, ops.Call("jitter", (ops.CallArgument("days", ops.Text("5")),), builtin=True), ()),
        'replace tag 00100020 <- builtin "jitter" ("days" text "5")',
    ),
    (ops.Jitter(TAG, ops.Days(-5)), "jitter tag 00100020 by days -5"),
    (
        ops.Remove(
            ops.Matching(Anchor.STARTSWITH, "a|b", negated=False),
            (ops.InState(State.EMPTY), ops.Listed(0), ops.Truth(ops.Var("x"))),
        ),
        'remove startswith "a|b" unless rewritten when empty and in-list 0 and true var "x"',
    ),
    (
        ops.Blank(
            ops.Matching(Anchor.CONTAINS, "#;", negated=True),
            (ops.Compared(Comparison.NOTEQUALS, ""),),
        ),
        'blank not contains "#;" when notequals ""',
    ),
    (ops.Blank(ops.OfVR(("DA", "DT")), ()), "blank vr DA DT"),
    (ops.Blank(ops.InGroup("60XX"), ()), "blank group 60XX"),
    (ops.Blank(ops.OfKind(ElementKind.UNKNOWN), ()), "blank kind unknown"),
    (ops.Blank(ops.OfRole((Role.DATE, Role.UID)), ()), "blank role date uid"),
    (
        ops.Remove(ops.Without(ops.OfVR(("DA", "DT")), (TAG, ops.OfRole((Role.PERSON,)))), ()),
        "remove vr DA DT but tag 00100020 but role person unless rewritten",
    ),
    (ops.Blank(ops.Member(1), ()), "blank member 1"),
    (ops.Blank(ops.Everything(), ()), "blank everything"),
    (ops.Transcode("ISO_IR 192"), 'transcode "ISO_IR 192"'),
    (
        ops.Mark(
            "graylist",
            "a label",
            (
                ops.TestLine(
                    Join.OR,
                    (
                        ops.Test(Join.AND, TAG, ops.Compared(Comparison.EQUALS, "x")),
                        ops.Test(Join.OR, PRIVATE, ops.InState(State.PRESENT)),
                    ),
                ),
            ),
            (
                ops.Mask(keep=False, region=ops.Rectangle(0, 1, 2, 3)),
                ops.Mask(keep=True, region=ops.WholeImage()),
                ops.Mask(keep=False, region=ops.ItemRegions(TAG)),
                ops.Mask(keep=False, region=ops.TextRegions("one")),
            ),
            Policy.CLEAN,
            final=True,
        ),
        'mark clean final "graylist" "a label"'
        ' || [ + tag 00100020 equals "x" || private 0033 "A \\"B\\" \\\\" XX present ]'
        " blank-region box 0 1 2 3 keep-region whole-image blank-region regions-of tag 00100020"
        ' blank-region text-by "one"',
    ),
    (ops.Mark("whitelist", "", (), (), Policy.PASS), 'mark pass "whitelist" ""'),
    (
        ops.Mark(
            "deidc",
            "class",
            (ops.TestLine(Join.AND, (ops.Test(Join.AND, TAG, ops.Unregistered()),)),),
            (),
            Policy.FLAG,
        ),
        'mark flag "deidc" "class" + [ + tag 00100020 unregistered ]',
    ),
    (ops.Report(ops.OfRole((Role.CLASS,))), "report role class"),
    (ops.Border(), "next text"),
    (ops.SyncMeta(), "sync file-meta"),
    (ops.ClearPreamble(), "clear preamble"),
    (ops.CleanPixels(Storage.SAME_OR_NATIVE), "clean pixels same-or-native"),
)


def needs_of(*made: ops.Op) -> Needs:
    variables, functions = ops.imports_of(made)
    return Needs(
        tuple(NeededVariable(name, VariableKind.TEXT, None) for name in variables),
        tuple(NeededFunction(name, builtin) for name, builtin in functions),
    )


def of(*made: ops.Op) -> Program:
    slots = (Slot(ListKind.VALUES, "v"), Slot(ListKind.FIELDS, "f"))
    return Program(FormatName.DICOM, made, needs_of(*made), slots)


@pytest.mark.parametrize(("op", "words"), CASES, ids=[words for _, words in CASES])
def test_an_op_in_words(op, words):
    """Each op has its words, and the words read back as the op."""
    assert write_program(of(op), remarks=True).splitlines()[-2] == f"0000 {words}"
    assert read_program(of(op).text) == of(op)


def test_every_op_and_selector_is_in_the_table():
    """The table above leaves none of the closed sets out."""
    assert {type(op) for op, _ in CASES} == set(ops.OPS)
    selectors = {type(getattr(op, "at", None)) for op, _ in CASES}
    assert selectors | {ops.PrivateBlock} >= set(ops.SELECTORS)


def test_a_whole_program():
    """Needs, lists and ops in order, with remarks on where each op comes from."""
    made = program("""
        %vars
        VAR id text default="a b"
        %values names
        SPLIT PatientName by="^";minlength=4
        %header
        REPLACE values:names var:id
        REMOVE PatientID func:mine
    """)
    text = made.text.splitlines()
    assert text[:6] == [
        "deidc program 1",
        "format dicom",
        'need var "id" text default "a b"',
        'need func "mine"',
        'list 0 values "names"',
        '0000 collect 0 <- tag 00100010 split "^" min 4                   ; "<recipe>":6 PatientName',
    ]
    assert text[-5:-1] == [
        '0016 replace holding 0 <- var "id"                               ; "<recipe>":8',
        '0017 remove tag 00100020 unless rewritten when true call "mine"  ; "<recipe>":9 PatientID',
        "0018 sync file-meta                                              ; deidc",
        "0019 clear preamble                                              ; deidc",
    ]
    assert text[-1] == f"end {made.digest}"


# ---- programs of any facts whatever ---------------------------------------------------------------------

any_text = st.text(st.characters(), max_size=6) | st.sampled_from(("00100020", "0010", "XX", "DA", "a", "["))
st_facts = st.one_of(*(st.from_type(kind) for kind in ops.OPS))


@st.composite
def any_programs(draw: st.DrawFn) -> Program:
    """Draw a program of well-typed facts, most of which make no sense together."""
    made = tuple(draw(st.lists(st_facts, min_size=1, max_size=3)))
    slots = tuple(draw(st.lists(st.from_type(Slot), max_size=3)))
    origins = tuple(Origin(draw(any_text), draw(st.integers(1, 99))) for _ in made)
    return Program(FormatName.DICOM, made, needs_of(*made), slots, origins)


@given(any_programs())
def test_well_typed_facts_are_a_program_or_a_program_error(made):
    """Verify judges any facts of the right types; what it accepts can be written and read back."""
    try:
        verify(made)
    except ProgramError:
        return
    again = read_program(made.text)
    assert again == made
    assert again.origins == made.origins


@given(any_programs())
def test_text_never_stands_for_another_program(made):
    """What is no program does not become one, or a different one, by way of its text."""
    try:
        again = read_program(made.text)
    except ProgramError:
        return
    assert again == made


@given(st.text(max_size=20))
def test_any_text_round_trips(text):
    """Whatever a recipe writes, a program can carry."""
    made = of(
        ops.Replace(TAG, ops.Text(text), (ops.Compared(Comparison.EQUALS, text),)),
        ops.Mark(text, text, (), (), Policy.FLAG),
    )
    assert read_program(made.text) == made
    assert made.text.isascii()


# ---- reading --------------------------------------------------------------------------------------------

BROKEN = {
    "": (1, 1),
    "nonsense": (1, 1),
    "deidc program 2\nformat dicom\n": (1, 15),
    "deidc program 1\n": (1, 15),
    "deidc program 1\nformat nifti\n": (2, 8),
    'deidc program 1\nformat dicom\nlist 1 values "a"\n': (3, 6),
    'deidc program 1\nformat dicom\nlist 0 things "a"\n': (3, 8),
    'deidc program 1\nformat dicom\nneed var "a" colour\n': (3, 14),
    "deidc program 1\nformat dicom\n0001 sync file-meta\n": (3, 1),
    "deidc program 1\nformat dicom\n0000 dance\n": (3, 6),
    "deidc program 1\nformat dicom\n0000 remove tag 0010002\n": (3, 24),
    "deidc program 1\nformat dicom\n0000 remove tag 0010002 unless rewritten\n": (3, 1),
    'deidc program 1\nformat dicom\n0000 transcode "\\x"\n': (3, 16),
    'deidc program 1\nformat dicom\n0000 transcode "open\n': (3, 16),
    "deidc program 1\nformat dicom\n0000 remove holding 99999999999999999999 unless rewritten\n": (3, 21),
    "deidc program 1\nformat dicom\n0000 sync file-meta\n0001 remove member 0 unless rewritten\n": (4, 1),
}


@pytest.mark.parametrize(("text", "place"), BROKEN.items(), ids=range(len(BROKEN)))
def test_where_a_text_is_broken(text, place):
    """Text that is no program is refused with the line and column of what is wrong."""
    with pytest.raises(ProgramError) as caught:
        read_program(text)
    assert (caught.value.line, caught.value.column) == place
    assert str(caught.value).startswith(f"line {place[0]}, column {place[1]}: ")


def test_a_program_that_is_not_whole_is_refused():
    """Cut at any line, with a line less, or with nothing to do, text is no program; the message says why."""
    lines = program("REPLACE PatientID X\nREMOVE PatientName\nBLANK PatientSex").text.splitlines(keepends=True)
    for number in range(len(lines)):
        with pytest.raises(ProgramError):
            read_program("".join(lines[:number]))
        with pytest.raises(ProgramError):
            read_program("".join(lines[:number] + lines[number + 1 :]))
    with pytest.raises(ProgramError, match="cut off"):
        read_program("".join(lines[:-1]))
    with pytest.raises(ProgramError, match="changed or damaged"):
        read_program("".join(lines).replace("00100010", "00100020"))
    with pytest.raises(ProgramError, match="nothing may follow"):
        read_program("".join([*lines, lines[-1]]))
    with pytest.raises(ProgramError, match="no op"):
        read_program(sealed("deidc program 1\nformat dicom\n"))


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace("\n", "\r\n"),
        lambda text: "\ufeff" + text,
        lambda text: "\n\n" + text.replace("\n", "\n\n"),
        lambda text: text.replace(" <- ", "\t<-   "),
        lambda text: text.rstrip("\n"),
        lambda text: "\n".join(line.split(" ;")[0] for line in text.splitlines()),
    ],
    ids=["windows", "byte order mark", "empty lines", "blanks", "no line end", "no remarks"],
)
def test_layout_of_program_text_is_no_meaning(change):
    """A program sent by mail or edited by hand is the same program."""
    made = program("REPLACE PatientID X\nREMOVE all\nKEEP PatientSex")
    again = read_program(change(made.text))
    assert again == made
    assert again.digest == made.digest


def test_origins_are_read_from_remarks():
    """The remark behind an op tells its recipe and line; without one it is on deidc's own account."""
    made = program("REMOVE PatientName")
    named = evolve(made, origins=tuple(Origin('a "quoted" ; name:3', 7) for _ in made.ops))
    assert read_program(named.text).origins == named.origins
    assert set(read_program(write_program(made, remarks=False)).origins) == {OWN_ACCOUNT}
    assert read_program(made.text.replace('; "<recipe>":4', "; whatever")).origins[-3] == OWN_ACCOUNT
