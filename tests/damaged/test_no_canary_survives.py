"""What a rule removes is in no output, however the file around it is damaged or labelled; or nothing is written."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from hypothesis import given, note

from tests.cli.conftest import Run, deidc, warm_commands
from tests.damaged.doors import DOORS, Written, outputs_below, seed_of_run, survivors
from tests.damaged.files import ALL, DamagedFile, alone, damaged_files, drawn
from tests.damaged.recipe import RECIPES, machine

__all__ = ["deidc", "warm_commands"]

KINDS = sorted({one.kind for one in ALL})
IN_A_FOLDER = 300


def _assert_lawful(file: DamagedFile, recipe: str, door: str) -> None:
    outcome = DOORS[door](machine(recipe), file.data)
    if not isinstance(outcome, Written):
        return
    left = survivors(file.canaries, outcome.data, RECIPES[recipe][1])
    assert not left, f"{file}: survived {', '.join(map(str, left))}, by {outcome.engine}"
    assert outcome.is_held or not file.burned_in, f"{file}: not held, by {outcome.engine}"


@pytest.mark.parametrize("recipe", RECIPES)
@pytest.mark.parametrize("door", DOORS)
@given(damaged_files())
def test_no_canary_survives(recipe: str, door: str, file: DamagedFile) -> None:
    """Kinds of damage that are drawn and combined at any depth."""
    note(str(file))
    _assert_lawful(file, recipe, door)


@pytest.mark.parametrize("recipe", RECIPES)
@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("kind", KINDS)
def test_no_canary_survives_one_kind(recipe: str, door: str, kind: str) -> None:
    """Each kind alone, at each place and in each encoding."""
    for one in ALL:
        if one.kind == kind:
            _assert_lawful(alone(one), recipe, door)


def test_no_canary_survives_a_run(deidc: Run, tmp_path: Path) -> None:
    """A folder of drawn files, cleaned by one command: none that holds a canary or has to be held is written."""
    seed = seed_of_run()
    files = {f"{number:03d}.dcm": drawn(random.Random(seed + number)) for number in range(IN_A_FOLDER)}
    (tmp_path / "in").mkdir()
    for name, file in files.items():
        (tmp_path / "in" / name).write_bytes(file.data)
    for recipe, (text, named_by) in RECIPES.items():
        (tmp_path / f"{recipe}.deid").write_text(text)
        done = deidc("run", f"{recipe}.deid", "in", "-o", recipe)
        assert done.returncode in (0, 1, 3), f"DAMAGED_SEED={seed}: {done.stderr}"
        written = outputs_below(tmp_path / recipe)
        assert written, f"DAMAGED_SEED={seed}: no file was written, so the law says nothing"
        for name, data in written.items():
            file = files[name]
            left = survivors(file.canaries, data, named_by)
            assert not left, f"DAMAGED_SEED={seed}, {recipe}, {name}, {file}: survived {', '.join(map(str, left))}"
            assert not file.burned_in, f"DAMAGED_SEED={seed}, {recipe}, {name}, {file}: written, and not held"
