"""Places: the span of a node is the text it was made of, and of a complaint the text it is about."""

from __future__ import annotations

import pytest
from hypothesis import given

from deidc.diagnostics import Applicability
from deidc.fixes import apply_fixes
from deidc.grammar.reader import read
from deidc.source import Source
from tests.grammar import trees as t
from tests.strategies.texts import recipe_texts

PLACES = {
    ("header", "  REPLACE  A__0__(0008,0050) func:f a=var:x b='1 2' if contains:x empty:  # why"): [
        ("Replace", "REPLACE  A__0__(0008,0050) func:f a=var:x b='1 2' if contains:x empty:"),
        ("Path", "A__0__(0008,0050)"),
        ("Step", "A"),
        ("Keyword", "A"),
        ("Step", "(0008,0050)"),
        ("Tag", "(0008,0050)"),
        ("FuncRef", "func:f a=var:x b='1 2'"),
        ("Argument", "a=var:x"),
        ("VarRef", "var:x"),
        ("Argument", "b='1 2'"),
        ("Literal", "'1 2'"),
        ("TextCondition", "contains:x"),
        ("StateCondition", "empty:"),
    ],
    ("header", 'ADD "Patient\'s Name" two  words'): [
        ("Add", 'ADD "Patient\'s Name" two  words'),
        ("Keyword", '"Patient\'s Name"'),
        ("Literal", "two  words"),
    ],
    ("header", "BLANK values:v deid_func:f"): [
        ("Blank", "BLANK values:v deid_func:f"),
        ("ListRef", "values:v"),
        ("TruthCondition", "deid_func:f"),
        ("BuiltinRef", "deid_func:f"),
    ],
    ("values", 'SPLIT contains:x by="^" ; minlength=4 # why'): [
        ("Split", 'SPLIT contains:x by="^" ; minlength=4'),
        ("Expander", "contains:x"),
    ],
    ("vars", "VAR a int  default=5 # why"): [("Variable", "VAR a int  default=5")],
    ("label", "+ contains Modality a b || missing select:private"): [
        ("CriteriaLine", "+ contains Modality a b || missing select:private"),
        ("Criterion", "contains Modality a b"),
        ("Keyword", "Modality"),
        ("Criterion", "missing select:private"),
        ("SelectKind", "select:private"),
    ],
    ("label", "coordinates from:A[0].B"): [
        ("RegionLine", "coordinates from:A[0].B"),
        ("FromSequence", "from:A[0].B"),
        ("Path", "A[0].B"),
        ("Step", "A"),
        ("Keyword", "A"),
        ("Step", "B"),
        ("Keyword", "B"),
    ],
    ("top", "  # words "): [("Comment", "# words")],
    ("top", '%include "a" # why'): [("Include", '%include "a"')],
    ("top", "%values a b # why"): [("Values", "%values a b")],
}  # fmt: skip


@pytest.mark.parametrize(("place", "line"), PLACES, ids=[line for _, line in PLACES])
def test_places_of_nodes(place: str, line: str):
    """Each node knows the words it was made of."""
    source = t.source_of(place, line)
    node, _ = t.read_line(place, line)
    found = [(kind, source.text[span.start : span.end]) for kind, span in t.within(node)]
    assert found == PLACES[place, line]


HIDDEN = ("\u200b", "\u200b\u2060\u202e", "\ufeff")


