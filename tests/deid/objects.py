"""An object as plain data, so that what two programs made of it can be compared across processes."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path

from pydicom import dcmread
from pydicom.dataset import Dataset
from pydicom.valuerep import PersonName

# Path of an element, `0040A730[0].0040A123`, to its VR and its value as text.
Elements = dict[str, list[str]]

# What is put into an object before it is cleaned: tag, VR, value; bytes in hexadecimal digits.
Overlay = Sequence[Sequence[object]]

# Where the bytes before the file meta information are, among elements: a tag that no file has.
PREAMBLE = "00000000"


def load(file: Path | str, overlay: Overlay = ()) -> Dataset:
    """Return the object of a file, with elements put in that the file does not have."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        dataset = dcmread(file, force=True)
        for tag, vr, value in overlay:
            assert isinstance(tag, str)
            held = bytes.fromhex(str(value)) if vr in ("UN", "") else value
            if tag == PREAMBLE:
                dataset.preamble = held
            else:
                dataset.add_new(int(tag, 16), str(vr), held)
    return dataset


def dump(dataset: Dataset) -> Elements:
    """Return every element of an object, its file meta information and its items included."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = dict(_level(dataset, ""))
        found.update(_level(getattr(dataset, "file_meta", None) or Dataset(), ""))
    preamble = getattr(dataset, "preamble", None)
    if preamble is not None and preamble.strip(b"\0"):
        found[PREAMBLE] = ["", preamble.hex()]
    return found


def _level(dataset: Dataset, path: str) -> Iterator[tuple[str, list[str]]]:
    for tag in sorted(dataset.keys()):
        here = f"{path}{int(tag):08X}"
        element = dataset[tag]
        if element.VR == "SQ":
            yield here, ["SQ", str(len(element.value))]
            for number, item in enumerate(element.value):
                yield from _level(item, f"{here}[{number}].")
        else:
            yield here, [str(element.VR), _text(element.value)]


def _text(value: object) -> str:
    if isinstance(value, bytes):
        return value.rstrip(b"\0").hex()
    if value is None:
        return ""
    if isinstance(value, list) or type(value).__name__ == "MultiValue":
        return "\\".join(_text(one) for one in value)  # type: ignore[attr-defined]
    original = None if isinstance(value, PersonName) else getattr(value, "original_string", None)
    return str(original if original is not None else value).rstrip(" \0")
