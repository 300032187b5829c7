"""Tables are read whole or not at all, and never shown."""

from __future__ import annotations

import pickle

import pytest

from deidc.runtime.tables import Table, TableError


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


@pytest.mark.parametrize(("key", "column"), [("P9", "code"), ("P1", "nothing"), ("", "code")])
def test_missing_cells(write, key, column):
    """A missing row or column is an error."""
    with pytest.raises(TableError):
        write(b"id,code\nP1,A\n").value(key, column)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\n\n",
        b"id\nP1\n",
        b"id,id\nP1,A\n",
        b"id,\nP1,A\n",
        b"id,code\nSECRET\n",
        b"id,code\nSECRET,A,B\n",
        b"id,code\nSECRET,A\nSECRET,B\n",
        b"id,code\n,SECRET\n",
        "id,code\nSECRETÜ,A\n".encode("latin-1"),
        b"id,code\nSECRET," + b"x" * 200_000 + b"\n",
    ],
)
def test_what_is_no_table(write, data):
    """A file that is not wholly a table is refused, without a word of it."""
    with pytest.raises(TableError) as caught:
        write(data)
    assert "SECRET" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_nothing_is_shown(write):
    """The repr of a table names its columns and no cell."""
    assert "SECRET" not in repr(write(b"id,code\nSECRET,SECRET\n"))
