"""The compiler: its passes, in order, on one page."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from attrs import evolve

from deidc.codes import layout, privacy
from deidc.codes import names as codes
from deidc.diagnostics import CompileError, Diagnostic, Report, Severity
from deidc.grammar.reader import decode, read
from deidc.grammar.writer import write
from deidc.ignores import apply_ignores
from deidc.ir.builtin_functions import BUILTINS
from deidc.ir.causes import one_cause_each
from deidc.ir.checks import CHECKS
from deidc.ir.identifiers import SYSTEM_PROTECTED
from deidc.ir.library import FileLibrary, FoundRecipe, Library, NotFound, bundled_recipe
from deidc.ir.load import Loaded, load
from deidc.ir.lower import lower
from deidc.ir.program import Program
from deidc.ir.recipe_files import read_named
from deidc.ir.resolving.names import resolve
from deidc.ir.resolving.resolved import Resolved
from deidc.ir.resolving.spaced_names import with_spaced_names
from deidc.ir.signatures import Signatures
from deidc.ir.verify import verify
from deidc.source import Source

Recipe = Source | Path | str


def check_recipe(
    recipe: Recipe,
    *,
    library: Library | None = None,
    signatures: Signatures | None = None,
    bases: Sequence[str] = (),
) -> Report:
    r"""Return every complaint about a recipe, its bases and its includes.

    Args:
        recipe: a Source, the path of a file, the name of a bundled recipe, or the text of the recipe.
        library: where includes and bases are found; the file system and the bundled recipes by default.
        signatures: the functions and variables that the host supplies (`Functions.signatures`); without them, any
            function and variable is accepted.
        bases: names of recipes to apply before this one.

    Returns:
        The report. It has no complaints if the recipe is correct.

    Raises:
        OSError: if the file cannot be read.

    Example:
        >>> from deidc import check_recipe
        >>> check_recipe("FORMAT dicom\n\n%header\nREMOVE PatientName\n").errors
        ()

    """
    return analyse_recipe(recipe, library, signatures, bases)[2]


def compile_recipe(
    recipe: Recipe,
    *,
    library: Library | None = None,
    signatures: Signatures | None = None,
    bases: Sequence[str] = (),
    protected: tuple[str, ...] = SYSTEM_PROTECTED,
    strict: bool = False,
) -> Program:
    r"""Compile a recipe to a program.

    Args:
        recipe: a Source, the path of a file, or the text of the recipe.
        library: where includes and bases are found; the file system and the bundled recipes by default.
        signatures: the functions and variables that the host supplies (`Functions.signatures`); without them, any
            function and variable is accepted.
        bases: names of recipes to apply before this one.
        protected: keywords of attributes that wide rules do not change.
        strict: whether warnings stop compilation.

    Returns:
        The program, ready for `Machine.link`.

    Raises:
        CompileError: if the recipe has errors (with `strict`: or warnings); it has the whole report.
        OSError: if the file cannot be read.

    Example:
        >>> from deidc import compile_recipe
        >>> program = compile_recipe("FORMAT dicom\n\n%header\nREPLACE PatientID var:study_id\n")
        >>> [variable.name for variable in program.needs.variables]
        ['study_id']

    """
    report, program = check_and_compile(
        recipe, library=library, signatures=signatures, bases=bases, protected=protected, strict=strict
    )
    if program is None:
        raise CompileError(report)
    return program


def check_and_compile(
    recipe: Recipe,
    *,
    library: Library | None = None,
    signatures: Signatures | None = None,
    bases: Sequence[str] = (),
    protected: tuple[str, ...] = SYSTEM_PROTECTED,
    strict: bool = False,
    for_run: bool = False,
) -> tuple[Report, Program | None]:
    """Return every complaint about a recipe, and its program, or None if there are errors.

    The same as `check_recipe` and `compile_recipe` one after the other, with the recipe read once. With `for_run`,
    warnings that stop a run stop compilation too.
    """
    loaded, resolved, report = analyse_recipe(recipe, library, signatures, bases, protected)
    if report.errors or (strict and report.warnings) or (for_run and report.stopping_run):
        return report, None
    return report, verify(lower(resolved, loaded.sources, protected, loaded.digests))


def compile_as_deid(loaded: Loaded, *, protected: tuple[str, ...] = SYSTEM_PROTECTED) -> tuple[Report, Program]:
    """Return the program of recipes that are loaded already, and the complaints about them.

    Errors about rules whose combined result deid 0.4.13 defines do not stop compilation. Raises CompileError for
    the others.
    """
    resolved, report = _judged(loaded, None, protected)
    if not all(one.rule.deid_defines for one in report.errors):
        raise CompileError(report)
    return report, verify(lower(resolved, loaded.sources, protected, loaded.digests, has_borders=False))


def format_recipe(recipe: Recipe) -> str:
    r"""Return a recipe in canonical form.

    Formatting keeps comments and never changes the program of the recipe.

    Args:
        recipe: a Source, the path of a file, or the text of the recipe.

    Returns:
        The text in canonical form.

    Raises:
        CompileError: if a line cannot be read, because formatting would lose it.
        OSError: if the file cannot be read.

    Example:
        >>> from deidc import format_recipe
        >>> print(format_recipe("FORMAT dicom\n%header\nremove   PatientName\n"), end="")
        FORMAT dicom
        <BLANKLINE>
        %header
        REMOVE PatientName

    """
    source, said = source_of(recipe)
    tree, complaints = read(source)
    report = Report.of([source], said, complaints)
    if [one for one in report.errors if one.rule.code != _MISSING_FORMAT]:
        raise CompileError(report)
    return write(tree)


_MISSING_FORMAT = "DC113"


def source_of(recipe: Recipe) -> tuple[Source, tuple[Diagnostic, ...]]:
    """Return the source of a recipe: a Source, a path, the name of a bundled recipe, or text.

    Raises OSError for a path.
    """
    match recipe:
        case Source():
            return recipe, ()
        case Path():
            return decode(read_named(recipe), str(recipe))
        case _ if isinstance(found := bundled_recipe(recipe), FoundRecipe):
            return found.source, found.said
        case _:
            return Source("<recipe>", recipe.replace("\r\n", "\n").replace("\r", "\n")), ()


def find_recipe(reference: str, library: Library | None = None) -> FoundRecipe | NotFound:
    """Return the recipe that a user's reference stands for: a file, or the name of one shipped with deidc."""
    return (library or FileLibrary()).find(reference, None)


