"""An object as plain data, so that what two programs made of it can be compared."""

from __future__ import annotations

import warnings
from collections.abc import Iterator

from pydicom.dataset import Dataset


def dump(dataset: Dataset) -> dict[str, list[str]]:
    """Return path -> [VR, value as text] of every element, file meta information included."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = dict(_level(dataset, ""))
        found.update(_level(dataset.file_meta, ""))
    return found


def _level(dataset: Dataset, path: str) -> Iterator[tuple[str, list[str]]]:
    for element in dataset:
        here = f"{path}{int(element.tag):08X}"
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
    original = getattr(value, "original_string", None)
    return str(original if original is not None else value).rstrip(" \0")
