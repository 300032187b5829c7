"""A recipe written for deid -> the same recipe as its author meant it, with what deid 0.4.13 did with each line."""

from __future__ import annotations

from codecs import BOM_UTF8
from collections.abc import Iterator, Sequence
from pathlib import Path

from attrs import define, field

from deidc.diagnostics import CompileError, Diagnostic, Report
from deidc.fixes import MOST_ROUNDS
from deidc.grammar import nodes
from deidc.grammar.reader import read
from deidc.ir.compile import Recipe, analyse_recipe, source_of
from deidc.ir.library import Library
from deidc.ir.resolving.resolved import Resolved
from deidc.migration import behaviours as told
from deidc.migration.certain import SECTIONS, certain_fixes, section_fixes
from deidc.migration.changes import Change, Migration, MigrationNeeds, Reason
from deidc.migration.deid.bases import reasons_by_bases
from deidc.migration.deid.lines import reasons_of, standing_lines, stored_lines
from deidc.migration.deid.whole import reasons_by_others
from deidc.migration.judgements import behaviour_of, is_to_decide
from deidc.migration.rewriting import Rewritten
from deidc.source import Source, Span


def migrate_recipe(
    recipe: Recipe, *, library: Library | None = None, bases: Sequence[str] = (), marked: bool = False
) -> Migration:
    r"""Convert a recipe written for deid, so that deidc executes it as its author intended.

    A line whose meaning is uncertain stays unchanged and is listed for a decision; no line is dropped.

    Args:
        recipe: a Source, the path of a file, or the text of the recipe.
        library: where includes and bases are found; the file system and the bundled recipes by default.
        bases: names of recipes to apply before this one; deid applies them after it.
        marked: whether the text began with a byte order mark; a path is examined for one.

    Returns:
        The converted recipe with its report.

    Raises:
        CompileError: if the file is not encoded in UTF-8.
        OSError: if the file cannot be read.

    Example:
        >>> from deidc import migrate_recipe
        >>> found = migrate_recipe("FORMAT dicom\n\n%header\nremove PatientName\n")
        >>> found.text.splitlines()[-1], found.settled
        ('REMOVE PatientName', True)

    """
    source, said = source_of(recipe)
    marked = marked or (isinstance(recipe, Path) and recipe.read_bytes().startswith(BOM_UTF8))
    if said:
        raise CompileError(Report.of([source], said))
    first = analyse_recipe(source, library, None, bases)[2]
    # Below a section line that is not understood lines have no known meaning, so these are fixed before all else.
    opened = Rewritten.unchanged(source).after(section_fixes(source, first.diagnostics))
    rewritten = opened
    read_as = analyse_recipe(opened.source, library, None, bases)[2]
    for _ in range(MOST_ROUNDS):
        _, resolved, report = analyse_recipe(rewritten.source, library, None, bases)
        after = rewritten.after(certain_fixes(rewritten.source, resolved, report.diagnostics))
        if after == rewritten:
            break
        rewritten = after
    account = _Account(source, rewritten)
    account.of_lines(opened)
    account.of_sections(first)
    account.of_first_complaints(read_as, opened)
    account.of_the_whole(resolved)
    account.of_last_complaints(report)
    notes = tuple(reasons_by_bases(resolved, source.name))
    if marked:
        mark = Reason(told.MARK_STOPS, "deid stops, because a byte order mark hides the FORMAT line")
        notes = (mark, *notes)
    return Migration(source, rewritten.source.text, tuple(account.changes()), notes, _needs(resolved), report)


