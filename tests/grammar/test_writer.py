"""The writer: the canonical text of each form, quotation marks only where they are needed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deidc.grammar import nodes
from deidc.grammar.dump import dump
from deidc.grammar.reader import read
from deidc.grammar.writer import write, write_literal, write_target
from deidc.source import Source
from tests.grammar import trees as t

# Where, a line as it may be written, and as it is written.
LINES = [
    ("header", "remove   patientid # why", "REMOVE patientid  # why"),
    ("header", "KEEP PatientID #", "KEEP PatientID  #"),
    ("header", "KEEP 0x00100020", "KEEP (0010,0020)"),
    ("header", "KEEP 7fe0,0010", "KEEP (7FE0,0010)"),
    ("header", "KEEP 60XX3000", "KEEP (60xx,3000)"),
    ("header", "KEEP 0033,mitra,0x1e", 'KEEP (0033,"mitra",1E)'),
    ("header", "KEEP (0033,'A \"B\"',xx)", "KEEP (0033,'A \"B\"',xx)"),
    ("header", "KEEP A[1].B::C", "KEEP A__1__B__C"),
    ("header", "KEEP 00400275.(0008,0050)", "KEEP (0040,0275)__(0008,0050)"),
    ("header", "KEEP allfields", "KEEP all"),
    ("header", 'KEEP AllExcept:"a"', "KEEP except:a"),
    ("header", 'KEEP contains:"a b"', 'KEEP contains:"a b"'),
    ("header", "KEEP select:vr:da,dt", "KEEP select:VR:DA|DT"),
    ("header", "KEEP select:group:0x60", "KEEP select:group:0060"),
    ("header", "KEEP select:group:60XX", "KEEP select:group:60xx"),
    ("header", "KEEP Select:Private", "KEEP select:private"),
    ("header", "KEEP \"Patient's Name\"", "KEEP \"Patient's Name\""),
    ("header", "KEEP FIELDS:f", "KEEP fields:f"),
    ("header", 'ADD PatientID "X"', "ADD PatientID X"),
    ("header", "ADD PatientID a \t b", "ADD PatientID a b"),
    ("header", "JITTER StudyDate '-5'", "JITTER StudyDate -5"),
    ("header", "REPLACE PatientID func:f  a=\"1\" b='x y'", 'REPLACE PatientID func:f a=1 b="x y"'),
    ("header", "REPLACE PatientID deid_func:f a='\"' b=var:x", "REPLACE PatientID deid_func:f a='\"' b=var:x"),
    ("header", "REPLACE PatientID 'x'  IF  Contains:\"y\"", "REPLACE PatientID x if contains:y"),
    ("header", "REMOVE PatientID if equals:'a b' Empty:", 'REMOVE PatientID equals:"a b" empty:'),
    ("header", "BLANK PatientID values:v var:x", "BLANK PatientID values:v var:x"),
    ("values", "split PatientID by=^", 'SPLIT PatientID by="^";minlength=1'),
    ("values", "split PatientID by='\"\\'", "SPLIT PatientID by='\"\\';minlength=1"),
    ("values", "FIELD (0010, 0020)", "FIELD (0010,0020)"),
    ("vars", "var id", "VAR id text"),
    ("vars", "VAR id DATE default='2020 01'", 'VAR id date default="2020 01"'),
    ("label", "+  CONTAINS Modality 'CT'", "  + contains Modality CT"),
    ("label", "missing A.B || Empty Rows", "  missing A__B || empty Rows"),
    ("label", "CTPKeepCoordinates 1, 2, 3, 4 # why", "  ctpkeepcoordinates 1,2,3,4  # why"),
    ("label", "coordinates ALL", "  coordinates all"),
    ("label", "Coordinates OCR", "  coordinates ocr"),
    ("label", "coordinates OCR:Other_One", "  coordinates ocr:other_one"),
    ("label", "coordinates from:(0018, 6011)", None),
    ("label", "coordinates from:00186011", "  coordinates from:(0018,6011)"),
    ("label", "#  words", "  # words"),
    ("top", "%HEADER # why", "%header  # why"),
    ("top", "%Labels", "%labels"),
    ("top", "%vars", "%vars"),
    ("top", "%values  a  b", "%values a b"),
    ("top", "%include default", '%include "default"'),
    ("top", "%include 'a' sha256:" + "AB" * 32 + " # why", '%include "a" sha256:' + "ab" * 32 + "  # why"),
    ("top", "#words", "# words"),
    ("nothing", "Format DICOM # why", "FORMAT dicom  # why"),
]  # fmt: skip


@pytest.mark.parametrize(("place", "line", "canonical"), LINES, ids=[line for _, line, _ in LINES])
def test_lines(place: str, line: str, canonical: str | None):
    """Every line has one canonical text, which reads back as the same tree; a broken line has none."""
    recipe, said = read(t.source_of(place, line))
    if canonical is None:
        assert said
        return
    text = write(recipe)
    assert text.splitlines()[-1] == canonical
    assert t.read_line(place, canonical.strip())[0] == t.read_line(place, line)[0]


LITERALS = {
    "X": "X",
    "two words": "two words",
    "X#1": "X#1",
    "O'Brien": "O'Brien",
    "A\\B": "A\\B",
    "12:30": "12:30",
    "": '""',
    " x": '" x"',
    "x ": '"x "',
    "two  words": '"two  words"',
    "tab\there": '"tab\there"',
    "# x": '"# x"',
    "a # b": '"a # b"',
    'say "so"': "'say \"so\"'",
    'it\'s "so"': '"it\'s \\"so\\""',
    "'quoted'": "\"'quoted'\"",
    "var:x": '"var:x"',
    "func:f": '"func:f"',
    "Name: x": '"Name: x"',
    "x if contains:y": '"x if contains:y"',
    "x IF EMPTY:": '"x IF EMPTY:"',
    "a + b": '"a + b"',
    "||": '"||"',
}


@pytest.mark.parametrize(("text", "written"), LITERALS.items(), ids=LITERALS)
def test_literals(text: str, written: str):
    """Text is quoted where it would not be read back as it is, and only there."""
    assert write_literal(text) == written
    node, _ = t.read_line("header", f"ADD PatientID {written}")
    assert node == nodes.Add(t.keyword("PatientID"), t.literal(text), (), None, span=t.ANYWHERE)


PRINTABLE = st.text(st.characters(exclude_categories=("C", "Z")) | st.just(" "), max_size=12)


@given(PRINTABLE)
def test_any_text_can_be_written(text: str):
    """Whatever text a value is, it is read back, unless nothing can quote it."""
    node, _ = t.read_line("header", f"ADD PatientID {write_literal(text)}")
    if '"' in text and text.endswith("\\"):
        return
    assert node == nodes.Add(t.keyword("PatientID"), t.literal(text), (), None, span=t.ANYWHERE)


@pytest.mark.parametrize("name", ["deadbeef", "Patient's Name", "all", "0x00100020", "A B"])
def test_names_that_look_like_something_else(name: str):
    """A name that would be read as a tag, as all or as two words is quoted."""
    assert write_target(t.keyword(name)) == f'"{name}"'


LAYOUT = """

