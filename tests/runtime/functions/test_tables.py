"""Tables are read whole or not at all, and never shown."""

from __future__ import annotations

import pickle

import pytest

from deidc.runtime.functions.tables import Table, TableError


@pytest.fixture
def write(tmp_path):
    def write(data: bytes) -> Table:
        path = tmp_path / "table.csv"
        path.write_bytes(data)
        return Table.from_csv(path)

    return write


def test_a_table(write):
    """Rows are found by the text of their first column; blanks around cells do not count."""
    table = write('\ufeffid,code , arm\r\nP1, A-1 ,"x, y"\r\n\r\nP2,山,z\r\n'.encode())
    assert table.columns == ("id", "code", "arm")
    assert table.value("P1", "code") == "A-1"
    assert table.value(" P1 ", "arm") == "x, y"
    assert table.value("P2", "code") == "山"
    assert pickle.loads(pickle.dumps(table)) == table


def test_a_cell_of_several_lines(write):
    """What stands between quotation marks is taken as it is, line ends too."""
    assert write(b'id,code\r\nP1,"x\r\ny"\r\n').value("P1", "code") == "x\r\ny"


@pytest.mark.parametrize(
    ("key", "column", "said"),
    [
        ("SECRET", "code", "the table has no row for this object"),
        ("", "code", "the table has no row for this object"),
        ("P1", "nothing", "the table has no column 'nothing'"),
    ],
)
def test_missing_cells(write, key, column, said):
    """A missing row or column is an error; the column is of the recipe and is named, the key is not."""
    with pytest.raises(TableError) as caught:
        write(b"id,code\nP1,A\n").value(key, column)
    assert str(caught.value) == said


COLUMNS = "a table needs at least two columns with distinct names"


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", ": the table is empty"),
        (b"\n\n", ": the table is empty"),
        (b"id\nP1\n", f":1: {COLUMNS}"),
        (b"id,id\nP1,A\n", f":1: {COLUMNS}"),
        (b"id,\nP1,A\n", f":1: {COLUMNS}"),
        (b"id,code\nSECRET\n", ":2: the row has 1 columns, the first row has 2"),
        (b"id,code\nP1,A\nSECRET,A,B\n", ":3: the row has 3 columns, the first row has 2"),
        (b"id,code\nSECRET,A\nSECRET,B\n", ":3: the row has the same key as line 2"),
        (b"id,code\n,SECRET\n", ":2: the row has no key in its first column"),
        ("id,code\nSECRETÜ,A\n".encode("latin-1"), ": the table is not in UTF-8"),
        (b"id,code\nSECRET," + b"x" * 200_000 + b"\n", ": the table is not a CSV file"),
    ],
)
def test_what_is_no_table(write, data, said):
    """A file that is not wholly a table is refused with the reason, its path and the line, without a word of it."""
    with pytest.raises(TableError) as caught:
        write(data)
    assert str(caught.value).endswith(f"/table.csv{said}")
    assert "SECRET" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_nothing_is_shown(write):
    """The repr of a table names its columns and no cell."""
    assert "SECRET" not in repr(write(b"id,code\nSECRET,SECRET\n"))
