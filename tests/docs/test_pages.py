"""Documentation is executed: what a page shows is what happens."""

from __future__ import annotations

import re
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from deidc import check_recipe
from tests.files import copy_of
from tests.keys import KEY

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]


def blocks(page: Path, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("name", ["embedding.md", "pixels.md"])
def test_pages_for_python_run(name: str):
    """The blocks of a page run one after the other, and their assertions hold."""
    names: dict[str, object] = {}
    for block in blocks(ROOT / "docs" / name, "python"):
        exec(compile(block, name, "exec"), names)  # the page is ours


def test_compat_page_runs(tmp_path):
    """The blocks of the page about deid's API run in a process of their own, where deid is not imported before."""
    script = "\n".join(blocks(ROOT / "docs" / "compat.md", "python"))
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False, cwd=tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_recipes_on_pages_are_without_errors(page: Path):
    """A recipe that a page shows compiles."""
    for block in blocks(page, "deid"):
        assert check_recipe(block).errors == (), block


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_between_pages_lead_somewhere(page: Path):
    """A relative link names a file that is there."""
    for target in re.findall(r"\]\(([^)#]+)", page.read_text(encoding="utf-8")):
        if "://" not in target:
            assert (page.parent / target).exists(), target


def test_readme_has_the_commands_that_ci_runs():
    """Two commands do all the set-up: one for the demo, one for the tests."""
    commands = "".join(blocks(ROOT / "README.md", "sh"))
    assert commands.count("python3 -m venv") == 2
    assert "deidc demo" in commands
    assert "-m pytest" in commands


def test_readme_shows_python_that_runs(tmp_path, monkeypatch, capsys):
    """The example of the first page, with the recipe of the first page."""
    recipe = re.search(r"(?:^    .*\n|^\n)+", README.partition("stops.\n")[2], re.MULTILINE)
    assert recipe is not None
    (tmp_path / "my.deid").write_text(textwrap.dedent(recipe[0]).strip() + "\n", encoding="utf-8")
    copy_of("CT_small.dcm", tmp_path / "scan.dcm")
    (tmp_path / "my.key").write_text(f"{KEY}\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    (example,) = blocks(ROOT / "README.md", "python")
    exec(compile(example, "README.md", "exec"), {})  # the page is ours
    assert capsys.readouterr().out == "clean.dcm\n"
    assert (tmp_path / "clean.dcm").is_file()
