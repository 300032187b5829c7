"""Recipes of any length, in the mixture that real ones have."""

from __future__ import annotations

from deidc.dicom import dictionary

_TEXT = ("LO", "SH", "PN", "ST", "LT")


def recipe(rules: int) -> str:
    """Return a recipe with `rules` rules: five of six name an attribute, the others are patterns."""
    keywords = [
        one.keyword for one in dictionary.attributes() if one.vr in _TEXT and not one.repeating and not one.retired
    ]
    lines = []
    for number in range(rules):
        keyword = keywords[number % len(keywords)]
        match number % 6:
            case 0 | 1 | 2:
                lines.append(f"REMOVE {keyword}")
            case 3:
                lines.append(f"REPLACE {keyword} X")
            case 4:
                lines.append(f"BLANK {keyword}")
            case _:
                lines.append(f"REMOVE contains:^{keyword}Of{number}$")
    return "FORMAT dicom\n\n%header\n" + "\n".join(lines) + "\n"


SHORT = """FORMAT dicom

%header
REMOVE PatientBirthDate
REMOVE InstitutionName
BLANK AccessionNumber
REPLACE PatientName anonymous
REPLACE PatientID X
REPLACE ReferringPhysicianName anonymous
JITTER StudyDate 5
JITTER FrameReferenceDateTime 5
REMOVE FrameComments
REMOVE endswith:Comments
"""
