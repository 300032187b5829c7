"""The guide for people who come from deid is executed: old programs by deid itself, new ones by deidc."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from deidc.migration.behaviours import CATALOGUE

PAGE = Path(__file__).parents[2] / "docs" / "migration.md"
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def run(folder: Path, arguments: list[str], text: str) -> None:
    """Run a program in a folder, with the commands of this environment."""
    commands = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        arguments,
        input=text,
        capture_output=True,
        text=True,
        cwd=folder,
        check=False,
        env={**os.environ, "PATH": commands},
    )
    assert done.returncode == 0, f"{text}\n{done.stderr}"


def test_the_page_runs_from_top_to_bottom(tmp_path):
    """Programs and recipes are written to the files that their first lines name; all else runs in its order."""
    for kind, text in BLOCK.findall(PAGE.read_text(encoding="utf-8")):
        match kind:
            case "python":
                run(tmp_path, [sys.executable, "-"], text)
            case "sh":
                run(tmp_path, ["sh", "-e"], text)
            case "py" | "deid" | "text":
                (tmp_path / text.partition("\n")[0].removeprefix("# ")).write_text(text, encoding="utf-8")
            case _:
                raise AssertionError(kind)


def test_the_page_lists_all_that_is_told_of_deid():
    """Each behaviour has its row, and there are no others."""
    table = PAGE.read_text(encoding="utf-8").partition("## What is told of deid\n")[2]
    rows = [row for row in table.splitlines() if row.startswith("| `")]
    assert rows == [f"| `{one.name}` | {one.did.value} | {one.title} |" for one in CATALOGUE]
