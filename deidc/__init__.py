"""deidc compiles DICOM de-identification recipes: checked before the first file, executed the same on every one."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from deidc.version import __version__

if TYPE_CHECKING:
    from deidc.batch.account.start import CannotStart
    from deidc.batch.cluster.client import ClusterError
    from deidc.batch.job.discovery import InputError
    from deidc.batch.job.variables import KeyedBy, VariablesError
    from deidc.batch.outputs.destinations import DestinationError
    from deidc.batch.outputs.name_templates import TemplateError
    from deidc.batch.run import AccountError
    from deidc.diagnostics import Applicability, CompileError, Diagnostic, Edit, Fix, Label, Report, Rule, Severity
    from deidc.dicom.limits import Limits
    from deidc.errors import ArgumentError, DeidcError, MissingExtra
    from deidc.files.cleaning import clean_bytes, clean_file
    from deidc.files.outcomes import (
        CleanedContent,
        CleanedFile,
        HeldFile,
        RefusedFile,
        SkippedFile,
        UnchangedFile,
        WrittenFile,
    )
    from deidc.files.recipes import RecipeNotFound, link_recipe
    from deidc.files.running import run_files
    from deidc.ir import ops
    from deidc.ir.compile import check_recipe, compile_recipe, format_recipe
    from deidc.ir.library import FileLibrary, FoundRecipe, Library, NotFound
    from deidc.ir.program import NeededFunction, NeededVariable, Needs, Origin, Program, Slot
    from deidc.ir.reader import read_program
    from deidc.ir.signatures import Dependence, Parameter, ParameterType, Result, Signature, Signatures
    from deidc.ir.verify import ProgramError
    from deidc.migration.behaviours import Behaviour, Did
    from deidc.migration.changes import Change, Migration, MigrationNeeds, Reason
    from deidc.migration.migrate import migrate_recipe
    from deidc.pixels.text.detectors import MissingDetector
    from deidc.runtime.fold.frame import Note, Untouched
    from deidc.runtime.fold.lists import Lists
    from deidc.runtime.functions.invocation import FieldView, Invocation
    from deidc.runtime.functions.registry import Function, Functions
    from deidc.runtime.functions.tables import Table, TableError
    from deidc.runtime.labels.detector import Detector, Finding
    from deidc.runtime.link_error import LinkError
    from deidc.runtime.machine import Machine, Trace
    from deidc.runtime.outcome import (
        Blanked,
        Cleaned,
        Effect,
        Event,
        Fault,
        Flag,
        OnFailure,
        Outcome,
        Refused,
        Region,
        TextSearch,
    )
    from deidc.source import Place, Source, Span
    from deidc.vocabulary import FormatName, ListKind, VariableKind

# What is public, and where it lives: `import deidc` and `deidc --help` load none of it before it is used.
_HOMES = {
    "CannotStart": "deidc.batch.account.start",
    "ClusterError": "deidc.batch.cluster.client",
    "InputError": "deidc.batch.job.discovery",
    "KeyedBy": "deidc.batch.job.variables",
    "VariablesError": "deidc.batch.job.variables",
    "DestinationError": "deidc.batch.outputs.destinations",
    "TemplateError": "deidc.batch.outputs.name_templates",
    "AccountError": "deidc.batch.run",
    "Applicability": "deidc.diagnostics",
    "CompileError": "deidc.diagnostics",
    "Diagnostic": "deidc.diagnostics",
    "Edit": "deidc.diagnostics",
    "Fix": "deidc.diagnostics",
    "Label": "deidc.diagnostics",
    "Report": "deidc.diagnostics",
    "Rule": "deidc.diagnostics",
    "Severity": "deidc.diagnostics",
    "Limits": "deidc.dicom.limits",
    "ArgumentError": "deidc.errors",
    "DeidcError": "deidc.errors",
    "MissingExtra": "deidc.errors",
    "clean_bytes": "deidc.files.cleaning",
    "clean_file": "deidc.files.cleaning",
    "CleanedContent": "deidc.files.outcomes",
    "CleanedFile": "deidc.files.outcomes",
    "HeldFile": "deidc.files.outcomes",
    "RefusedFile": "deidc.files.outcomes",
    "SkippedFile": "deidc.files.outcomes",
    "UnchangedFile": "deidc.files.outcomes",
    "WrittenFile": "deidc.files.outcomes",
    "RecipeNotFound": "deidc.files.recipes",
    "link_recipe": "deidc.files.recipes",
    "run_files": "deidc.files.running",
    "check_recipe": "deidc.ir.compile",
    "compile_recipe": "deidc.ir.compile",
    "format_recipe": "deidc.ir.compile",
    "FileLibrary": "deidc.ir.library",
    "FoundRecipe": "deidc.ir.library",
    "Library": "deidc.ir.library",
    "NotFound": "deidc.ir.library",
    "NeededFunction": "deidc.ir.program",
    "NeededVariable": "deidc.ir.program",
    "Needs": "deidc.ir.program",
    "Origin": "deidc.ir.program",
    "Program": "deidc.ir.program",
    "Slot": "deidc.ir.program",
    "read_program": "deidc.ir.reader",
    "Parameter": "deidc.ir.signatures",
    "ParameterType": "deidc.ir.signatures",
    "Result": "deidc.ir.signatures",
    "Signature": "deidc.ir.signatures",
    "Signatures": "deidc.ir.signatures",
    "ProgramError": "deidc.ir.verify",
    "Behaviour": "deidc.migration.behaviours",
    "Did": "deidc.migration.behaviours",
    "Change": "deidc.migration.changes",
    "Migration": "deidc.migration.changes",
    "MigrationNeeds": "deidc.migration.changes",
    "Reason": "deidc.migration.changes",
    "migrate_recipe": "deidc.migration.migrate",
    "MissingDetector": "deidc.pixels.text.detectors",
    "Note": "deidc.runtime.fold.frame",
    "Untouched": "deidc.runtime.fold.frame",
    "Lists": "deidc.runtime.fold.lists",
    "FieldView": "deidc.runtime.functions.invocation",
    "Invocation": "deidc.runtime.functions.invocation",
    "Dependence": "deidc.ir.signatures",
    "Function": "deidc.runtime.functions.registry",
    "Functions": "deidc.runtime.functions.registry",
    "Table": "deidc.runtime.functions.tables",
    "TableError": "deidc.runtime.functions.tables",
    "Detector": "deidc.runtime.labels.detector",
    "Finding": "deidc.runtime.labels.detector",
    "LinkError": "deidc.runtime.link_error",
    "Machine": "deidc.runtime.machine",
    "Trace": "deidc.runtime.machine",
    "Blanked": "deidc.runtime.outcome",
    "Cleaned": "deidc.runtime.outcome",
    "Effect": "deidc.runtime.outcome",
    "Event": "deidc.runtime.outcome",
    "Fault": "deidc.runtime.outcome",
    "Flag": "deidc.runtime.outcome",
    "OnFailure": "deidc.runtime.outcome",
    "Outcome": "deidc.runtime.outcome",
    "Refused": "deidc.runtime.outcome",
    "Region": "deidc.runtime.outcome",
    "TextSearch": "deidc.runtime.outcome",
    "Place": "deidc.source",
    "Source": "deidc.source",
    "Span": "deidc.source",
    "FormatName": "deidc.vocabulary",
    "ListKind": "deidc.vocabulary",
    "VariableKind": "deidc.vocabulary",
}
# What is public as a module: the ops of a program and what they are made of.
_MODULES = {"ops": "deidc.ir.ops"}

__all__ = [
    "AccountError",
    "Applicability",
    "ArgumentError",
    "Behaviour",
    "Blanked",
    "CannotStart",
    "Change",
    "Cleaned",
    "CleanedContent",
    "CleanedFile",
    "ClusterError",
    "CompileError",
    "DeidcError",
    "Dependence",
    "DestinationError",
    "Detector",
    "Diagnostic",
    "Did",
    "Edit",
    "Effect",
    "Event",
    "Fault",
    "FieldView",
    "FileLibrary",
    "Finding",
    "Fix",
    "Flag",
    "FormatName",
    "FoundRecipe",
    "Function",
    "Functions",
    "HeldFile",
    "InputError",
    "Invocation",
    "KeyedBy",
    "Label",
    "Library",
    "Limits",
    "LinkError",
    "ListKind",
    "Lists",
    "Machine",
    "Migration",
    "MigrationNeeds",
    "MissingDetector",
    "MissingExtra",
    "NeededFunction",
    "NeededVariable",
    "Needs",
    "NotFound",
    "Note",
    "OnFailure",
    "Origin",
    "Outcome",
    "Parameter",
    "ParameterType",
    "Place",
    "Program",
    "ProgramError",
    "Reason",
    "RecipeNotFound",
    "Refused",
    "RefusedFile",
    "Region",
    "Report",
    "Result",
    "Rule",
    "Severity",
    "Signature",
    "Signatures",
    "SkippedFile",
    "Slot",
    "Source",
    "Span",
    "Table",
    "TableError",
    "TemplateError",
    "TextSearch",
    "Trace",
    "UnchangedFile",
    "Untouched",
    "VariableKind",
    "VariablesError",
    "WrittenFile",
    "__version__",
    "check_recipe",
    "clean_bytes",
    "clean_file",
    "compile_recipe",
    "format_recipe",
    "link_recipe",
    "migrate_recipe",
    "ops",
    "read_program",
    "run_files",
]


def __getattr__(name: str) -> object:
    if name in _MODULES:
        return import_module(_MODULES[name])
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'deidc' has no attribute {name!r}")
    return getattr(import_module(home), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
