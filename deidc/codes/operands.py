"""DC343-DC349: what is written from elsewhere: codes, other attributes, composed text, and one more value."""

from __future__ import annotations

from deidc.diagnostics import Rule, Severity

_HEAD = "FORMAT dicom\n\n%header\n"
_METHOD = "DeidentificationMethodCodeSequence"


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


CODE_MISPLACED = _rule(
    "DC343",
    "code-misplaced",
    "A code is written to something other than one code sequence.",
    "A code is an item of a sequence (PS3.3 section 8). Name the sequence, or write the code value as text.",
    _HEAD + 'REPLACE StudyDescription code:T-D3000,SRT,"Chest"\n',
    _HEAD + 'REPLACE AnatomicRegionSequence code:T-D3000,SRT,"Chest"\n',
)
CODE_UNFIT = _rule(
    "DC344",
    "code-unfit",
    "A part of a code does not fit its attribute.",
    "The designator and the version of a coding scheme have at most 16 characters, the meaning has at most 64.",
    _HEAD + 'REPLACE AnatomicRegionSequence code:1,99A_SCHEME_OF_MY_HOSPITAL,"Chest"\n',
    _HEAD + 'REPLACE AnatomicRegionSequence code:1,99HOSPITAL,"Chest"\n',
)
CODE_MEANING = _rule(
    "DC345",
    "code-meaning",
    "A code of DICOM does not have this meaning.",
    "Programs read the code and people read the meaning, so a pair that does not belong together states two different "
    "things. Codes of DICOM's own scheme, DCM, are in PS3.16 annex D.",
    _HEAD + f'APPEND {_METHOD} code:113101,DCM,"Basic Application Confidentiality Profile"\n',
    _HEAD + f'APPEND {_METHOD} code:113100,DCM,"Basic Application Confidentiality Profile"\n',
)
CODE_UNKNOWN = _rule(
    "DC346",
    "code-unknown",
    "DICOM's own coding scheme has no such code.",
    "Codes of the scheme DCM are defined in PS3.16 annex D. The code may be misspelt, or newer than the table that "
    "deidc has. For codes of your own, write a designator that begins with 99.",
    _HEAD + 'REPLACE AnatomicRegionSequence code:1131000,DCM,"Chest"\n',
    _HEAD + 'REPLACE AnatomicRegionSequence code:1131000,99HOSPITAL,"Chest"\n',
    Severity.WARNING,
)
APPEND_TO_ONE = _rule(
    "DC347",
    "append-to-one",
    "APPEND names an attribute that cannot have one more value.",
    "APPEND adds a value to an attribute of text with several values, or a code to a code sequence. An attribute of "
    "one value is written with REPLACE or ADD.",
    _HEAD + "APPEND StudyDescription checked\n",
    _HEAD + "ADD StudyDescription checked\n",
)
SOURCE_UNFIT = _rule(
    "DC348",
    "source-unfit",
    "The value of an attribute cannot be written to another.",
    "Values are copied as text. Sequences, pixels and other bulk data have none, and a name is never a date or a "
    "number. Every object with such values would be refused.",
    _HEAD + "REPLACE StudyDate from:Modality\n",
    _HEAD + "REPLACE StudyDescription from:Modality\n",
)
ARGUMENT_OUT_OF_RANGE = _rule(
    "DC349",
    "argument-out-of-range",
    "An argument of a built-in function is none of its values.",
    "Every object would be refused, because the function cannot use the argument.",
    _HEAD + "ADD PatientAge deid_func:age unit=years\n",
    _HEAD + "ADD PatientAge deid_func:age unit=Y\n",
)
