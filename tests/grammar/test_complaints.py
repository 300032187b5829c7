"""Complaints: a broken line, the code of what is said of it, and the very words that are meant."""

from __future__ import annotations

import pytest

from deidc.diagnostics import Applicability
from deidc.fixes import apply_fixes
from deidc.grammar.complaints import OpenSection, Refused, complain, misplaced
from deidc.grammar.lines import Written
from deidc.grammar.reader import decode, read
from deidc.source import Source
from tests.grammar import trees as t

# Where, the line with «» around the words that are meant, the code.
BROKEN = [
    ("header", "«DELETE» PatientName", "DC101"),
    ("header", "«remov» PatientName", "DC101"),
    ("header", "«rm» PatientName", "DC101"),
    ("header", "«nothing of the kind»  # why", "DC101"),
    ("header", "«Remove» PatientName", "DC102"),
    ("header", "«keep» PatientName", "DC102"),
    ("values", "«field» PatientName", "DC102"),
    ("vars", "«var» id", "DC102"),
    ("header", "«FIELD PatientName»  # why", "DC103"),
    ("header", "«LABEL a b»", "DC103"),
    ("header", "«VAR id»", "DC103"),
    ("header", "«contains Modality CT»", "DC103"),
    ("header", "«+ contains Modality CT»", "DC103"),
    ("values", "«REMOVE PatientName»", "DC103"),
    ("label", "«REMOVE PatientName»", "DC103"),
    ("label", "«VAR id»", "DC103"),
    ("filter", "«contains Modality CT»", "DC103"),
    ("filter", "«coordinates all»", "DC103"),
    ("top", "«REMOVE PatientName»", "DC103"),
    ("top", "«coordinates all»", "DC103"),
    ("top", "«word»", "DC101"),
    ("values", "«word»", "DC101"),
    ("top", "«%headers»", "DC104"),
    ("top", "«%zzz»", "DC104"),
    ("top", "«% header»", "DC104"),
    ("top", "«%» nothing", "DC104"),
    ("top", "«%values»  # why", "DC105"),
    ("top", "«%filter»", "DC105"),
    ("top", "«%header patients»", "DC106"),
    ("top", "«%vars all»", "DC106"),
    ("header", "«REMOVE»  # why", "DC107"),
    ("header", "REMOVE «contains:»", "DC107"),
    ("values", "«FIELD»", "DC107"),
    ("label", "«missing»", "DC107"),
    ("header", "«REPLACE PatientName» # why", "DC108"),
    ("header", "«ADD PatientName»", "DC108"),
    ("header", "«JITTER StudyDate»", "DC108"),
    ("header", "KEEP StudyDate «SeriesDate»", "DC109"),
    ("header", "BLANK StudyDate «SeriesDate Rows»", "DC109"),
    ("values", "FIELD StudyDate «SeriesDate»", "DC109"),
    ("header", 'REPLACE PatientName «"a"b if contains:»', "DC109"),
    ("header", 'REPLACE PatientName «"Anonymous Patient»', "DC110"),
    ("header", "REPLACE PatientName «'Anonymous Patient»", "DC110"),
    ("header", 'REMOVE «contains:"a»', "DC110"),
    ("header", "REMOVE «[0010,0020]»", "DC111"),
    ("header", "REMOVE «A__0[1].B»", "DC111"),
    ("header", "REMOVE «(0010-0020)»", "DC111"),
    ("header", "REMOVE «0x0010,0020»", "DC111"),
    ("header", "REMOVE «(0010,20)»", "DC111"),
    ("header", "REMOVE «12345»", "DC111"),
    ("header", "REMOVE «A..B»", "DC111"),
    ("header", "REMOVE «A__0__1__B»", "DC111"),
    ("header", "REMOVE «(0010, 0020»", "DC111"),
    ("header", "KEEP «?»", "DC111"),
    ("header", "REMOVE «begins:Patient»", "DC112"),
    ("header", "REMOVE «startwith:Patient»", "DC112"),
    ("header", "REMOVE «exceptfields:f»", "DC112"),
    ("header", "REMOVE «regex:Patient»", "DC112"),
    ("header", "REMOVE «equals:Patient»", "DC112"),
    ("header", "REMOVE «select:public»", "DC112"),
    ("nothing", "«FORMAT nifti»", "DC114"),
    ("top", "«FORMAT dicom or so»", "DC114"),
    ("top", "«FORMAT»", "DC114"),
    ("top", "«FORMAT dicom»", "DC115"),
    ("header", "REMOVE «contains:Patient(»", "DC116"),
    ("header", "REMOVE PatientName «contains:[»", "DC116"),
    ("label", "contains Modality «CT(»", "DC116"),
    ("header", "REMOVE «select:VR:XX»", "DC117"),
    ("header", "REMOVE «select:VR:DA|D»", "DC117"),
    ("header", "REMOVE «select:group:zz»", "DC118"),
    ("header", "REMOVE «select:group:»", "DC118"),
    ("header", "REMOVE PatientName «YES»", "DC119"),
    ("header", "REMOVE select:VR:DA «YES»", "DC119"),
    ("header", "REMOVE contains:a «YES»", "DC119"),
    ("header", "REMOVE PatientName «contains:a or so»", "DC119"),
    ("header", "REPLACE PatientID «vr:id»", "DC120"),
    ("header", "REPLACE PatientID «Var: id»", "DC120"),
    ("header", "ADD PatientID «deidfunc:jitter»", "DC120"),
    ("header", 'REPLACE PatientID «"var:id"»', "DC121"),
    ("header", "REPLACE PatientID «'deid_func:f'»", "DC121"),
    ("header", 'REPLACE PatientID «the "quiet" study»', "DC122"),
    ("label", "«contain» Modality CT", "DC123"),
    ("label", "«zzz» Modality CT", "DC123"),
    ("label", "«+»", "DC123"),
    ("label", "missing «begins:x»", "DC112"),
    ("label", "«contains Modality»", "DC124"),
    ("label", "«contains Modality CT + contains»", "DC124"),
    ("label", "«missing Modality CT»", "DC124"),
    ("label", "+ «equals Rows»", "DC124"),
    ("label", "«coordinates 0,0,10»", "DC125"),
    ("label", "«coordinates»", "DC125"),
    ("label", 'coordinates from:«"X»', "DC125"),
    ("label", "«coordinates ocr:»", "DC125"),
    ("label", "«coordinates ocr: other»", "DC125"),
    ("label", "keepcoordinates «ocr»", "DC137"),
    ("label", "ctpkeepcoordinates «OCR:other»", "DC137"),
    ("label", "coordinates «632,765,171,57»", "DC126"),
    ("label", "coordinates «1,1,1,5»", "DC126"),
    ("label", "ctpcoordinates «1,1,0,5»", "DC126"),
    ("values", "SPLIT PatientName «every=2;»minlength=4", "DC127"),
    ("values", "SPLIT PatientName «minlength=x»", "DC127"),
    ("values", "SPLIT PatientName «minlength=99999999999999»", "DC127"),
    ("values", "SPLIT PatientName «^ 4»", "DC127"),
    ("header", "REMOVE Patient«\u200b»Name", "DC128"),
    ("header", "REMOVE«\u00a0»PatientName", "DC128"),
    ("header", "REMOVE Patient«\x00»Name", "DC130"),
    ("header", "REMOVE PatientName «\u2028»REMOVE PatientID", "DC130"),
    ("header", "REPLACE StudyDate «deid_func:jitter 5»", "DC131"),
    ("header", "REPLACE StudyDate «func:f a=1 b if empty:»", "DC131"),
    ("header", "REPLACE StudyDate func:f a=1 «a=2»", "DC131"),
    ("header", "REMOVE StudyDate func:f a=1 «a=2»", "DC131"),
    ("header", "REPLACE StudyDate «func:»deid_func:jitter days=5", "DC120"),
    ("vars", "«VAR id string»", "DC132"),
    ("vars", "«VAR 5»", "DC132"),
    ("vars", "«nothing»  # why", "DC132"),
    ("top", "«%include»", "DC133"),
    ("top", '«%include "a" sha256:12»', "DC133"),
    ("header", "REPLACE PatientID «func: f a=1»", "DC131"),
    ("header", "REPLACE PatientID «func:»", "DC131"),
    ("header", "REPLACE PatientID «var: id»", "DC134"),
    ("header", "REPLACE PatientID «var:5»", "DC134"),
    ("header", "REPLACE PatientID «var:patient id»", "DC134"),
    ("header", "REPLACE PatientID «var:patient id if empty:»", "DC134"),
    ("label", "contains Modality «CT || MR»", "DC135"),
    ("label", "contains Modality «CT +»", "DC135"),
]  # fmt: skip


