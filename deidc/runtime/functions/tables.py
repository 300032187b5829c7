"""Read the lookup tables that a run supplies, like a list of study numbers by patient."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Protocol

from attrs import field, frozen

from deidc.errors import DeidcError


class TableError(DeidcError, ValueError):
    """A file is no table, or a table has no such row or column; says nothing of what is in it."""


class Reader(Protocol):
    """A reader of rows that knows the number of the line it has read."""

    @property
    def line_num(self) -> int:
        """The number of the last line that was read, counted from 1."""
        ...

    def __iter__(self) -> Iterator[list[str]]:
        """Yield the cells of each row."""
        ...


@frozen
class Table:
    """A lookup table with text keys, for the built-in function `lookup`.

    The repr shows no cells.

    Attributes:
        columns: the names of the columns.
        rows: the cells of each row by column name, by the key in the first column.
        path: the file that the table was read from; empty if it is not from a file.

    """

    columns: tuple[str, ...]
    rows: Mapping[str, Mapping[str, str]] = field(repr=False, hash=False)
    path: str = field(default="", eq=False)

    @classmethod
    def from_csv(cls, path: Path) -> Table:
        """Read a table from a CSV file in UTF-8.

        Args:
            path: the file. Its first line has the names of the columns, its first column the keys of the rows.

        Returns:
            The table.

        Raises:
            OSError: if the file cannot be read.
            TableError: if the file is not a table, or if two rows or columns have the same name. It names the file
                and the line.

        """
        try:
            with path.open(encoding="utf-8-sig", newline="") as lines:
                return cls._from_rows(csv.reader(lines), str(path))
        # Both exceptions quote what they could not read.
        except UnicodeDecodeError:
            raise TableError(f"{path}: the table is not in UTF-8") from None
        except csv.Error:
            raise TableError(f"{path}: the table is not a CSV file") from None

    @classmethod
    def _from_rows(cls, given: Reader, path: str) -> Table:
        rows: dict[str, Mapping[str, str]] = {}
        lines: dict[str, int] = {}
        columns: tuple[str, ...] = ()
        for row in given:
            if not row:
                continue
            cells, place = [cell.strip() for cell in row], f"{path}:{given.line_num}"
            if not columns:
                columns = tuple(cells)
                if len(columns) < 2 or not all(columns) or len(set(columns)) < len(columns):
                    raise TableError(f"{place}: a table needs at least two columns with distinct names")
                continue
            if len(cells) != len(columns):
                raise TableError(f"{place}: the row has {len(cells)} columns, the first row has {len(columns)}")
            if not cells[0]:
                raise TableError(f"{place}: the row has no key in its first column")
            if cells[0] in rows:
                raise TableError(f"{place}: the row has the same key as line {lines[cells[0]]}")
            rows[cells[0]], lines[cells[0]] = dict(zip(columns, cells, strict=True)), given.line_num
        if not columns:
            raise TableError(f"{path}: the table is empty")
        return cls(columns, rows, path)

    def value(self, key: str, column: str) -> str:
        """Return one cell.

        Args:
            key: the key of the row.
            column: the name of the column.

        Returns:
            The text of the cell.

        Raises:
            TableError: if the row or the column does not exist.

        """
        if column not in self.columns:
            raise TableError(f"the table has no column {column!r}")
        row = self.rows.get(key.strip())
        if row is None:
            raise TableError("the table has no row for this object")
        return row[column]
