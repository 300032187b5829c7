"""Cleans an object with both engines, which must make the same of it."""

from __future__ import annotations

from pydicom.dataset import Dataset

from tests.properties.test_engines import assert_one_meaning
from tests.running import clean, fault_codes, file_dataset, machine_for, run, written


def cleaned(recipe: str, dataset: Dataset, **variables: object) -> Dataset:
    """What the engines make of an object, read from a file."""
    read = file_dataset(dataset)
    assert assert_one_meaning(machine_for(recipe, None, **variables), written(read)) != "refused"
    return clean(recipe, read, None, **variables)


def refused(recipe: str, dataset: Dataset, **variables: object) -> list[str]:
    """The codes of the faults for which the engines refuse an object."""
    read = file_dataset(dataset)
    assert "same" not in assert_one_meaning(machine_for(recipe, None, **variables), written(read))
    return fault_codes(run(recipe, read, None, **variables))
