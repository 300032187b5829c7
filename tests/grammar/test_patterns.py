"""Patterns: which compile, and which can take ages."""

from __future__ import annotations

import re
import warnings

import pytest

from deidc.ir.library import shipped_recipes
from deidc.patterns import LONGEST, BadPattern, compiled, is_slow


@pytest.mark.parametrize(
    "text",
    ["(", "a{2,1}", "*", "[a", "(?P<n>a)(?P<n>b)", "\\", "(?<=a+)b", "(" * 3000 + ")" * 3000, "a{99999999999999}"],
)
def test_what_is_no_pattern(text: str):
    """Text that is no regular expression, however it fails, is one kind of mistake with a reason."""
    with pytest.raises(BadPattern) as failure:
        compiled(text)
    assert failure.value.reason
    assert not is_slow(text)


def test_a_pattern_has_a_length():
    """A pattern as long as a book is refused; the longest that is not still compiles."""
    assert compiled("a" * LONGEST).fullmatch("A" * LONGEST)
    with pytest.raises(BadPattern, match="too large"):
        compiled("a" * (LONGEST + 1))


def test_case_does_not_matter():
    """Patterns fit capitals and small letters alike."""
    assert compiled("patient").search("OtherPatientIDs")
    assert compiled("^b", re.MULTILINE).search("a\nB")


def test_nothing_is_printed_of_a_pattern():
    """What Python warns of in sets is not the author's business."""
    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always")
        assert compiled("[[a]").search("[")
        assert not is_slow("[[a]+")
    assert not heard


