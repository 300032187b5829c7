"""What becomes of real objects by replace_identifiers, of deid and of deidc.compat: the same, or a named difference.

The differences are those of the programs (docs/deviations.md), but where deidc refuses an object: there the element
is taken out.
"""

from __future__ import annotations

from collections.abc import Iterator

from tests.compat.dicom.calls import by_both
from tests.deid.cases import SHAPES, Case, _case, file, grid
from tests.deid.deviations import ELEMENTS, Difference
from tests.deid.objects import dump, load
from tests.deid.outcomes import OUTCOMES, _is_no_date_to_shift
from tests.deid.sides import Answer, Compared

# An attribute of each VR in a file that deid comes with, and a value for it.
VALUES = {
    "NetworkID": "TEST_AE", "PatientAge": "012Y", "00110004": "00110077", "BodyPartExamined": "TEST_CS",
    "StudyDate": "19000101", "PatientWeight": "501", "AcquisitionDateTime": "19000101012421.621000",
    "SingleCollimationWidth": "1.3", "CalciumScoringMassFactorDevice": "0.5", "Exposure": "400", "PatientID": "TEST_LO",
    "AdditionalPatientHistory": "TEST_LT", "ReferringPhysicianName": "TEST_PN", "AccessionNumber": "TEST_SH",
    "00110001": "112345", "00110002": "1123", "InstitutionAddress": "TEST_ST", "00110007": "-12345677",
    "StudyTime": "010101.621000", "00110009": "TEST_UC", "FrameOfReferenceUID": "1.2.840.10008.5.1.4.1.1.7",
    "00311101": "888888", "00110003": "x00000001", "00110008": "http://example.com?q=2", "PregnancyStatus": "410",
    "00291022": "TEST_UT", "00110010": "1844674407",
}  # fmt: skip
BLANKED = (*VALUES, "00110011", "00110012", "00110013", "00110014", "00110015", "00110016", "ProcedureCodeSequence")
# One subject of each kind: public, nested, private, file meta information.
SUBJECTS = ("StudyDate ", "ReferencedSeriesSequence__", '(0009,"GEMS', "SourceApplicationEntityTitle")


def cases() -> Iterator[Case]:
    """Yield the grid of pairs of actions, values and blanks of every VR, and dates of every form."""
    yield from (one for one in grid() if any(subject in f"{one.recipe} " for subject in SUBJECTS))
    for keyword, value in VALUES.items():
        yield _case("ctbrain1.dcm", f"REPLACE {keyword} {value}")
    for keyword in BLANKED:
        yield _case("ctbrain1.dcm", f"BLANK {keyword}")
    for vr, shapes in SHAPES.items():
        for shape in shapes:
            overlay = (("00990010", "LO", "DEIDC TEST"), ("00991001", vr, shape))
            yield _case("rtdose_1frame.dcm", 'JITTER (0099,"DEIDC TEST",01) 40', overlay=overlay)


def answer_of(found: dict[str, object]) -> Answer:
    codes = found.get("codes") or [found.get("error")]
    return Answer(found.get("found"), tuple(codes) if "error" in found else ())  # type: ignore[arg-type]


def taken_out(one: Difference) -> bool:
    """A rule failed on the element: it is not in the result."""
    return one.ours is None and one.before is not None and _is_no_date_to_shift(one.compared, one.path)


def length_is_counted(one: Difference) -> bool:
    """The length of file meta information that was rebuilt; deid's object has that of the input."""
    return one.path == "00020000"


NAMES = {"failed-rules-take-the-element-out": taken_out, "file-meta-length": length_is_counted, **ELEMENTS}


def names_of(one: Compared) -> Iterator[tuple[str, str | None]]:
    """Yield each difference, and the name of what accounts for it, or None."""
    if one.ours.elements is not None and one.theirs.trouble in (("ValueError",), ("OverflowError",)):
        gone = "00991001" in one.before and "00991001" not in one.ours.elements
        if gone and _is_no_date_to_shift(one, "00991001"):
            yield "", "failed-rules-take-the-element-out"
            return
    if one.ours.elements is None or one.theirs.elements is None:
        yield "", next((name for name, accounts in OUTCOMES.items() if accounts(one)), None)
        return
    for path in sorted(one.ours.elements.keys() | one.theirs.elements.keys()):
        if one.ours.elements.get(path) != one.theirs.elements.get(path):
            difference = Difference(one, path)
            yield path, next((name for name, accounts in NAMES.items() if accounts(difference)), None)


def test_results_are_equal_or_the_difference_has_a_name():
    """No element differs without a named deviation; failed rules take elements out."""
    every = list(cases())
    tasks = [{"call": "replaced", "file": str(one.file), "recipe": one.recipe, "overlay": one.overlay} for one in every]
    used: set[str] = set()
    unnamed: list[str] = []
    for case, (_, ours, theirs) in zip(every, by_both(tasks), strict=True):
        both = Compared(case, dump(load(case.file, case.overlay)), answer_of(ours), answer_of(theirs))
        for path, name in names_of(both):
            if name is None:
                mine, other = (side.elements or {} for side in (both.ours, both.theirs))
                troubles = (both.ours.trouble, both.theirs.trouble)
                unnamed.append(f"{case.name} {path}: {mine.get(path)}, deid {other.get(path)} {troubles}")
            else:
                used.add(name)
    assert not unnamed, "\n".join([f"{len(unnamed)} of {len(every)}", *unnamed[:20]])
    assert "failed-rules-take-the-element-out" in used


def test_files_are_there():
    """The cases are about files that have the attributes."""
    assert len(VALUES) + len(BLANKED) == 61
    assert file("ctbrain1.dcm").is_file()
