"""Fuzz recipe texts with characters that cannot be seen or are not ASCII: `python -m tests.fuzz.fuzz_commands SECONDS`.

Each text goes through the functions behind `check`, `fmt`, `migrate` and `compile`. Whatever they raise but their own
errors is printed with the text, and the process ends with 1.
"""

from __future__ import annotations

import random
import sys
import time
import traceback

from deidc import CompileError, Program, check_recipe, compile_recipe, format_recipe, migrate_recipe, read_program
from deidc.ir.library import shipped_recipes
from deidc.render.github import render_github
from deidc.render.json_report import render_json
from deidc.render.sarif import render_sarif
from deidc.render.text import render_text

# Invisible, of another width or direction, combining, of more than one case, digits that are none, halves of pairs.
ODD = (
    "\u200b\u200d\ufeff\u00ad\u2060\u180e\u202e\u2066\u2069\u200f\u00a0\u2003\u3000\u2028\u2029\x85\x0b\x0c\x1c\x1b\x00\x7f\t\r"
    "\u0130\u0131\u017f\u212a\u1e9e\u00df\ufb01\u00b2\u0661\uff11\uff21\u0301\u20e3\U0001f469\U0001d7d9\U000e0041\u2018\u201d\u2013"
    "\ud800\udc00\udcff\ufffe\uffff"
)
PLAIN = " \t\n#\"'%:,;()[]{}<>=+|\\/^$*?.-_0123456789xXaZ"


def broken(text: str, draw: random.Random) -> str:
    """Return a text with some characters put in, exchanged, doubled or left out, and some lines in another place."""
    lines = text.split("\n")
    start = draw.randrange(len(lines))
    lines = lines[:2] + lines[start : start + draw.randint(1, 25)] if draw.random() < 0.7 else lines[:40]
    for _ in range(draw.choice((0, 0, 1, 3))):
        lines.insert(draw.randrange(len(lines) + 1), draw.choice(text.split("\n")))
    characters = list("\n".join(lines))
    for _ in range(draw.choice((1, 1, 2, 5, 20))):
        at = draw.randrange(len(characters) + 1)
        odd = draw.choice(ODD if draw.random() < 0.75 else PLAIN) * draw.choice((1, 1, 1, 3))
        match draw.randrange(4):
            case 0 | 1:
                characters.insert(at, odd)
            case 2:
                characters[at : at + 1] = [odd]
            case _:
                del characters[at : at + draw.randint(1, 6)]
    return "".join(characters)


def through(text: str) -> None:
    """Do with a text what the commands do. Raises what is a defect."""
    report = check_recipe(text)
    for render in (render_text, render_json, render_sarif, render_github):
        render(report)
    for act in (format_recipe, compile_recipe, migrate_recipe):
        try:
            made = act(text)
        except CompileError:
            continue
        if isinstance(made, Program):
            assert read_program(made.text) == made
        if isinstance(made, str):
            assert format_recipe(made) == made


def main(seconds: float, seed: int) -> int:
    """Fuzz for some seconds of time; return how many texts failed."""
    draw, end, failed, done = random.Random(seed), time.monotonic() + seconds, 0, 0
    texts = [path.read_text(encoding="utf-8") for path in shipped_recipes().values()]
    texts = [text for text in texts if len(text) < 6000]
    while time.monotonic() < end:
        text = broken(draw.choice(texts), draw)
        done += 1
        try:
            through(text)
        except Exception:  # noqa: BLE001  # whatever it is, it is what is looked for
            failed += 1
            sys.stdout.write(f"{text!a}\n{traceback.format_exc()}\n")
    sys.stdout.write(f"{done} texts, {failed} failed\n")
    return failed


if __name__ == "__main__":
    sys.exit(1 if main(float(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 0) else 0)
