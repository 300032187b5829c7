"""The machine does what the reference says: the same object, the same effects, the same labels, the same refusals."""

from __future__ import annotations

import io

from hypothesis import event, given
from pydicom import dcmread, dcmwrite
from pydicom.dataset import Dataset

from deidc import Cleaned, Refused
from tests.properties.machines import FOR_REFERENCE, effects, machine_of, picture
from tests.reference import interpret
from tests.reference_values import Refusal
from tests.strategies.objects import objects
from tests.strategies.rules import VARIABLES, recipes


def assert_as_specified(recipe, dataset: Dataset) -> None:
    expected = interpret(recipe, dataset, VARIABLES, FOR_REFERENCE)
    outcome = machine_of(recipe).run(dataset)
    if isinstance(expected, Refusal):
        event("refused " + expected.code)
        assert isinstance(outcome, Refused), expected.code
        assert expected.code in {fault.rule.code for fault in outcome.faults}
        return
    event("cleaned")
    assert isinstance(outcome, Cleaned), outcome
    assert picture(outcome.dataset) == picture(expected.dataset)
    assert effects(outcome) == expected.effects
    assert tuple((flag.group, flag.label, flag.policy) for flag in outcome.flags) == expected.flags
    assert len(set(outcome.events)) == len(outcome.events), "an event is told twice"


@given(recipes(), objects())
def test_on_objects_made_in_memory(recipe, dataset):
    """What the machine makes of an object is what the recipe means."""
    assert_as_specified(recipe, dataset)


@given(recipes(), objects())
def test_on_objects_read_from_a_file(recipe, dataset):
    """The same for raw elements, which are judged by their bytes."""
    buffer = io.BytesIO()
    dcmwrite(buffer, dataset)
    assert_as_specified(recipe, dcmread(io.BytesIO(buffer.getvalue()), force=True))
