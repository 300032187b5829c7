"""What can be told of a regular expression without trying it."""

from __future__ import annotations

import pytest

from deidc.ir.checks import expressions


@pytest.mark.parametrize(
    ("pattern", "parts"),
    [
        ("a", ("a",)),
        ("a|b", ("a", "b")),
        ("a|", ("a", "")),
        ("(a|b)c|d", ("(a|b)c", "d")),
        ("[|]", ("[|]",)),
        (r"a\|b", (r"a\|b",)),
        (r"[\]|]x|y", (r"[\]|]x", "y")),
        ("[]|]x", ("[]|]x",)),
        ("", ("",)),
    ],
)
def test_alternatives(pattern: str, parts: tuple[str, ...]):
    """Bars part alternatives unless a group, a class or a backslash takes them."""
    assert expressions.alternatives(pattern) == parts
    assert expressions.has_empty_alternative(pattern) == (len(parts) > 1 and "" in parts)


@pytest.mark.parametrize(
    ("pattern", "missed"),
    [
        ("[13579]", True),
        ("[13579bd]", True),
        ("[13579BDF]", False),
        ("[1-9]", False),
        ("13579", False),
        ("[135]", False),
    ],
)
def test_odd_digits(pattern: str, missed: bool):
    """A class of odd digits has all eight."""
    assert expressions.odd_digits_missed(pattern) is missed


@pytest.mark.parametrize(
    ("pattern", "found"), [(r"\D", True), (r"\d", False), (r"\\D", False), ("[^D]", False), (r"\Bx", True)]
)
def test_capital_escapes(pattern: str, found: bool):
    """Escapes that change their meaning in lower case are found."""
    assert expressions.has_capital_escape(pattern) is found
