"""Names: what each target selects, and what is said of names that nothing stands behind."""

from __future__ import annotations

import time

import pytest

from deidc.diagnostics import Applicability
from deidc.ir import ops
from deidc.source import Source
from deidc.vocabulary import Anchor, ElementKind, Role
from tests.ir.recipes import resolved, whole


def path(*steps: tuple[str, int | None]) -> ops.AtPath:
    return ops.AtPath(tuple(ops.PathStep(ops.Tagged(pattern), index) for pattern, index in steps))


SELECTORS = {
    "PatientID": ops.Tagged("00100020"),
    "patientid": ops.Tagged("00100020"),
    "(0010,0020)": ops.Tagged("00100020"),
    "00100020": ops.Tagged("00100020"),
    "0x00100020": ops.Tagged("00100020"),
    "0010,0020": ops.Tagged("00100020"),
    "OverlayData": ops.Tagged("60XX3000"),
    "(60xx,3000)": ops.Tagged("60XX3000"),
    "TransferSyntaxUID": ops.Tagged("00020010"),
    '"Patient\'s Name"': ops.Tagged("00100010"),
    '(0033,"MITRA",1E)': ops.PrivateBlock("0033", "MITRA", "1E"),
    '(0033,"MITRA",xx)': ops.PrivateBlock("0033", "MITRA", "XX"),
    "RequestAttributesSequence__AccessionNumber": path(("00400275", None), ("00080050", None)),
    "RequestAttributesSequence__3__AccessionNumber": path(("00400275", 3), ("00080050", None)),
    "RequestAttributesSequence[3].AccessionNumber": path(("00400275", 3), ("00080050", None)),
    "all": ops.Everything(),
    "ALL": ops.Everything(),
    "contains:Patient": ops.Matching(Anchor.CONTAINS, "Patient", negated=False),
    "startswith:Study": ops.Matching(Anchor.STARTSWITH, "Study", negated=False),
    "endswith:UID": ops.Matching(Anchor.ENDSWITH, "UID", negated=False),
    "except:Manufacturer": ops.Matching(Anchor.CONTAINS, "Manufacturer", negated=True),
    "allexcept:Manufacturer": ops.Matching(Anchor.CONTAINS, "Manufacturer", negated=True),
    "select:VR:PN": ops.OfVR(("PN",)),
    "select:VR:DT|DA": ops.OfVR(("DA", "DT")),
    "select:group:0010": ops.InGroup("0010"),
    "select:group:60xx": ops.InGroup("60XX"),
    "select:private": ops.OfKind(ElementKind.PRIVATE),
    "select:overlay": ops.OfKind(ElementKind.OVERLAY),
    "select:curve": ops.OfKind(ElementKind.CURVE),
    "select:unknown": ops.OfKind(ElementKind.UNKNOWN),
    "select:role:uid": ops.OfRole((Role.UID,)),
    "select:role:person|date": ops.OfRole((Role.DATE, Role.PERSON)),
    "select:VR:DA except:StudyDate,startswith:Content": ops.Without(
        ops.OfVR(("DA",)),
        (ops.Tagged("00080020"), ops.Matching(Anchor.STARTSWITH, "Content", negated=False)),
    ),
    'all except:(0008,0020),"Patient\'s Name",(0009,"A B",10),select:VR:DA|DT,contains:"a{1,2}"': ops.Without(
        ops.Everything(),
        (
            ops.Tagged("00080020"),
            ops.Tagged("00100010"),
            ops.PrivateBlock("0009", "A B", "10"),
            ops.OfVR(("DA", "DT")),
            ops.Matching(Anchor.CONTAINS, "a{1,2}", negated=False),
        ),
    ),
}


@pytest.mark.parametrize(("target", "selector"), SELECTORS.items(), ids=SELECTORS)
def test_what_a_target_selects(target, selector):
    """Every spelling of a target has the selector that it is documented to have."""
    found, _ = resolved(f"REMOVE {target}")
    assert [rule.selector for rule in found.rules] == [selector]


def test_lists_have_slots_in_the_order_of_their_first_section():
    """values: and fields: name lists by slot; a list may have several sections."""
    found, said = resolved("""
        %values a
        FIELD PatientID
        %fields a2
        FIELD StudyID
        %values a
        FIELD PatientName
        %header
        REMOVE values:a
        REMOVE fields:a2
    """)
    assert not said
    assert [rule.selector for rule in found.rules] == [ops.Holding(0), ops.Member(1)]
    assert [[member.selector for member in one.members] for one in found.lists] == [
        [ops.Tagged("00100020"), ops.Tagged("00100010")],
        [ops.Tagged("00200010")],
    ]