def parted(line: str) -> tuple[str, str]:
    """Return a line of the table without its marks, and what stands between them."""
    return line.replace("«", "").replace("»", ""), line.partition("«")[2].partition("»")[0]


@pytest.mark.parametrize(("place", "line", "code"), BROKEN, ids=[f"{code} {line}" for _, line, code in BROKEN])
def test_a_broken_line_and_what_is_said_of_it(place: str, line: str, code: str):
    """One thing is said of a broken line, with the words that are meant underlined."""
    text, about = parted(line)
    source = t.source_of(place, text)
    said = read(source)[1]
    assert [(one.code, source.text[one.span.start : one.span.end]) for one in said] == [(code, about)]


@pytest.mark.parametrize("place", ["header", "values", "vars", "label"])
def test_a_broken_line_hides_no_other(place: str):
    """All broken lines of a section are complained of in order, and the good lines among them are read."""
    good = {"header": "KEEP Rows", "values": "FIELD Rows", "vars": "VAR a", "label": "present Rows"}[place]
    broken = [line for where, line, _ in BROKEN if where == place]
    codes = [code for where, _, code in BROKEN if where == place]
    text = "".join(f"{parted(line)[0]}\n{good}\n" for line in broken)
    source = t.source_of(place, text)
    recipe, said = read(source)
    assert [one.code for one in said] == codes
    assert [source.text[one.span.start : one.span.end] for one in said] == [parted(line)[1] for line in broken]
    body = recipe.items[-1].body
    lines = body[-1].body if place == "label" else body
    expected, _ = t.read_line(place, good)
    assert sum(line == expected for line in lines) == len(broken)


