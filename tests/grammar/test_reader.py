"""The reader: each line of the language and the node it becomes."""

from __future__ import annotations

import pytest

from deidc.grammar import nodes
from deidc.grammar.reader import decode, read
from deidc.source import Source
from deidc.vocabulary import VariableKind
from tests.grammar import trees as t

ID = t.keyword("PatientID")
TARGETS = {
    "PatientID": ID,
    "patientid": t.keyword("patientid"),
    "Patient's": t.keyword("Patient's"),
    "(0010,0020)": t.tag("00100020"),
    "(0010, 0020)": t.tag("00100020"),
    "( 0010 ,0020 )": t.tag("00100020"),
    "0010,0020": t.tag("00100020"),
    "00100020": t.tag("00100020"),
    "0x00100020": t.tag("00100020"),
    "0X7fe00010": t.tag("7FE00010"),
    "deadbeef": t.tag("DEADBEEF"),
    "(60xx,3000)": t.tag("60XX3000"),
    "60xx3000": t.tag("60XX3000"),
    '(0033,"MITRA",1E)': t.private("0033", "MITRA", "1E"),
    "(0033,'MITRA X',1e)": t.private("0033", "MITRA X", "1E"),
    '(00e1,"A, B # 1",xx)': t.private("00E1", "A, B # 1", "XX"),
    '0033,"MITRA",1E': t.private("0033", "MITRA", "1E"),
    "(0033,MITRA,0x1E)": t.private("0033", "MITRA", "1E"),
    '(0033, "MITRA", 1E)': t.private("0033", "MITRA", "1E"),
    "A__B": t.path("A", "B"),
    "A__0__B": t.path("A", 0, "B"),
    "A[12].B": t.path("A", 12, "B"),
    "A.B::C": t.path("A", "B", "C"),
    "(0040,0275)__0__(0008,0050)": t.path(t.tag("00400275"), 0, t.tag("00080050")),
    "00400275__B": t.path(t.tag("00400275"), "B"),
    '(0009,"ACME 1",01)__B': t.path(t.private("0009", "ACME 1", "01"), "B"),
    "all": t.everything(),
    "ALL": t.everything(),
    "allfields": t.everything(),
    "contains:Patient": t.expander("contains", "Patient"),
    "CONTAINS:^Patient$": t.expander("contains", "^Patient$"),
    'contains:"a b"': t.expander("contains", "a b"),
    'contains:x"a b"y': t.expander("contains", 'x"a b"y'),
    "startswith:(A|B)": t.expander("startswith", "(A|B)"),
    "endswith:UID": t.expander("endswith", "UID"),
    "except:Manufacturer": t.expander("except", "Manufacturer"),
    "allexcept:Manufacturer": t.expander("except", "Manufacturer"),
    "select:VR:DA": t.of_vr("DA"),
    "select:vr:da|dt,DA": t.of_vr("DA", "DT"),
    "select:group:0010": t.of_group("0010"),
    "select:group:0x8": t.of_group("0008"),
    "select:group:60xx": t.of_group("60XX"),
    "select:private": t.of_kind("private"),
    "SELECT:Overlay": t.of_kind("overlay"),
    "select:curve": t.of_kind("curve"),
    "values:names": t.listed("values", "names"),
    "fields:my-ids.2": t.listed("fields", "my-ids.2"),
    '"Patient\'s Name"': t.keyword("Patient's Name"),
}


@pytest.mark.parametrize(("spelt", "target"), TARGETS.items(), ids=TARGETS)
def test_targets(spelt: str, target: nodes.Target):
    """Every spelling of a target is read, behind an action, in a list and in a criterion."""
    assert t.read_line("header", f"KEEP {spelt}") == (nodes.Keep(target, (), None, span=t.ANYWHERE), ())
    assert t.read_line("fields", f"FIELD {spelt}") == (nodes.Field(target, None, span=t.ANYWHERE), ())
    line, said = t.read_line("label", f"missing {spelt}")
    assert line == nodes.CriteriaLine((t.criterion(None, "missing", target, None),), None, span=t.ANYWHERE)
    assert not said