def test_a_criterion_asks_for_the_top_level():
    """A bare attribute of a criterion is the one at the top level, a path stays a path."""
    found, _ = resolved("""
        %filter graylist
        LABEL one
        contains Modality CT + missing RequestAttributesSequence__AccessionNumber
    """)
    [line] = found.labels[0].lines
    assert [one.selector for one in line.criteria] == [
        path(("00080060", None)),
        path(("00400275", None), ("00080050", None)),
    ]


# What is said of a recipe: codes, and a word of the message or the hint of the first.
SAID = {
    "REMOVE patientid": (["DC206"], "PatientID"),
    "REMOVE PatientNam": (["DC204"], "PatientName"),
    "REMOVE PatientsName": (["DC205"], "PatientName"),
    'REMOVE "Patient\'s Name"': (["DC207"], "PatientName"),
    "REMOVE curves": (["DC223"], "select:curve"),
    "REMOVE Xyzzy": (["DC204"], "PS3.6"),
    "REMOVE (0010,0019)": (["DC220"], "dictionary"),
    "REMOVE (0010,0000)": ([], ""),
    "REMOVE (0011,0019)": ([], ""),
    "REMOVE (60xx,3000)": ([], ""),
    "REMOVE Nope__PatientID": (["DC204"], "Nope"),
    "REMOVE values:nope": (["DC201"], "%values nope"),
    "REMOVE PatientID values:nope": (["DC201"], "%values nope"),
    "%values names\nFIELD PatientName\n%header\nREMOVE values:name": (["DC201"], "'names'"),
    "%values names\nFIELD PatientName\n%header\nREMOVE fields:names": (["DC201"], "values"),
    "%values a\nFIELD PatientName\n%header\nREMOVE PatientID": (["DC202"], "values:a"),
    "%values a\nFIELD PatientName\n%fields a\nFIELD PatientID\n%header\nREMOVE values:a\nREMOVE fields:a": (
        ["DC203"],
        "%values",
    ),
    "%fields a\nSPLIT PatientName by=x\n%header\nREMOVE fields:a": (["DC224"], "%values"),
    "%values a\nFIELD values:a\n%header\nREMOVE values:a": (["DC226"], "itself"),
    "%fields a\nFIELD fields:b\n%fields b\nFIELD fields:a\n%header\nREMOVE fields:a": (["DC226"], "fields:a"),
    "%values a\nFIELD fields:b\n%fields b\nFIELD values:a\n%header\nREMOVE values:a": (["DC226"], "values:a"),
    "%values a\nFIELD values:b\n%values b\nFIELD PatientID\n%header\nREMOVE values:a": ([], ""),
    "REPLACE PatientID var:anything": ([], ""),
    "%vars\nVAR id text\n%header\nREPLACE PatientID var:ids": (["DC211"], "'id'"),
    "%vars\nVAR id text\nVAR id text\n%header\nREPLACE PatientID var:id": (["DC221"], "twice"),
    "%vars\nVAR n int default=1_0\n%header\nREPLACE InstanceNumber var:n": (["DC222"], "whole"),
    "%vars\nVAR n int default=-3\n%header\nREPLACE InstanceNumber var:n": ([], ""),
    "%vars\nVAR n number default=nan\n%header\nREPLACE PatientWeight var:n": (["DC222"], "number"),
    "%vars\nVAR n number default=1e3\n%header\nREPLACE PatientWeight var:n": ([], ""),
    "%vars\nVAR d date default=20201301\n%header\nREPLACE StudyDate var:d": (["DC222"], "date"),
    "%vars\nVAR u uid default=1.2.x\n%header\nREPLACE StudyInstanceUID var:u": (["DC222"], "uid"),
    "%vars\nVAR k secret default=x\n%header\nREPLACE PatientID deid_func:stable_hash key=var:k": (
        ["DC222"],
        "secret",
    ),
    "REPLACE PatientID func:mine a=1": ([], ""),
    "REPLACE StudyDate func:jitter days=5": (["DC219"], "deid_func:jitter"),
    "REPLACE StudyDate deid_func:jiter days=5": (["DC208"], "jitter"),
    "REPLACE StudyDate deid_func:jitter dys=5": (["DC209"], "days"),
    "REPLACE StudyDate deid_func:jitter days=5 days=6": (["DC209"], "twice"),
    "REPLACE StudyDate deid_func:jitter days=five": (["DC210"], "whole"),
    "REPLACE StudyDate deid_func:jitter days=var:n": ([], ""),
    "REPLACE PatientID deid_func:stable_hash": (["DC210"], "key="),
    "REPLACE PatientID deid_func:stable_hash key=abc": (["DC210"], "var:NAME"),
    "REPLACE SOPInstanceUID deid_func:simple_uuid": ([], ""),
    "REMOVE PatientID deid_func:nope": (["DC208"], "nope"),
}


