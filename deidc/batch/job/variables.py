"""Variables of a run are the same for all files, or looked up for each by file, patient or study."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterable, Mapping
from difflib import get_close_matches
from enum import StrEnum
from pathlib import Path

from attrs import field, frozen
from pydicom.dataset import Dataset

from deidc.dicom.values.decoding import DEFAULT_CHARACTER_SETS
from deidc.dicom.values.vrs import Unfit, fit_text
from deidc.errors import DeidcError
from deidc.ir.ops import Call, Text, Var, operands_of
from deidc.ir.program import NeededVariable, Origin, Program
from deidc.runtime.fold.elements import input_elements
from deidc.runtime.functions.secret_strength import weak_secret_message, weak_secrets
from deidc.runtime.functions.tables import Table, TableError
from deidc.vocabulary import VariableKind


class VariablesError(DeidcError, ValueError):
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
_TAGS = {KeyedBy.PATIENT: 0x00100020, KeyedBy.STUDY: 0x0020000D}


@frozen
class Rows:
    """Variables for each file, patient or study."""

    keyed_by: KeyedBy
    rows: Mapping[str, Mapping[str, str]] = field(repr=False)

    @property
    def names(self) -> frozenset[str]:
        """Every variable that some row has."""
        return frozenset(name for row in self.rows.values() for name in row)

    def of(self, path: Path | str, relative: Path, read: Callable[[], Dataset]) -> Mapping[str, str]:
        """Return the variables for one file; none if no row is about it. `read` returns the object, if it matters."""
        if self.keyed_by is KeyedBy.FILE:
            return self.rows.get(relative.as_posix()) or self.rows.get(str(path)) or {}
        return self.rows.get(_text_of(read(), _TAGS[self.keyed_by]), {})


def _text_of(dataset: Dataset, tag: int) -> str:
    """Return the text of a top-level element; pydicom is not asked, so the element keeps its bytes."""
    for element in input_elements(dataset, "", (), DEFAULT_CHARACTER_SETS, in_file_meta=False):
        if element.tag == tag:
            return "\\".join(element.components)
    return ""


def read_rows(path: Path, keyed_by: KeyedBy | None = None) -> Rows:
    """Read variables from a JSON or CSV file. Raises VariablesError or OSError.

    In CSV the first line names the variables, and the first column the rows. In JSON it is an object with an object
    for each row. What the rows are about is said by `keyed_by`; else the first column is called file, patient or
    study, and the JSON object is the only member, called so, of another.
    """
    try:
        if path.suffix.lower() == ".json":
            return _json_rows(path, keyed_by)
        return _csv_rows(path, keyed_by)
    # Both exceptions quote what they could not read.
    except UnicodeDecodeError:
        raise VariablesError(f"{path} is not in UTF-8") from None
    except csv.Error:
        raise VariablesError(f"{path} is not a CSV file") from None


def _json_rows(path: Path, keyed_by: KeyedBy | None) -> Rows:
    text = path.read_text(encoding="utf-8-sig")
    try:
        rows = json.loads(text, object_pairs_hook=_once)
    except VariablesError as failure:
        raise VariablesError(f"in {path}, {failure}") from None
    except ValueError:
        raise VariablesError(f"{path} is not JSON") from None
    if keyed_by is None and isinstance(rows, dict) and len(rows) == 1:
        (word, rows), *_ = rows.items()
        keyed_by = _COLUMNS.get(word.lower())
    if keyed_by is None:
        raise VariablesError(f'{path} is not of the form {{"patient": {{"key": {{"variable": "value"}}}}}}')
    if not isinstance(rows, dict) or not all(isinstance(row, dict) for row in rows.values()):
        raise VariablesError(f"{path} has a row that is not an object")
    return Rows(
        keyed_by,
        {str(key): {str(name): _text(value) for name, value in row.items()} for key, row in rows.items()},
    )


def _once(members: list[tuple[str, object]]) -> dict[str, object]:
    """Return the members of a JSON object; of two with one name JSON would silently keep the last."""
    found = dict(members)
    if len(found) < len(members):
        raise VariablesError("an object has two members with the same name")
    return found


def _text(value: object) -> str:
    if isinstance(value, str | int | float) and not isinstance(value, bool):
        return str(value)
    raise VariablesError("a value is neither text nor a number")


def _csv_rows(path: Path, keyed_by: KeyedBy | None) -> Rows:
    with path.open(encoding="utf-8-sig", newline="") as lines:
        reader = csv.reader(lines)
        header = [name.strip() for name in next(reader, [])]
        keyed_by = keyed_by or (_COLUMNS.get(header[0].lower()) if header else None)
        if keyed_by is None:
            raise VariablesError(f"the first column of {path} is not named file, patient or study; use --vars-key")
        if not all(header) or len(set(header)) < len(header):
            raise VariablesError(f"two columns of {path} have the same name, or a column has no name")
        rows: dict[str, dict[str, str]] = {}
        for number, row in enumerate(reader, 2):
            if not row:
                continue
            if len(row) != len(header):
                raise VariablesError(f"{path}:{number} has {len(row)} columns, but the first line has {len(header)}")
            key = row[0].strip()
            if key in rows:
                raise VariablesError(f"{path}:{number} has the same key as a line above; remove one of the two")
            rows[key] = dict(zip(header[1:], (cell.strip() for cell in row[1:]), strict=True))
    return Rows(keyed_by, rows)


def check_secrets(rows: Rows, needed: Iterable[NeededVariable]) -> None:
    """Raise VariablesError if a row has a secret that is easy to guess; it names the row by its place in the file."""
    kept = [one.name for one in needed if one.kind is VariableKind.SECRET and one.name in rows.names]
    for number, row in enumerate(rows.rows.values() if kept else (), 1):
        for name, reason in weak_secrets(kept, row):
            raise VariablesError(f"row {number} of the variables: {weak_secret_message(name, reason, in_table=True)}")


def check_tables(program: Program, variables: Mapping[str, object]) -> None:
    """Check that each table has the columns that rules take from it.

    Args:
        program: the program with the rules.
        variables: the variables of the run, by name.

    Raises:
        VariablesError: if a column is missing; it names the rule and the file.

    """
    for at, op in enumerate(program.ops):
        for operand in operands_of(op):
            if isinstance(operand, Call) and operand.builtin:
                _check_table(operand, variables, program.origins[at] if at < len(program.origins) else None)


def _check_table(call: Call, variables: Mapping[str, object], origin: Origin | None) -> None:
    given = {one.key: one.value for one in call.arguments}
    source, column = given.get("table"), given.get("column")
    table = variables.get(source.name) if isinstance(source, Var) else None
    if not isinstance(table, Table) or not isinstance(column, Text) or column.text in table.columns:
        return
    place = f"{origin.recipe}:{origin.line}: " if origin is not None else ""
    near = get_close_matches(column.text, table.columns, 1)
    hint = f"; did you mean {near[0]!r}?" if near else f"; it has {', '.join(map(repr, table.columns))}"
    raise VariablesError(f"{place}{table.path}:1 has no column {column.text!r}{hint}")


def typed(name: str, text: str, kind: VariableKind) -> object:
    """Return a variable in its type. Raises VariablesError, which says nothing of the value.

    Whether a secret is hard to guess is judged where it is linked, and for each object that has its own.
    """
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
            case _:
                pass
    except TableError as failure:
        raise VariablesError(f"variable {name!r} is not a table: {failure}") from None
    except OSError as failure:
        raise VariablesError(f"variable {name!r} is not a table: {failure.strerror}") from None
    except (ValueError, Unfit):
        raise VariablesError(f"variable {name!r} is not a {kind.value}") from None
    return text
