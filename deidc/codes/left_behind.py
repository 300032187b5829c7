"""DC454-DC456, DC470-DC475: rules that leave what they were meant for."""

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


RULES_AS_LABELS = _rule(
    "DC470",
    "rules-as-labels",
    "A %labels section holds rules that remove or change attributes.",
    "The lines of %labels are for other programs and are never executed, so the attributes stay. Write %header above "
    "the rules.",
    "FORMAT dicom\n\n%header\nREMOVE PatientName\n\n%labels\nADD study lung screening\nREMOVE PatientID\n",
    "FORMAT dicom\n\n%header\nREMOVE PatientName\nREMOVE PatientID\n\n%labels\nADD study lung screening\n",
    Severity.WARNING,
    stops_run=True,
)
NAME_NOT_SPLIT = _rule(
    "DC471",
    "name-not-split",
    "SPLIT yields no part of a name, or of a value.",
    "The parts of a name are separated by ^ (PS3.5 6.2.1), and few have more than 24 letters. Without parts, the name "
    'is found only where it stands whole. Write by="^".',
    "FORMAT dicom\n\n%values names\nSPLIT PatientName minlength=4\n\n%header\nREMOVE values:names\n",
    'FORMAT dicom\n\n%values names\nSPLIT PatientName by="^";minlength=4\n\n%header\nREMOVE values:names\n',
    Severity.WARNING,
    stops_run=True,
)
MOMENTS_LEFT = _rule(
    "DC472",
    "moments-left",
    "A rule reaches all dates, and no rule reaches dates with times.",
    "Attributes of VR DT (Acquisition DateTime) hold the same dates, which stay; beside shifted dates they reveal the "
    "shift. Write select:VR:DA|DT or select:role:date.",
    _HEAD + "REMOVE select:VR:DA\n",
    _HEAD + "REMOVE select:VR:DA|DT\n",
    Severity.WARNING,
    stops_run=True,
)
NOT_MOVED = _rule(
    "DC473",
    "not-moved",
    "shift_moment leaves a value unchanged.",
    "A shift by zero changes nothing, and a shift by whole days does not change a time.",
    _HEAD + "REPLACE StudyTime deid_func:shift_moment by=2 unit=days\n",
    _HEAD + "REPLACE StudyDate deid_func:shift_moment by=7 unit=hours\n"
    "REPLACE StudyTime deid_func:shift_moment by=7 unit=hours\n",
)
ITEMS_NOT_REACHED = _rule(
    "DC474",
    "items-not-reached",
    "DESCEND keeps a sequence, and no rule reaches the attributes of its items.",
    "The items stay as they came, with names and numbers in them. Write rules for the attributes, which act at every "
    "depth, or paths into the sequence.",
    _HEAD + "DESCEND OtherPatientIDsSequence\nREMOVE select:VR:SQ\n",
    _HEAD + "DESCEND OtherPatientIDsSequence\nREMOVE select:VR:SQ\nREMOVE PatientID\n",
    Severity.WARNING,
    stops_run=True,
)
ONLY_GUARDED = _rule(
    "DC475",
    "only-guarded",
    "Every rule of the recipe has a guard.",
    "An object for which no guard holds is written unchanged, with names and numbers in it. Add a rule without a guard "
    "for all objects.",
    "FORMAT dicom\n\n%header when Modality equals MR\nREMOVE PatientName\n",
    "FORMAT dicom\n\n%header when Modality equals MR\nREMOVE StudyDescription\n\n%header\nREMOVE PatientName\n",
    Severity.WARNING,
    stops_run=True,
)
ADD_LEAVES_NESTED = _rule(
    "DC454",
    "add-leaves-nested",
    "ADD writes an identifying attribute at the top level, and no rule changes it in the items of sequences.",
    "ADD is about the top level alone. PatientID stands in Other Patient IDs Sequence as well, and an accession number "
    "in the requests; there the original values stay. REPLACE changes the attribute wherever it is.",
    _HEAD + "ADD PatientID A-17\n",
    _HEAD + "REPLACE PatientID A-17\n",
    Severity.WARNING,
    stops_run=True,
)
ADD_LEAVES_VALUE = _rule(
    "DC455",
    "add-leaves-value",
    "ADD writes an identifying attribute only where it is missing or empty, and no rule changes the value it has.",
    "An object that has the attribute keeps the original value. ADD without a condition, or REPLACE, writes over it.",
    _HEAD + "ADD PatientID A-17 if missing:\n",
    _HEAD + "ADD PatientID A-17 if missing:\nREPLACE PatientID A-17\n",
    Severity.WARNING,
    stops_run=True,
)
ONE_GROUP_OF_MANY = _rule(
    "DC456",
    "one-group-of-many",
    "A rule names one group of overlays or curves, and objects may have sixteen.",
    "Overlays are in the even groups 6000 to 601E, and curves in 5000 to 501E (PS3.5 7.6). A rule for one of them "
    "leaves the others. Write X for the digits that differ.",
    _HEAD + "REMOVE (6000,4000)\n",
    _HEAD + "REMOVE (60xx,4000)\n",
    Severity.WARNING,
    stops_run=True,
)
