"""deidc against deid 0.4.13 itself: equal results, or a deviation with a name."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydicom import dcmread

from deidc import Cleaned, CompileError, LinkError, Machine, compile_recipe
from tests.deid.cases import FOLDER, HEAD, VARIABLES, Case, all_cases
from tests.deid.deviations import ELEMENTS, Difference
from tests.deid.objects import dump

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "deviations.md"
ITEM_TAG = "feff00e0"
GENERATED = 250 if os.environ.get("CI") else 100


def answers_of_deid(cases: list[Case]) -> list[dict[str, object]]:
    """Run deid on cases, in a process of its own."""
    tasks = [{"file": str(case.file), "recipe": case.recipe, "variables": VARIABLES} for case in cases]
    done = subprocess.run(
        [sys.executable, "-m", "tests.deid.worker"],
        input="".join(json.dumps(task) + "\n" for task in tasks),
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=True,
    )
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(answers) == len(cases)
    return answers


def ours(case: Case) -> dict[str, list[str]] | str:
    """Return what deidc makes of a case, or why it refuses to."""
    try:
        machine = Machine.link(compile_recipe(case.recipe), variables=VARIABLES)
    except CompileError as failure:
        return ",".join(sorted({one.code for one in failure.report.errors}))
    except LinkError:
        return "LinkError"
    outcome = machine.run(dcmread(case.file, force=True))
    if isinstance(outcome, Cleaned):
        return dump(outcome.dataset)
    return ",".join(sorted({fault.rule.code for fault in outcome.faults}))


def differences(case: Case, mine: dict[str, list[str]], theirs: dict[str, list[str]]) -> Iterator[Difference]:
    before = dump(dcmread(case.file, force=True))
    unknown = [path for path, (vr, value) in before.items() if vr == "UN" and value.startswith(ITEM_TAG)]
    for path in sorted(mine.keys() | theirs.keys()):
        if mine.get(path) != theirs.get(path):
            hidden = any(path.startswith(one) for one in unknown)
            yield Difference(case.recipe, path, before.get(path), mine.get(path), theirs.get(path), hidden)


def test_results_are_equal_or_the_difference_has_a_name():
    """No element differs without a named deviation, and no named deviation is without an element."""
    cases = all_cases(GENERATED)
    used: Counter[str] = Counter()
    unnamed: list[str] = []
    compared = 0
    for case, answer in zip(cases, answers_of_deid(cases), strict=True):
        mine = ours(case)
        if "error" in answer:
            used["no-crash"] += 1
            continue
        if isinstance(mine, str):
            unnamed.append(f"{case.name}: deidc refuses with {mine}")
            continue
        compared += 1
        theirs = answer["elements"]
        assert isinstance(theirs, dict)
        for one in differences(case, mine, theirs):
            name = next((name for name, accounts in ELEMENTS.items() if accounts(one)), None)
            if name is None:
                unnamed.append(f"{case.name}: {one.path}\n{case.recipe}")
            else:
                used[name] += 1
    assert not unnamed, "\n".join(unnamed[:20])
    assert compared > 300
    assert {*ELEMENTS, "no-crash"} - used.keys() == set(), "these deviations never occurred"


# Recipes that deid takes and then leaves the patient's number in the file (or worse), and what deidc does.
# name, lines of %header, what deid leaves of PatientID 1CT1, what deidc does ("removed", a value, or a code)
SILENT = [
    ("lower-case-actions", "replace PatientID anon", "1CT1", "anon"),
    ("comments-end-lines", "REMOVE PatientID  # a comment", "1CT1", None),
    ("comments-end-lines", "REPLACE PatientID var:id # a comment", "1CT1", "A-17"),
    ("missing-is-an-error", "REPLACE PatientID var:nope", "1CT1", "LinkError"),
    ("missing-is-an-error", "REPLACE PatientID func:nope", "1CT1", "LinkError"),
    ("missing-is-an-error", "REMOVE PatientID func:nope", "1CT1", "LinkError"),
    ("missing-is-an-error", "REPLACE PatientID deid_func:nope", "1CT1", "DC208"),
    ("unknown-is-an-error", "REMOVE PatientIdd", "1CT1", "DC204"),
    ("unknown-is-an-error", "REMOVE regex:PatientID", "1CT1", "DC112"),
    ("unknown-is-an-error", "REMOVE fields:nope", "1CT1", "DC201"),
    ("unknown-is-an-error", "REPLCE PatientID anon", "1CT1", "DC101"),
    ("unknown-is-an-error", "REPLACE PatientID vr:id", "vr:id", "DC120"),
    ("tags-in-every-spelling", "REMOVE 0010,0020", "1CT1", None),
    ("tags-in-every-spelling", "REMOVE 0x00100020", "1CT1", None),
    ("tags-in-every-spelling", "REMOVE (0010, 0020)", "1CT1", None),
    ("documented-selectors", "REMOVE allexcept:^(?!PatientID$).*Xyz", "1CT1", None),
    ("quotes-quote", 'REPLACE PatientID "A B"', '"A B"', "A B"),
    ("quotes-quote", "REPLACE PatientID O'Brien", "O Brien", "O'Brien"),
    ("numbers-and-hashes", "REPLACE PatientID X#1", "X", "X#1"),
    ("conditions-work", "REMOVE all notcontains:.*", None, "1CT1"),
    ("literal-conditions", "REMOVE PatientID YES", None, "DC119"),
    ("documented-selectors", "REMOVE allfields", "1CT1", None),
]


def test_silent_leaks_are_no_longer():
    """Where deid keeps data or writes nonsense without a word, deidc does what is meant or refuses."""
    cases = [Case(line, FOLDER / "CT_small.dcm", f"{HEAD}%header\n{line}\n") for _, line, _, _ in SILENT]
    for (_, line, left, expected), case, answer in zip(SILENT, cases, answers_of_deid(cases), strict=True):
        elements = answer["elements"]
        assert isinstance(elements, dict)
        assert elements.get("00100020", [None, None])[1] == left, f"deid: {line}"
        mine = ours(case)
        got = mine if isinstance(mine, str) else mine.get("00100020", [None, None])[1]
        assert got == expected, f"deidc: {line}"


def test_every_deviation_is_told_with_its_reason():
    """The page has a section for each name, and no other."""
    named = {*ELEMENTS, "no-crash", *(name for name, _, _, _ in SILENT)}
    page = PAGE.read_text(encoding="utf-8")
    told = {line.removeprefix("## ").strip() for line in page.splitlines() if line.startswith("## ")}
    assert named <= told
    tested_elsewhere = told - named
    assert tested_elsewhere == ELSEWHERE


# Deviations that other tests hold.
ELSEWHERE = {
    "added-is-no-member",
    "bases-come-first",
    "fails-closed",
    "labels-mean-what-they-say",
    "lists-read-the-input",
    "preamble-cleared",
    "random-is-random",
    "sections-all-merge",
    "text-for-sequences",
}


@pytest.mark.parametrize("name", sorted(ELEMENTS))
def test_names_are_told(name):
    """A deviation of elements stands on the page."""
    assert f"\n## {name}\n" in PAGE.read_text(encoding="utf-8")