@pytest.mark.parametrize("hidden", HIDDEN, ids=[f"{len(one)} of {ord(one[0]):x}" for one in HIDDEN])
@pytest.mark.parametrize(
    ("place", "line", "code", "about"),
    [
        ("header", "REMOVE P~atientID YES", "DC119", "YES"),
        ("header", "~REMOVE PatientID Y~ES", "DC119", "Y~ES"),
        ("header", "REMOVE~ PatientID contains:x contains:(", "DC116", "contains:("),
        ("header", "REMO~V PatientID", "DC101", "REMO~V"),
        ("header", "re~move PatientID", "DC102", "re~move"),
        ("header", "REPLACE Pati~entID vr:id", "DC120", "vr:id"),
        ("header", "REMOVE bee~gins:x", "DC112", "bee~gins:x"),
        ("header", "REMOVE  ~ [0010,0020]", "DC111", "[0010,0020]"),
        ("values", "SPLIT Patie~ntID by=a bo=b", "DC127", "bo=b"),
        ("vars", "VAR~ id string", "DC132", "VAR~ id string"),
        ("label", "contains~ Modality CT + x contain Rows (", "DC135", "CT + x contain Rows ("),
        ("label", "coor~dinates 9,9,1,1", "DC126", "9,9,1,1"),
        ("top", "%hea~dors", "DC104", "%hea~dors"),
        ("nothing", "FORMAT ~nifti", "DC114", "FORMAT ~nifti"),
    ],
)
def test_hidden_characters_shift_no_place(place: str, line: str, code: str, about: str, hidden: str):
    """A complaint is about the same words when there are characters before and in them that take no room."""
    source = t.source_of(place, line.replace("~", hidden))
    said = [one for one in read(source)[1] if one.code == code]
    assert said
    assert source.text[said[0].span.start : said[0].span.end] == about.replace("~", hidden)


@pytest.mark.parametrize("hidden", HIDDEN, ids=[f"{len(one)} of {ord(one[0]):x}" for one in HIDDEN])
@pytest.mark.parametrize("line", [line for _, line in PLACES], ids=[line for _, line in PLACES])
def test_places_of_nodes_behind_hidden_characters(line: str, hidden: str):
    """Nodes know the words they were made of when every blank has a hidden character beside it."""
    place = next(place for place, one in PLACES if one == line)
    source = t.source_of(place, line.replace(" ", f" {hidden}"))
    node, _ = t.read_line(place, line.replace(" ", f" {hidden}"))
    found = [(kind, source.text[span.start : span.end].replace(hidden, "")) for kind, span in t.within(node)]
    assert found == PLACES[place, line]


@given(recipe_texts())
def test_places_are_inside_and_nested(text: str):
    """Every node of a recipe stands inside the text, and its parts stand inside it."""
    source = Source("<recipe>", text.replace("\r\n", "\n"))
    for item in read(source)[0].items:
        for line in getattr(item, "body", (item,)):
            outer = line.span
            assert 0 <= outer.start <= outer.end <= len(source.text)
            if not hasattr(line, "body"):
                assert all(outer.start <= span.start <= span.end <= outer.end for _, span in t.within(line))


@pytest.mark.parametrize(
    ("line", "mended"),
    [
        ("REMOVE Patient\u200bID\n", "REMOVE PatientID\n"),
        ("REMOVE\u00a0Patient\u200bID # caf\u00e9\u00a0!\n", "REMOVE PatientID # caf\u00e9\u00a0!\n"),
        ("REMOVE PatientID # \u202eevil\u2069\n", "REMOVE PatientID # evil\n"),
        ("# \u2066evil\nKEEP Rows\n", "# evil\nKEEP Rows\n"),
        ("# caf\u00e9\u200b\nKEEP Rows\n", None),
        ('REPLACE PatientID "a # \u200bb"\n', 'REPLACE PatientID "a # b"\n'),
        ("\u200b\nKEEP Rows\n", "\nKEEP Rows\n"),
        ("\u200b# words\n", None),
    ],
)
def test_hidden_characters_are_taken_away(line: str, mended: str | None):
    """Characters nobody sees are complained of where they matter, and the safe fix takes them away."""
    head = t.HEADS["header"]
    source = Source("<recipe>", head + line)
    said = [one for one in read(source)[1] if one.code == "DC128"]
    assert bool(said) == (mended is not None)
    assert apply_fixes(source, said, Applicability.SAFE) == head + (mended or line)
