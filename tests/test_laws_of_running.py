"""Laws of running a program: what it says it changed is gone, and the rest is as it was."""

from __future__ import annotations

import io
import logging
import pickle
import re
from collections.abc import Iterator

from hypothesis import given
from pydicom import dcmread
from pydicom.dataset import Dataset

from deidc import Cleaned, Functions, Machine, Refused
from deidc.runtime.outcome import Effect
from tests.running import file_dataset, program_as_deid, written
from tests.runtime_objects import objects, recipes

CANARY = re.compile(rb"ZQ\d{6}ZQ")


def shout(field):
    return "loud"


def machine_for(recipe: str) -> Machine:
    functions = Functions.standard().with_function("shout", shout)
    return Machine.link(program_as_deid(recipe), functions, variables={"text": "20000101"})


def elements(dataset: Dataset, path: str = "") -> Iterator[tuple[str, object]]:
    """Yield every element of an object by path, with its value."""
    for element in dataset:
        here = f"{path}{int(element.tag):08X}"
        yield here, element.value if element.VR != "SQ" else None
        if element.VR == "SQ":
            for number, item in enumerate(element.value):
                yield from elements(item, f"{here}[{number}].")


def gone(path: str, removed: set[str]) -> bool:
    """Whether a path or a sequence it is in was removed or emptied."""
    steps = path.split(".")
    above = {re.sub(r"\[\d+\]$", "", ".".join(steps[: number + 1])) for number in range(len(steps))}
    return bool(above & removed)


@given(objects(), recipes)
def test_what_is_changed_leaves_no_trace(dataset, recipe):
    """The old value of an element that the program changed is nowhere: not in the output, not in what is told."""
    outcome = machine_for(recipe).run(dataset)
    if isinstance(outcome, Refused):
        assert not CANARY.search(repr(outcome).encode())
        return
    changed = {event.path for event in outcome.events if event.effect is not Effect.RETAINED}
    sequences = {event.path for event in outcome.events if event.effect in (Effect.REMOVED, Effect.BLANKED)}
    # An element that is kept may hold what is gone elsewhere; canaries are unique, so nothing else does.
    data = written(outcome.dataset)
    for path, value in elements(dataset):
        if isinstance(value, str) and CANARY.fullmatch(value.encode()) and (path in changed or gone(path, sequences)):
            assert value.encode() not in data, path
    told = repr(outcome) + str(outcome) + repr(outcome.events) + repr(outcome.flags)
    assert not CANARY.search(told.encode())
    assert not CANARY.search(pickle.dumps((outcome.events, outcome.flags)))


@given(objects(), recipes)
def test_every_element_has_a_fate(dataset, recipe):
    """Each element of the input is as it was, or some event says what became of it; each new one was added."""
    outcome = machine_for(recipe).run(dataset)
    if isinstance(outcome, Refused):
        return
    before, after = dict(elements(dataset)), dict(elements(outcome.dataset))
    changed = {event.path for event in outcome.events}
    removed = {event.path for event in outcome.events if event.effect in (Effect.REMOVED, Effect.BLANKED)}
    for path, value in before.items():
        if path not in changed and not gone(path, removed):
            assert path in after, path
            assert after[path] == value, path
    for path in after.keys() - before.keys():
        assert path in changed, path


@given(objects(), recipes)
def test_the_input_is_not_touched(dataset, recipe):
    """The bytes of the input are the same before and after."""
    before = written(dataset)
    machine_for(recipe).run(dataset)
    assert written(dataset) == before


@given(objects(), recipes)
def test_raw_and_decoded_objects_end_alike(dataset, recipe):
    """An object as read from a file ends as the same object made in memory: same elements, same events."""
    machine = machine_for(recipe)
    made, read = machine.run(dataset), machine.run(file_dataset(dataset))
    assert type(made) is type(read)
    if isinstance(made, Cleaned) and isinstance(read, Cleaned):
        own = {event for event in read.events if event.path.startswith("0002") or event.path == "preamble"}
        assert set(made.events) == set(read.events) - own
        assert written_plainly(made.dataset) == written_plainly(read.dataset)


def written_plainly(dataset: Dataset) -> bytes:
    plain = Dataset()
    plain.update({tag: dataset[tag] for tag in dataset.keys()})
    return written(plain)


@given(objects(), recipes)
def test_the_same_object_ends_the_same(dataset, recipe):
    """Two runs, and a run after other objects, give the same bytes and events."""
    machine = machine_for(recipe)
    first = machine.run(dataset)
    machine.run(Dataset())
    second = machine.run(dataset)
    assert type(first) is type(second)
    if isinstance(first, Cleaned) and isinstance(second, Cleaned):
        assert written(first.dataset) == written(second.dataset)
        assert first.events == second.events


@given(objects(), recipes)
def test_the_output_is_an_object(dataset, recipe):
    """What comes out can be written, and reads back as it was written."""
    outcome = machine_for(recipe).run(file_dataset(dataset))
    if isinstance(outcome, Cleaned):
        data = written(outcome.dataset)
        again = dcmread(io.BytesIO(data))
        assert dict(elements(again)) == dict(elements(outcome.dataset))


@given(objects(), recipes)
def test_a_failing_function_refuses(dataset, recipe):
    """Where a function that raises is reached, there is no output; its words are not passed on."""

    def failing(field):
        raise RuntimeError(f"ZQ999999ZQ {field.value}")

    functions = Functions.standard().with_function("shout", failing)
    program = program_as_deid(recipe + "REPLACE AccessionNumber func:shout\n")
    machine = Machine.link(program, functions, variables={"text": "20000101"})
    outcome = machine.run(dataset)
    reached = any("call" in fault.message or "shout" in fault.message for fault in getattr(outcome, "faults", ()))
    assert isinstance(outcome, Cleaned) or outcome.faults
    if reached:
        assert not CANARY.search(repr(outcome).encode())


def test_nothing_is_told_to_the_log(caplog):
    """No log record holds a value of the object."""
    with caplog.at_level(logging.DEBUG):

        @given(objects(), recipes)
        def run(dataset, recipe):
            machine_for(recipe).run(file_dataset(dataset))

        run()
    assert not CANARY.search(caplog.text.encode())
