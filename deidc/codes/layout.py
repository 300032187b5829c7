"""DC5xx: how a recipe is laid out, where that misleads its readers."""

from __future__ import annotations

from deidc.diagnostics import Rule, Severity

_HEAD = "FORMAT dicom\n\n%header\n"
_SHOTS = "FORMAT dicom\n\n%filter blacklist\n\nLABEL shots\n  contains Modality OT\n\n"


def _rule(
    code: str, name: str, title: str, why: str, bad: str, good: str, severity: Severity = Severity.WARNING
) -> Rule:
    return Rule(code, name, severity, title, why, bad, good)


LATE_FORMAT = _rule(
    "DC501",
    "late-format",
    "FORMAT is not the first statement.",
    "Readers look for it at the top, and take what stands above for another recipe.",
    "%header\nREMOVE PatientName\n\nFORMAT dicom\n",
    _HEAD + "REMOVE PatientName\n",
    Severity.NOTE,
)
EMPTY_SECTION = _rule(
    "DC502",
    "empty-section",
    "A section has no lines.",
    "Most often its lines were lost, and what they were to remove stays.",
    _HEAD + "REMOVE PatientName\n\n%filter blacklist\n",
    _HEAD + "REMOVE PatientName\n",
)
IGNORE_WITHOUT_REASON = _rule(
    "DC503",
    "ignore-without-reason",
    "An ignore comment gives no reason.",
    "A reason tells the next reader why the complaint does not matter here. Without one the complaint stands.",
    _HEAD + "# deidc: ignore[DC412]\nKEEP PatientName\n",
    _HEAD + "# deidc: ignore[DC412] a phantom, not a patient\nKEEP PatientName\n",
)
UNUSED_IGNORE = _rule(
    "DC504",
    "unused-ignore",
    "An ignore comment silences nothing.",
    "The line was mended, or the code is wrong; the comment may silence something new one day.",
    _HEAD + "# deidc: ignore[DC412] a phantom, not a patient\nREMOVE PatientName\n",
    _HEAD + "REMOVE PatientName\n",
)
SAME_LABEL_NAME = _rule(
    "DC505",
    "same-label-name",
    "Two labels of a group have one name.",
    "A report names the label, and does not tell which of the two found text in the pixels.",
    _SHOTS + "LABEL shots\n  contains Modality XC\n",
    _SHOTS + "LABEL others\n  contains Modality XC\n",
    Severity.NOTE,
)
EMPTY_RECIPE = _rule(
    "DC506",
    "empty-recipe",
    "A recipe does nothing.",
    "Every file would be written as it is, patients' names included.",
    "FORMAT dicom\n",
    _HEAD + "REMOVE PatientName\n",
)

IGNORES_NOTHING_KNOWN = _rule(
    "DC507",
    "unknown-ignored-code",
    "An ignore comment names a code that does not exist or cannot be ignored.",
    "The complaint that was meant stands, and the author believes it was looked at. Errors cannot be ignored, because "
    "a recipe with errors would leave data behind.",
    _HEAD + "# deidc: ignore[DC999] as agreed\nREMOVE PatientName\n",
    _HEAD + "REMOVE PatientName\n",
)
