"""Labels of %filter sections: what they ask of an object and how the answers are joined."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydicom.dataelem import RawDataElement
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.tag import Tag

from deidc import Cleaned, Machine
from tests.running import dataset_of, file_dataset, program_as_deid, run


def flagged(body: str, dataset: Dataset, group: str = "blacklist") -> list[tuple[str, str]]:
    lines = "\n".join(f"  {line}" for line in body.strip().splitlines())
    outcome = run(f"FORMAT dicom\n\n%filter {group}\n\nLABEL it\n{lines}\n", dataset)
    assert isinstance(outcome, Cleaned), outcome
    return [(flag.group, flag.label) for flag in outcome.flags]


CT = {"Modality": "CT", "Manufacturer": "ACME", "ImageType": ["DERIVED", "SECONDARY"], "Rows": 512}


@pytest.mark.parametrize(
    ("body", "fires"),
    [
        ("contains Modality CT", True),
        ("contains Modality ct|mr", True),
        ("equals Modality c", False),
        ("equals Modality ct", True),
        ("notequals Modality MR", True),
        ("notcontains Modality C", False),
        ("contains ImageType ^SECONDARY", True),
        ("equals ImageType SECONDARY", True),
        ("notcontains ImageType SAVE", True),
        ("equals Rows 512", True),
        ("equals (0028,0010) 512", True),
        ("equals 0x00280010 512", True),
        ("missing PatientName", True),
        ("present PatientName", False),
        ("present Modality", True),
        ("empty PatientName", False),
        ("empty Modality", False),
        ("contains Modality MR", False),
        ("contains Modality CT + equals Manufacturer ACME", True),
        ("contains Modality MR || equals Manufacturer ACME", True),
        ("contains Modality CT || contains Modality CT + contains Modality MR", False),
        ("contains Modality MR\n|| equals Manufacturer ACME", True),
        ("contains Modality CT\n+ equals Manufacturer OTHER", False),
        ("contains Modality CT\nequals Manufacturer OTHER", False),
        ("contains Modality MR\n|| equals Rows 1\n|| equals Rows 512", True),
        ("contains Modality CT\n|| equals Rows 1\n+ equals Rows 2", False),
        ("missing PatientName || contains Manufacturer X", True),
        ("coordinates all", True),
    ],
)
@pytest.mark.parametrize("from_file", [False, True], ids=["made", "read"])
def test_a_label_fires_when_its_criteria_hold(body, fires, from_file):
    """Criteria are read from left to right, any value of a multi-value may satisfy them."""
    dataset = dataset_of(CT)
    found = flagged(body, file_dataset(dataset) if from_file else dataset)
    assert found == ([("blacklist", "it")] if fires else [])


def test_zero_is_not_empty():
    """A number that is zero is a value (deid takes it for none)."""
    assert flagged("empty Rows", dataset_of(Rows=0)) == []
    assert flagged("empty PatientName", dataset_of(PatientName="")) == [("blacklist", "it")]


def test_nested_and_file_meta_attributes_can_be_asked_for():
    """A path asks for items; a bare keyword asks for the top level and the file meta information."""
    code = dataset_of(CodeMeaning="Screenshot")
    dataset = file_dataset(dataset_of(Modality="CT", ConceptNameCodeSequence=Sequence([code])))
    assert flagged("contains ConceptNameCodeSequence__CodeMeaning screen", dataset) == [("blacklist", "it")]
    assert flagged("present TransferSyntaxUID", dataset) == [("blacklist", "it")]
    assert flagged("present CodeMeaning", dataset) == []


@pytest.mark.parametrize(
    ("criterion", "fires"),
    [
        ("contains OtherPatientIDsSequence ^second$", True),
        ("equals OtherPatientIDsSequence first", True),
        ("equals OtherPatientIDsSequence third", False),
        ("notcontains OtherPatientIDsSequence second", False),
        ("notcontains OtherPatientIDsSequence third", True),
        ("contains OtherPatientIDsSequence__PatientID second", True),
        ("contains OtherPatientIDsSequence__1__PatientID second", True),
        ("contains OtherPatientIDsSequence__0__PatientID second", False),
        ("missing OtherPatientIDsSequence__2__PatientID", True),
        ("contains 0010xxxx ^17$", True),
        ("contains 0010xxxx second", False),
        ("present 60xx3000", True),
        ("present 50xx3000", False),
        ("contains values:named SECOND", True),
        ("contains values:named Other", False),
        ("contains fields:named ORIGINAL", True),
        ("contains fields:named 17", False),
        ('contains (0009,"acme",02) yes', True),
        ('contains (0009,"acme",03) yes', False),
        ("present select:private", True),
        ("contains endswith:ID first", True),
        ("contains all first", True),
    ],
)
@pytest.mark.parametrize("from_file", [False, True], ids=["made", "read"])
def test_whatever_selects_can_be_asked_for(criterion, fires, from_file):
    """A criterion asks for some element that its selector is about, by value, by item and by list."""
    dataset = dataset_of(
        PatientID="17",
        ImageType=["ORIGINAL", "PRIMARY"],
        OtherPatientIDsSequence=Sequence([dataset_of(PatientID="first"), dataset_of(PatientID="second")]),
        StudyDescription="the second",
        Manufacturer="Other",
    )
    dataset.private_block(0x0009, "ACME", create=True).add_new(0x02, "LO", "yes")
    dataset.add_new(0x60003000, "OB", b"ab")
    lists = "%values named\nFIELD OtherPatientIDsSequence__1__PatientID\n%fields named\nFIELD ImageType\n"
    recipe = f"FORMAT dicom\n{lists}\n%filter graylist\n\nLABEL it\n  {criterion}\n"
    outcome = run(recipe, file_dataset(dataset) if from_file else dataset)
    assert isinstance(outcome, Cleaned), outcome
    assert bool(outcome.flags) is fires


def test_an_object_without_file_meta_information():
    """What is not there is missing."""
    dataset = file_dataset(dataset_of(CT))
    assert flagged("missing TransferSyntaxUID", dataset) == []
    del dataset.file_meta
    assert flagged("equals Modality CT + missing TransferSyntaxUID", dataset) == [("blacklist", "it")]


def test_text_without_a_character_set():
    """Text of an object that names no character set is compared as Latin-1, which most such objects mean."""
    dataset = file_dataset(dataset_of(CT))
    dataset._dict[Tag(0x00100010)] = RawDataElement(
        Tag(0x00100010), "PN", 6, "Müller".encode("latin-1"), 0, False, True
    )
    assert flagged("contains PatientName müller", dataset) == [("blacklist", "it")]


def test_only_a_whitelist_does_not_hold_an_object_back():
    """A label of a whitelist is told, but does not ask that anybody looks at the pixels."""
    recipe = "FORMAT dicom\n\n%filter {}\n\nLABEL it\n  contains Modality CT\n"
    for group, held in (("whitelist", False), ("graylist", True)):
        outcome = run(recipe.format(group), dataset_of(CT))
        assert isinstance(outcome, Cleaned)
        assert [flag.held for flag in outcome.flags] == [held]
        assert outcome.held is held


# ---- truth tables -----------------------------------------------------------------------------------------

STATES = {"absent": None, "empty": (), "a": ("A",), "b": ("B",), "both": ("A", "B")}
ASKED = ("ImageType", "ScanOptions", "SequenceVariant")


def is_true(operator: str, value: str, texts: tuple[str, ...] | None) -> bool:
    """What a criterion says of an attribute that is absent, empty or has texts; any of them may satisfy it."""
    match operator:
        case "missing":
            return texts is None
        case "present":
            return texts is not None
        case "empty":
            return texts == ()
        case "equals" | "contains":
            return value in (texts or ())
        case _:
            return value not in (texts or ())


criteria = st.tuples(
    st.sampled_from(["contains", "notcontains", "equals", "notequals", "missing", "present", "empty"]),
    st.sampled_from(ASKED),
    st.sampled_from("AB"),
)
joints = st.sampled_from(["+", "||"])
tables = st.lists(
    st.tuples(joints, st.lists(st.tuples(joints, criteria), min_size=1, max_size=4)), min_size=1, max_size=4
)


def written(table: list) -> str:
    """The lines of a label."""
    lines = []
    for number, (joint, tests) in enumerate(table):
        words = [joint] if number else []
        for position, (inner, (operator, keyword, value)) in enumerate(tests):
            words += [*([inner] if position else []), operator, keyword]
            words += [value] if operator not in ("missing", "present", "empty") else []
        lines.append(" ".join(words))
    return "\n  ".join(lines)


def joined(parts: list[tuple[str, bool]]) -> bool:
    """From left to right, without precedence."""
    (_, result), *more = parts
    for joint, one in more:
        result = (result and one) if joint == "+" else (result or one)
    return result


@given(tables, st.fixed_dictionaries({keyword: st.sampled_from(sorted(STATES)) for keyword in ASKED}))
def test_truth_tables(table, states):
    """Whatever the criteria and whatever the object, a label fires as its words say from left to right."""
    texts = {keyword: STATES[state] for keyword, state in states.items()}
    dataset = dataset_of({keyword: list(held) for keyword, held in texts.items() if held is not None})
    expected = joined(
        [
            (joint, joined([(inner, is_true(how, value, texts[keyword])) for inner, (how, keyword, value) in tests]))
            for joint, tests in table
        ]
    )
    program = program_as_deid(f"FORMAT dicom\n\n%filter blacklist\n\nLABEL it\n  {written(table)}\n")
    outcome = Machine.link(program).run(dataset)
    assert isinstance(outcome, Cleaned)
    assert [(flag.group, flag.label) for flag in outcome.flags] == ([("blacklist", "it")] if expected else [])
