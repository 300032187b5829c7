"""Ignore comments: which lines they are about, and what is silenced by them."""

from __future__ import annotations

import pytest

from deidc import check_recipe
from deidc.grammar.ignores import read_ignores
from deidc.source import Source

HEAD = "FORMAT dicom\n\n%header\n"

# A recipe, and for each ignore comment its codes, line and reason.
COMMENTS = [
    ("KEEP Rows  # deidc: ignore[DC401] why", [(("DC401",), 1, "why")]),
    ("KEEP Rows #deidc:ignore[dc401,DC402 , ] why not", [(("DC401", "DC402"), 1, "why not")]),
    ("# deidc: ignore[DC401] why\nKEEP Rows", [(("DC401",), 2, "why")]),
    ("  #\tdeidc:  ignore [DC401]\nKEEP Rows", [(("DC401",), 2, "")]),
    ("# deidc: ignore[]", [((), 2, "")]),
    (
        "# deidc: ignore[DC401] a\n# deidc: ignore[DC402] b\nKEEP Rows  # deidc: ignore[DC403] c",
        [(("DC401",), 3, "a"), (("DC402",), 3, "b"), (("DC403",), 3, "c")],
    ),
    ("# deidc: ignore[DC401] a\n# words\n  # more words\nKEEP Rows", [(("DC401",), 4, "a")]),
    ("# deidc: ignore[DC401] a\n\n# deidc: ignore[DC402] b\nKEEP Rows", [(("DC401",), 2, "a"), (("DC402",), 4, "b")]),
    ('REPLACE PatientID "# deidc: ignore[DC401] no"', []),
    ("REPLACE PatientID 'a # deidc: ignore[DC401] no'", []),
    ("REPLACE PatientID x# deidc: ignore[DC401]", []),
    ("# see deidc: ignore[DC401]", []),
    ("#\ndeidc: ignore[DC401] no", []),
    ("# deidc: ignore[DC401", []),
    ("# deidc: ignore[[DC401]]", []),
    ("# deidc: check", []),
]


@pytest.mark.parametrize(("text", "expected"), COMMENTS, ids=[text for text, _ in COMMENTS])
def test_what_an_ignore_is_about(text: str, expected: list[object]):
    """A comment behind a statement is about its line, comments above one are all about the line below them."""
    found = read_ignores(Source("<recipe>", text))
    assert [(one.codes, one.line, one.reason) for one in found] == expected
    for one in found:
        assert text[one.span.start : one.span.end].startswith("#")
        assert "deidc:" in text[one.span.start : one.span.end]
        assert "\n" not in text[one.span.start : one.span.end]


@pytest.mark.parametrize(
    ("recipe", "left"),
    [
        ("# deidc: ignore[DC412] a phantom\n# deidc: ignore[DC102] old habit\nkeep PatientName\n", []),
        ("# deidc: ignore[DC102] old habit\n# deidc: ignore[DC412] a phantom\nkeep PatientName\n", []),
        ("# deidc: ignore[DC102] old habit\nkeep PatientName  # deidc: ignore[DC412] a phantom\n", []),
        ("# deidc: ignore[DC412] a phantom\n# words\nKEEP PatientName\n", []),
        ("# deidc: ignore[DC412] a phantom\n# deidc: ignore[DC401] x\nKEEP PatientName\n", ["DC504"]),
        ("# deidc: ignore[DC412]\n# deidc: ignore[DC102] old habit\nkeep PatientName\n", ["DC412", "DC503"]),
        ("# deidc: ignore[X1,X2,X3,X4,X5] x\nKEEP Rows\n", ["DC507"]),
    ],
)
def test_ignores_on_top_of_each_other(recipe: str, left: list[str]):
    """Every one of several ignores for a line is heeded, and complained of on its own account."""
    report = check_recipe(HEAD + recipe)
    assert sorted(one.code for one in report.diagnostics) == left
    assert all(len(one.message) < 100 for one in report.diagnostics)