VALUES = {
    "a=1": t.literal("a=1"),
    "a=1;b  = 2": t.literal("a=1;b = 2"),
    "X": t.literal("X"),
    "two words": t.literal("two words"),
    "two \t  words": t.literal("two words"),
    '"two  words"': t.literal("two  words"),
    "'two  words'": t.literal("two  words"),
    '""': t.literal(""),
    '"a # b"': t.literal("a # b"),
    "a#b": t.literal("a#b"),
    "O'Brien": t.literal("O'Brien"),
    "O'Brien's": t.literal("O'Brien's"),
    r'"say \"hi\""': t.literal('say "hi"'),
    r'"A\B"': t.literal(r"A\B"),
    r"A\B": t.literal(r"A\B"),
    "M\u00fcller": t.literal("M\u00fcller"),
    "if": t.literal("if"),
    "if only": t.literal("if only"),
    "a if b": t.literal("a if b"),
    "12:30": t.literal("12:30"),
    "http://x": t.literal("http://x"),
    "var:id": t.variable("id"),
    "var:a.b-c_1": t.variable("a.b-c_1"),
    "func:f": t.func("f"),
    "func:f a=1 b=var:id": t.func("f", a="1", b=t.variable("id")),
    'func:f a="x y" b=\'z "\' c=': t.func("f", a="x y", b='z "', c=""),
    "deid_func:jitter days=-5": t.builtin("jitter", days="-5"),
}


@pytest.mark.parametrize(("spelt", "value"), VALUES.items(), ids=VALUES)
def test_values(spelt: str, value: nodes.Value):
    """Every form of a value is read, behind each action that takes one."""
    assert t.read_line("header", f"ADD PatientID {spelt}") == (nodes.Add(ID, value, (), None, span=t.ANYWHERE), ())
    assert t.read_line("header", f"JITTER PatientID {spelt}") == (nodes.Jitter(ID, value, None, span=t.ANYWHERE), ())
    node, said = t.read_line("header", f"REPLACE PatientID {spelt}")
    assert (node, said) == (nodes.Replace(ID, value, (), None, span=t.ANYWHERE), ())


CONDITIONS = {
    "contains:Smith": (t.compared("contains", "Smith"),),
    "NotContains:^a|b$": (t.compared("notcontains", "^a|b$"),),
    'equals:"A B"': (t.compared("equals", "A B"),),
    "notequals:'A B'": (t.compared("notequals", "A B"),),
    'equals:""': (t.compared("equals", ""),),
    "missing:": (t.state("missing"),),
    "PRESENT:": (t.state("present"),),
    "empty:": (t.state("empty"),),
    "values:names": (t.in_list("names"),),
    "var:yes": (t.truth(t.variable("yes")),),
    "func:is_curve": (t.truth(t.func("is_curve")),),
    "deid_func:f a=1": (t.truth(t.builtin("f", a="1")),),
    "contains:a empty: func:f x=1 values:v": (
        t.compared("contains", "a"), t.state("empty"), t.truth(t.func("f", x="1")), t.in_list("v"),
    ),
    'contains:"c d" notcontains:"e f"': (t.compared("contains", "c d"), t.compared("notcontains", "e f")),
}  # fmt: skip


@pytest.mark.parametrize(("spelt", "when"), CONDITIONS.items(), ids=CONDITIONS)
def test_conditions(spelt: str, when: nodes.Conditions):
    """Every condition is read, with `if` before it or without, and behind a value with it."""
    for between in (" ", " if ", "  IF  "):
        assert t.read_line("header", f"REMOVE PatientID{between}{spelt}") == (
            nodes.Remove(ID, when, None, span=t.ANYWHERE),
            (),
        )
        assert t.read_line("header", f"BLANK PatientID{between}{spelt}")[0] == nodes.Blank(
            ID, when, None, span=t.ANYWHERE
        )
    node, said = t.read_line("header", f"REPLACE PatientID a b if {spelt}")
    assert (node, said) == (nodes.Replace(ID, t.literal("a b"), when, None, span=t.ANYWHERE), ())


def test_quotation_marks_end_at_the_next():
    """What is quoted ends at the next quotation mark, so that it takes in neither conditions, criteria nor remarks."""
    when = (t.compared("contains", "c d"),)
    wanted = nodes.Replace(ID, t.literal("a b"), when, 'said "so"', span=t.ANYWHERE)
    assert t.read_line("header", 'REPLACE PatientID "a b" if contains:"c d" # said "so"') == (wanted, ())
    line, _ = t.read_line("label", 'contains Modality "a" + equals Rows "b"')
    both = (
        t.criterion(None, "contains", t.keyword("Modality"), "a"),
        t.criterion("+", "equals", t.keyword("Rows"), "b"),
    )
    assert line == nodes.CriteriaLine(both, None, span=t.ANYWHERE)


LISTS = {
    "FIELD PatientID": nodes.Field(ID, None, span=t.ANYWHERE),
    "SPLIT PatientID": nodes.Split(ID, " ", 1, None, span=t.ANYWHERE),
    'SPLIT PatientID by="^";minlength=4': nodes.Split(ID, "^", 4, None, span=t.ANYWHERE),
    "SPLIT PatientID minlength = 2 ; by=' '": nodes.Split(ID, " ", 2, None, span=t.ANYWHERE),
    "SPLIT PatientID splitval=_": nodes.Split(ID, "_", 1, None, span=t.ANYWHERE),
    "SPLIT PatientID BY=/;": nodes.Split(ID, "/", 1, None, span=t.ANYWHERE),
}


