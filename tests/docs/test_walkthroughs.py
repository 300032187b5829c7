"""The walk-throughs of deid's API are executed: a page shows what its programs and commands print."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[2] / "docs" / "compat"
WALKTHROUGHS = sorted(FOLDER.glob("*.md"))
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
MARK = "---- the next block ----"
# Output and errors come in the order in which they were written; a command that fails does not end the page.
FIRST = f"""
import subprocess, sys
sys.stdout.reconfigure(line_buffering=True)
def _next(): print({MARK!r})
def _shell(text): subprocess.run(["sh", "-c", text])
"""


def script_of(page: str) -> tuple[str, list[str]]:
    """Return a page's program, and what each of its steps has to print: the block `text` behind it, or nothing.

    A `deid` block is the file that its first line names.
    """
    steps: list[str] = []
    shown: list[str] = []
    for language, body in BLOCK.findall(page):
        match language:
            case "text":
                shown[-1] = body
                continue
            case "python":
                steps.append(body)
            case "sh":
                steps.append(f"_shell({body!r})\n")
            case "deid":
                name = body.split("\n", 1)[0].removeprefix("# ")
                steps.append(f"__import__('pathlib').Path({name!r}).write_text({body!r})\n")
            case _:
                raise AssertionError(f"a page has no blocks of {language}")
        shown.append("")
    return FIRST + "_next()\n".join(steps), shown


@pytest.mark.parametrize("page", WALKTHROUGHS, ids=lambda page: page.stem)
def test_a_page_shows_what_happens(page: Path, tmp_path: Path):
    """The blocks of a page run one after the other in an empty folder, and print what the page says they print."""
    script, shown = script_of(page.read_text(encoding="utf-8"))
    if "save_png" in script:
        # The first time ever, matplotlib looks for fonts, and tells of it if that takes long.
        subprocess.run([sys.executable, "-c", "import matplotlib.font_manager"], capture_output=True, check=True)
    path = os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))
    done = subprocess.run(
        [sys.executable, "-c", script],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        check=False,
        cwd=tmp_path,
        env={**os.environ, "PATH": path, "COLUMNS": "100"},
    )
    assert done.stdout.split(f"{MARK}\n") == shown
    assert done.returncode == 0


def test_a_page_that_shows_something_else_is_found():
    """What is shown belongs to the step before it."""
    _, shown = script_of("```python\nprint(1)\n```\n\n```text\n1\n```\n\n```sh\ntrue\n```\n")
    assert shown == ["1\n", ""]


def test_there_are_walkthroughs():
    """And a folder that is called otherwise does not make all these tests pass."""
    assert len(WALKTHROUGHS) >= 4
