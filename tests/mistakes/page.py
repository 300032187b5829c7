"""The page of mistakes, made of the cases and of what deid does; run as a module, writes it."""

from __future__ import annotations

from collections import Counter
from itertools import groupby
from pathlib import Path
from typing import assert_never

from deidc.codes import CATALOGUE
from tests.mistakes.deid import Did, on_record
from tests.mistakes.mistake import KINDS, Ending, Mistake, mistakes

PAGE = Path(__file__).parents[2] / "docs" / "mistakes.md"
_DEID = {
    Did.LEAKS: "**writes it**",
    Did.FLAGS: "flags it",
    Did.STOPS: "stops with an exception",
    Did.OTHER: "writes other content",
    Did.DOES: "does as meant",
}


def page() -> str:
    """Return the page."""
    every, by_deid = mistakes(), on_record()
    leaks = sum(by_deid[one.name] is Did.LEAKS for one in every)
    counts = Counter(one.ending for one in every)
    head = f"""# What deidc refuses

{len(every)} mistakes in recipes, each run on a CT image in which names, numbers, dates, UIDs and pixels are canaries.

| program | outcome | mistakes |
|---|---|---|
| deid 0.4.13 | writes the canary, and raises nothing | {leaks} |
| deidc | writes the canary | 0 |
| | refuses the recipe when it compiles it | {counts[Ending.REFUSED]} |
| | does not run the recipe until a comment in it gives a reason | {counts[Ending.NOT_RUN]} |
| | stops before the first file | {counts[Ending.UNLINKED]} |
| | refuses the object | {counts[Ending.FAULT]} |
| | holds the object for review | {counts[Ending.HELD]} |
| | does as the author meant | {counts[Ending.DONE]} |

`deidc explain CODE` explains a code. The tests run every row (`tests/mistakes`). A row shows the lines of a recipe
without `FORMAT dicom` and `%header`, and other recipes behind their names.
"""
    parts = [head]
    for kind, some in groupby(every, key=lambda one: one.kind):
        rows = "\n".join(_row(one, by_deid[one.name]) for one in some)
        parts.append(
            f"## {_title(kind)}\n\n| recipe | the author meant to | deid 0.4.13 | deidc |\n|---|---|---|---|\n{rows}\n"
        )
    return "\n".join(parts)


def _title(kind: str) -> str:
    """Return the first line of a file of cases, as a heading."""
    first = (KINDS / f"{kind}.toml").read_text(encoding="utf-8").split("\n", 1)[0]
    return first.removeprefix("# ").removesuffix(".")


def _row(mistake: Mistake, did: Did) -> str:
    return f"| {_shown(mistake)} | {mistake.meant} | {_DEID[did]} | {_by_deidc(mistake)} |"


def _shown(mistake: Mistake) -> str:
    """Return the lines of a recipe, those that every recipe has left out."""
    lines = [line.strip() for line in mistake.recipe.splitlines() if line.strip() and line.strip() != "%header"]
    given = [f"--var {name}={value}" for name, value in mistake.variables.items() if "key" not in name]
    parts = [*lines, *(f"--base {base}" for base in mistake.bases), *given]
    beside = [
        " ".join(text.replace("FORMAT dicom", "").replace("%header", "").split())
        for name, text in mistake.files.items()
        if name.endswith(".deid")
    ]
    parts += [f"{name}: {text}" for name, text in zip(mistake.files, beside, strict=False)]
    return "<br>".join(f"`{_escaped(part)}`" for part in parts)


def _escaped(text: str) -> str:
    shown = "".join(char if char.isprintable() else f"\\u{ord(char):04x}" for char in text)
    return shown.replace("|", "\\|").replace("`", "'")


def _by_deidc(mistake: Mistake) -> str:
    codes = "; ".join(f"{code} {CATALOGUE[code].title.rstrip('.')}" for code in sorted(mistake.codes))
    match mistake.ending:
        case Ending.REFUSED:
            return f"refuses the recipe: {codes}"
        case Ending.NOT_RUN:
            return f"does not run the recipe: {codes}" if codes else "does not run the recipe"
        case Ending.UNLINKED:
            return f"stops before the first file: {codes or 'a variable or function is not supplied'}"
        case Ending.FAULT:
            return f"refuses the object: {codes}"
        case Ending.HELD:
            return "holds the object for review" + (f" ({codes})" if codes else "")
        case Ending.DONE:
            return "does as meant" + (f" ({codes})" if codes else "")
        case _:
            assert_never(mistake.ending)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
