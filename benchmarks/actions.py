"""The same actions in the form of each tool that can be told what to do, so that all do one work."""

from __future__ import annotations

import json
from pathlib import Path

from attrs import frozen

from deidc.dicom import dictionary

_TEXT = ("LO", "SH", "PN", "ST", "LT", "UC", "UT", "AE")
_PATIENT = "0010"  # its group comes last, since some of it is newer than what peers know
_FIRST = (
    ("PatientName", "anonymous"),
    ("PatientID", "X"),
    ("PatientBirthDate", None),
    ("InstitutionName", None),
    ("InstitutionAddress", None),
    ("ReferringPhysicianName", "anonymous"),
    ("AccessionNumber", "X"),
    ("OperatorsName", None),
    ("StationName", None),
    ("OtherPatientIDs", None),
)  # attributes that every measured corpus has; what follows them is mostly looked for in vain, as in long real recipes


@frozen
class Action:
    """Remove an attribute wherever it is, or replace its value if there is one."""

    keyword: str
    tag: int
    value: str | None

    @property
    def group_and_element(self) -> str:
        """The tag as `gggg,eeee`."""
        return f"{self.tag >> 16:04x},{self.tag & 0xFFFF:04x}"


def actions(count: int) -> tuple[Action, ...]:
    """Return `count` actions: ten that act, then one for each text attribute of the dictionary."""
    found = {one.keyword: int(one.pattern, 16) for one in dictionary.attributes() if not one.repeating}
    first = [Action(keyword, found[keyword], value) for keyword, value in _FIRST]
    known = {one.keyword for one in first}
    rest = [
        Action(one.keyword, int(one.pattern, 16), None)
        for one in sorted(dictionary.attributes(), key=lambda one: one.pattern.startswith(_PATIENT))
        if one.vr in _TEXT and one.pattern >= "0008" and not (one.repeating or one.retired or one.keyword in known)
    ]
    if count > len(first) + len(rest):
        raise ValueError(f"the dictionary has text attributes for {len(first) + len(rest)} actions")
    return (*first, *rest)[:count]


def deid_recipe(wanted: tuple[Action, ...], *, patterns: bool = False) -> str:
    """Return a recipe for deid and deidc; with `patterns`, every sixth rule that looks in vain is a pattern."""
    lines = ["FORMAT dicom", "", "%header"]
    for number, action in enumerate(wanted):
        if action.value is not None:
            lines.append(f"REPLACE {action.keyword} {action.value}")
        elif patterns and number >= len(_FIRST) and number % 6 == 0:
            lines.append(f"REMOVE contains:^{action.keyword}Of{number}$")
        else:
            lines.append(f"REMOVE {action.keyword}")
    return "\n".join(lines) + "\n"


def flywheel_profile(wanted: tuple[Action, ...]) -> str:
    """Return a profile for fw-file-rs, at every depth; JSON is YAML."""
    fields = [
        {"name": one.keyword, "remove": True} if one.value is None else {"name": one.keyword, "replace-with": one.value}
        for one in wanted
    ]
    profile = {"version": 1, "name": "actions", "dicom": {"recurse-sequence": True, "fields": fields}}
    return json.dumps(profile, indent=1) + "\n"


def dcmodify_arguments(wanted: tuple[Action, ...]) -> str:
    """Return arguments of dcmodify, one a line, at every depth."""
    lines = [
        f"-ea\n({one.group_and_element})" if one.value is None else f"-ma\n({one.group_and_element})={one.value}"
        for one in wanted
    ]
    return "\n".join(lines) + "\n"


def gdcmanon_arguments(wanted: tuple[Action, ...]) -> str:
    """Return arguments of `gdcmanon --dumb`, one a line; it knows the top level only."""
    lines = [
        f"--remove\n{one.group_and_element}" if one.value is None else f"--replace\n{one.group_and_element}={one.value}"
        for one in wanted
    ]
    return "\n".join(lines) + "\n"


def write_all(folder: Path) -> None:
    """Write every form that a row of the comparison names into a folder."""
    for count in (10, 300):
        wanted = actions(count)
        (folder / f"{count}.deid").write_text(deid_recipe(wanted), encoding="utf-8")
        (folder / f"{count}.flywheel.json").write_text(flywheel_profile(wanted), encoding="utf-8")
        (folder / f"{count}.dcmodify").write_text(dcmodify_arguments(wanted), encoding="utf-8")
        (folder / f"{count}.gdcmanon").write_text(gdcmanon_arguments(wanted), encoding="utf-8")
    for count in (15, 600):
        recipe = deid_recipe(actions(count), patterns=True)
        (folder / f"deidc-{count}.deid").write_text(recipe, encoding="utf-8")
