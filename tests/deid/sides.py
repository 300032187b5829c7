"""The two programs on the same cases: what deid makes of each, and what deidc does."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from attrs import frozen

from deidc import Cleaned, CompileError, Functions, LinkError, Machine, Program, compile_recipe
from tests.deid.apart import answers_of
from tests.deid.callables import CALLABLES, VARIABLES
from tests.deid.cases import Case
from tests.deid.objects import Elements, dump, load
from tests.running import program_as_deid

_RANDOM = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}|(?<=\.)\d{25,}")


@frozen
class Answer:
    """What a program made of a case: the elements, or why there are none.

    `trouble` is the name of deid's exception; deidc's are codes, with the path of the element for run time faults.
    """

    elements: Elements | None
    trouble: tuple[str, ...] = ()


@frozen
class Compared:
    """A case, the object before, and both answers."""

    case: Case
    before: Elements
    ours: Answer
    theirs: Answer


def answers_of_deid(cases: Sequence[Case]) -> list[Answer]:
    """Return what deid makes of cases, in a process of its own."""
    found = answers_of("tests.deid.worker", map(_task, cases))
    return [Answer(one.get("elements"), (one["error"],) if "error" in one else ()) for one in found]


def _task(case: Case) -> dict[str, object]:
    recipes = [case.recipe] if case.more is None else [case.recipe, case.more]
    return {"file": str(case.file), "overlay": case.overlay, "recipes": recipes, "base": case.base}


def answer_of_deidc(case: Case) -> Answer:
    """Return what deidc makes of a case."""
    functions = Functions.standard()
    for name, function in CALLABLES.items():
        functions = functions.with_function(name, function)
    try:
        machine = Machine.link(_compiled(case), functions, variables=VARIABLES)
    except CompileError as failure:
        return Answer(None, tuple(sorted({one.code for one in failure.report.errors})))
    except LinkError:
        return Answer(None, ("LinkError",))
    outcome = machine.run(load(case.file, case.overlay))
    if isinstance(outcome, Cleaned):
        return Answer(dump(outcome.dataset))
    return Answer(None, tuple(sorted({f"{fault.rule.code} {fault.path or ''}".strip() for fault in outcome.faults})))


def _compiled(case: Case) -> Program:
    if case.more is None and case.base is None:
        # Rules whose combined result deid defines are executed as `deidc.compat` does.
        return program_as_deid(case.recipe)
    with tempfile.TemporaryDirectory() as folder:
        last, before = Path(folder) / "last.deid", Path(folder) / "before.deid"
        texts = (case.recipe, case.base) if case.base is not None else (case.more, case.recipe)
        for path, text in zip((last, before), texts, strict=True):
            path.write_text(str(text), encoding="utf-8")
        return compile_recipe(last, bases=[str(before)])


def compared(cases: Sequence[Case]) -> Iterator[Compared]:
    """Yield each case with both answers; where results are random, their shapes. The two run at once."""
    with ThreadPoolExecutor(1) as pool:
        answers = pool.submit(answers_of_deid, cases)
        mine = [answer_of_deidc(case) for case in cases]
    objects: dict[tuple[Path, str], Elements] = {}  # many cases are about one object
    for case, ours, theirs in zip(cases, mine, answers.result(), strict=True):
        which = (case.file, repr(case.overlay))
        before = objects[which] = objects.get(which) or dump(load(case.file, case.overlay))
        if case.random:
            yield Compared(case, before, _shape(ours), _shape(theirs))
        else:
            yield Compared(case, before, ours, theirs)


def _shape(answer: Answer) -> Answer:
    if answer.elements is None:
        return answer
    return Answer({path: [vr, _RANDOM.sub("*", text)] for path, (vr, text) in answer.elements.items()})