# top
FORMAT dicom
%values v # names


# about the field
FIELD PatientName


# about the header
%header

KEEP Rows

%filter graylist
# about the label
LABEL one
contains Modality CT

coordinates all
LABEL
# below

"""
TIDY = """\
# top
FORMAT dicom

%values v  # names

# about the field
FIELD PatientName

# about the header
%header

KEEP Rows

%filter graylist
# about the label
LABEL one
  contains Modality CT

  coordinates all

LABEL
  # below
"""


def test_layout():
    """One empty line stands before a section, none at the ends, one for many; a comment stays with its line."""
    assert write(read(Source("<recipe>", LAYOUT))[0]) == TIDY
    assert write(read(Source("<recipe>", TIDY))[0]) == TIDY


@pytest.mark.parametrize("text", ["", "\n", " \n\t\n"])
def test_nothing_is_written_of_nothing(text: str):
    """Of a recipe with nothing in it nothing is written."""
    assert write(read(Source("<recipe>", text))[0]) == ""


DUMP = """\
Recipe
  Format name='dicom' remark=None
  Header remark='why'
    Replace remark=None
      Path
        Step index=0
          Keyword text='A'
        Step index=None
          Tag digits='00100020'
      Literal text='x y'
      TextCondition operator=contains text='z'
    Keep when=() remark=None
      SelectVR vrs=('DA', 'DT')
"""


def test_trees_can_be_seen():
    """A tree is printed a node a line, without places."""
    text = "FORMAT dicom\n%header # why\nREPLACE A__0__(0010,0020) x y if contains:z\nKEEP select:VR:DA|DT"
    assert dump(read(Source("<recipe>", text))[0]) == DUMP
