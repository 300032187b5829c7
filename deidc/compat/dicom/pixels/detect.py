"""`has_burned_pixels` evaluates the labels of a recipe and returns deid's dictionaries."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, TypeAlias

from pydicom import dcmread
from pydicom.dataset import Dataset

from deidc.compat.config import DeidRecipe
from deidc.compat.logger import bot
from deidc.compat.objects.deadlines import ObjectRefused, object_deadline
from deidc.compat.objects.inputs import InFile, Input, One, inputs_of, opened, read
from deidc.compat.recipes.dicts import DeidDict
from deidc.ir.compile import compile_recipe
from deidc.ir.ops import Rectangle
from deidc.runtime.labels.detector import Detector, Finding
from deidc.runtime.outcome import Refused, Region

__all__ = ["DeidRecipe", "evaluate_group", "extract_coordinates", "has_burned_pixels"]

# {"flagged": bool, "results": [{"reason": str, "group": str, "coordinates": [[0 or 1, str or list of str]]}]}
Result: TypeAlias = dict[str, Any]

_VALUED = ("contains", "notcontains", "equals", "notequals")
# Values from this length on are not read unless a label needs them: no label needs pixels.
_LONG = 1 << 16


def has_burned_pixels(
    dicom_files: One | Sequence[One],
    force: bool = True,
    deid: DeidRecipe | str | os.PathLike[str] | DeidDict | Sequence[Any] | None = None,
) -> Result:
    """Return which labels of a recipe fire for an object, or for each of a list of objects.

    An object is a path, a Dataset, a stream, or the bytes of a file. For one the result is
    `{"flagged": bool, "results": [{"reason", "group", "coordinates"}]}`; for a list, `{"clean": [...], "flagged":
    {path: result}}`, where an object in memory has the path that it was read from for a key, or `object-1` and so on.
    Neither objects nor the recipe are changed. `deid` is a recipe or what `DeidRecipe` takes; without it, the recipe
    called `dicom`.

    Raises CompileError for a recipe with errors, ObjectRefused for an object whose labels cannot be judged, and what
    pydicom raises for what it cannot read.
    """
    recipe = deid if isinstance(deid, DeidRecipe) else DeidRecipe("dicom" if deid is None else deid)
    if isinstance(dicom_files, list | tuple):
        return _has_burned_pixels_multi(dicom_files, force, recipe)
    return _has_burned_pixels_single(dicom_files, force, recipe)  # type: ignore[arg-type]  # what is no list is one


def _has_burned_pixels_multi(dicom_files: Sequence[One], force: bool, deid: DeidRecipe) -> Result:
    """Return which of several objects are flagged, and what for."""
    asking = _Asking.of(deid)
    clean: list[One] = []
    flagged: dict[str | os.PathLike[str], Result] = {}
    for number, (given, one) in enumerate(zip(dicom_files, inputs_of(dicom_files), strict=True), 1):
        result = asking.result(one, force)
        if result["flagged"]:
            name = given if isinstance(given, str | os.PathLike) else one.key
            # Two objects that were read from one file are two all the same.
            flagged[f"object-{number}" if name is None or name in flagged else name] = result
        else:
            clean.append(given)
    return {"clean": clean, "flagged": flagged}


def _has_burned_pixels_single(dicom_file: One, force: bool, deid: DeidRecipe) -> Result:
    """Return which labels fire for one object."""
    (one,) = inputs_of([dicom_file])
    return _Asking.of(deid).result(one, force)


class _Asking:
    """The labels of a recipe beside what its dictionary has of them at this moment."""

    def __init__(self, filters: Mapping[str, Sequence[DeidDict]], detector: Detector | None) -> None:
        self._filters = filters
        self._detector = detector

    @classmethod
    def of(cls, recipe: DeidRecipe) -> _Asking:
        filters = recipe.get_filters()
        if not filters:
            bot.warning("the recipe has no %filter, so nothing is flagged")
            return cls({}, None)
        return cls(filters, Detector.of(recipe.program()))

    def result(self, given: Input, force: bool) -> Result:
        """Return the labels that fire for an object; groups and labels are in the order of the recipe."""
        dataset = dataset_of(given, force=force)
        found: tuple[Finding, ...] | Refused = ()
        if self._detector is not None:
            with object_deadline(dataset, self._detector.program):
                found = self._detector.detect(dataset)
        if isinstance(found, Refused):
            raise ObjectRefused(found.faults)
        results = list(self._told({finding.op: finding for finding in found}))
        return {"flagged": bool(results), "results": results}

    def _told(self, found: Mapping[int, Finding]) -> Iterator[Result]:
        if self._detector is None:
            return
        # The labels of a group are in the program in the order of the dictionary, and other groups may lie between.
        marks: dict[str, list[int]] = {}
        for op, mark in self._detector.marks:
            marks.setdefault(mark.group, []).append(op)
        for group, labels in self._filters.items():
            for op, label in zip(marks.get(group, ()), labels, strict=True):
                if op in found:
                    coordinates = _coordinates(label.get("coordinates") or (), found[op].regions)
                    yield {"reason": reason_of(label), "group": group, "coordinates": coordinates}


def dataset_of(given: Input, *, force: bool) -> Dataset:
    """Return the object of an input; one in memory is that very one. Raises as `deidc.compat.objects.inputs.opened`."""
    if not isinstance(given, InFile):
        return read(given, force=force)
    with opened(given, force=force):
        return dcmread(given.path, force=force, defer_size=_LONG)


def reason_of(label: DeidDict) -> str:
    """Return the criteria of a label in deid's words: the operator of the last line, then `field action value`."""
    lines: Sequence[DeidDict] = label.get("filters") or ()
    if not lines:
        return f" {label.get('name') or ''}"
    told = " ".join(text for line in lines for text in _criteria(line))
    return f"{lines[-1].get('operator') or ''} {told}".replace("\n", " ")


