"""The parts of a report: rules, complaints about places, and edits that fix them.

A message states a fact with the name in it, a hint says what to do. Neither ever holds a value taken from a
DICOM object: they quote recipe text only.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from attrs import field, frozen

from deidc.errors import DeidcError
from deidc.source import Source, Span


class Severity(StrEnum):
    """The severity of a complaint: an error stops compilation, a warning or a note does not.

    Attributes:
        ERROR: the recipe is not compiled.
        WARNING: the recipe compiles, but a rule probably has another effect than intended.
        NOTE: information; the recipe may be correct.

    """

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@frozen
class Rule:
    """One thing that can be wrong, with the page that `deidc explain CODE` prints.

    Attributes:
        code: stable, `DC` and three digits; never reused.
        name: the short name in kebab case, as SARIF shows it.
        title: one sentence that says what is wrong.
        why: what happens to patients' data if it is left so; may have several paragraphs.
        bad: a whole recipe that raises this rule (empty for faults of the run, DC9xx).
        good: the same recipe as it should be, which raises nothing.
        stops_run: of a warning, whether a run refuses the recipe until an ignore comment gives the reason.
        deid_defines: of an error, whether deid 0.4.13 defines the result of such a recipe, so that `deidc.compat`
            logs the complaint and executes the recipe.

    """

    code: str
    name: str
    severity: Severity
    title: str
    why: str = field(repr=False)
    bad: str = field(default="", repr=False)
    good: str = field(default="", repr=False)
    stops_run: bool = False
    deid_defines: bool = False


class Applicability(StrEnum):
    """Whether a fix keeps the author's evident meaning (safe) or is a guess about it (unsafe)."""

    SAFE = "safe"
    UNSAFE = "unsafe"


@frozen
class Edit:
    """Put `text` in the place of `span`."""

    span: Span
    text: str


@frozen
class Fix:
    """Edits that make a complaint go away; all of them or none are applied."""

    applicability: Applicability
    title: str
    edits: tuple[Edit, ...]

    @classmethod
    def safe(cls, title: str, *edits: Edit) -> Fix:
        """Return a fix that keeps the author's evident meaning.

        Args:
            title: what the fix does, in a few words.
            edits: the edits; all of them or none are applied.

        Returns:
            The fix.

        """
        return cls(Applicability.SAFE, title, edits)

    @classmethod
    def unsafe(cls, title: str, *edits: Edit) -> Fix:
        """Return a fix that guesses at the author's meaning.

        Args:
            title: what the fix does, in a few words.
            edits: the edits; all of them or none are applied.

        Returns:
            The fix.

        """
        return cls(Applicability.UNSAFE, title, edits)


@frozen
class Label:
    """A second place that explains the first, with a few words on how."""

    span: Span
    text: str


@frozen
class Diagnostic:
    """A complaint about one place of a recipe.

    No field ever quotes a value of a DICOM object.

    Attributes:
        rule: the entry of the catalogue, with code, title and explanation.
        message: what is wrong, with the names of the recipe.
        span: the place in the source; None if there is no text to point at, as for a recipe that was not found.
        hint: an instruction that fixes the complaint, if one is known.
        fix: edits that apply the instruction, if they are known.
        labels: other places that explain the complaint.

    """

    rule: Rule
    message: str
    span: Span | None
    hint: str | None = None
    fix: Fix | None = None
    labels: tuple[Label, ...] = ()

    @property
    def code(self) -> str:
        """The stable code of the rule."""
        return self.rule.code

    @property
    def severity(self) -> Severity:
        """The severity of the rule."""
        return self.rule.severity


def _place_key(diagnostic: Diagnostic) -> tuple[str, int, int, str, str]:
    span = diagnostic.span
    at = (span.source, span.start, span.end) if span else ("", -1, -1)
    return (*at, diagnostic.code, diagnostic.message)


@frozen
class Report:
    r"""All complaints about a recipe, sorted by place.

    Attributes:
        sources: the texts that complaints point into: the recipe, its bases and its includes.
        diagnostics: the complaints.

    Example:
        >>> from deidc import check_recipe
        >>> report = check_recipe("FORMAT dicom\n\n%header\nREMOVE PatientsName\n")
        >>> [(one.code, one.hint) for one in report.errors]
        [('DC205', 'did you mean PatientName?')]

    """

    sources: tuple[Source, ...] = field(repr=False)
    diagnostics: tuple[Diagnostic, ...]

    @classmethod
    def of(cls, sources: Iterable[Source], *groups: Iterable[Diagnostic]) -> Report:
        """Collect complaints from several passes, sorted by place, without duplicates.

        Args:
            sources: the texts that complaints point into.
            *groups: the complaints of each pass.

        Returns:
            The report.

        """
        said = {_place_key(one): one for group in groups for one in group}
        return cls(tuple(sources), tuple(said[key] for key in sorted(said)))

    def _of_severity(self, severity: Severity) -> tuple[Diagnostic, ...]:
        return tuple(one for one in self.diagnostics if one.severity is severity)

    @property
    def errors(self) -> tuple[Diagnostic, ...]:
        """The complaints that stop compilation."""
        return self._of_severity(Severity.ERROR)

    @property
    def warnings(self) -> tuple[Diagnostic, ...]:
        """The complaints about rules that compile, but probably have another effect than intended."""
        return self._of_severity(Severity.WARNING)

    @property
    def notes(self) -> tuple[Diagnostic, ...]:
        """The complaints that are information only."""
        return self._of_severity(Severity.NOTE)

    @property
    def stopping_run(self) -> tuple[Diagnostic, ...]:
        """The complaints that stop a run: errors, and warnings that need an ignore comment with a reason."""
        return tuple(one for one in self.diagnostics if one.severity is Severity.ERROR or one.rule.stops_run)

    def source(self, name: str) -> Source | None:
        """Return the source with a name.

        Args:
            name: the name of the source, as in a span.

        Returns:
            The source, or None if the report does not have it.

        """
        return next((one for one in self.sources if one.name == name), None)


class CompileError(DeidcError):
    """A recipe has errors and was not compiled.

    Attributes:
        report: all complaints about the recipe, errors and others.

    """

    def __init__(self, report: Report) -> None:
        self.report = report
        count = len(report.errors)
        codes = ", ".join(sorted({one.code for one in report.errors}))
        super().__init__(f"the recipe has {count} error{'s' if count != 1 else ''} ({codes})")

    def __reduce__(self) -> tuple[type[CompileError], tuple[Report]]:
        return (CompileError, (self.report,))
