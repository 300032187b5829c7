"""`DicomParser` applies a recipe to one object, shows its fields, changes them by hand, and saves the object."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from pydicom.dataset import Dataset
from pydicom.tag import BaseTag, Tag

from deidc.compat.config import DeidRecipe
from deidc.compat.dicom import tags
from deidc.compat.dicom.actions import deid_funcs
from deidc.compat.dicom.utils import save_dicom
from deidc.compat.logger import bot
from deidc.compat.objects.cleaning import HostLists, clean_in_place, lists_of
from deidc.compat.objects.field import ByUid, DicomField
from deidc.compat.objects.inputs import One, inputs_of, read
from deidc.compat.objects.keeping import Keeping
from deidc.compat.objects.linking import ITEM
from deidc.compat.objects.paths import uid_of_path, way_of_uid
from deidc.compat.objects.rules import Rules, at_one_place, one_rule
from deidc.compat.objects.settings import Settings
from deidc.compat.objects.table import FieldsWithLookups, get_fields_with_lookup
from deidc.compat.objects.values import holding
from deidc.ir.program import Program

_ACTIONS = ("ADD", "BLANK", "JITTER", "KEEP", "REPLACE", "REMOVE")


class DicomParser:
    """An object, a recipe, and the variables and functions that its rules need.

    Attributes:
        dicom: the object. One that was given is changed in place; of a path or of bytes it is the parser's own.
        dicom_file, dicom_name: path and name of the file it was read from, or None.
        recipe: the recipe; its dictionary is read anew each time.
        lookup: variables and functions by name, and after `parse` the lists of the recipe.
        config: the contents of config.json; `disable_skip` passes over nothing that it says is passed over.

    """

    def __init__(
        self,
        dicom_file: One,
        recipe: Any = None,  # noqa: ANN401  # whatever DeidRecipe takes
        config: str | os.PathLike[str] | None = None,
        force: bool = True,
        disable_skip: bool = False,
    ) -> None:
        self.lookup: dict[str, Any] = {}
        self.disable_skip = disable_skip
        self.config = Settings.read(config).raw
        self.deid_funcs = deid_funcs
        self.recipe: DeidRecipe = recipe if isinstance(recipe, DeidRecipe) else DeidRecipe(recipe)
        self.load(dicom_file, force)

    def __str__(self) -> str:
        return f"[dicom-parser:{self.dicom_name}]"

    __repr__ = __str__

    def load(self, dicom_file: One, force: bool = True) -> None:
        """Take an object, or read it. Raises FileNotFoundError, and what pydicom raises for what is no DICOM file."""
        (given,) = inputs_of([dicom_file])
        self.dicom: Dataset = read(given, force=force)
        self.dicom_file = given.key
        self.dicom_name = None if given.place is None else given.place.name
        self._is_shown = False
        self._table: FieldsWithLookups | None = None

    def define(self, name: str, value: Any) -> None:  # noqa: ANN401  # any variable or function
        """Give a variable, a list or a function its name."""
        self.lookup[name] = value

    # ---- fields -------------------------------------------------------------------------------------------

    @property
    def fields(self) -> FieldsWithLookups | dict[str, DicomField]:
        """The current fields of the object by uid; an empty dictionary before the first look.

        What the config passes over and what a KEEP rule keeps is left out, with what is in it.
        """
        return self.get_fields() if self._is_shown else {}

    def get_fields(self, expand_sequences: bool = True) -> FieldsWithLookups:
        """Return the current fields of the object; without `expand_sequences`, those of its top level."""
        self._is_shown = True
        if expand_sequences and self._table is not None:
            return self._table
        keeping = self._keeping()
        table = get_fields_with_lookup(self.dicom, self.skip, expand_sequences, leaves_out=keeping.keeps)
        if expand_sequences:
            self._table = table
        return table

    def find_by_name(self, name: str) -> dict[str, DicomField]:
        """Return the fields in one of whose names a regular expression is found."""
        return {uid: field for uid, field in self.fields.items() if field.name_contains(name)}

    def find_by_values(self, values: Iterable[object]) -> dict[str, DicomField]:
        """Return the fields that hold one of these values: as a whole, or as a word in it."""
        wanted = list(values)
        if not wanted:
            bot.warning("the list of values is empty, so no field holds one of them")
        return {field.uid: field for field in holding(wanted, self.fields.values())}

    def get_nested_field(
        self, field: DicomField, return_parent: bool = False
    ) -> BaseTag | tuple[Dataset | None, BaseTag]:
        """Return the tag of a field; with `return_parent` also the data set it is in, or None if that is gone."""
        way, indexes = _place(field)
        parent = self.dicom.get("file_meta") if field.is_filemeta else self.dicom
        for tag, index in zip(way[:-1], indexes, strict=True):
            if parent is None or tag not in parent:
                parent = None
                break
            items = parent[tag].value
            parent = items[index] if index < len(items) else None
        desired = Tag(way[-1])
        if return_parent or parent is None:
            return parent, desired
        return desired

    def get_child_fields(self, field: DicomField) -> list[str]:
        """Return the uids of the fields that are in a sequence."""
        return [uid for uid in self.fields if uid.startswith(f"{field.uid}__")]

    # ---- the recipe ---------------------------------------------------------------------------------------

    def parse(self, strip_sequences: bool = False, remove_private: bool = False) -> None:
        """Apply the recipe to the object, also to one to which it was applied before.

        `strip_sequences` and `remove_private` are rules applied before those of the recipe. Afterwards `lookup` has the
        recipe's lists, and `fields` the fields of the cleaned object. Raises CompileError and ObjectRefused; the
        object is unchanged then.
        """
        rules = self._rules(strip_sequences=strip_sequences, remove_private=remove_private)
        program, lists = rules.program(self.lookup)
        self.lookup.update(self._lists(program))
        self._run(program, lists)
        self._is_shown = True

    def perform_action(
        self,
        field: str | DicomField,
        value: Any,  # noqa: ANN401  # a value of a recipe
        action: str,
        filemeta: bool = False,
    ) -> None:
        """Do to the object what one line of a header says; the recipe's KEEP rules and lists count.

        Another action than those of recipes blanks, as in deid. `filemeta` is not looked at: fields say it themselves.
        """
        del filemeta
        if action not in _ACTIONS:
            bot.warning(f"{action} is no action; BLANK is done")
            action, value = "BLANK", None
        if isinstance(field, DicomField):
            self._at_one_place(field, action, value)
            return
        rule, lookup = _rule(action, field, value, self.lookup)
        recipe = DeidRecipe(one_rule(self.recipe.deid, rule))
        program, lists = Rules(recipe, self._settings, self._settings.kept).program(lookup)
        self._run(program, lists, lookup)

    def add_field(self, field: str | DicomField, value: Any) -> None:  # noqa: ANN401  # a value of a recipe
        """Set an element at the top level by its name, or the one that a field is of."""
        self.perform_action(field, value, "ADD")

    def replace_field(self, field: str | DicomField, value: Any) -> None:  # noqa: ANN401  # a value of a recipe
        """Write a value to what a target selects, or to the one element that a field is of, if it is there."""
        self.perform_action(field, value, "REPLACE")

    def blank_field(self, field: str | DicomField) -> None:
        """Empty what a target selects, or the one element that a field is of."""
        self.perform_action(field, None, "BLANK")

    def delete_field(self, field: str | DicomField) -> None:
        """Delete what a target selects, or the one element that a field is of."""
        self.perform_action(field, None, "REMOVE")

    def remove_private(self) -> None:
        """Remove all private elements from the object."""
        tags.remove_private(self.dicom)
        self._table = None

    def reset_preamble(self) -> None:
        """Fill the 128 bytes before the object's file meta information with zeros."""
        self.dicom.preamble = b"\0" * 128

    def save(self, filename: str | os.PathLike[str] | None = None, overwrite: bool = False) -> str:
        """Write the current object to a file; return its path. Without a name, it is that of the input.

        Raises OutputExists if the file is there and `overwrite` is False, ValueError if there is no name, and OSError.
        """
        name = filename or self.dicom_file
        if name is None:
            raise ValueError("the object has no file name; give one")
        place = Path(name)
        return save_dicom(self.dicom, place.name, place.parent, overwrite)

    # ---- what counts --------------------------------------------------------------------------------------

    @property
    def skip(self) -> list[str]:
        """The attributes that are passed over."""
        return list(self._settings.skip)

    @property
    def keep(self) -> list[str]:
        """The uids of what KEEP rules of the recipe keep in the current object."""
        keeping = self._keeping()
        return [uid for uid, field in get_fields_with_lookup(self.dicom).items() if keeping.keeps(field)]

    @property
    def excluded_from_deletion(self) -> list[str]:
        """The targets of the recipe's JITTER and REPLACE rules, which REMOVE spares."""
        entries = [*self.recipe.get_actions(action="JITTER"), *self.recipe.get_actions(action="REPLACE")]
        return [entry["field"] for entry in entries if entry.get("field")]

    @property
    def _settings(self) -> Settings:
        return Settings.of(self.config, disable_skip=self.disable_skip)

    def _rules(self, *, strip_sequences: bool = False, remove_private: bool = False) -> Rules:
        return Rules.of(self.recipe, self._settings, strip_sequences=strip_sequences, remove_private=remove_private)

    def _keeping(self) -> Keeping:
        program, lists = self._rules().program(self.lookup)
        return Keeping.of(program, self.dicom, lists, self.lookup)

    # ---- running ------------------------------------------------------------------------------------------

    def _lists(self, program: Program) -> dict[str, Any]:
        """Return the lists that the recipe declares, in deid's shape."""
        deid = self.recipe.deid
        if not deid.get("values") and not deid.get("fields"):
            return {}
        found = lists_of(program, self.dicom)
        shown: dict[str, Any] = {name: list(found.values.get(name, ())) for name in deid.get("values") or {}}
        table = get_fields_with_lookup(self.dicom) if deid.get("fields") else FieldsWithLookups({})
        for name in deid.get("fields") or {}:
            uids = map(uid_of_path, found.fields.get(name, ()))
            shown[name] = ByUid((uid, table[uid]) for uid in uids if uid in table)
        return shown

    def _at_one_place(self, field: DicomField, action: str, value: Any) -> None:  # noqa: ANN401
        if action == "KEEP":
            return
        rule, lookup = _rule(action, field.tag, value, self.lookup)
        self._run(at_one_place(rule, _place(field)), {}, lookup)

    def _run(self, program: Program, lists: HostLists, lookup: Mapping[str, Any] | None = None) -> None:
        variables = self.lookup if lookup is None else lookup
        clean_in_place(program, self.dicom, {**variables, ITEM: self.lookup}, lists)
        self._table = None


def _place(field: DicomField) -> tuple[tuple[int, ...], tuple[int, ...]]:
    return way_of_uid(field.uid) or ((int(field.element.tag),), ())


# The name of a variable that holds a value which is no text of a recipe; no recipe can spell it by accident.
_VALUE = "deidc.value"


def _rule(
    action: str,
    field: str,
    value: Any,  # noqa: ANN401
    lookup: Mapping[str, Any],
) -> tuple[dict[str, Any], Mapping[str, Any]]:
    """Return a rule in deid's shape, and the variables it needs: a value that is no text becomes one of them."""
    rule: dict[str, Any] = {"action": action, "field": field}
    if value is None or action in ("BLANK", "KEEP"):
        return rule, lookup
    if isinstance(value, str) or (action == "JITTER" and isinstance(value, int)):
        return {**rule, "value": str(value)}, lookup
    return {**rule, "value": f"var:{_VALUE}"}, {**lookup, _VALUE: value}