@pytest.mark.parametrize(
    "text",
    [
        # a repetition in a repetition
        "(a+)+",
        "((a+))*",
        "(a{2,})+",
        "(a*)*b",
        "(x+x+)+y",
        "(.*)*x",
        r"^(\d+)*$",
        r"(\w+\s*)+$",
        r"^(\w+\.?)*$",
        "(Patient[A-Z]*)*ID$",
        "^(([a-z])+.)+[A-Z]([a-z])+$",
        r"(?:a+b?){1,40}c",
        "((ab)*)*c",
        "(a+|b)*c",
        # what may be left out in a repetition
        "(?:a*b?)*",
        "(a?b?)*c",
        "(a{1,2})+b",
        "(aa?)+b",
        "((a*)?b)+c",
        # alternatives that fit the same text
        "(a|a)*b",
        "(a|b|ab)*c",
        "(.|ab?)*c",
        "([^x]|yy?)*x",
        "(?:(?:ab|b)+c?)+d",
        "(a|aa|aaa)+b",
        r"(a)?(?(1)b|bb)+(?:b|bb)*x",
        # three in a row
        ".*.*.*x",
        r"\d+\d+\d+$",
        r"\s*\s*\s*\s*x",
        "a*A*[a-c]*b",
        "(a+){9}b",
        r"\w*\d*[0-9A-F]*(?=-)",
        # side by side behind the beginning of the search, which is a repetition, too
        ".*.*x",
        ".*.*=.*",
        r"\s*\s*x",
        "(ab)*(ab)*(ab)*x",
        "(?=.*.*x)a",
        "(?:(?=.*x).)*y",
        # one behind the other, with certain characters between them
        "(.*),(.*),(.*),(.*),(.*),(.*)x",
        "a.*a.*a.*a.*a.*b",
        # with a limit
        "(a{1,30}){1,30}b",
        "(a{1,10}){1,10}b",
        "(a?){30}a{30}b",
        "a?" * 30 + "a" * 30,
        "(a|a){30}b",
        "(.*a){12}x",
        "(?:a|b|ab){1,40}c",
        r"(\w{1,30}\s?){6}x",
        ".{1,200}.{1,200}.*x",
        # an iteration that matches nothing, or is left out
        "((?:a?)+b)+c",
        "((?=b)+b)+c",
        # what a group matched, again
        r"(?:(a+)\1)+b",
        # in a part of its own
        "(?>(a+)+b)c",
        "(?:(a+)+b)++c",
        "(?=(a+)+b)x",
        "^(?!(a+)+$)",
        "(?>(a+)+b)?(a+)+c",
    ],
)
def test_patterns_that_can_take_ages(text: str):
    """A pattern with two ways round a loop, or three loops side by side, is slow."""
    assert is_slow(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "|",
        "a{1000}",
        "[+*]+",
        r"(\+)+",
        "(a+",
        ".*x",
        ".*a.*b.*c",
        ".*.*.*",
        "^.*.*x",
        "(ab)+",
        "(a+b)c*",
        "(a+){3}",
        "(a|ab)*c",
        "(?:ab|ac|ad)+x",
        "(?:|a)*",
        "(?:Study|Series)+Date",
        "(?:screen|dose report)",
        "^(Performing|Requesting).*Physician",
        "^(?!1[.]2[.]840[.]10008(?:[.][0-9]{1,4}){1,9}$)",
        r"^(?:[0-9]{1,3}\.){3,}x$",
        r"^\d+(\.\d+)*$",
        r"(\w+\s)*x",
        r"(\w+,)*\w+$",
        r"(?:-?\d+,)*x",
        r"(?:\d{4}-)+x",
        r"(?:\d{8}|\d{5}x)+",
        r"\D+\d+\D+\d+x",
        r"[^\W\d]+\d+[^\W\d]+x",
        r"\s*\w+\s*=\s*\w+\s*;",
        "([0-9A-F]{2})+$",
        "^.{3}[13579].{4}$",
        "(?:a{1,3}b)+",
        "(?:a++)+b",
        "(?>a+)+b",
        r"(a)(b)?\1",
        r"(a)(b)*\1",
        "(a)?(?(1)b|c)+",
        "\u00e9+\u00fc+\u00f6+x",
        "(?:[\u0100-\u0106]x)+",
        r"(?:\b\w+ )+x",
        r"\d+\.?\d*mm",
        "Patient.*Name.*ID",
        r"foo\s+.*bar",
        "^.*(cm|mm).*$",
        "(?:[0-9]{1,4}){1,9}",
        r"([A-Z][a-z]{1,20}\s?){1,4}",
        r"^\s*(\w+)\s*=\s*(.*)$",
        r"[A-Z0-9._%+-]+@[A-Z0-9.-]+\.[A-Z]{2,}",
        r"\d{1,2}[./-]\d{1,2}[./-]\d{2,4}",
        "(?:(?!foo).)*bar",
        ".*foo.*bar.*baz",
        r"[^^]+\^[^^]+(\^.*)?$",
        r"(\w+)\s+\1",
        r"^([A-Z]+)[ _-]?(\d+)[ _-]?([A-Z]*)$",
        "^.*;.*;.*$",
        "|".join(f"Keyword{number}" for number in range(800)),
    ],
)
def test_patterns_that_do_not(text: str):
    """What can be read in one way only is not slow, however it looks."""
    assert not is_slow(text)


@pytest.mark.parametrize(
    "text",
    [
        "a*" * 4900,
        "(a*b)*" * 1600,
        "(" * 90 + "a" + "{2}" + "){2}" * 90,
        "(" + "a?" * 4900 + ")+",
        "(" + "|".join(f"A{number}B" for number in range(400)) + ")+",
    ],
    ids=["many", "groups", "deep", "wide", "alternatives"],
)
def test_patterns_too_large_to_tell(text: str):
    """A pattern with more repetitions than anybody can judge counts as slow, and is told so at once."""
    assert is_slow(text)


@pytest.mark.parametrize("name", shipped_recipes())
def test_shipped_recipes_have_no_slow_pattern(name: str):
    """None of the words of the recipes that come with deidc is taken for a slow pattern."""
    for line in shipped_recipes()[name].read_text(encoding="utf-8").splitlines():
        for word in line.partition(" # ")[0].split():
            assert not is_slow(word.partition(":")[2] or word)
