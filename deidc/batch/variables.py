"""Variables of a run: the same for all files, or looked up for each by file, patient or study."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Mapping
from enum import StrEnum
from pathlib import Path

from attrs import field, frozen
from pydicom.dataset import Dataset

from deidc.ir.program import NeededVariable, VariableKind
from deidc.ir.vrs import Unfit, fit_text
from deidc.runtime.tables import Table, TableError


class VariablesError(ValueError):
    """Variables that were given cannot be used; says which, not what they hold."""


class KeyedBy(StrEnum):
    """What names the rows of a file of variables."""

    FILE = "file"
    PATIENT = "patient"
    STUDY = "study"


_COLUMNS = {
    "file": KeyedBy.FILE,
    "path": KeyedBy.FILE,
    "patient": KeyedBy.PATIENT,
    "patientid": KeyedBy.PATIENT,
    "study": KeyedBy.STUDY,
    "studyinstanceuid": KeyedBy.STUDY,
}
_KEYWORDS = {KeyedBy.PATIENT: "PatientID", KeyedBy.STUDY: "StudyInstanceUID"}


@frozen
class Rows:
    """Variables for each file, patient or study."""

    keyed_by: KeyedBy
    rows: Mapping[str, Mapping[str, str]] = field(repr=False)

    @property
    def names(self) -> frozenset[str]:
        """Every variable that some row has."""
        return frozenset(name for row in self.rows.values() for name in row)

    def of(self, path: Path, relative: Path, dataset: Dataset) -> Mapping[str, str]:
        """Return the variables for one file; none if no row is about it."""
        if self.keyed_by is KeyedBy.FILE:
            for key in (str(path), relative.as_posix(), path.name):
                if key in self.rows:
                    return self.rows[key]
            return {}
        value = dataset.get(_KEYWORDS[self.keyed_by])
        return self.rows.get(str(value).strip() if value is not None else "", {})


def read_rows(path: Path) -> Rows:
    """Read variables from a JSON or CSV file. Raises VariablesError or OSError.

    In CSV the first line names the variables, and the first column the rows: it is called file, patient or study.
    In JSON it is an object with one of these words, and below it an object for each row.
    """
    if path.suffix.lower() == ".json":
        return _json_rows(path)
    return _csv_rows(path)


def _json_rows(path: Path) -> Rows:
    try:
        document = json.loads(path.read_text(encoding="utf-8-sig"))
    except ValueError:
        raise VariablesError(f"{path} is no JSON") from None
    words = [word for word in document if word.lower() in _COLUMNS] if isinstance(document, dict) else []
    if len(words) != 1 or len(document) != 1 or not isinstance(document[words[0]], dict):
        raise VariablesError(f'{path} is not of the form {{"patient": {{"key": {{"variable": "value"}}}}}}')
    rows = document[words[0]]
    if not all(isinstance(row, dict) for row in rows.values()):
        raise VariablesError(f"{path} has a row that is no object")
    return Rows(
        _COLUMNS[words[0].lower()],
        {str(key): {str(name): _text(value) for name, value in row.items()} for key, row in rows.items()},
    )


def _text(value: object) -> str:
    if isinstance(value, str | int | float) and not isinstance(value, bool):
        return str(value)
    raise VariablesError("a value is neither text nor a number")


def _csv_rows(path: Path) -> Rows:
    with path.open(encoding="utf-8-sig", newline="") as lines:
        reader = csv.reader(lines)
        header = [name.strip() for name in next(reader, [])]
        if len(header) < 2 or header[0].lower() not in _COLUMNS:
            raise VariablesError(f"the first column of {path} is not called file, patient or study")
        rows: dict[str, dict[str, str]] = {}
        for number, row in enumerate(reader, 2):
            if not row:
                continue
            if len(row) != len(header):
                raise VariablesError(f"{path}:{number} has {len(row)} columns, the first line has {len(header)}")
            key = row[0].strip()
            if key in rows:
                raise VariablesError(f"{path}:{number} is about what a line above is about")
            rows[key] = dict(zip(header[1:], (cell.strip() for cell in row[1:]), strict=True))
    return Rows(_COLUMNS[header[0].lower()], rows)


def parse_assignments(assignments: Iterable[str], needed: Iterable[NeededVariable]) -> dict[str, object]:
    """Return the variables of `name=value` texts, each in the type that the program needs it in.

    Raises VariablesError for text that is no assignment, a name the program does not use, and a value that is not
    of its type; TableError and OSError for tables.
    """
    kinds = {one.name: one.kind for one in needed}
    variables: dict[str, object] = {}
    for text in assignments:
        name, equals, value = text.partition("=")
        if not equals or not name:
            raise VariablesError("a variable is given as name=value")
        if name not in kinds:
            raise VariablesError(f"the recipe has no variable {name!r}")
        variables[name] = typed(name, value, kinds[name])
    return variables


def typed(name: str, text: str, kind: VariableKind) -> object:
    """Return a variable in its type. Raises VariablesError, which says nothing of the value."""
    try:
        match kind:
            case VariableKind.INT:
                return int(text)
            case VariableKind.NUMBER:
                return float(text)
            case VariableKind.DATE:
                fit_text(text, "DA")
            case VariableKind.UID:
                fit_text(text, "UI")
            case VariableKind.TABLE:
                return Table.from_csv(Path(text))
            case VariableKind.SECRET if not text:
                raise VariablesError(f"variable {name!r} is empty")
            case _:
                pass
    except (TableError, OSError) as failure:
        reason = failure.strerror if isinstance(failure, OSError) else str(failure)
        raise VariablesError(f"variable {name!r} is no table: {reason}") from None
    except (ValueError, Unfit) as failure:
        if isinstance(failure, VariablesError):
            raise
        raise VariablesError(f"variable {name!r} is no {kind.value}") from None
    return text
