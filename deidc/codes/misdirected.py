"""DC366-DC369: targets that point beside what was meant."""

from __future__ import annotations

from deidc.diagnostics import Rule, Severity

_HEAD = "FORMAT dicom\n\n%header\n"


def _rule(
    code: str,
    name: str,
    title: str,
    why: str,
    bad: str,
    good: str,
    severity: Severity = Severity.ERROR,
    *,
    stops_run: bool = False,
) -> Rule:
    return Rule(code, name, severity, title, why, bad, good, stops_run)


NEAR_TAG = _rule(
    "DC366",
    "near-tag",
    "A tag that no dictionary knows differs from the tag of an identifying attribute by two digits in the wrong order.",
    "The rule selects nothing, and the identifying attribute stays. Write the keyword, which cannot be mistyped "
    "unnoticed; for an attribute that is newer than the dictionary, write select:unknown or a pattern.",
    _HEAD + "REMOVE (0010,0002)\n",
    _HEAD + "REMOVE (0010,0020)\n",
    Severity.WARNING,
    stops_run=True,
)
EMPTY_GROUP = _rule(
    "DC367",
    "empty-group",
    "DICOM has no attributes in a group.",
    "The rule selects nothing. Groups are hexadecimal: the attributes of a visit are in group 0038, which is 56 in "
    "decimal.",
    _HEAD + "REMOVE select:group:56\n",
    _HEAD + "REMOVE select:group:0038\n",
    Severity.WARNING,
    stops_run=True,
)
IMPOSSIBLE_PATH = _rule(
    "DC368",
    "impossible-path",
    "No object has an element at a path.",
    "The rule selects nothing, and the attribute stays. Each step of a path but the last is a sequence, the first "
    "one is at the top level. A keyword alone selects the attribute at every depth.",
    _HEAD + "REMOVE PatientName__PatientID\n",
    _HEAD + "REMOVE PatientID\n",
    Severity.WARNING,
    stops_run=True,
)
NOT_ITS_CREATOR = _rule(
    "DC369",
    "not-its-creator",
    "A private creator is misspelt, or in a group that is not private.",
    "The rule selects nothing, and the private element stays. Private groups are odd (PS3.5 7.8), and a creator is "
    "compared letter by letter, except for its case.",
    _HEAD + 'REMOVE (0009,"GEMS_IDENT_01",02)\n',
    _HEAD + 'REMOVE (0009,"GEMS_IDEN_01",02)\n',
    Severity.WARNING,
    stops_run=True,
)
