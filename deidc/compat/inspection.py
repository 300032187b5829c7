"""Inspect files for text that is burned into their pixels, by the labels of a recipe."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from attrs import field, frozen

from deidc.compat.config import DeidRecipe
from deidc.compat.dicom.pixels import has_burned_pixels
from deidc.compat.dicom.validate import FileName
from deidc.compat.objects.deadlines import ObjectRefused
from deidc.compat.objects.inputs import read_as_a_run
from deidc.guarded import guarded

COLUMNS = ("dicom_file", "pixels_flagged", "flag_list", "reason")


@frozen
class Flagged:
    """A file, and the labels that fired for it: `{"group", "reason", "coordinates"}` each."""

    path: str
    results: tuple[Mapping[str, Any], ...]


@frozen
class NotJudged:
    """A file whose labels could not be evaluated, and why, in words without data."""

    path: str
    reason: str


@frozen
class Inspection:
    """What was found of some files; each is in one of the three lists."""

    clean: tuple[str, ...]
    flagged: tuple[Flagged, ...]
    not_judged: tuple[NotJudged, ...] = field(default=())

    @property
    def groups(self) -> dict[str, int]:
        """How many files each group of labels flags; a file may be in several."""
        return dict(Counter(group for one in self.flagged for group in {result["group"] for result in one.results}))

    def table(self) -> str:
        """Return a table, separated by tabs: a line for each label of a flagged file, one for each other file."""
        text = io.StringIO()
        rows = csv.writer(text, dialect="excel-tab", lineterminator="\n")
        rows.writerow(COLUMNS)
        rows.writerows((path, "CLEAN", "", "") for path in self.clean)
        for one in self.flagged:
            rows.writerows((one.path, "FLAGGED", result["group"], result["reason"]) for result in one.results)
        rows.writerows((one.path, "NOT JUDGED", "", one.reason) for one in self.not_judged)
        return text.getvalue()

    def document(self) -> dict[str, Any]:
        """Return the files as what JSON can hold."""
        return {
            "clean": list(self.clean),
            "flagged": [{"dicom_file": one.path, "results": list(one.results)} for one in self.flagged],
            "not_judged": [{"dicom_file": one.path, "reason": one.reason} for one in self.not_judged],
        }


def inspect(files: Iterable[FileName], recipe: DeidRecipe, *, force: bool = False) -> Inspection:
    """Evaluate the labels of a recipe for each file, read as `deidc run` reads it.

    Raises CompileError for a recipe with errors, before the first file.
    """
    recipe.program()
    clean: list[str] = []
    flagged: list[Flagged] = []
    not_judged: list[NotJudged] = []
    for path in map(str, files):
        try:
            with guarded(ObjectRefused) as guard:
                result = has_burned_pixels(read_as_a_run(path, force=force), deid=recipe)
        except ObjectRefused as failure:
            not_judged.append(NotJudged(path, str(failure)))
        else:
            if guard.kind:
                not_judged.append(NotJudged(path, f"it cannot be read ({guard.kind})"))
            elif result["flagged"]:
                flagged.append(Flagged(path, tuple(result["results"])))
            else:
                clean.append(path)
    return Inspection(tuple(clean), tuple(flagged), tuple(not_judged))
