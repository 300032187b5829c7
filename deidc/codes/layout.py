"""DC5xx: how a recipe is laid out, where that misleads its readers."""

from __future__ import annotations

from deidc.diagnostics import Rule, Severity

_HEAD = "FORMAT dicom\n\n%header\n"
_SHOTS = "FORMAT dicom\n\n%filter blacklist\n\nLABEL shots\n  contains Modality OT\n\n"


def _rule(
    code: str,
    name: str,
    title: str,
    why: str,
    bad: str,
    good: str,
    severity: Severity = Severity.WARNING,
    *,
    stops_run: bool = False,
    deid_defines: bool = False,
) -> Rule:
    return Rule(code, name, severity, title, why, bad, good, stops_run, deid_defines)


LATE_FORMAT = _rule(
    "DC501",
    "late-format",
    "FORMAT is not the first statement.",
    "Readers look for it at the top, and take the lines above it for another recipe.",
    "%header\nREMOVE PatientName\n\nFORMAT dicom\n",
    _HEAD + "REMOVE PatientName\n",
    Severity.NOTE,
)
EMPTY_SECTION = _rule(
    "DC502",
    "empty-section",
    "A section has no lines.",
    "Its lines were probably lost, and the attributes that they should remove stay.",
    _HEAD + "REMOVE PatientName\n\n%filter blacklist\n",
    _HEAD + "REMOVE PatientName\n",
    stops_run=True,
)
IGNORE_WITHOUT_REASON = _rule(
    "DC503",
    "ignore-without-reason",
    "An ignore comment gives no reason.",
    "A reason explains to the next reader why the complaint does not matter here. Without a reason the complaint is "
    "still reported.",
    _HEAD + "# deidc: ignore[DC412]\nKEEP PatientName\n",
    _HEAD + "# deidc: ignore[DC412] a phantom, not a patient\nKEEP PatientName\n",
)
UNUSED_IGNORE = _rule(
    "DC504",
    "unused-ignore",
    "An ignore comment suppresses no complaint.",
    "The line was fixed, or the code is wrong; the comment could suppress a new complaint later. Remove it.",
    _HEAD + "# deidc: ignore[DC412] a phantom, not a patient\nREMOVE PatientName\n",
    _HEAD + "REMOVE PatientName\n",
)
SAME_LABEL_NAME = _rule(
    "DC505",
    "same-label-name",
    "Two labels of a group have the same name.",
    "A report names the label, so it cannot show which of the two found text in the pixels.",
    _SHOTS + "LABEL shots\n  contains Modality XC\n",
    _SHOTS + "LABEL others\n  contains Modality XC\n",
    Severity.NOTE,
)
EMPTY_RECIPE = _rule(
    "DC506",
    "empty-recipe",
    "A recipe has no effect.",
    "Every file would be written unchanged, patients' names included.",
    "FORMAT dicom\n",
    _HEAD + "REMOVE PatientName\n",
    Severity.ERROR,
    deid_defines=True,
)

IGNORES_NOTHING_KNOWN = _rule(
    "DC507",
    "unknown-ignored-code",
    "An ignore comment names a code that does not exist or cannot be ignored.",
    "The intended complaint is still reported, although the comment suggests that it was reviewed. Errors cannot be "
    "ignored, because a recipe with errors would leave data behind.",
    _HEAD + "# deidc: ignore[DC999] as agreed\nREMOVE PatientName\n",
    _HEAD + "REMOVE PatientName\n",
)