def _criteria(line: DeidDict) -> Iterator[str]:
    values = iter(line.get("value") or ())
    joins = [*(line.get("InnerOperators") or ()), ""]
    for action, field, join in zip(line["action"], line["field"], joins, strict=True):
        value = next(values) if action in _VALUED else ""
        yield f"{field} {action} {value}" + (f" {join}" if join else "")


def _coordinates(written: Iterable[Sequence[Any]], regions: Iterable[Region]) -> list[list[Any]]:
    """Return regions as `[0 or 1, text]`; those that come from the object as a list of texts, one for each item."""
    return [_coordinate(box, region) for (_, box), region in zip(written, regions, strict=True)]


def _coordinate(box: object, region: Region) -> list[Any]:
    if isinstance(box, list | tuple):
        return [int(region.keep), ",".join(map(str, box))]
    if isinstance(box, str) and box.lower().startswith("from:"):
        return [int(region.keep), _texts(region)]
    return [int(region.keep), box]


def _texts(region: Region) -> list[str]:
    """Return rectangles as deid has them, `x0,y0,x1,y1` of which the last row and column are no part.

    Those of the corners that an object names belong to what is blanked; of what is kept they are left out, as in deid,
    so that no less is blanked than deid blanks.
    """
    less = 1 if region.keep else 0
    rectangles = (shape for shape in region.shapes if isinstance(shape, Rectangle))
    return [f"{one.x0},{one.y0},{one.x1 - less},{one.y1 - less}" for one in rectangles]


def extract_coordinates(dicom: Dataset, field: str) -> list[str]:
    """Return `x0,y0,x1,y1` of each item of a sequence with regions, as the corners stand there.

    `field` is what a recipe has behind `coordinates`: `from:SequenceOfUltrasoundRegions`, or the attribute alone. Items
    whose corners cannot be read are left out. Raises CompileError for what is no attribute.
    """
    found = _detector_of_regions(field.replace("from:", "", 1)).detect(dicom)
    assert not isinstance(found, Refused), "what is to be kept and cannot be read is left out"
    return _texts(found[0].regions[0])


@lru_cache(maxsize=64)
def _detector_of_regions(attribute: str) -> Detector:
    lines = ("FORMAT dicom", "%filter regions", "LABEL all", f"keepcoordinates from:{attribute}")
    return Detector.of(compile_recipe("".join(f"{line}\n" for line in lines)))


def evaluate_group(flags: Iterable[bool | str]) -> bool:
    """Evaluate answers that are joined by the words `and` and `or`, from left to right.

    Answers with no word between them are joined by and; a word before the first is skipped. No answers: False.
    """
    result: bool | None = None
    joined_by = "and"
    for flag in flags:
        if isinstance(flag, str):
            joined_by = flag
        elif result is None:
            result, joined_by = bool(flag), "and"
        else:
            result = (result or bool(flag)) if joined_by == "or" else (result and bool(flag))
            joined_by = "and"
    return bool(result)
