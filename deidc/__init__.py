"""deidc compiles DICOM de-identification recipes: checked before the first file, executed the same on every one."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from deidc.version import __version__

if TYPE_CHECKING:
    from deidc.diagnostics import CompileError, Diagnostic, Report, Severity
    from deidc.ir.compile import check_recipe, compile_recipe, format_recipe
    from deidc.ir.library import FileLibrary
    from deidc.ir.program import Program
    from deidc.ir.reader import read_program
    from deidc.ir.verify import ProgramError
    from deidc.migration.changes import Migration
    from deidc.migration.migrate import migrate_recipe
    from deidc.runtime.functions.registry import Functions
    from deidc.runtime.functions.tables import Table
    from deidc.runtime.labels.detector import Detector, Finding
    from deidc.runtime.machine import LinkError, Machine
    from deidc.runtime.outcome import Cleaned, Effect, Event, Fault, Flag, OnFailure, Outcome, Refused, Region
    from deidc.source import Source

# What is public, and where it lives: `import deidc` and `deidc --help` load none of it before it is used.
_HOMES = {
    "CompileError": "deidc.diagnostics",
    "Diagnostic": "deidc.diagnostics",
    "Report": "deidc.diagnostics",
    "Severity": "deidc.diagnostics",
    "check_recipe": "deidc.ir.compile",
    "compile_recipe": "deidc.ir.compile",
    "format_recipe": "deidc.ir.compile",
    "FileLibrary": "deidc.ir.library",
    "Program": "deidc.ir.program",
    "read_program": "deidc.ir.reader",
    "ProgramError": "deidc.ir.verify",
    "Detector": "deidc.runtime.labels.detector",
    "Finding": "deidc.runtime.labels.detector",
    "Migration": "deidc.migration.changes",
    "migrate_recipe": "deidc.migration.migrate",
    "Functions": "deidc.runtime.functions.registry",
    "LinkError": "deidc.runtime.machine",
    "Machine": "deidc.runtime.machine",
    "Cleaned": "deidc.runtime.outcome",
    "Effect": "deidc.runtime.outcome",
    "Event": "deidc.runtime.outcome",
    "Fault": "deidc.runtime.outcome",
    "Flag": "deidc.runtime.outcome",
    "OnFailure": "deidc.runtime.outcome",
    "Outcome": "deidc.runtime.outcome",
    "Refused": "deidc.runtime.outcome",
    "Region": "deidc.runtime.outcome",
    "Table": "deidc.runtime.functions.tables",
    "Source": "deidc.source",
}

__all__ = [
    "Cleaned",
    "CompileError",
    "Detector",
    "Diagnostic",
    "Effect",
    "Event",
    "Fault",
    "FileLibrary",
    "Finding",
    "Flag",
    "Functions",
    "LinkError",
    "Machine",
    "Migration",
    "OnFailure",
    "Outcome",
    "Program",
    "ProgramError",
    "Refused",
    "Region",
    "Report",
    "Severity",
    "Source",
    "Table",
    "__version__",
    "check_recipe",
    "compile_recipe",
    "format_recipe",
    "migrate_recipe",
    "read_program",
]


def __getattr__(name: str) -> object:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'deidc' has no attribute {name!r}")
    return getattr(import_module(home), name)