@define(eq=False)
class _Account:
    """What is to be said of the lines of a recipe, gathered by their numbers."""

    source: Source
    rewritten: Rewritten
    reasons: dict[int, dict[Reason, None]] = field(factory=dict)
    decide: dict[int, dict[str, None]] = field(factory=dict)
    understood: set[int] = field(factory=set)
    stored: set[int] = field(factory=set)

    def say(self, line: int, reason: Reason) -> None:
        """Note a reason, unless another of the same behaviour is noted."""
        found = self.reasons.setdefault(line, {})
        if all(one.behaviour != reason.behaviour for one in found):
            found[reason] = None

    def of_lines(self, opened: Rewritten) -> None:
        """Note what deid does with each line that is understood as it stands, once it is known in which section."""
        recipe, _ = read(opened.source)
        self.stored = {opened.origins[number - 1][0] for number in stored_lines(recipe, opened.source)}
        for line in standing_lines(recipe):
            number = opened.origin(line.node.span.start)
            self.understood.add(number)
            for reason in reasons_of(line, opened.source.text):
                self.say(number, reason)

    def of_sections(self, report: Report) -> None:
        """Note what deid does with section lines that deidc does not understand as they stand."""
        for one, span in self._ours(report, self.source):
            if one.rule in SECTIONS:
                self._judge(self.source.place(span.start).line, one)

    def of_first_complaints(self, report: Report, opened: Rewritten) -> None:
        """Note what deid does with other lines that deidc does not understand as they stand."""
        for one, span in self._ours(report, opened.source):
            number = opened.origin(span.start)
            if is_to_decide(one) and number not in self.understood:
                self._judge(number, one)

    def of_the_whole(self, resolved: Resolved) -> None:
        """Note what deid does with lines because of others."""
        for span, reason in reasons_by_others(resolved):
            if span.source == self.source.name:
                self.say(self.rewritten.origin(span.start), reason)

    def of_last_complaints(self, report: Report) -> None:
        """Note what is left to decide."""
        for one, span in self._ours(report, self.rewritten.source):
            number = self.rewritten.origin(span.start)
            if is_to_decide(one):
                hint = f": {one.hint}" if one.hint else ""
                self.decide.setdefault(number, {})[f"{one.message}{hint}"] = None
            self._judge(number, one)

    def _judge(self, number: int, said: Diagnostic) -> None:
        behaviour = behaviour_of(said, self.source.line(number)) if number not in self.stored else None
        if behaviour is not None:
            self.say(number, Reason(behaviour, _in_a_line(behaviour.title)))

    @staticmethod
    def _ours(report: Report, source: Source) -> Iterator[tuple[Diagnostic, Span]]:
        for one in report.diagnostics:
            if one.span is not None and one.span.source == source.name:
                yield one, one.span

    def changes(self) -> Iterator[Change]:
        """Yield what is to be said, line by line."""
        numbers = {number for number in range(1, self.source.text.count("\n") + 2) if self._differs(number)}
        for number in sorted(numbers | self.reasons.keys() | self.decide.keys()):
            yield Change(
                line=number,
                before=self.source.line(number),
                after=self.rewritten.lines_of(number),
                reasons=tuple(sorted(self.reasons.get(number, ()), key=lambda one: one.behaviour.did.weight)),
                decide=tuple(self.decide.get(number, ())),
            )

    def _differs(self, number: int) -> bool:
        return self.rewritten.lines_of(number) != self.source.line(number)


def _in_a_line(sentence: str) -> str:
    """Return a sentence as it stands behind a colon; words in capitals keep them."""
    first = sentence if sentence[1].isupper() else sentence[0].lower() + sentence[1:]
    return first.removesuffix(".")


def _needs(resolved: Resolved) -> MigrationNeeds:
    """Return the variables and functions that the rules of a recipe name."""
    variables: dict[str, None] = {}
    functions: dict[str, None] = {}
    for rule in resolved.rules:
        for value in _values(rule.statement):
            match value:
                case nodes.VarRef(name):
                    variables[name] = None
                case nodes.FuncRef(name):
                    functions[name] = None
                case _:
                    pass
    return MigrationNeeds(tuple(sorted(variables)), tuple(sorted(functions)))


def _values(line: nodes.Action) -> Iterator[nodes.Value]:
    """Yield the values that a line refers to, arguments of functions included."""
    own = nodes.value_of(line)
    found: list[nodes.Value] = [own] if own is not None else []
    found.extend(one.value for one in nodes.conditions_of(line) if isinstance(one, nodes.TruthCondition))
    for value in found:
        yield value
        if isinstance(value, nodes.FuncRef | nodes.BuiltinRef):
            yield from (one.value for one in value.arguments)
