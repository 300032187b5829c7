"""Texts for people do not use the words that prose has better ones for; what is not rewritten yet is listed.

The list, prose_not_yet.txt, can only shrink: what is on it without reason fails this test.
"""

from __future__ import annotations

import doctest
import inspect
import re
from functools import cache
from pathlib import Path

import pytest
from click.testing import CliRunner

import deidc
from deidc.cli import main
from tests.docs import prose
from tests.docs.prose import ROOT, Text, findings

NOT_YET = Path(__file__).with_name("prose_not_yet.txt")


@cache
def not_yet(kind: str) -> frozenset[str]:
    """Return the pages, or the modules whose docstrings or messages are not rewritten yet."""
    lines = [line.split() for line in NOT_YET.read_text(encoding="utf-8").splitlines() if line[:1] not in ("", "#")]
    return frozenset(key for which, key in lines if which == kind)


def found_in(texts: list[Text]) -> list[str]:
    return [finding for text in texts for finding in findings(text)]


@cache
def found_by_module(kind: str) -> dict[str, list[str]]:
    """Return the findings in the docstrings or the messages of every module."""
    read = {"docstrings": prose.docstrings, "messages": prose.messages}[kind]
    by_module: dict[str, list[str]] = {}
    for path in prose.modules():
        by_module.setdefault(Text(path, 1, "").key, []).extend(found_in(list(read(path))))
    return by_module


def test_complaints_and_faults():
    """No title and no explanation of a rule uses such a word."""
    assert found_in(list(prose.rules())) == []


def test_help():
    """No help text of a command, an option or the overview uses such a word."""
    texts = list(prose.help_texts())
    assert len(texts) > 100
    assert found_in(texts) == []


def test_help_texts_are_all_found():
    """What `--help` prints of an option is among the texts that are read."""
    read = " ".join(" ".join(text.text.split()) for text in prose.help_texts())
    shown = CliRunner().invoke(main, ["run", "--help"]).output
    described = re.findall(r"^  (?:-\w, )?--[a-z-]+ {2,}(\w.*)$", shown, re.MULTILINE)
    assert len(described) > 3
    for first in described:
        assert first.strip() in read or first == "Show this message and exit."


@pytest.mark.parametrize("path", prose.pages(), ids=lambda path: str(path.relative_to(ROOT)))
def test_pages(path: Path):
    """A page uses no such word, or is on the list and does."""
    found = found_in([prose.page(path)])
    if str(path.relative_to(ROOT)) in not_yet("pages"):
        assert found, "this page is rewritten: take it off the list"
    else:
        assert found == []


@pytest.mark.parametrize("kind", ["docstrings", "messages"])
def test_modules(kind: str):
    """The texts of a module use no such word, unless it is on the list."""
    by_module, listed = found_by_module(kind), not_yet(kind)
    assert [finding for key, found in by_module.items() if key not in listed for finding in found] == []


@pytest.mark.parametrize("kind", ["docstrings", "messages"])
def test_modules_on_the_list_are_not_rewritten(kind: str):
    """A module on the list exists and uses such a word; otherwise it is to be taken off."""
    assert sorted(key for key in not_yet(kind) if not found_by_module(kind).get(key)) == []


def test_pages_on_the_list_exist():
    """A page that was removed is taken off the list."""
    assert {one for one in not_yet("pages") if not (ROOT / one).is_file()} == set()


def public() -> list[tuple[str, object]]:
    """Return the public classes and functions, and their public methods and properties."""
    found: list[tuple[str, object]] = []
    for name in deidc.__all__:
        one = getattr(deidc, name)
        if inspect.isclass(one):
            members = [(f"{name}.{key}", value) for key, value in vars(one).items() if not key.startswith("_")]
            found += [(name, one), *((key, value) for key, value in members if inspect.getdoc(value) and _ours(value))]
        elif inspect.isfunction(one):
            found.append((name, one))
    return found


def _ours(value: object) -> bool:
    inner = getattr(value, "fget", None) or getattr(value, "func", None) or getattr(value, "__func__", value)
    return inspect.isfunction(inner) and inner.__module__.startswith("deidc")


