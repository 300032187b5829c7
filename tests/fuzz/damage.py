"""Ways to break a recipe: cut it, flip it, put into it what does not belong there."""

from __future__ import annotations

import random
from collections.abc import Iterator

# What editors, file transfers and foreign keyboards leave in text files.
INTRUDERS = {
    "nul": b"\x00",
    "escape": b"\x1b[31m",
    "delete": b"\x7f",
    "no UTF-8": b"\xff",
    "half a letter": b"\xc3",
    "a surrogate": b"\xed\xa0\x80",
    "overlong": b"\xc0\xaf",
    "byte order mark": b"\xef\xbb\xbf",
    "UTF-16 mark": b"\xff\xfe",
    "carriage return": b"\r",
    "line separator": "\u2028".encode(),
    "paragraph separator": "\u2029".encode(),
    "next line": "\x85".encode(),
    "vertical tab": b"\x0b",
    "form feed": b"\x0c",
    "right to left": "\u202e".encode(),
    "isolate": "\u2066".encode(),
    "zero-width space": "\u200b".encode(),
    "zero-width joiner": "\u200d".encode(),
    "no-break space": "\u00a0".encode(),
    "wide space": "\u3000".encode(),
    "soft hyphen": "\u00ad".encode(),
    "combining accent": "\u0301".encode(),
    "beyond the plane": "\U0001f600".encode(),
    "no character": "\uffff".encode(),
    "digits elsewhere": "\u0661\u00b2".encode(),
    "long s and sharp s": "\u017f\u00df\u0130".encode(),
    "typographic quotes": "\u201c\u2019".encode(),
    "quote": b'"',
    "apostrophe": b"'",
    "backslash": b"\\",
    "hash": b"#",
    "percent": b"%",
    "open": b"(",
    "bracket": b"[",
    "colon": b":",
    "comma": b",",
    "plus": b" + ",
    "or": b" || ",
    "line end": b"\n",
    "star": b"*",
}


def cut_at_line_ends(data: bytes) -> Iterator[bytes]:
    """Yield the beginning of a recipe up to each of its line ends, with and without it."""
    at = data.find(b"\n")
    while at >= 0:
        yield data[:at]
        yield data[: at + 1]
        at = data.find(b"\n", at + 1)


def cut_anywhere(data: bytes, most: int, seed: int) -> Iterator[bytes]:
    """Yield the beginning of a recipe up to every byte, or to some bytes drawn if there are many."""
    places = range(len(data))
    for at in places if len(data) <= most else sorted(random.Random(seed).sample(places, most)):
        yield data[:at]


def flipped(data: bytes, count: int, seed: int) -> Iterator[bytes]:
    """Yield recipes with one byte made another."""
    draw = random.Random(seed)
    for _ in range(count):
        at = draw.randrange(len(data))
        yield data[:at] + bytes([data[at] ^ (1 << draw.randrange(8))]) + data[at + 1 :]


def intruded(data: bytes, count: int, seed: int) -> Iterator[bytes]:
    """Yield recipes with each intruder put into some places."""
    draw = random.Random(seed)
    for intruder in INTRUDERS.values():
        for _ in range(count):
            at = draw.randrange(len(data) + 1)
            yield data[:at] + intruder + data[at:]


def shuffled(data: bytes, count: int, seed: int) -> Iterator[bytes]:
    """Yield recipes with words of all lines in any order, doubled and lost."""
    draw = random.Random(seed)
    words = data.split(b" ")
    for _ in range(count):
        some = [draw.choice(words) for _ in range(min(len(words), 60))]
        yield b"FORMAT dicom\n%header\n" + b" ".join(some)
