"""Complaints at the lines that deserve them: the `.deid` files here say which, behind `#!`.

A file is cut into recipes by lines of `---`. The comment that begins one says what it shows. Behind `#!` stand the
codes that the line raises, each with words of its message in quotation marks if they matter; nothing else is raised.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from deidc import Source, check_recipe
from deidc.codes import CATALOGUE

HERE = Path(__file__).parent
HEAD = "FORMAT dicom\n\n%header\n"
EXPECTED = re.compile(r"(DC\d{3})(?:\s+'([^']*)')?")


def chunks() -> list[tuple[str, str]]:
    """Return every recipe of every file with a name for it."""
    found = []
    for path in sorted(HERE.glob("*.deid")):
        for chunk in re.split(r"^---\n", path.read_text(encoding="utf-8"), flags=re.MULTILINE):
            title = chunk.partition("\n")[0].removeprefix("#").strip()
            found.append((f"{path.stem}: {title}", chunk))
    return found


CHUNKS = chunks()


@pytest.mark.parametrize("chunk", [chunk for _, chunk in CHUNKS], ids=[name for name, _ in CHUNKS])
def test_every_complaint_is_where_it_is_expected(chunk: str):
    """The complaints of a recipe are those noted at its lines, no more and no fewer."""
    whole = chunk if "FORMAT" in chunk else HEAD + chunk
    lines = whole.split("\n")
    source = Source("golden", "\n".join(line.partition("#!")[0].rstrip() for line in lines))
    said = check_recipe(source).diagnostics
    expected = [
        (number, code, words)
        for number, line in enumerate(lines, 1)
        for code, words in EXPECTED.findall(line.partition("#!")[2])
    ]
    told = sorted((source.place(one.span.start).line if one.span else 0, one.code, one.message) for one in said)
    assert [(line, code) for line, code, _ in told] == sorted((line, code) for line, code, _ in expected), told
    for line, code, words in expected:
        assert any(words in message for at, which, message in told if (at, which) == (line, code)), told


def test_there_are_recipes_to_check():
    """The files are found, and hold more than a handful of recipes."""
    assert len(CHUNKS) > 60
    assert len({name for name, _ in CHUNKS}) == len(CHUNKS)


def test_every_rule_about_meaning_is_shown():
    """Each complaint about values, privacy and layout is expected somewhere."""
    shown = {code for _, chunk in CHUNKS for code, _ in EXPECTED.findall(chunk)}
    shown.add("DC452")  # it is about bundled recipes: tests.recipes.test_pairs_of_bundled_recipes
    assert {code for code in CATALOGUE if code[2] in "345"} <= shown