def test_lines_below_a_lost_section_are_not_blamed():
    """What stands below a section that is not understood is complained of once, by its section."""
    for section in ("%headers", "%header\x00"):
        recipe, said = read(
            Source("<recipe>", f"FORMAT dicom\n%values v\n{section}\nREMOVE Rows\nx\n%header\nKEEP Rows\n")
        )
        assert len(said) == 1
        assert [type(item).__name__ for item in recipe.items] == ["Format", "Values", "Header"]
        assert recipe.items[1].body == ()


FIXES = [
    ("header", "remove PatientID", Applicability.SAFE, "REMOVE PatientID"),
    ("header", "DELETE PatientID", Applicability.UNSAFE, "REMOVE PatientID"),
    ("header", "REMOV PatientID", Applicability.UNSAFE, "REMOVE PatientID"),
    ("header", "REMOVE [0010,0020]", Applicability.SAFE, "REMOVE (0010,0020)"),
    ("header", "REMOVE PatientID YES  # why", Applicability.UNSAFE, "REMOVE PatientID  # why"),
    ("header", "BLANK PatientID YES NO", Applicability.UNSAFE, "BLANK PatientID"),
    ("header", "REPLACE PatientID vr:id", Applicability.UNSAFE, "REPLACE PatientID var:id"),
    ("header", 'REPLACE PatientID "var:id"', Applicability.UNSAFE, "REPLACE PatientID var:id"),
    ("header", "REMOVE startwith:x", Applicability.UNSAFE, "REMOVE startswith:x"),
    ("header", "REMOVE (0010, 0020", Applicability.SAFE, "REMOVE (0010,0020)"),
    ("header", "REMOVE 0x0010,0020 contains:a", Applicability.SAFE, "REMOVE (0010,0020) contains:a"),
    ("header", "ADD PatientID func:deid_func:f x=1", Applicability.SAFE, "ADD PatientID deid_func:f x=1"),
    ("label", "contain Modality CT", Applicability.UNSAFE, "contains Modality CT"),
    ("label", "coordinates 632,765,171,57", Applicability.UNSAFE, "coordinates 171,57,632,765"),
    ("top", "% header", Applicability.SAFE, "%header"),
    ("top", "%headers", Applicability.UNSAFE, "%header"),
    # groups of attributes as CTP scripts, TCIA's tables and PS3.15 write them
    ("header", "REMOVE (gggg,eeee) where gggg is odd", Applicability.UNSAFE, "REMOVE select:private"),
    ("header", "REMOVE (GGGG, EEEE)  # odd", Applicability.UNSAFE, "REMOVE select:private  # odd"),
    ("header", "REMOVE 0029xx--SIEMENS-CSA-HEADER", Applicability.UNSAFE, 'REMOVE (0029,"SIEMENS CSA HEADER",xx)'),
    ("header", 'REMOVE (0029,xx"SIEMENS CSA")', Applicability.UNSAFE, 'REMOVE (0029,"SIEMENS CSA",xx)'),
    ("header", 'KEEP (00e1,1A"ELSCINT1")', Applicability.UNSAFE, 'KEEP (00E1,"ELSCINT1",1A)'),
    ("header", "REMOVE 0009[GEMS IDEN 01]", Applicability.UNSAFE, 'REMOVE (0009,"GEMS IDEN 01",xx)'),
    ("header", "REPLACE 0009[GEMS]1e x", Applicability.UNSAFE, 'REPLACE (0009,"GEMS",1E) x'),
    ("fields", "FIELD 0029xx--CREATOR", Applicability.UNSAFE, 'FIELD (0029,"CREATOR",xx)'),
]  # fmt: skip