@pytest.mark.parametrize(("line", "node"), LISTS.items(), ids=LISTS)
@pytest.mark.parametrize("place", ["values", "fields"])
def test_list_lines(place: str, line: str, node: nodes.ListLine):
    """Lines of lists are read; a separator is a blank and the least length 1 unless they say otherwise."""
    assert t.read_line(place, line) == (node, ())


def declared(name: str, kind: str, default: str | None) -> nodes.Variable:
    return nodes.Variable(name, VariableKind(kind), default, None, span=t.ANYWHERE)


VARIABLES = {
    "VAR id": declared("id", "text", None),
    "VAR id INT": declared("id", "int", None),
    "VAR id default=5": declared("id", "text", "5"),
    'VAR id date default="2020 01"': declared("id", "date", "2020 01"),
    "VAR text text default=''": declared("text", "text", ""),
    "VAR key secret": declared("key", "secret", None),
    "VAR ids table": declared("ids", "table", None),
}


@pytest.mark.parametrize(("line", "node"), VARIABLES.items(), ids=VARIABLES)
def test_declarations(line: str, node: nodes.Variable):
    """A declared variable is text and required unless its line says otherwise."""
    assert t.read_line("vars", line) == (node, ())


CT = t.criterion(None, "contains", t.keyword("Modality"), "CT")
CRITERIA = {
    "contains Modality CT": (CT,),
    "CONTAINS Modality CT": (CT,),
    "+ equals Rows 512": (t.criterion("+", "equals", t.keyword("Rows"), "512"),),
    "|| empty (0008,0060)": (t.criterion("||", "empty", t.tag("00080060"), None),),
    "contains Modality CT + present A__B || notequals Rows 1 2": (
        CT, t.criterion("+", "present", t.path("A", "B"), None),
        t.criterion("||", "notequals", t.keyword("Rows"), "1 2"),
    ),
    "contains Modality CT + MISSING Rows": (CT, t.criterion("+", "missing", t.keyword("Rows"), None)),
    'notcontains Modality "CT  # X"': (
        t.criterion(None, "notcontains", t.keyword("Modality"), "CT  # X"),
    ),
    "contains Modality CT|MR+": (t.criterion(None, "contains", t.keyword("Modality"), "CT|MR+"),),
}  # fmt: skip


@pytest.mark.parametrize(("line", "criteria"), CRITERIA.items(), ids=CRITERIA)
def test_criteria(line: str, criteria: tuple[nodes.Criterion, ...]):
    """Operators join criteria where a criterion follows them, and are text otherwise."""
    assert t.read_line("label", line) == (nodes.CriteriaLine(criteria, None, span=t.ANYWHERE), ())


def box(*numbers: int) -> nodes.Box:
    return nodes.Box(numbers, span=t.ANYWHERE)


def from_sequence(target: nodes.Target) -> nodes.FromSequence:
    return nodes.FromSequence(target, span=t.ANYWHERE)


REGIONS = {
    "coordinates 0,0,10,20": (False, False, box(0, 0, 10, 20)),
    "Coordinates 0, 0 ,10, 20": (False, False, box(0, 0, 10, 20)),
    "keepcoordinates all": (True, False, nodes.WholeImage(span=t.ANYWHERE)),
    "ctpcoordinates 5,5,1,1": (False, True, box(5, 5, 1, 1)),
    "ctpkeepcoordinates 5,5,1,1": (True, True, box(5, 5, 1, 1)),
    "coordinates from:SequenceOfUltrasoundRegions": (
        False, False, from_sequence(t.keyword("SequenceOfUltrasoundRegions")),
    ),
    "coordinates ocr": (False, False, nodes.FoundText(None, span=t.ANYWHERE)),
    "coordinates OCR:x-Y.1": (False, False, nodes.FoundText("x-y.1", span=t.ANYWHERE)),
    "coordinates from:(0018,6011)": (False, False, from_sequence(t.tag("00186011"))),
    "coordinates from:A__0__B": (False, False, from_sequence(t.path("A", 0, "B"))),
}  # fmt: skip


@pytest.mark.parametrize(("line", "parts"), REGIONS.items(), ids=REGIONS)
def test_regions(line: str, parts: tuple[bool, bool, nodes.Region]):
    """Regions are corners, or place and size in the ctp spelling; or everything, or of a sequence."""
    assert t.read_line("label", line) == (nodes.RegionLine(*parts, None, span=t.ANYWHERE), ())


