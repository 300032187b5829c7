"""Strategies: recipes and programs as hypothesis draws them."""

from __future__ import annotations

from hypothesis import strategies as st

from deidc.ir import ops
from deidc.ir.program import (
    FormatName,
    NeededFunction,
    NeededVariable,
    Needs,
    Origin,
    Program,
    Slot,
    SlotKind,
    VariableKind,
)

KEYWORDS = ("PatientName", "PatientID", "StudyDate", "StudyInstanceUID", "RequestAttributesSequence", "Rows")
TARGETS = (
    *KEYWORDS,
    "patientid",
    "all",
    "ALL",
    "(0010,0010)",
    "00100020",
    "0x00100020",
    "0010,0020",
    "(60xx,3000)",
    '(0033,"MITRA X",1E)',
    "(0033,'MITRA',xx)",
    "RequestAttributesSequence__AccessionNumber",
    "RequestAttributesSequence__0__AccessionNumber",
    "RequestAttributesSequence[1].AccessionNumber",
    "(0040,0275)__0__(0008,0050)",
    "contains:Patient",
    'contains:"a b"',
    "startswith:(Study|Series)Date",
    "endswith:UID",
    "except:Manufacturer",
    "allexcept:^.{4}$",
    "select:VR:DA",
    "select:vr:da|dt",
    "select:group:10",
    "select:group:60xx",
    "select:private",
    "select:overlay",
    "values:names",
    "fields:ids",
    '"Patient\'s Name"',
)
VALUES = (
    "X",
    "anonymous patient",
    '""',
    '"two  blanks"',
    '"a # no comment"',
    "X#1",
    "O'Brien",
    "'single quoted'",
    '"with \\" quote"',
    "A\\B",
    "20200101",
    "var:id",
    "func:f",
    "func:f a=1 b=var:id",
    "deid_func:jitter days=5",
    "deid_func:stable_uid key=var:key",
    '"var:id"',
    'said "so" twice',
)
CONDITIONS = (
    "",
    " contains:Smith",
    ' if equals:"A B" notcontains:x',
    " missing:",
    " empty:",
    " values:names",
    " func:f",
    " if var:yes",
)
REMARKS = ("", "  # remark", " #", "\t# a 'quoted' \"remark\"")
CRITERIA = (
    "contains Modality CT",
    "contains Modality CT|MR + equals Rows 512",
    "|| missing PatientName",
    '+ notequals Manufacturer "GE MEDICAL" || present StudyDate',
    "empty ConceptNameCodeSequence__CodeMeaning",
    "coordinates 0,0,10,20",
    "ctpkeepcoordinates 1,2, 3,4",
    "keepcoordinates all",
    "coordinates from:SequenceOfUltrasoundRegions",
)

pieces = st.sampled_from


@st.composite
def header_lines(draw: st.DrawFn) -> str:
    """Draw a statement of %header, with or without a remark."""
    target, remark = draw(pieces(TARGETS)), draw(pieces(REMARKS))
    word = draw(pieces(("ADD", "BLANK", "JITTER", "KEEP", "REPLACE", "REMOVE", "remove", "Replace")))
    match word.upper():
        case "ADD":
            rest = f" {draw(pieces(VALUES))}"
        case "JITTER":
            rest = draw(pieces((" 5", " -3", " var:days", " deid_func:date_shift key=var:key")))
        case "REPLACE":
            condition = draw(pieces([one for one in CONDITIONS if "if" in one or not one]))
            rest = f" {draw(pieces(VALUES))}{condition}"
        case "BLANK" | "REMOVE":
            rest = draw(pieces(CONDITIONS))
        case _:
            rest = ""
    return f"{word} {target}{rest}{remark}"


@st.composite
def recipe_texts(draw: st.DrawFn) -> str:
    """Draw the text of a recipe whose words can all be read, laid out in any way."""
    lines = ["FORMAT dicom"]
    sections = draw(st.lists(pieces(("header", "values", "fields", "filter", "vars", "labels")), max_size=5))
    for section in sections:
        named = section in ("values", "fields", "filter")
        lines.append(f"%{section}{draw(pieces((' names', ' ids'))) if named else ''}{draw(pieces(REMARKS))}")
        lines.extend(draw(st.lists(_body(section), max_size=4)))
    blank = draw(pieces(("", "  ", "\t")))
    ending = draw(pieces(("\n", "\r\n", "\n\n")))
    return ending.join(blank + line for line in lines) + draw(pieces(("", "\n")))


def _body(section: str) -> st.SearchStrategy[str]:
    trivia = pieces(("", "# a comment", "#", "   # another"))
    match section:
        case "values" | "fields":
            targets = pieces(TARGETS)
            field = targets.map(lambda target: f"FIELD {target}")
            split = targets.map(lambda target: f'SPLIT {target} by="^"; minlength=4')
            return st.one_of(trivia, field, split)
        case "filter":
            return st.lists(pieces(CRITERIA), max_size=3).map(lambda lines: "\n".join(("LABEL a label", *lines)))
        case "vars":
            return st.one_of(trivia, pieces(("VAR id text", "VAR key secret", 'VAR n int default="5"  # remark')))
        case _:
            return st.one_of(trivia, header_lines())


