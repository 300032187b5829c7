"""Small runs that a person has reviewed: `tests/golden/runs/NAME` has recipe, input, what comes out, and why.

Expectations were written by hand from the documentation. `--update-golden` rewrites them, to be reviewed again.
"""

from __future__ import annotations

import json
import warnings
from pathlib import Path

import pytest
from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset

from deidc import Cleaned, Machine, Outcome, Program, compile_recipe
from tests.golden_option import FOLDER, compare

CASES = sorted(path for path in (FOLDER / "runs").iterdir() if path.is_dir())


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_run_gives_what_was_reviewed(case: Path, request: pytest.FixtureRequest):
    """The output object, the events by line of the recipe, and the flags or faults are those on record."""
    program = compile_recipe(case / "recipe.deid")
    variables = case / "variables.json"
    machine = Machine.link(program, variables=json.loads(variables.read_text()) if variables.exists() else {})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # pydicom warns of values that are there to be refused
        outcome = machine.run(Dataset.from_json((case / "input.json").read_text(encoding="utf-8")))
    compare(request, case / "events.txt", story_of(outcome, program))
    if isinstance(outcome, Cleaned):
        compare(request, case / "output.json", text_of(outcome.dataset))
    else:
        assert not (case / "output.json").exists()


def story_of(outcome: Outcome, program: Program) -> str:
    """Return what happened, a line each, sorted by element; events of one element stay in order."""
    if not isinstance(outcome, Cleaned):
        return "".join(f"refused {fault.rule.code} {fault.path}\n" for fault in outcome.faults)
    events = sorted(outcome.events, key=lambda event: event.path)
    lines = [f"{event.path} line {program.origins[event.op].line} {event.effect}\n" for event in events]
    flags = (f"flag {'held' if flag.held else 'passing'} {flag.group}: {flag.label}\n" for flag in outcome.flags)
    return "".join((*lines, *flags))


def text_of(dataset: Dataset) -> str:
    """Return the DICOM JSON of an object, a top-level element a line, in the order of tags."""
    elements = in_order(dataset).to_json_dict(bulk_data_threshold=1 << 20)
    lines = (f"  {json.dumps(tag)}: {json.dumps(element, ensure_ascii=False)}" for tag, element in elements.items())
    return "{\n" + ",\n".join(lines) + "\n}\n"


def in_order(dataset: Dataset) -> Dataset:
    """Return a data set with its elements, those of items too, in the order in which they are written."""
    ordered = Dataset()
    for element in dataset:
        ordered[element.tag] = element
        if element.VR == "SQ":
            ordered[element.tag] = DataElement(element.tag, "SQ", [in_order(item) for item in element.value])
    return ordered