DIGEST = "0123456789abcdef" * 4
TOPS = {
    "%header": nodes.Header((), None, span=t.ANYWHERE),
    "%HEADER  # why": nodes.Header((), "why", span=t.ANYWHERE),
    "%labels": nodes.Labels((), None, span=t.ANYWHERE),
    "%vars": nodes.Variables((), None, span=t.ANYWHERE),
    "%values my names": nodes.Values("my names", (), None, span=t.ANYWHERE),
    "%fields  ids # why": nodes.Fields("ids", (), "why", span=t.ANYWHERE),
    "%pixels": nodes.Pixels((), None, span=t.ANYWHERE),
    "%filter graylist": nodes.Filter("graylist", (), None, span=t.ANYWHERE),
    '%include "a b.deid"': nodes.Include("a b.deid", None, None, span=t.ANYWHERE),
    f"%include default sha256:{DIGEST.upper()}": nodes.Include("default", DIGEST, None, span=t.ANYWHERE),
    "# words": nodes.Comment("words", span=t.ANYWHERE),
    "  #": nodes.Comment("", span=t.ANYWHERE),
    "": nodes.EmptyLine(span=t.ANYWHERE),
    " \t": nodes.EmptyLine(span=t.ANYWHERE),
}


@pytest.mark.parametrize(("line", "item"), TOPS.items(), ids=TOPS)
def test_lines_outside_sections(line: str, item: nodes.Item):
    """Sections, includes, comments and empty lines are read in any case of letters."""
    assert t.read_line("top", line) == (item, ())


REMARKS = {
    "KEEP PatientID # why": "why",
    "KEEP PatientID #why": "why",
    "KEEP PatientID\t#  why # not": "why # not",
    "KEEP PatientID #": "",
    "KEEP PatientID": None,
}


@pytest.mark.parametrize(("line", "remark"), REMARKS.items(), ids=REMARKS)
def test_remarks(line: str, remark: str | None):
    """A word that begins with a hash begins the remark."""
    assert t.read_line("header", line) == (nodes.Keep(ID, (), remark, span=t.ANYWHERE), ())


@pytest.mark.parametrize(("place", "line"), [("top", "FORMAT DICOM  # why"), ("label", "format dicom # why")])
def test_the_format(place: str, line: str):
    """FORMAT is read anywhere; where it was told before, that is complained of."""
    node, said = t.read_line(place, line)
    assert node == nodes.Format("dicom", "why", span=t.ANYWHERE)
    assert [one.code for one in said] == ["DC115"]


LAYOUTS = {
    "plain": b"FORMAT dicom\n%header\nKEEP PatientID\n",
    "without a last line end": b"FORMAT dicom\n%header\nKEEP PatientID",
    "of Windows": b"FORMAT dicom\r\n%header\r\nKEEP PatientID\r\n",
    "of old Macs": b"FORMAT dicom\r%header\rKEEP PatientID\r",
    "with a mark": b"\xef\xbb\xbfFORMAT dicom\n%header\nKEEP PatientID\n",
    "indented": b"  FORMAT dicom\n\t%header\n \t KEEP\t \tPatientID  \n",
}


@pytest.mark.parametrize("data", LAYOUTS.values(), ids=LAYOUTS)
def test_layouts(data: bytes):
    """Line ends, a byte order mark, blanks and tabs change nothing."""
    source, said = decode(data, "<layout>")
    recipe, complaints = read(source)
    assert (said, complaints) == ((), ())
    first, section = recipe.items
    assert first == nodes.Format("dicom", None, span=t.ANYWHERE)
    assert isinstance(section, nodes.Header)
    assert section.body[0] == nodes.Keep(ID, (), None, span=t.ANYWHERE)


def test_sections_and_labels_hold_their_lines():
    """Lines belong to the section, and below a LABEL to the label, that stands above them."""
    text = (
        "FORMAT dicom\n%filter a\n# x\nLABEL one two  # why\npresent Rows\n# y\nLABEL\n%vars\nVAR a\n%header\n%header\n"
    )
    recipe, said = read(Source("<recipe>", text))
    assert not said
    _, group, variables, first, second = recipe.items
    comment, one, nameless = group.body
    assert (comment.text, one.name, one.remark, nameless.name) == ("x", "one two", "why", "")
    assert [type(line).__name__ for line in one.body] == ["CriteriaLine", "Comment"]
    assert (len(variables.body), first.body) == (1, ())
    assert [type(line).__name__ for line in second.body] == ["EmptyLine"]
