"""deid offers these small functions beside its main ones."""

from __future__ import annotations

from deidc.compat.utils.actions import get_func, get_timestamp, parse_keyvalue_pairs, parse_value
from deidc.compat.utils.fileio import (
    get_installdir,
    get_temporary_name,
    read_file,
    read_json,
    recursive_find,
    to_int,
    write_file,
    write_json,
)

__all__ = [
    "get_func",
    "get_installdir",
    "get_temporary_name",
    "get_timestamp",
    "parse_keyvalue_pairs",
    "parse_value",
    "read_file",
    "read_json",
    "recursive_find",
    "to_int",
    "write_file",
    "write_json",
]
