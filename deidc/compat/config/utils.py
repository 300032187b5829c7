"""Load recipes, and single lines of them, into deid's dictionaries."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from deidc.compat.config.standards import formats, groups, sections
from deidc.compat.logger import bot
from deidc.compat.recipes.dicts import DeidDict, dicts_of
from deidc.compat.recipes.files import Given, RecipeNotFound, Reference, laid_together, recipe_file, recipe_path
from deidc.diagnostics import CompileError, Report
from deidc.grammar.reader import read
from deidc.source import Source

_NAMED = ("filter", *groups)
# Parts of a line as deid has them: quotation marks hold blanks together where a word or a part of a tag begins.
_PARTS = re.compile(r"""(?:(?<![^\s,:=(])(?:"[^"]*"|'[^']*')|\S)+""")


# ---- recipes ------------------------------------------------------------------------------------------------


def load_combined_deid(deids: list[Given]) -> DeidDict | Mapping[str, Any] | None:
    """Return the dictionary of combined recipes, of which later ones win; of one dictionary, itself.

    Raises RecipeNotFound for what is not found, where deid goes on without it, and CompileError.
    """
    if not isinstance(deids, list):
        bot.exit("load_combined_deid takes a list")
    if not deids:
        return None
    if len(deids) == 1 and isinstance(deids[0], Mapping):
        return deids[0]
    return laid_together(deids).shown()


def load_deid(path: Reference | None = None) -> DeidDict:
    """Return the dictionary of a recipe: a file, or the one in a folder; without a path, in the current folder.

    Raises RecipeNotFound and CompileError.
    """
    return laid_together([find_deid(path)]).shown()


def find_deid(path: Reference | None = None) -> str:
    """Return the path of a recipe: of the file itself, or of the one in a folder (default: the current one).

    Raises RecipeNotFound, where deid ends the process.
    """
    found = Path(os.getcwd() if path is None else path)
    if not found.exists():
        raise RecipeNotFound(f"there is no recipe {os.fspath(found)!r}")
    return str(recipe_file(found))


def get_deid(
    tag: Given | None = None, exit_on_fail: bool = True, quiet: bool = False, load: bool = False
) -> str | Mapping[str, Any] | None:
    """Return the path of a recipe by path or name, or with `load` its dictionary; a dictionary is returned unchanged.

    Raises RecipeNotFound, or returns None if `exit_on_fail` is false.
    """
    if isinstance(tag, Mapping):
        return tag
    try:
        path = recipe_path("dicom" if tag is None else tag).absolute()
    except RecipeNotFound as failure:
        if not quiet:
            bot.error(str(failure))
        if exit_on_fail:
            raise
        return None
    return load_deid(path) if load else str(path)


# ---- single lines -------------------------------------------------------------------------------------------


def parse_format(line: str) -> str:
    """Return the format that a line states. Raises CompileError."""
    return str(_read(line)["format"])


def split_action_line(line: str) -> list[str]:
    """Return the words of a line; blanks in quotation marks separate none, and the marks stay."""
    return _PARTS.findall(line)


def parse_filter_group(spec: list[str]) -> list[str]:
    """Take the lines of a label from the beginning of a list: all before the next LABEL or section."""
    behind = next((at for at, line in enumerate(spec) if line.strip().upper().startswith(("LABEL", "%"))), len(spec))
    members = spec[:behind]
    del spec[:behind]
    return members


def parse_label(
    section: str, config: DeidDict, section_name: str, members: list[str], label: str | None = None
) -> DeidDict:
    """Add a label with its lines, which are taken from the list, to a section. Raises CompileError."""
    first = "LABEL" if label is None else label
    read_label = _section_of(f"%filter {section_name}", [first, *members])["filter"][section_name][0]
    if label is None:
        del read_label["name"]
    members.clear()
    config[section][section_name].append(read_label)
    return config


def parse_member(members: str, operator: str | None = None) -> DeidDict:
    """Return a line of criteria as deid has it, in parallel lists; `operator` is `and`, `or` or None.

    Raises CompileError.
    """
    join = {"and": "+ ", "or": "|| "}.get(operator or "", "")
    found: DeidDict = _section_of("%filter lines", ["LABEL", join + members])["filter"]["lines"][0]["filters"][0]
    return found


def add_section(config: DeidDict, section: str | None, section_name: str | None = None) -> DeidDict:
    """Add a section to a dictionary, if it is not there. Raises Exit for one that recipes do not have."""
    if section is None:
        bot.exit("a section is needed, like %header, before any action")
    if section not in sections:
        bot.exit(f"{section!r} is no section of a recipe")
    if section in _NAMED and section_name is None:
        bot.exit(f"the section {section} needs a name")
    if section in _NAMED:
        config.setdefault(section, {}).setdefault(section_name, [])
    else:
        config.setdefault(section, [])
    return config


def parse_group_action(section: str, line: str, config: DeidDict, section_name: str) -> DeidDict:
    """Add a line of a list of values or fields to a dictionary. Raises CompileError."""
    config[section][section_name].extend(_section_of(f"%{section} {section_name}", [line])[section][section_name])
    return config


def parse_config_action(section: str, line: str, config: DeidDict, section_name: str | None = None) -> DeidDict:
    """Add a line of %header or %labels to a dictionary. Raises CompileError."""
    entries = config[section] if section_name is None else config[section][section_name]
    entries.extend(_section_of(f"%{section}", [line])[section])
    return config


def _section_of(first: str, lines: list[str]) -> DeidDict:
    return _read("\n".join((f"FORMAT {formats[0]}", first, *lines)))


def _read(text: str) -> DeidDict:
    """Return the dictionary of a piece of a recipe. Raises CompileError for what cannot be read."""
    source = Source("<line>", text)
    recipe, said = read(source)
    report = Report.of([source], said)
    if report.errors:
        raise CompileError(report)
    return dicts_of(recipe, [source])