@pytest.mark.parametrize(("place", "line", "kind", "mended"), FIXES, ids=[one[1] for one in FIXES])
def test_fixes(place: str, line: str, kind: Applicability, mended: str):
    """What is nearly right is mended; a guess at what was meant is marked as one."""
    source = t.source_of(place, line)
    said = [one for one in read(source)[1] if one.fix is not None]
    assert [one.fix.applicability for one in said] == [kind]
    assert apply_fixes(source, said, Applicability.UNSAFE) == t.source_of(place, mended).text
    if kind is Applicability.UNSAFE:
        assert apply_fixes(source, said, Applicability.SAFE) == source.text


@pytest.mark.parametrize(
    ("data", "text", "at"),
    [
        (b"FORMAT dicom\n# M\xfcller\n", "FORMAT dicom\n# M\ufffdller\n", 16),
        (b"FORMAT dicom\r\n\xc3", "FORMAT dicom\n\ufffd", 13),
        (b"FORMAT dicom\n# \xef\xbf\xbd \xff\n", "FORMAT dicom\n# \ufffd \ufffd\n", 17),
    ],
)
def test_bytes_that_are_no_utf_8(data: bytes, text: str, at: int):
    """Bytes that are no UTF-8 are complained of at the first of them, and the rest is read."""
    source, (complaint,) = decode(data, "<bytes>")
    assert source.text == text
    assert (complaint.code, complaint.span.start, complaint.span.end) == ("DC129", at, at + 1)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_utf_16_with_a_mark_is_read(encoding: str):
    """A recipe that an editor of Windows saved in UTF-16 is read as it was meant."""
    mark = "" if encoding == "utf-16" else "\ufeff"
    source, said = decode(f"{mark}FORMAT dicom\r\n".encode(encoding), "<bytes>")
    assert (source.text, said) == ("FORMAT dicom\n", ())


@pytest.mark.parametrize("text", ["", "\n", "%header\nKEEP Rows\n", "# words"])
def test_a_recipe_without_a_format(text: str):
    """A recipe without FORMAT is complained of first, and the safe fix puts it there."""
    source = Source("<recipe>", text)
    said = read(source)[1]
    assert [one.code for one in said] == ["DC113"]
    assert apply_fixes(source, said, Applicability.SAFE) == "FORMAT dicom\n\n" + text


@pytest.mark.parametrize("place", OpenSection)
@pytest.mark.parametrize("line", ["REMOVE PatientID", "LABEL a", "+ missing Rows", "word"])
def test_every_place_has_its_words(place: OpenSection, line: str):
    """A statement in the wrong place is told where it stands and where it belongs."""
    refused = Refused(Written("<line>", 0, line))
    belongs = {"R": "%header", "L": "%filter NAME", "+": "a LABEL"}.get(line[0])
    said = misplaced(refused, place)
    assert said.hint == (f"it belongs in {belongs}" if belongs else None)
    assert complain(refused, place).span.source == "<line>"