def analyse_recipe(
    recipe: Recipe,
    library: Library | None = None,
    signatures: Signatures | None = None,
    bases: Sequence[str] = (),
    protected: tuple[str, ...] = SYSTEM_PROTECTED,
) -> tuple[Loaded, Resolved, Report]:
    """Return the recipe with its bases and includes, what is known of every name in them, and every complaint."""
    source, said = source_of(recipe)
    loaded = load(source, library or FileLibrary(), bases)
    return loaded, *_judged(evolve(loaded, said=(*said, *loaded.said)), signatures, protected)


def _judged(loaded: Loaded, signatures: Signatures | None, protected: tuple[str, ...]) -> tuple[Resolved, Report]:
    resolved, unknown = resolve(loaded.recipe, signatures or Signatures(BUILTINS), loaded.sources)
    resolved = evolve(resolved, protected=protected)
    checked = (complaint for check in CHECKS for complaint in check(resolved))
    standing = apply_ignores(loaded.sources, (*loaded.said, *unknown, *checked))
    named = with_spaced_names(_without_echoes(standing), resolved.sources)
    return resolved, Report.of(loaded.sources, one_cause_each(named))


def _without_echoes(said: Sequence[Diagnostic]) -> list[Diagnostic]:
    """Leave out what only follows from a line that was not understood: a list is unused because its rule is lost."""
    lost = {one.span.source for one in said if one.span is not None and _is_lost_line(one)}
    echoes = (
        codes.UNUSED_LIST,
        codes.UNUSED_VARIABLE,
        layout.EMPTY_RECIPE,
        layout.EMPTY_SECTION,
        privacy.EMPTY_LABEL,
        privacy.NO_CRITERIA,
    )
    standing = [one for one in said if not (one.rule in echoes and one.span is not None and one.span.source in lost)]
    if any(one.rule == layout.EMPTY_RECIPE for one in standing):
        return [one for one in standing if one.rule != layout.EMPTY_SECTION]
    return standing


def _is_lost_line(said: Diagnostic) -> bool:
    return said.code.startswith("DC1") and said.severity is Severity.ERROR
