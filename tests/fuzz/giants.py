"""Recipes that grow: one giant line, or very many lines; each kind is a function from a size in characters."""

from __future__ import annotations

from collections.abc import Callable

Giant = Callable[[int], str]

HEAD = "FORMAT dicom\n%header\n"
LABEL = "FORMAT dicom\n%filter blacklist\nLABEL a\n"
LIST = "FORMAT dicom\n%values v\n"
VARS = "FORMAT dicom\n%vars\n"


def _line(before: str, piece: str, after: str = "") -> Giant:
    return lambda size: before + piece * (size // len(piece)) + after


def _around(before: str, left: str, right: str) -> Giant:
    return lambda size: before + left * (size // 2 // len(left)) + right * (size // 2 // len(right))


def _lines(before: str, line: str, wide: int = 0) -> Giant:
    """Return lines with a number in each; fewer of them where one takes as long as `wide` characters."""
    return lambda size: before + "".join(line.format(at) + "\n" for at in range(size // max(wide, len(line) + 3)))


# One word or mark without end: the reader looks at it a few times and goes on.
WORDS: dict[str, Giant] = {
    "target": _line(HEAD + "REMOVE ", "a"),
    "action": _line(HEAD, "a"),
    "section": _line("%", "a"),
    "section name": _line("FORMAT dicom\n%values ", "a"),
    "format": _line("FORMAT ", "a"),
    "tag": _line(HEAD + "REMOVE ", "1"),
    "hexadecimal tag": _line(HEAD + "REMOVE 0x", "1"),
    "parentheses": _line(HEAD + "REMOVE ", "("),
    "selector": _line(HEAD + "REMOVE ", "a:"),
    "group": _line(HEAD + "REMOVE select:group:", "0"),
    "quoted text": _line(HEAD + 'REPLACE PatientName "', "a", '"'),
    "open quote": _line(HEAD + 'REPLACE PatientName "', "a"),
    "escaped quotes": _line(HEAD + 'REPLACE PatientName "', '\\"', '"'),
    "escaped quotes without end": _line(HEAD + 'REPLACE PatientName "', '\\"'),
    "quotes": _line(HEAD + "REPLACE PatientName ", '"'),
    "apostrophes": _line(HEAD + "REPLACE PatientName ", "'"),
    "quoted argument": _line(HEAD + "REPLACE PatientName func:f a=", '"'),
    "reference": _line(HEAD + "REPLACE PatientName var:", "a"),
    "like a reference": _line(HEAD + "REPLACE PatientName vr:", "a"),
    "path without end": _line(HEAD + "REMOVE ", "A__", "-"),
    "digits of a path": _line(HEAD + "REMOVE ", "1", "__B"),
    "private creator": _line(HEAD + 'REMOVE (0009,"', "a", '",01)'),
    "private creators": _line(HEAD + "REMOVE ", '(0009,"'),
    "blanks": _line(HEAD + "REMOVE PatientName", " ", "x"),
    "tabs": _line(HEAD, "\t", "REMOVE PatientName"),
    "blanks of a region": _line(LABEL + "coordinates 1", " "),
    "numbers of a region": _line(LABEL + "coordinates ", "1,"),
    "blanks of a parameter": _line(LIST + "SPLIT PatientName by ", " "),
    "length": _line(LIST + "SPLIT PatientName minlength=", "9"),
    "variable": _line(VARS + "VAR ", "a"),
    "default": _line(VARS + "VAR a default=", "a"),
    "include": _line('%include "', "../", '"'),
    "digest": _line('%include "a" sha256:', "0"),
    "remark": _line(HEAD + "REMOVE PatientName #", "a"),
    "hashes": _line(HEAD + "REMOVE PatientName ", "# "),
    "comment": _line(HEAD, "#"),
    "ignores": _line(HEAD + "REMOVE PatientName ", "# deidc: ignore["),
    "codes of an ignore": _line(HEAD + "REMOVE PatientName # deidc: ignore[", "DC401,", "] x"),
    "zero-width characters": _line(HEAD + "REMOVE ", "\u200b", "PatientName"),
    "wide blanks": _line(HEAD + "REMOVE ", "\u3000", "PatientName"),
    "turned writing": _line(HEAD + "REMOVE PatientName # ", "\u202e"),
    "huge pattern": _line(HEAD + "REMOVE contains:", "a"),
    "open groups": _line(HEAD + "REMOVE contains:", "("),
    "groups": _around(HEAD + "REMOVE contains:", "(", ")"),
    "open sets": _line(HEAD + "REMOVE contains:", "["),
    "backslashes": _line(HEAD + "REMOVE contains:", "\\\\", "\\"),
    "quotes of a pattern": _line(HEAD + "REMOVE contains:", '""'),
    "stars": _line(HEAD + "REMOVE PatientName contains:", "a*", "b"),
    "pattern of a label": _line(LABEL + "contains Modality ", "(a|b)*"),
    "values of a multi-value": _line(HEAD + "REPLACE OtherPatientNames ", "a\\"),
    "UID": _line(HEAD + "REPLACE StudyInstanceUID ", "1."),
    "number": _line(HEAD + "REPLACE PatientWeight ", "1"),
    "days": _line(HEAD + "JITTER StudyDate ", "1"),
}

# Many words on one line: the parser meets each.
MANY: dict[str, Giant] = {
    "path": _line(HEAD + "REMOVE ", "A__", "B"),
    "path with item numbers": _line(HEAD + "REMOVE ", "A[0].", "B"),
    "path of private elements": _line(HEAD + "REMOVE ", '(0009,"A",01)__', "B"),
    "plus": _line(LABEL + "contains Modality CT ", "+ "),
    "or": _line(LABEL + "contains Modality CT ", "|| "),
    "criteria": _line(LABEL + "contains Modality CT ", "|| contains Modality MR "),
    "criteria without end": _line(LABEL + "contains Modality CT ", "|| contains "),
    "words": _line(HEAD + "REPLACE PatientName ", "a "),
    "quoted words": _line(HEAD + "REPLACE PatientName ", '"a" '),
    "words with apostrophes": _line(HEAD + "REPLACE PatientName ", "'a "),
    "ifs": _line(HEAD + "REPLACE PatientName a ", "if "),
    "conditions": _line(HEAD + "REMOVE PatientName ", "contains:a "),
    "conditions and a word": _line(HEAD + "REMOVE PatientName ", "contains:a ", "b"),
    "arguments": _line(HEAD + "REPLACE PatientName func:f ", "a=1 "),
    "VRs": _line(HEAD + "REMOVE select:VR:", "DA|", "DT"),
    "VRs that are none": _line(HEAD + "REMOVE select:VR:", "QQ|", "DT"),
    "parameters": _line(LIST + "SPLIT PatientName ", "by=a;"),
    "words of a label": _line(LABEL + "LABEL ", "a "),
}

# Many lines; names are all different where a line has a number.
LINES: dict[str, Giant] = {
    "empty": _lines(HEAD, ""),
    "comments": _lines(HEAD, "# {}"),
    "words": _lines(HEAD, "foo{}"),
    "statements": _lines(HEAD, "REMOVE PatientName"),
    "indented": _lines(HEAD, "\t\tREMOVE PatientName"),
    "sections": _lines("FORMAT dicom\n", "%header"),
    "wrong sections": _lines("FORMAT dicom\n", "%heador\nREMOVE PatientName"),
    "formats": _lines("", "FORMAT dicom"),
    "labels": _lines(LABEL, "LABEL {}"),
    "criteria": _lines(LABEL, "contains Modality CT{}", 100),
    "wrong criteria": _lines(LABEL, "contain Modality CT{}"),
    "regions": _lines(LABEL, "coordinates 0,0,{},10"),
    "variables": _lines(VARS, "VAR a{}"),
    "ignores": _lines(HEAD, "# deidc: ignore[DC401] x"),
    "wrong attributes": _lines(HEAD, "REMOVE Patienx{}", 100),
    "wrong actions": _lines(HEAD, "REMOV PatientName{}"),
    "wrong lists": _lines(HEAD, "REMOVE fields:a{}", 100),
    "wrong includes": _lines("FORMAT dicom\n", '%include "x{}"', 100),
    "lists": lambda size: _lines("FORMAT dicom\n", "%fields a{}\nFIELD PatientName", 100)(size) + "%header\n",
    "paths": _lines(HEAD, "REMOVE RequestAttributesSequence__{}__AccessionNumber", 100),
    "tags": _lines(HEAD, "REMOVE (0010,{:04x})", 100),
    "patterns": _lines(HEAD, "REMOVE contains:Patient{}", 1000),
}
