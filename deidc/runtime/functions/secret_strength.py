"""Judge whether a value is hard enough to guess to be a secret.

An attacker who has pseudonyms and a few of the originals can try one key after the other, as fast as a computer makes
digests. A key that people think up is found in hours. `deidc keys new` makes one of 256 random bits.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping

# The characters of 128 random bits in Base64 (RFC 4648), and a lower limit of the estimate that these exceed by far.
LEAST_CHARACTERS = 22
LEAST_BITS = 72
# Letters of a word follow each other by habit, and one word is chosen among some 4,000; long runs are no words.
_BITS_A_LETTER = 2.0
_BITS_A_WORD = 12.0
_LONGEST_WORD = 12
# The choice of one word among those that stand in the first lists that are tried.
_BITS_A_COMMON_WORD = 6.0
_COMMON = re.compile(
    "password|passwort|secret|changeme|letmein|welcome|administrator|admin|qwertyuiop|qwerty|qwertz|asdfghjkl|asdf|"
    "zxcvbnm|iloveyou|monkey|dragon|example|default|pseudonym|anonymous|anonymize|anonymise|anon|deidentify|deidc|deid|"
    "dicom|hospital|clinic|patient|study|trial|research|project|private|secure|security|master|random|testing|test|"
    "university|institute|department|radiology|imaging|this|that|with|from|very|long|strong|really|some|phrase|pass|"
    "word|value|site|salt|hash|data|keys|a1b2c3d4|1q2w3e4r|abc123",
    re.IGNORECASE,
)
# A word stands between blanks; in a text of words alone, other signs may part them.
_WORD = re.compile(r"(?<!\S)(?:[A-Z]?[a-z]+|[A-Z]+)(?!\S)")
_WORDS_ALONE = re.compile(r"(?:[A-Z]?[a-z]+|[A-Z]+)(?:[-_.,;:/+\s]+(?:[A-Z]?[a-z]+|[A-Z]+))+")
_JOINTS = re.compile(r"[-_.,;:/+\s]+")
_HOW_TO_MAKE_ONE = "make one with `deidc keys new PATH`"
_HOW_TO_PASS_IT = "and pass it with --var {name}=file:PATH"


def weakness(value: object) -> str | None:
    """Return why a value is no secret, in words without data, or None for one that is hard to guess.

    Text and bytes of ASCII are judged by their characters, other bytes by their hexadecimal digits.

    Args:
        value: the value of a variable of type `secret`.

    Returns:
        The reason, which fits behind the name of the variable, or None.

    """
    if not isinstance(value, str | bytes):
        return "is not text"
    text = value if isinstance(value, str) else _as_text(value)
    if not text.strip():
        return "is empty"
    if len(text) < LEAST_CHARACTERS:
        return f"is too short for a secret: it has fewer than {LEAST_CHARACTERS} characters"
    if estimated_bits(text) < LEAST_BITS:
        return f"is too easy to guess: its characters are worth fewer than {LEAST_BITS} bits"
    return None


def weak_secrets(names: Iterable[str], variables: Mapping[str, object]) -> tuple[tuple[str, str], ...]:
    """Return the variables of these names that have a value which is no secret, sorted, with the reasons."""
    judged = ((name, weakness(variables[name])) for name in sorted(names) if name in variables)
    return tuple((name, reason) for name, reason in judged if reason is not None)


def weak_secret_message(name: str, reason: str, *, in_table: bool = False) -> str:
    """Return what to say of a variable whose value is no secret, with the command that makes one.

    `in_table` is true for a value of one object, which comes from a table of variables and not from the command line.
    """
    how = _HOW_TO_MAKE_ONE if in_table else f"{_HOW_TO_MAKE_ONE}, {_HOW_TO_PASS_IT.format(name=name)}"
    return f"the value of variable {name!r} {reason}; {how}"


def estimated_bits(text: str) -> float:
    """Return an estimate of the bits of a secret; one of random characters is worth what its characters are worth.

    Words are worth less than their characters. What repeats an earlier piece, or counts up or down, is worth nothing.
    """
    common = _COMMON.findall(text)
    rest = _COMMON.sub("\0", _JOINTS.sub(" ", text) if _WORDS_ALONE.fullmatch(text) else text)
    fresh = _fresh(rest)
    bits = _BITS_A_COMMON_WORD * len({one.lower() for one in common})
    if not fresh:
        return bits
    a_character = _entropy(fresh)
    bits += a_character * (len(fresh) - fresh.count(" "))
    for word in _WORD.findall(rest):
        if len(word) <= _LONGEST_WORD:
            bits -= max(0.0, a_character * len(word) - min(_BITS_A_WORD, _BITS_A_LETTER * len(word)))
    return max(bits, 0.0)


def _as_text(data: bytes) -> str:
    text = data.decode("latin-1")
    return text if text.isascii() and text.isprintable() else data.hex()


def _fresh(text: str) -> str:
    """Return the characters that neither repeat three that stood before, nor go on a run like `aaa`, `abc`, `321`."""
    seen: set[str] = set()
    kept = [one for one in text[:2] if one != "\0"]
    for at in range(2, len(text)):
        piece = text[at - 2 : at + 1]
        step = ord(piece[2]) - ord(piece[1])
        runs_on = step in (-1, 0, 1) and step == ord(piece[1]) - ord(piece[0])
        if piece[2] != "\0" and piece not in seen and not runs_on:
            kept.append(piece[2])
        seen.add(piece)
    return "".join(kept)


def _entropy(text: str) -> float:
    """Return the bits of one character by how often each occurs (Shannon's entropy)."""
    return -sum(count / len(text) * math.log2(count / len(text)) for count in Counter(text).values())