@pytest.mark.parametrize(("text", "expected"), SAID.items(), ids=[one.replace("\n", " / ") for one in SAID])
def test_what_is_said_of_names(text, expected):
    """Every name that nothing stands behind is complained of, with the nearest one where there is one."""
    codes, word = expected
    _, said = resolved(text)
    assert sorted(one.code for one in said) == sorted(codes)
    assert not said or any(word in f"{one.message} {one.hint or ''}" for one in said)


def test_what_the_host_says_it_supplies_is_known():
    """With functions and variables declared by the host, others are errors; without, none is."""
    text = "REPLACE PatientID func:mine\nREPLACE StudyID func:min\nREPLACE AccessionNumber var:other"
    _, said = resolved(text, supplied=("mine",), variables=("id",))
    assert [(one.code, one.hint) for one in said] == [
        ("DC213", "did you mean 'mine'?"),
        ("DC211", "declare it: VAR other text"),
    ]
    assert not resolved(text)[1]


def test_a_function_of_the_host_goes_before_a_built_in_one():
    """func:jitter is the host's where the host has one."""
    assert not resolved("REPLACE StudyDate func:jitter x=1", supplied=("jitter",))[1]


SAFE = {
    "REMOVE patientid": "REMOVE PatientID",
    'REMOVE "Patient\'s Name"': "REMOVE PatientName",
    "REPLACE StudyDate func:jitter days=5": "REPLACE StudyDate deid_func:jitter days=5",
}


@pytest.mark.parametrize(("text", "mended"), SAFE.items(), ids=SAFE)
def test_fixes_write_what_is_meant(text, mended):
    """A safe fix changes the name and nothing beside it."""
    from deidc.fixes import apply_fixes

    _, said = resolved(text)
    assert apply_fixes(Source("<recipe>", whole(text)), said, Applicability.SAFE) == whole(mended)


def test_a_circle_is_opened_so_that_later_passes_end():
    """After the complaint, the line that closes a circle selects nothing and the others what they did."""
    found, said = resolved("""
        %fields a
        FIELD fields:b
        FIELD PatientID
        %fields b
        FIELD fields:a
        FIELD StudyID
        %header
        REMOVE fields:a
    """)
    assert [one.code for one in said] == ["DC226"]
    assert [[one.selector for one in each.members] for each in found.lists] == [
        [ops.Member(1), ops.Tagged("00100020")],
        [None, ops.Tagged("00200010")],
    ]
    assert found.reach(0) == (ops.Tagged("00200010"), ops.Tagged("00100020"))


@pytest.mark.parametrize(
    "line",
    [
        "REPLACE PatientID var:name{0:05d}b",
        "REMOVE values:name{0:05d}b",
        "REMOVE PatientNam{0:05d}b",
        "REPLACE PatientID deid_func:name{0:05d}",
    ],
)
def test_a_recipe_of_nothing_but_wrong_names_is_checked_soon(line):
    """Guessing at names stops before it takes long; every wrong name is complained of all the same."""
    count = 1500
    declared = "".join(f"VAR name{number:05d}a\n" for number in range(count))
    sections = "".join(f"%values name{number:05d}a\nFIELD PatientID\n" for number in range(count))
    rules = "".join(line.format(number) + "\n" for number in range(count))
    begun = time.perf_counter()
    _, said = resolved(f"%vars\n{declared}{sections}%header\n{rules}")
    assert len({one.message for one in said if one.code not in ("DC202", "DC212")}) == count
    assert time.perf_counter() - begun < 20  # comparing all with all takes minutes
