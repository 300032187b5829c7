"""Variables from the command line and from files, in the types that the program needs."""

from __future__ import annotations

from pathlib import Path

import pytest

from deidc.batch.job.variables import KeyedBy, Rows, VariablesError, check_secrets, read_rows, typed
from deidc.ir.program import NeededVariable
from deidc.runtime.functions.tables import Table
from deidc.vocabulary import VariableKind
from tests.keys import KEY, OTHER_KEY
from tests.running import dataset_of, file_dataset

SECRET = "ZQ000042ZQ"


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        (VariableKind.TEXT, "a b", "a b"),
        (VariableKind.TEXT, "", ""),
        (VariableKind.INT, "-31", -31),
        (VariableKind.NUMBER, "0.5", 0.5),
        (VariableKind.DATE, "20200131", "20200131"),
        (VariableKind.UID, "1.2.3", "1.2.3"),
        (VariableKind.SECRET, "s", "s"),
        (VariableKind.INT, SECRET, None),
        (VariableKind.INT, "1.5", None),
        (VariableKind.NUMBER, SECRET, None),
        (VariableKind.DATE, SECRET, None),
        (VariableKind.DATE, "20200230", None),
        (VariableKind.UID, SECRET, None),
        (VariableKind.TABLE, SECRET, None),
    ],
)
def test_a_variable_has_the_type_that_is_declared(kind, text, expected):
    """What is not of its type is told by name and type, never by value."""
    if expected is not None:
        assert typed("v", text, kind) == expected
        return
    with pytest.raises(VariablesError) as failure:
        typed("v", text, kind)
    assert "'v'" in str(failure.value)
    assert SECRET not in str(failure.value)


def test_tables_are_read(tmp_path):
    """A variable of type table is a CSV file."""
    (tmp_path / "t.csv").write_text("id,number\nA,1\n")
    table = typed("t", str(tmp_path / "t.csv"), VariableKind.TABLE)
    assert isinstance(table, Table)
    assert table.value("A", "number") == "1"


def test_a_table_of_variables_has_no_weak_secret():
    """The row is named by its place, never by its key or by the value."""
    needed = [NeededVariable("key", VariableKind.SECRET, None), NeededVariable("id", VariableKind.TEXT, None)]
    good = Rows(KeyedBy.PATIENT, {"ZQ1": {"key": KEY, "id": "x"}, "ZQ2": {"key": OTHER_KEY, "id": ""}})
    check_secrets(good, needed)
    for weak in (SECRET, "", "a" * 64):
        rows = Rows(KeyedBy.PATIENT, {**good.rows, "ZQ3": {"key": weak, "id": "x"}})
        with pytest.raises(VariablesError, match=r"^row 3 of the variables: .*'key'.*deidc keys new PATH") as failure:
            check_secrets(rows, needed)
        assert "ZQ" not in str(failure.value)
    check_secrets(rows, [NeededVariable("id", VariableKind.TEXT, None)])


@pytest.mark.parametrize(
    ("name", "text", "key", "keyed_by"),
    [
        ("v.csv", "file,id\nin/a.dcm,7\n", None, KeyedBy.FILE),
        ("v.csv", "\ufeffPatient,id\nP 1,7\n", None, KeyedBy.PATIENT),
        ("v.csv", 'StudyInstanceUID,id\n"1.2.3",7\n', None, KeyedBy.STUDY),
        ("v.csv", "mrn,id\nP 1,7\n", "patient", KeyedBy.PATIENT),
        ("v.json", '{"patient": {"P 1": {"id": "7"}}}', None, KeyedBy.PATIENT),
        ("v.json", '{"study": {"1.2.3": {"id": 7}}}', None, KeyedBy.STUDY),
        ("v.json", '{"in/a.dcm": {"id": 7}, "b": {"id": 8}}', "file", KeyedBy.FILE),
    ],
)
def test_rows_are_found_by_file_patient_or_study(tmp_path, name, text, key, keyed_by):
    """The first column, or the outer member, says what the rows are about; or the user does."""
    (tmp_path / name).write_text(text, encoding="utf-8")
    rows = read_rows(tmp_path / name, KeyedBy(key) if key else None)
    assert rows.keyed_by is keyed_by
    assert rows.names == {"id"}
    dataset = file_dataset(dataset_of(PatientID="P 1 ", StudyInstanceUID="1.2.3"))
    raw = dict(dataset._dict)
    assert rows.of(Path("/data/in/a.dcm"), Path("in/a.dcm"), lambda: dataset) == {"id": "7"}
    assert dataset._dict == raw
    assert rows.of(Path("/data/x/a.dcm"), Path("x/a.dcm"), lambda: dataset_of(PatientID="P")) == {}
    assert "7" not in repr(rows)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("v.csv", b"mrn,id\nZQ000042ZQ,7\n"),
        ("v.csv", b""),
        ("v.csv", b"patient,id\nZQ000042ZQ\n"),
        ("v.csv", b"patient,id\nZQ000042ZQ,1\nZQ000042ZQ,2\n"),
        ("v.csv", b"patient,id,id\nZQ000042ZQ,1,2\n"),
        ("v.csv", b"patient,id\nZQ000042ZQ,\xff\n"),
        ("v.csv", b"patient,id\nZQ000042ZQ," + b"x" * 200_000 + b"\n"),
        ("v.json", b"[1"),
        ("v.json", b'{"patient": ["ZQ000042ZQ"]}'),
        ("v.json", b'{"patient": {"ZQ000042ZQ": 1}}'),
        ("v.json", b'{"patient": {"ZQ000042ZQ": {"id": null}}}'),
        ("v.json", b'{"patient": {"ZQ000042ZQ": {"id": 1}, "ZQ000042ZQ": {"id": 2}}}'),
        ("v.json", b'{"who": {"ZQ000042ZQ": {"id": "1"}}}'),
        ("v.json", b"\xff"),
    ],
)
def test_files_that_are_no_rows_are_told_without_what_they_hold(tmp_path, name, data):
    """Keys of rows are patients: no message quotes one."""
    (tmp_path / name).write_bytes(data)
    with pytest.raises(VariablesError) as failure:
        read_rows(tmp_path / name)
    assert SECRET not in str(failure.value)
