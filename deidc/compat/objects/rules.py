"""Build the program of one call: the current recipe, with the rules that the call and the config add."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from attrs import evolve, frozen

from deidc.compat.config import DeidRecipe
from deidc.compat.objects.cleaning import HostLists
from deidc.compat.objects.paths import tag_text
from deidc.compat.objects.settings import Settings
from deidc.compat.recipes.dicts import DeidDict, program_of
from deidc.ir import ops
from deidc.ir.program import Program
from deidc.ir.verify import verify

_STRIP = "REMOVE select:VR:SQ"
_PRIVATE = "REMOVE select:private"


@frozen
class Rules:
    """What is done to objects, but for the lists that come with each of them.

    `first` are lines of %header that are applied before the recipe's.
    """

    recipe: DeidRecipe
    settings: Settings
    first: tuple[str, ...] = ()

    @classmethod
    def of(cls, recipe: DeidRecipe, settings: Settings, *, strip_sequences: bool, remove_private: bool) -> Rules:
        """Return the rules of a call."""
        first = ((_STRIP,) if strip_sequences else ()) + ((_PRIVATE,) if remove_private else ())
        return cls(recipe, settings, (*first, *settings.kept))

    def program(self, lookup: Mapping[str, object]) -> tuple[Program, HostLists]:
        """Return the program for an object with these variables, and what `%values` lists the variables fill.

        A list that the recipe uses and does not declare may be among the variables, as in deid: values, or fields by
        uid. Raises CompileError.
        """
        deid = self.recipe.deid
        values, fields = _lists_in(deid, lookup)
        if not values and not fields and not self.settings.actions:
            return self.recipe.program(self.first, self.settings.protected), {}
        whole: DeidDict = {
            **deid,
            "header": [*(deid.get("header") or []), *self.settings.actions],
            "values": {**(deid.get("values") or {}), **{name: [] for name in values}},
            "fields": {**(deid.get("fields") or {}), **fields},
        }
        return program_of(whole, self.first, self.settings.protected), values


def at_one_place(rule: Mapping[str, Any], place: tuple[tuple[int, ...], tuple[int, ...]]) -> Program:
    """Return the program of one rule that acts on the one element at a place: tags and item numbers on the way.

    Nothing is protected from it. Raises CompileError.
    """
    tags, indexes = place
    steps = tuple(
        ops.PathStep(ops.Tagged(f"{tag:08X}"), index) for tag, index in zip(tags, (*indexes, None), strict=True)
    )
    whole = {"format": "dicom", "header": [{**rule, "field": tag_text(tags[-1])}]}
    program = program_of(whole, protected=())
    return verify(evolve(program, ops=tuple(_moved(op, ops.AtPath(steps)) for op in program.ops)))


def _moved(op: ops.Op, to: ops.AtPath) -> ops.Op:
    return evolve(op, at=to) if isinstance(op, ops.ElementOp) else op


def one_rule(deid: DeidDict, action: Mapping[str, Any]) -> DeidDict:
    """Return the dictionary of a recipe that has one rule besides what another recipe keeps, and its lists."""
    kept = [one for one in deid.get("header") or [] if one.get("action") == "KEEP"]
    lists = {kind: deid[kind] for kind in ("vars", "values", "fields") if deid.get(kind)}
    return {"format": "dicom", **lists, "header": [*kept, action]}


_LISTS = (list, tuple, set, frozenset, Mapping)


def _lists_in(
    deid: DeidDict, lookup: Mapping[str, object]
) -> tuple[dict[str, tuple[str, ...]], dict[str, list[DeidDict]]]:
    """Return the lists that a recipe uses, does not declare, and finds among the variables."""
    values: dict[str, tuple[str, ...]] = {}
    fields: dict[str, list[DeidDict]] = {}
    lists = {name: one for name, one in lookup.items() if isinstance(one, _LISTS)}
    for kind, name in _references(deid) if lists else ():
        if name not in lists or name in (deid.get(kind) or {}):
            continue  # if it is declared nowhere, the compiler reports it
        if kind == "fields":
            fields[name] = [{"action": "FIELD", "field": str(one)} for one in lists[name]]
        elif not isinstance(lists[name], Mapping):
            values[name] = tuple(str(one) for one in lists[name])
    return values, fields


def _references(deid: DeidDict) -> Iterator[tuple[str, str]]:
    """Yield kind and name of the lists that the header of a recipe refers to."""
    for action in deid.get("header") or []:
        texts = (action.get("field"), action.get("value"), action.get("if"))
        for text in texts:
            for word in text.split() if isinstance(text, str) else ():
                kind, colon, name = word.partition(":")
                if colon and kind.lower() in ("values", "fields"):
                    yield kind.lower(), name
