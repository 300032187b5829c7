"""`DeidRecipe` is a recipe whose dictionary may be edited at any time; its program follows the edits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from attrs import define, field

from deidc.compat.logger import bot
from deidc.compat.recipes.dicts import DeidDict, copied, program_of
from deidc.compat.recipes.files import Given, Laid, Terms, laid_together
from deidc.ir.identifiers import SYSTEM_PROTECTED
from deidc.ir.library import FileLibrary
from deidc.ir.program import Program


@define(eq=False)
class _Moment:
    """The dictionary at some moment, and its programs."""

    deid: DeidDict = field(repr=False)
    programs: dict[Terms, Program] = field(factory=dict, repr=False)


class DeidRecipe:
    """A recipe: what is done to headers, and which images are flagged.

    `deid` is a path, the name of a recipe, a dictionary, or a list of those, of which later ones win; without it, the
    recipe called `default_base` is taken. With `base`, that recipe is applied before the others. `library`, which deid
    does not have, says which folders recipes may include files from, besides their own. Raises RecipeNotFound, and
    CompileError for what cannot be read.

    The attribute `deid` is the dictionary of the recipe, and may be changed in place: each run does what it says then.
    A dictionary that was given is that very dictionary.
    """

    def __init__(
        self,
        deid: Given | Sequence[Given] | None = None,
        base: bool = False,
        default_base: Given = "dicom",
        format: str = "dicom",  # noqa: A002  # deid's name
        *,
        library: FileLibrary | None = None,
    ) -> None:
        if deid is None and not base:
            bot.warning("no recipe is given, the default is used")
        files: list[Given] = _as_list(deid)
        if base or deid is None:
            files.insert(0, default_base)
        self._library = library
        self._laid: Laid | None = None
        self._moment: _Moment | None = None
        self.deid: DeidDict = {}
        if len(files) == 1 and isinstance(files[0], dict):
            self.deid = files[0]
        elif files:
            self._lay(files)
        else:
            bot.info("the recipe is empty; load adds to it")
        if self.get_format() not in (None, format):
            bot.exit(f"the recipe is not for the format {format!r}")

    def __str__(self) -> str:
        return "[deid]"

    __repr__ = __str__

    def load(self, deid: Given | Sequence[Given]) -> None:
        """Append another recipe, or several, so that they win."""
        self._lay([*([self.deid] if self.deid else []), *_as_list(deid)])

    def _lay(self, files: Sequence[Given]) -> None:
        self._laid = laid_together(files, self._library)
        self.deid = self._laid.shown()

    def program(self, first: Sequence[str] = (), protected: Sequence[str] = SYSTEM_PROTECTED) -> Program:
        """Return the program of the recipe as its dictionary is now; the same object as long as that does not change.

        `first` are lines of %header applied before the recipe's; `protected` are keywords of attributes that wide rules
        do not touch. Ops of a recipe that was not edited have the lines of its files. Raises CompileError.
        """
        moment = self._moment
        if moment is None or moment.deid != self.deid:
            moment = self._moment = _Moment(copied(self.deid))
        terms = (tuple(first), tuple(protected))
        if terms not in moment.programs:
            moment.programs[terms] = self._compiled(moment.deid, terms)
        return moment.programs[terms]

    def _compiled(self, deid: DeidDict, terms: Terms) -> Program:
        if self._laid is not None and self._laid.shows(deid):
            return self._laid.program(terms)
        return program_of(deid, *terms)

    # ---- what is in it ------------------------------------------------------------------------------------

    def get_format(self) -> str | None:
        """Return the format of the objects that the recipe is for."""
        return self.deid.get("format")

    def get_filters(self, name: str | None = None) -> Any:  # noqa: ANN401  # a part of the dictionary
        """Return the groups of labels by name, or the labels of one group; None if the recipe has no groups."""
        return self._named("filter", name)

    def get_values_lists(self, name: str | None = None) -> Any:  # noqa: ANN401  # a part of the dictionary
        """Return the lists of values by name, or the lines of one; None if the recipe has no such lists."""
        return self._named("values", name)

    def get_fields_lists(self, name: str | None = None) -> Any:  # noqa: ANN401  # a part of the dictionary
        """Return the lists of fields by name, or the lines of one; None if the recipe has no such lists."""
        return self._named("fields", name)

    def _named(self, section: str, name: str | None) -> Any:  # noqa: ANN401  # a part of the dictionary
        found = self.deid.get(section)
        return found if name is None or found is None else found.get(name, [])

    def get_actions(self, action: str | None = None, field: str | None = None) -> list[DeidDict]:
        """Return the entries of the header, or those with an action or a field, in any case of letters."""
        return self._entries("header", action, field)

    def get_labels(self, action: str | None = None, field: str | None = None) -> list[DeidDict]:
        """Return the entries of the section labels, which nothing is done by; deid has no such method."""
        return self._entries("labels", action, field)

    def _entries(self, section: str, action: str | None, field: str | None) -> list[DeidDict]:
        entries: list[DeidDict] = self.deid.get(section) or []
        if action is not None:
            entries = [one for one in entries if one["action"].upper() == action.upper()]
        if field is not None:
            entries = [one for one in entries if one["field"].upper() == field.upper()]
        return entries

    def has_fields_lists(self) -> bool:
        """Whether there are lists of fields."""
        return bool(self.deid.get("fields"))

    def has_values_lists(self) -> bool:
        """Whether there are lists of values."""
        return bool(self.deid.get("values"))

    def has_actions(self) -> bool:
        """Whether anything is done to headers."""
        return bool(self.deid.get("header"))

    def listof(self, section: str) -> list[str]:
        """Return the names in a section."""
        return list(self.deid.get(section) or {})

    def ls_filters(self) -> list[str]:
        """Return the names of the groups of labels."""
        return self.listof("filter")

    def ls_valuelists(self) -> list[str]:
        """Return the names of the lists of values."""
        return self.listof("values")

    def ls_fieldlists(self) -> list[str]:
        """Return the names of the lists of fields."""
        return self.listof("fields")


def _as_list(given: Given | Sequence[Given] | None) -> list[Given]:
    if given is None:
        return []
    if isinstance(given, list | tuple):
        return list(given)
    return [given]  # type: ignore[list-item]  # what is no list is one recipe
