"""Runs a recipe written in a test on a data set made in a test."""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path
from textwrap import dedent

from pydicom import dcmread, dcmwrite
from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.uid import UID, ExplicitVRLittleEndian

from deidc import Cleaned, Functions, Machine, Outcome, Refused, compile_recipe
from deidc.ir.compile import compile_as_deid
from deidc.ir.library import FileLibrary
from deidc.ir.load import load
from deidc.ir.program import Program
from deidc.source import Source

SOP_CLASS = UID("1.2.840.10008.5.1.4.1.1.7")


def machine_for(recipe: str, functions: Functions | None = None, **variables: object) -> Machine:
    """Compile and link a recipe; FORMAT and %header are put before it where they are missing."""
    text = dedent(recipe).strip() + "\n"
    if not text.startswith(("%", "FORMAT")):
        text = "%header\n" + text
    if "FORMAT" not in text:
        text = "FORMAT dicom\n\n" + text
    return Machine.link(compile_recipe(text), functions, variables=variables)


def program_as_deid(recipe: str | Path | Source) -> Program:
    """Compile a recipe as deid combines rules: contradictions have a meaning, and included texts are one with it."""
    match recipe:
        case str():
            source = Source("<recipe>", recipe.replace("\r\n", "\n").replace("\r", "\n"))
        case Path():
            source = Source(str(recipe), recipe.read_text(encoding="utf-8"))
        case _:
            source = recipe
    return compile_as_deid(load(source, FileLibrary()))[1]


def run(recipe: str, dataset: Dataset, functions: Functions | None = None, **variables: object) -> Outcome:
    """Run a recipe on a data set."""
    return machine_for(recipe, functions, **variables).run(dataset)


def clean(recipe: str, dataset: Dataset, functions: Functions | None = None, **variables: object) -> Dataset:
    """Run a recipe that must not refuse, and return the cleaned data set."""
    outcome = run(recipe, dataset, functions, **variables)
    assert isinstance(outcome, Cleaned), outcome
    return outcome.dataset


def fault_codes(outcome: Outcome) -> list[str]:
    """Return the codes of a refusal."""
    assert isinstance(outcome, Refused), outcome
    return [fault.rule.code for fault in outcome.faults]


def dataset_of(values: Mapping[str, object] | None = None, **more: object) -> Dataset:
    """Return a data set with attributes by keyword."""
    dataset = Dataset()
    for keyword, value in {**(values or {}), **more}.items():
        setattr(dataset, keyword, value)
    return dataset


def file_dataset(dataset: Dataset, transfer_syntax: UID = ExplicitVRLittleEndian) -> FileDataset:
    """Return a data set as pydicom reads it from a file: raw elements, file meta information, preamble."""
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = dataset.get("SOPClassUID", SOP_CLASS)
    meta.MediaStorageSOPInstanceUID = dataset.get("SOPInstanceUID", UID("1.2.3"))
    meta.TransferSyntaxUID = transfer_syntax
    meta.ImplementationClassUID = UID("1.2.3.4")
    buffer = io.BytesIO()
    whole = FileDataset("", dataset, preamble=b"\0" * 128, file_meta=meta)
    dcmwrite(buffer, whole, enforce_file_format=True)
    return dcmread(io.BytesIO(buffer.getvalue()))


def written(dataset: Dataset) -> bytes:
    """Return the bytes of a data set, explicit VR little endian if it does not say otherwise."""
    buffer = io.BytesIO()
    if isinstance(dataset, FileDataset):
        dcmwrite(buffer, dataset)
    else:
        dcmwrite(buffer, dataset, implicit_vr=False, little_endian=True)
    return buffer.getvalue()
