"""Objects and files for tests of deid's functions."""

from __future__ import annotations

import logging
from collections.abc import Sequence as Several
from pathlib import Path
from typing import Any

import pytest
from pydicom.dataset import Dataset, FileDataset
from pydicom.sequence import Sequence

from tests.files import copy_of
from tests.running import dataset_of, file_dataset

NAMES = {"PatientName": "ZQ^NAME", "PatientID": "ZQ-ID", "StudyDate": "20200131", "StudyID": "7"}


def recipe_of(*rules: str | dict[str, Any], **lists: dict[str, list[dict[str, str]]]) -> dict[str, Any]:
    """Return the dictionary of a recipe; a rule may be a line: `REPLACE PatientID var:id`."""
    return {"format": "dicom", "header": [one if isinstance(one, dict) else _rule(one) for one in rules], **lists}


def _rule(line: str) -> dict[str, str]:
    action, field, *value = line.split(" ", 2)
    return {"action": action, "field": field, **({"value": value[0]} if value else {})}


def nested() -> Dataset:
    """Return an object with two items in a sequence, and a private block."""
    dataset = dataset_of(NAMES)
    dataset.RequestAttributesSequence = Sequence(
        [dataset_of(PatientID="inner 0", AccessionNumber="A0"), dataset_of(PatientID="inner 1")]
    )
    dataset.private_block(0x0009, "DEIDC TEST", create=True).add_new(0x01, "LO", "private")
    return dataset


def in_file() -> FileDataset:
    """Return the same as pydicom reads it from a file that has no name."""
    return file_dataset(nested())


def files(folder: Path, names: Several[str], **attributes: object) -> list[str]:
    """Write copies of a real file, each with a PatientID of its own; return their paths."""
    return [
        str(copy_of("CT_small.dcm", folder / name, PatientID=f"ZQ{number}", **attributes))
        for number, name in enumerate(names)
    ]


def said(caplog: pytest.LogCaptureFixture) -> list[str]:
    """Return what deidc.compat warned of."""
    return [one.getMessage() for one in caplog.records if one.name == "deidc.compat" and one.levelno >= logging.WARNING]