def test_public_docstrings():
    """The docstring of a public name begins with a sentence and uses no such word, on whatever list its module is."""
    names = public()
    assert len(names) > 60
    for name, value in names:
        text = inspect.getdoc(value) or ""
        assert re.match(r"[A-Z`'].*\.$", text.split("\n\n")[0].replace("\n", " ")), name
        assert found_in([Text(ROOT / "deidc" / name, 1, text)]) == []


def test_public_functions_describe_their_arguments():
    """Each parameter of a public function or method has a line under Args, and Returns says what comes back."""
    for name, value in public():
        function = getattr(value, "__func__", value)
        if not inspect.isfunction(function):
            continue
        signature, text = inspect.signature(function), inspect.getdoc(value) or ""
        for parameter in set(signature.parameters) - {"self", "cls"}:
            assert re.search(rf"^    \*{{0,2}}{parameter}: ", text, re.MULTILINE), f"{name}: {parameter}"
        if len(signature.parameters) > 1:
            assert "\nReturns:\n" in text, name


def test_examples_of_public_docstrings():
    """The examples in the docstrings of public names give what they show."""
    tried = 0
    for name, value in public():
        for one in doctest.DocTestFinder(recurse=False).find(value, name, globs={}):
            outcome = doctest.DocTestRunner(verbose=False).run(one)
            assert outcome.failed == 0, name
            tried += outcome.attempted
    assert tried > 25


# ---- the glossary ----------------------------------------------------------------------------------------

TERMS = (
    "recipe rule target value condition list label region group policy flagged held refused quarantined written "
    "unchanged skipped program op digest machine plan identity event effect fault outcome attribute tag VR VM keyword "
    "item sequence"
)


def terms() -> dict[str, str]:
    rows = re.findall(r"^\| ([^|]+) \| ([^|]+) \|$", (ROOT / "docs" / "glossary.md").read_text("utf-8"), re.MULTILINE)
    assert rows[0] == ("term", "meaning")
    assert len(dict(rows)) == len(rows), "a term is defined twice"
    return dict(rows[1:])


def test_the_glossary_defines_each_term_once_in_alphabetical_order():
    """Terms are sorted and defined in one or two sentences; those that everything else builds on are there."""
    defined = terms()
    assert list(defined) == sorted(defined, key=str.lower)
    assert set(defined).issuperset(TERMS.split())
    for term, meaning in defined.items():
        assert re.match(r"[A-Z`].*\.$", meaning), term
        assert len(re.findall(r"\.(?=\s|$)", re.sub(r"\(.*?\)", "", meaning))) <= 2, term


# ---- the words -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "better"),
    [
        ("It tells what is wrong.", "report"),
        ("The path is told.", "report"),
        ("Values parted by a comma.", "separated"),
        ("Names that patterns are laid\nagainst.", "matched"),
        ("What the mask comes to.", "evaluates"),
        ("What is to go stays.", "removed"),
        ("Leave it as it is.", "unchanged"),
        ("Mend the file.", "fix"),
        ("That is misuse.", "usage error"),
        ("The rule asks for a value.", "needs"),
        ("All labels are asked.", "evaluated"),
        ("This is of no concern.", "irrelevant"),
        ("The object is held back.", "review"),
        ("It stops without a word.", "silently"),
        ("Nobody reads it.", "reader"),
        ("Clean with such as are given.", "supply"),
        ("What a killed run had begun.", "interrupted"),
    ],
)
def test_words_that_are_found(text: str, better: str):
    """Each word is found, with the file, the line and a better word."""
    (finding,) = findings(Text(ROOT / "README.md", 7, "First.\n" + text))
    assert finding.startswith("README.md:8: ")
    assert better in finding.partition("write: ")[2]


@pytest.mark.parametrize(
    "text",
    [
        "The operator is asked for a passphrase.",
        "Values are compared as they are printed.",
        "It is certain as far as they are known.",
        "A run that comes to its end.",
        "The part of a value.",
        "It goes through pydicom.",
        "The comments stay.",
    ],
)
def test_words_that_are_allowed(text: str):
    """The technical senses of a word, and words that only look alike, are no findings."""
    assert list(findings(Text(ROOT / "README.md", 1, text))) == []
