"""Where a migration is silent the two programs agree: deid 0.4.13 and deidc do the same with the same recipe."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest

from deidc import Cleaned, Functions, Machine, Source, compile_recipe
from deidc.migration.migrate import migrate_recipe
from tests.deid.callables import CALLABLES, VARIABLES
from tests.deid.objects import Elements, dump
from tests.migration.proofs import LABEL, LEAKS, LOSSES, Proof
from tests.migration.worker import answers_of_deid, prepared
from tests.strategies.deid_recipes import LINES
from tests.strategies.texts import CRITERIA, TARGETS

FIELDS = "FORMAT dicom\n%fields ids\nFIELD StudyID\nFIELD PatientID\n\n%header\n"
ACTIONS = ("BLANK {0}  # why", "KEEP {0}\nREMOVE contains:Patient", "ADD {0} 5")
MORE = (
    *(action.format(target) for action, target in product(ACTIONS, TARGETS)),
    *LINES["header"][0],
    *LINES["header"][1],
)
CRITERIA_MORE = (*CRITERIA, *LINES["label"][0], *LINES["label"][1])
FIRST = ("contains Modality CT\n", "")


def _settled(text: str) -> str | None:
    """The migrated recipe, if a migration has nothing more to say of it."""
    found = migrate_recipe(Source("recipe", text))
    if found.rewritten and found.settled:
        found = migrate_recipe(Source("recipe", found.text))
    return found.text if found.settled and not found.changes else None


def _recipes() -> dict[str, str]:
    """Recipes of which a migration says nothing, with the kind of answer to ask deid for."""
    headers = [FIELDS + line + "\n" for line in MORE] + [
        one.recipe for one in (*LEAKS, *LOSSES) if one.kind == "header"
    ]
    labels = [f"{LABEL}{first}{line}\n" for first, line in product(FIRST, CRITERIA_MORE)]
    kinds = {text: kind for kind, texts in (("header", headers), ("flags", labels)) for text in texts}
    found = {settled: kind for text, kind in kinds.items() if (settled := _settled(text)) is not None}
    return {text: kind for text, kind in found.items() if not _is_left_out(text)}


def _is_left_out(text: str) -> bool:
    """Words of deidc's own, of which a migration says nothing because nobody wrote them for deid; and chance."""
    return any(word in text for word in ("select:private", "select:overlay", "select:curve", "basic_uuid"))


@pytest.fixture(scope="module")
def answers() -> dict[str, tuple[Proof, dict[str, Any]]]:
    """What deid makes of each of them."""
    proofs = [Proof("", text, kind=kind) for text, kind in _recipes().items()]
    return {
        one.recipe: (one, answer)
        for one, answer in zip(proofs, answers_of_deid([one.task for one in proofs]), strict=True)
    }


def _compared(elements: Elements) -> Elements:
    """The elements that the two are known to treat alike (docs/deviations.md has the others)."""
    return {path: held for path, held in elements.items() if not _is_excepted(path)}


def _is_excepted(path: str) -> bool:
    """File meta information, the preamble, what deidc protects, and private creators."""
    last = path[-8:]
    creator = int(last[3], 16) % 2 == 1 and last[4:6] == "00"
    return path.startswith("0002") or last in ("00000000", "00080005") or creator


def _cleaned(proof: Proof) -> Cleaned:
    functions = Functions.standard()
    for name, function in CALLABLES.items():
        functions = functions.with_function(name, function)
    machine = Machine.link(compile_recipe(proof.recipe), functions, variables=VARIABLES)
    outcome = machine.run(prepared(proof.task))
    assert isinstance(outcome, Cleaned), outcome
    return outcome


def test_where_nothing_is_said_the_two_agree(answers):
    """The elements that are left are the same, and so are the objects that labels flag."""
    differing = []
    for recipe, (proof, answer) in answers.items():
        ours = _cleaned(proof)
        if proof.kind == "flags":
            same = answer.get("flagged") is bool(ours.flags)
        else:
            same = _compared(answer.get("elements", {})) == _compared(dump(ours.dataset))
        if not same:
            differing.append((recipe, answer.get("error")))
    assert not differing


def test_there_is_something_to_agree_on(answers):
    """Enough recipes are settled, of both kinds."""
    kinds = [proof.kind for proof, _ in answers.values()]
    assert kinds.count("header") > 60
    assert kinds.count("flags") > 20
