"""Export identifiers of files to JSON, and clean files using values from JSON."""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias

from attrs import field, frozen
from pydicom import valuerep
from pydicom.errors import InvalidDicomError
from pydicom.multival import MultiValue
from pydicom.tag import BaseTag

from deidc.compat.config import DeidRecipe
from deidc.compat.dicom.header import get_identifiers, replace_identifiers
from deidc.compat.dicom.validate import FileName
from deidc.compat.objects.deadlines import ObjectRefused
from deidc.compat.objects.field import DicomField
from deidc.compat.objects.inputs import inputs_of, lacks_prefix, read_as_a_run
from deidc.compat.objects.outputs import OutputExists, places_of
from deidc.errors import DeidcError
from deidc.guarded import guarded

Ids: TypeAlias = Mapping[str, Mapping[str, Any]]

_AS_TEXT = (valuerep.DSfloat, valuerep.ISfloat, valuerep.IS, BaseTag)


class IdsError(DeidcError, ValueError):
    """A file of identifiers is not of deid's form; the words hold nothing of it."""


def read_ids(path: FileName) -> Ids:
    """Return what a JSON file says of objects: `{path: {name: value}}` or `{entity: {item: {name: value}}}`.

    Raises IdsError, and OSError.
    """
    try:
        found = json.loads(Path(path).read_text(encoding="utf-8"))
    except (UnicodeDecodeError, json.JSONDecodeError):
        raise IdsError("the file is no JSON in UTF-8") from None
    if not isinstance(found, dict) or not all(isinstance(one, dict) for one in found.values()):
        raise IdsError("the file has no object of objects: {path: {name: value}}")
    return found


@frozen
class Failed:
    """A file of which nothing came, and why, in words without data."""

    path: str
    reason: str


@frozen
class Had:
    """The identifiers of a file by name."""

    path: str
    values: Mapping[str, Any] = field(repr=False)


@frozen
class Written:
    """A file, and where its cleaned object was written."""

    path: str
    place: str


def get(files: Iterable[FileName], *, force: bool = False) -> Iterator[Had | Failed]:
    """Yield the values of each file by the names of their fields, like `Sequence__Attribute`.

    A field whose name is not the only one of its kind, or is none, is called by its uid: `(0040,0275)__0__(0008,0050)`.
    Values of text and DS, IS and AT are text, other numbers are numbers; several are a list. Sequences stand for
    their items, and binary values are left out.
    """
    for path in map(str, files):
        try:
            with guarded(ObjectRefused) as guard:
                ((key, fields),) = get_identifiers(read_as_a_run(path, force=force)).items()
                values = _by_name(fields)
        except ObjectRefused as failure:
            yield Failed(path, str(failure))
        else:
            yield Failed(path, f"it cannot be read ({guard.kind})") if guard.kind else Had(str(key), values)


def as_json(identifiers: Iterable[Had]) -> Iterator[str]:
    """Yield the pieces of one JSON document, `{path: {name: value}}`, file by file."""
    between = "{"
    for one in identifiers:
        values = json.dumps(one.values, indent=2, ensure_ascii=False).replace("\n", "\n  ")
        yield f"{between}\n  {json.dumps(one.path, ensure_ascii=False)}: {values}"
        between = ","
    yield "{}\n" if between == "{" else "\n}\n"


def _by_name(fields: Mapping[str, DicomField]) -> dict[str, Any]:
    names = Counter(one.name for one in fields.values())
    found: dict[str, Any] = {}
    for uid, one in fields.items():
        element = one.element
        if element.VR == "SQ" or isinstance(element.value, bytes):
            continue
        whole = all(one.name.split("__")) and names[one.name] == 1
        found[one.name if whole else uid] = _value(element.value)
    return found


def _value(value: object) -> Any:  # noqa: ANN401  # what JSON can hold
    match value:
        case MultiValue() | list():
            return [_value(one) for one in value]
        case bool() | None:
            return value
        case float() if not isinstance(value, _AS_TEXT) and math.isfinite(value):
            return value
        case int() if not isinstance(value, _AS_TEXT):
            return value
        case _:
            return str(value)


def put(
    files: Sequence[FileName],
    recipe: DeidRecipe,
    ids: Ids,
    folder: FileName,
    *,
    overwrite: bool = False,
    force: bool = False,
) -> Iterator[Written | Failed]:
    """Clean files by a recipe into a folder, which is made if it is not there; each file when its outcome is taken.

    A file that fails keeps none back. Raises, before the first file, CompileError for a recipe with errors, and
    ValueError where two files would be written to one place, or one over another input.
    """
    recipe.program()
    # Outputs that exist already are reported file by file.
    places = places_of(inputs_of([str(one) for one in files]), folder, overwrite=True)

    def outcomes() -> Iterator[Written | Failed]:
        for path, place in zip(map(str, files), places, strict=True):
            try:
                forced = force or lacks_prefix(path)  # a run takes such files, too
                (written,) = replace_identifiers(
                    path, ids, recipe, save=True, overwrite=overwrite, output_folder=place.parent, force=forced
                )
            except (ObjectRefused, OutputExists, InvalidDicomError) as failure:
                yield Failed(path, str(failure))
            except OSError as failure:
                yield Failed(path, failure.strerror or type(failure).__name__)
            else:
                yield Written(path, written)

    return outcomes()