# ---- programs -------------------------------------------------------------------------------------------

texts = st.text(max_size=12)
digits = st.text("0123456789ABCDEF", min_size=8, max_size=8)
tagged = st.builds(ops.Tagged, digits | st.sampled_from(("60XX3000", "00100010", "XXXXXXXX")))
private = st.builds(
    ops.PrivateBlock,
    st.sampled_from(("0009", "0033", "XXXX")),
    st.text(min_size=1, max_size=8).filter(str.strip),
    st.sampled_from(("01", "FF", "XX")),
)
patterns = st.sampled_from(("Patient", "^a.*b$", "[A-F]{3}", "a|b", '\\d+"quoted"', ""))


@st.composite
def paths(draw: st.DrawFn, *, plain: bool = False) -> ops.AtPath:
    """Draw a path; `plain` ones have no wildcard in the last step."""
    parents = draw(st.lists(st.builds(ops.PathStep, tagged | private, st.none() | st.integers(0, 99)), max_size=2))
    last = st.builds(ops.Tagged, digits) if plain else tagged | private
    return ops.AtPath((*parents, ops.PathStep(draw(last), None)))


selectors = st.one_of(
    tagged,
    private,
    paths(),
    st.just(ops.Everything()),
    st.builds(ops.Matching, st.sampled_from(ops.Anchor), patterns, st.booleans()),
    st.lists(st.sampled_from(("DA", "DT", "PN", "SQ")), min_size=1, unique=True).map(
        lambda vrs: ops.OfVR(tuple(sorted(vrs)))
    ),
    st.builds(ops.InGroup, st.sampled_from(("0010", "60XX"))),
    st.builds(ops.OfKind, st.sampled_from(ops.Kind)),
    st.just(ops.Holding(0)),
    st.just(ops.Member(1)),
)
variables = st.builds(ops.Var, texts)
calls = st.builds(
    ops.Call,
    texts,
    st.lists(st.builds(ops.CallArgument, texts, st.builds(ops.Text, texts) | variables), max_size=2).map(tuple),
    st.booleans(),
)
operands = st.one_of(st.builds(ops.Text, texts), variables, calls, st.builds(ops.Days, st.integers(-9999, 9999)))
comparisons = st.one_of(
    st.builds(ops.Compared, st.sampled_from((ops.Comparison.CONTAINS, ops.Comparison.NOTCONTAINS)), patterns),
    st.builds(ops.Compared, st.sampled_from((ops.Comparison.EQUALS, ops.Comparison.NOTEQUALS)), texts),
    st.builds(ops.InState, st.sampled_from(ops.State)),
)
conditions = st.lists(
    st.one_of(comparisons, st.just(ops.Listed(0)), st.builds(ops.Truth, variables | calls)), max_size=2
).map(tuple)
tests = st.builds(ops.Test, st.sampled_from(ops.Joint), selectors, comparisons)
test_lines = st.builds(ops.TestLine, st.sampled_from(ops.Joint), st.lists(tests, min_size=1, max_size=2).map(tuple))
regions = st.one_of(
    st.builds(
        lambda x, y, w, h: ops.Rectangle(x, y, x + w, y + h),
        st.integers(0, 999),
        st.integers(0, 999),
        st.integers(1, 999),
        st.integers(1, 999),
    ),
    st.just(ops.WholeImage()),
    st.builds(ops.ItemRegions, selectors),
)
masks = st.builds(ops.Mask, st.booleans(), regions)
any_op = st.one_of(
    st.builds(ops.Collect, st.just(0), selectors, st.none() | st.text(min_size=1, max_size=3), st.integers(1, 9)),
    st.builds(ops.Gather, st.just(1), selectors),
    st.builds(ops.Protect, selectors, st.booleans()),
    st.builds(ops.Add, paths(plain=True), operands),
    st.builds(ops.Replace, selectors, operands, conditions),
    st.builds(ops.Jitter, selectors, operands),
    st.builds(ops.Remove, selectors, conditions),
    st.builds(ops.Blank, selectors, conditions),
    st.just(ops.Transcode("ISO_IR 192")),
    st.builds(
        ops.Mark,
        texts,
        texts,
        st.lists(test_lines, max_size=2).map(tuple),
        st.lists(masks, max_size=2).map(tuple),
        st.booleans(),
    ),
    st.just(ops.SyncMeta()),
    st.just(ops.ClearPreamble()),
)


@st.composite
def programs(draw: st.DrawFn) -> Program:
    """Draw any program that `verify` accepts."""
    drawn = tuple(draw(st.lists(any_op, max_size=8)))
    variables_used, functions_used = ops.imports_of(drawn)
    needs = Needs(
        tuple(
            NeededVariable(name, draw(st.sampled_from(VariableKind)), draw(st.none() | texts))
            for name in variables_used
        ),
        tuple(NeededFunction(name, builtin) for name, builtin in functions_used),
    )
    slots = (Slot(SlotKind.VALUES, draw(texts)), Slot(SlotKind.FIELDS, draw(texts)))
    origins = tuple(Origin(draw(texts), draw(st.integers(1, 999))) for _ in drawn)
    return Program(FormatName.DICOM, drawn, needs, slots, origins)
