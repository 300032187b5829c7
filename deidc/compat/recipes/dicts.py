"""Make deid's dictionary of a recipe from its tree, and compile a dictionary to a program.

deid's users read and edit `recipe.deid` in place. `dicts_of` makes that dictionary, and `program_of` compiles it; the
text between the two is made by `deidc.compat.recipes.text`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, TypeAlias, assert_never

from attrs import evolve, frozen

from deidc.compat.recipes.complaints import log_what_deid_defines
from deidc.compat.recipes.text import source_of
from deidc.compat.recipes.words import Spelt, literal_text
from deidc.grammar import nodes
from deidc.grammar.lines import WIDE_BLANK, ZERO_WIDTH
from deidc.grammar.spelling import POLICY_WORDS
from deidc.grammar.writer import write_conditions, write_guard, write_statement, write_target, write_value
from deidc.ir.compile import compile_as_deid
from deidc.ir.identifiers import SYSTEM_PROTECTED
from deidc.ir.library import FoundRecipe, NotFound
from deidc.ir.load import load
from deidc.ir.program import Program
from deidc.source import Source, Span
from deidc.vocabulary import Join

__all__ = ["DeidDict", "dicts_of", "program_of", "source_of"]

# `{"format", "header": [...], "labels": [...], "values": {name: [...]}, "fields": {...}, "filter": {...}}`, and `vars`.
DeidDict: TypeAlias = dict[str, Any]

_FIRST = "<rules before the recipe>"
_KEPT = 64
_JOINS = {Join.AND: "and", Join.OR: "or"}


def program_of(
    deid: Mapping[str, Any], first: Sequence[str] = (), protected: Sequence[str] = SYSTEM_PROTECTED
) -> Program:
    """Return the program of a recipe as deid's dictionary has it at this moment.

    `first` are lines of %header that are applied before the recipe's, so that those win. `protected` are keywords of
    attributes that wide rules do not touch. Raises CompileError. The last few programs are remembered by their text.
    """
    return _compiled(source_of(deid), tuple(first), tuple(protected))


@lru_cache(maxsize=_KEPT)
def _compiled(source: Source, first: tuple[str, ...], protected: tuple[str, ...]) -> Program:
    loaded = load(source, _Before(rules_before(first)), [_FIRST] if first else [])
    report, program = compile_as_deid(loaded, protected=protected)
    log_what_deid_defines(report)
    return program


def rules_before(first: Sequence[str]) -> Source:
    """Return the recipe that is applied before another one, made of lines of %header."""
    return Source(_FIRST, "".join(f"{line}\n" for line in ("FORMAT dicom", "%header", *first)))


@frozen
class _Before:
    """A library of one recipe."""

    source: Source

    def find(self, reference: str, beside: str | None) -> FoundRecipe | NotFound:
        """Return the recipe."""
        del beside
        return (
            FoundRecipe(self.source) if reference == self.source.name else NotFound("a dictionary includes no recipes")
        )


def dicts_of(recipe: nodes.Recipe, sources: Iterable[Source] = ()) -> DeidDict:
    """Return the dictionary that shows a recipe in deid's shape.

    Fields are as they were written, if `sources` has the texts, else in canonical spelling. Values are what they mean:
    text without quotation marks, and a reference as `var:NAME` or `func:NAME key=value`. Conditions of REMOVE are its
    value, as in deid; those of other actions stand under `if`, guards under `when` and those of a section under
    `section_when`, and declarations of variables under `vars`, which deid
    does not have. Comments are left out. Raises ValueError if the recipe still has includes (`deidc.ir.load.load`
    resolves them).
    """
    return _Showing({source.name: source.text for source in sources}).recipe(recipe)


@frozen
class _Showing:
    texts: Mapping[str, str]

    def recipe(self, recipe: nodes.Recipe) -> DeidDict:
        deid: DeidDict = {}
        for item in recipe.items:
            match item:
                case nodes.Include():
                    raise ValueError("lay the recipes that a recipe includes before it is shown as a dictionary")
                case nodes.Format(name):
                    deid.setdefault("format", name)
                case nodes.Comment() | nodes.EmptyLine():
                    pass
                case _:
                    self._section(item, deid)
        return deid

    def _section(self, section: nodes.Section, deid: DeidDict) -> None:
        for line in section.body:
            if isinstance(line, nodes.Format):
                deid.setdefault("format", line.name)
        match section:
            case nodes.Header(body, _, guard):
                given = _guard("section_when", guard)
                deid.setdefault("header", []).extend({**one, **given} for one in self._actions(body))
            case nodes.Labels(body):
                deid.setdefault("labels", []).extend(self._actions(body))
            case nodes.Values(name, body):
                deid.setdefault("values", {}).setdefault(name, []).extend(self._list_lines(body))
            case nodes.Fields(name, body):
                deid.setdefault("fields", {}).setdefault(name, []).extend(self._list_lines(body))
            case nodes.Filter(name, body):
                labels = [self._label(line, deid) for line in body if isinstance(line, nodes.Label)]
                deid.setdefault("filter", {}).setdefault(name, []).extend(labels)
            case nodes.Pixels(body):
                told = [_policy(line) for line in body if isinstance(line, nodes.Policy | nodes.Final | nodes.Store)]
                deid.setdefault("pixels", []).extend(told)
            case nodes.Variables(body):
                declared = [_variable(line) for line in body if isinstance(line, nodes.Variable)]
                deid.setdefault("vars", []).extend(declared)
            case _:
                assert_never(section)

    # ---- entries ----------------------------------------------------------------------------------------

    def _actions(self, body: Iterable[nodes.Action | nodes.Trivia]) -> Iterator[DeidDict]:
        for line in body:
            match line:
                case nodes.Comment() | nodes.EmptyLine() | nodes.Format():
                    pass
                case _:
                    yield {**self._action(line), **_guard("when", line.guard)}

    def _action(self, line: nodes.Action) -> DeidDict:
        match line:
            case nodes.Add(target, value, when):
                return self._entry("ADD", target, value=_value(value), **_when("if", when))
            case nodes.Append(target, value, when):
                return self._entry("APPEND", target, value=_value(value), **_when("if", when))
            case nodes.Jitter(target, days):
                return self._entry("JITTER", target, value=_value(days))
            case nodes.Replace(target, value, when):
                return self._entry("REPLACE", target, value=_value(value), **_when("if", when))
            case nodes.Remove(target, when):
                return self._entry("REMOVE", target, **_when("value", when))
            case nodes.Blank(target, when):
                return self._entry("BLANK", target, **_when("if", when))
            case nodes.Keep(target, when):
                return self._entry("KEEP", target, **_when("if", when))
            case nodes.Descend(target):
                return self._entry("DESCEND", target)
            case _:
                assert_never(line)

    def _list_lines(self, body: Iterable[nodes.ListLine | nodes.Trivia]) -> Iterator[DeidDict]:
        for line in body:
            match line:
                case nodes.Field(target):
                    yield self._entry("FIELD", target)
                case nodes.Split(target):
                    parameters = self._parameters(line)
                    yield self._entry("SPLIT", target, **({"value": parameters} if parameters else {}))
                case _:
                    pass

    def _entry(self, action: str, target: nodes.Target, **rest: str) -> DeidDict:
        return {"action": action, "field": self._target(target), **rest}

    def _label(self, label: nodes.Label, deid: DeidDict) -> DeidDict:
        filters: list[DeidDict] = []
        coordinates: list[list[Any]] = []
        for line in label.body:
            match line:
                case nodes.CriteriaLine(criteria):
                    filters.append(self._criteria(criteria))
                case nodes.RegionLine():
                    coordinates.append([int(line.keep), self._region(line)])
                case nodes.Format(name):
                    deid.setdefault("format", name)
                case _:
                    pass
        return {"filters": filters, "coordinates": coordinates, "name": f"LABEL {label.name}".rstrip()}

    def _criteria(self, criteria: Sequence[nodes.Criterion]) -> DeidDict:
        return {
            "action": [one.operator.value for one in criteria],
            "field": [self._target(one.target) for one in criteria],
            "operator": None if criteria[0].join is None else _JOINS[criteria[0].join],
            "InnerOperators": [_JOINS[one.join] for one in criteria[1:] if one.join is not None],
            "value": [one.value for one in criteria if one.value is not None],
        }

    def _region(self, line: nodes.RegionLine) -> str:
        match line.region:
            case nodes.Box((a, b, c, d)):
                return f"{a},{b},{a + c},{b + d}" if line.ctp else f"{a},{b},{c},{d}"
            case nodes.WholeImage():
                return "all"
            case nodes.FromSequence(target):
                return f"from:{self._target(target)}"
            case nodes.FoundText(detector):
                return "ocr" if detector is None else f"ocr:{detector}"
            case _:
                assert_never(line.region)

    # ---- as written ---------------------------------------------------------------------------------------

    def _target(self, target: nodes.Target) -> str:
        return self._written(target.span) or write_target(target)

    def _parameters(self, line: nodes.Split) -> str:
        """Return the parameters of SPLIT; deid has none of them under `value` if none was written."""
        written = self._written(line.span)
        if written is not None:
            return written[line.target.span.end - line.span.start :].strip()
        return write_statement(evolve(line, remark=None)).removeprefix(f"SPLIT {write_target(line.target)}").strip()

    def _written(self, span: Span) -> str | None:
        """Return what stands at a place, if that is known and all of it can be seen."""
        text = self.texts.get(span.source, "")[span.start : span.end]
        return None if not text or ZERO_WIDTH.search(text) or WIDE_BLANK.search(text) else text


def copied(deid: DeidDict) -> DeidDict:
    """Return a dictionary with copies of all dictionaries and lists in it."""
    found: DeidDict = _copied(deid)
    return found


def _copied(part: Any) -> Any:  # noqa: ANN401  # any part of the dictionary
    if isinstance(part, dict):
        return {key: _copied(value) for key, value in part.items()}
    if isinstance(part, list):
        return [_copied(one) for one in part]
    return tuple(_copied(one) for one in part) if isinstance(part, tuple) else part


def _value(value: nodes.Value) -> str:
    match value:
        case nodes.Literal(text):
            return literal_text(text)
        case nodes.FromAttribute() | nodes.Composed() | nodes.Codes():
            return Spelt(write_value(value))
        case nodes.VarRef() | nodes.FuncRef() | nodes.BuiltinRef():
            return write_value(value)
        case _:
            assert_never(value)


def _when(key: str, when: nodes.Conditions) -> dict[str, str]:
    return {key: write_conditions(when).strip()} if when else {}


def _guard(key: str, guard: nodes.Guard | None) -> dict[str, str]:
    return {} if guard is None else {key: write_guard(guard).strip().removeprefix("when ")}


def _policy(line: nodes.PixelLine) -> DeidDict:
    match line:
        case nodes.Policy(word, group):
            return {"policy": POLICY_WORDS[word], "group": group}
        case nodes.Final(group):
            return {"policy": "FINAL", "group": group}
        case nodes.Store(storage):
            return {"policy": "STORE", "storage": storage.value}
        case _:
            assert_never(line)


def _variable(line: nodes.Variable) -> DeidDict:
    shown: DeidDict = {"name": line.name, "type": line.type.value}
    return shown if line.default is None else {**shown, "default": line.default}
