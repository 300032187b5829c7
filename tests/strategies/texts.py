"""Recipes as text, laid out in any way: what readers must understand."""

from __future__ import annotations

from hypothesis import strategies as st

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
    "from:PatientSex",
    "from:(0010,0040)",
    'from:(0033,"MITRA X",1E)',
    "from:RequestAttributesSequence[0].AccessionNumber",
    '"{PatientSex}-{var:id}"',
    "'{(0033,\"MITRA X\",1E)}{{}}'",
    '"a {{b}} c"',
    "a{b}c",
    'code:113100,DCM,"Basic Application Confidentiality Profile"',
    'code:T-D1100,SRT[20060823],"Head" code:urn:oid:1.2.3,99X,\'a "b"\'',
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
GUARDS = (
    "",
    "",
    " when Modality equals CT",
    " WHEN Rows >= 512 and (0008,0060) = MR",
    ' when SOPClassUID equals "CT Image Storage" or SOPClassUID equals MRImageStorage',
    " when RequestAttributesSequence__AccessionNumber missing",
    ' when (0033,"MITRA X",1E) contains "a b" and StudyDate < 2020-01-31',
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
    "coordinates OCR",
    "coordinates ocr:other",
)

pieces = st.sampled_from


@st.composite
def header_lines(draw: st.DrawFn) -> str:
    """Draw a statement of %header, with or without a remark."""
    target, remark = draw(pieces(TARGETS)), draw(pieces(REMARKS))
    word = draw(
        pieces(("ADD", "APPEND", "BLANK", "DESCEND", "JITTER", "KEEP", "REPLACE", "REMOVE", "remove", "Replace"))
    )
    match word.upper():
        case "JITTER":
            rest = draw(pieces((" 5", " -3", " var:days", " deid_func:date_shift key=var:key")))
        case "ADD" | "APPEND" | "REPLACE":
            condition = draw(pieces([one for one in CONDITIONS if "if" in one or not one]))
            rest = f" {draw(pieces(VALUES))}{condition}"
        case "BLANK" | "KEEP" | "REMOVE":
            rest = draw(pieces(CONDITIONS))
        case _:
            rest = ""
    return f"{word} {target}{rest}{draw(pieces(GUARDS))}{remark}"


@st.composite
def recipe_texts(draw: st.DrawFn) -> str:
    """Draw the text of a recipe whose words can all be read, laid out in any way."""
    lines = ["FORMAT dicom"]
    sections = draw(st.lists(pieces(("header", "values", "fields", "filter", "vars", "labels")), max_size=5))
    for section in sections:
        named = section in ("values", "fields", "filter")
        title = draw(pieces((" names", " ids"))) if named else draw(pieces(GUARDS)) if section == "header" else ""
        lines.append(f"%{section}{title}{draw(pieces(REMARKS))}")
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
