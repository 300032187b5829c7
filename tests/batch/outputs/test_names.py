"""Names of outputs: no value leads elsewhere, no two are one, and none says who it was."""

from __future__ import annotations

import csv
import io
from pathlib import Path, PureWindowsPath

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydicom import dcmwrite
from pydicom.dataset import FileDataset, FileMetaDataset
from pydicom.uid import (
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
)

from deidc import compile_recipe
from deidc.batch.outputs.front import values_at
from deidc.batch.outputs.name_templates import TemplateError, Unnamed, check_against, parse_template, spelt
from deidc.ir.basic_profile import IDENTIFYING
from tests.files import shipped
from tests.recipes import test_basic_profile
from tests.running import dataset_of

MODALITY = 0x00080060


@given(st.text(min_size=1), st.text(min_size=1))
def test_two_values_never_have_one_spelling(one, other):
    """Not even the values that are spelt as the spelling of others."""
    assert (spelt(one) == spelt(other)) == (one == other)
    assert spelt(spelt(one)) != spelt(other) or spelt(one) == other


@given(st.one_of(st.text(min_size=1), st.text("./\\%.CONcon1\0: é", min_size=1)))
def test_a_value_is_one_part_of_a_path(value):
    """Of any path, on any system; it is neither hidden nor a device, and never climbs."""
    name = spelt(value)
    assert name.isascii()
    assert name.isprintable()
    assert Path(name).parts == (name,)
    assert PureWindowsPath(name).parts == (name,)
    assert not PureWindowsPath(name).is_reserved()
    assert not name.startswith(".")
    assert not name.endswith((".", " "))


@given(st.text(), st.text())
def test_an_output_never_escapes_its_folder(value, other):
    """Whatever the values are, the place is two names below the folder, or there is none."""
    template = parse_template("{Modality}/{Manufacturer}.dcm")
    try:
        place = template.place(0, {MODALITY: (value,), 0x00080070: (other,)}, ())
    except Unnamed:
        return
    folder, name = place.parts
    assert not place.is_absolute()
    assert {folder, name}.isdisjoint({"", ".", ".."})
    assert max(len(folder), len(name)) <= 255


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{StudyInstanceUid}", "did you mean 'StudyInstanceUID'?"),
        ("{StudyInstnceUID}", "did you mean 'StudyInstanceUID'?"),
        ("{nonsense}", "there is no attribute"),
        ("{}", "there is no attribute"),
        ("{0}", "there is no attribute"),
        ("{Modality.x}", "there is no attribute"),
        ("{Modality!r}", "only"),
        ("{number:03}", "only"),
        ("{Modality", "brace"),
        ("Modality}", "brace"),
        ("/{Modality}", "empty"),
        ("a//{Modality}", "empty"),
        ("{Modality}/", "empty"),
        ("", "empty"),
        ("../{Modality}", "dot"),
        ("./{Modality}", "dot"),
        ("con/{Modality}", "device"),
        ("a:b{Modality}", "some file systems reject"),
        ("a\\{Modality}", "some file systems reject"),
        ("x" * 256, "bytes"),
        ("{PixelData}", "value"),
        ("{ReferencedStudySequence}", "value"),
        ("{OverlayData}", "value"),
        ("{CommandField}", "not an attribute that a name can contain"),
        ("{PixelPaddingRangeLimit}{OverlayRows}", "value"),
    ],
)
def test_what_can_be_no_template_is_told(text, said):
    """Before the first file."""
    with pytest.raises(TemplateError, match=said.replace("?", "[?]")):
        parse_template(text)


@pytest.mark.parametrize(
    ("text", "unique"),
    [
        ("{number}", True), ("{number}.dcm", True), ("{StudyInstanceUID}/{number}", True),
        ("a{number}-{Modality}", True),
        ("{Modality}-{number}.dcm", True), ("{Modality}-{number}-{StudyID}", False), ("{Modality}{number}", False),
        ("{number}{Modality}", False), ("{number}7", True), ("7{number}7{Modality}", False),
        ("{Modality}7{number}", False),
        ("{SOPInstanceUID}", False), ("fixed", False), ("{number}/{Modality}", True), ("{number}{number}", False),
    ],
)  # fmt: skip
def test_when_the_number_makes_names_unique(text, unique):
    """It must be possible to read the number from the name."""
    assert parse_template(text).is_unique is unique


@given(
    st.sampled_from(["{number}", "a{number}-{Modality}", "{Modality}-{number}.dcm", "{number}/{Modality}"]),
    st.integers(0, 300), st.integers(0, 300), st.text("0123-", min_size=1), st.text("0123-", min_size=1),
)  # fmt: skip
def test_unique_names_are_unique(text, one, other, value, another):
    """For two inputs, whatever is in them."""
    template = parse_template(text)
    first = template.place(one, {MODALITY: (value,)}, ())
    second = template.place(other, {MODALITY: (another,)}, ())
    assert one == other or first != second


@pytest.mark.parametrize(
    ("values", "code"),
    [((), "DC943"), (("",), "DC943"), (("A", "B"), "DC943"), (("x" * 252,), "DC944"), (("x" * 251,), None)],
)
def test_an_object_without_a_name_is_told(values, code):
    """No value, several, and one that is too long; never the value."""
    template = parse_template("{Modality}.dcm")
    if code is None:
        assert len(template.place(0, {MODALITY: values}, ()).name) == 255
        return
    with pytest.raises(Unnamed) as failure:
        template.place(0, {MODALITY: values}, ())
    assert failure.value.rule.code == code
    assert "xx" not in failure.value.message


def test_the_table_of_identifying_attributes_is_that_of_the_standard():
    """Each row of Table E.1-1 with a tag, and no other."""
    with (Path(test_basic_profile.__file__).parent / "basic_profile.csv").open() as lines:
        assert {row["tag"] for row in csv.DictReader(lines)} == IDENTIFYING


@pytest.mark.parametrize(
    ("rules", "leaks"),
    [
        ("BLANK PatientName", True),
        ("REPLACE PatientID A", False),
        ("ADD PatientID A", False),
        ("REPLACE startswith:Patient A", False),
        ("REPLACE ReferencedPatientSequence[0].PatientID A", True),
        ('REPLACE PatientID A if contains:X', False),
    ],
)  # fmt: skip
def test_an_identifying_attribute_that_no_rule_is_about_names_no_file(rules, leaks):
    """What the recipe leaves as it is would be told to all who see the folder."""
    program = compile_recipe(f"FORMAT dicom\n\n%header\n{rules}\n")
    template = parse_template("{PatientID}/{Modality}")
    if leaks:
        with pytest.raises(TemplateError, match="PatientID may identify the patient"):
            check_against(template, program)
    else:
        check_against(template, program)


@pytest.mark.parametrize(
    ("rules", "leaks"),
    [
        ("BLANK PatientName", True),
        ("REPLACE MediaStorageSOPInstanceUID 1.2.3", True),
        ("REPLACE SOPInstanceUID deid_func:pydicom_uuid", False),
        ("REPLACE SOPInstanceUID deid_func:pydicom_uuid\nKEEP MediaStorageSOPInstanceUID", True),
    ],
)
def test_the_instance_of_the_file_meta_information_follows_that_of_the_object(rules, leaks):
    """So it is the input's where that is, or where it is kept."""
    program = compile_recipe(f"FORMAT dicom\n\n%header\n{rules}\n")
    template = parse_template("{MediaStorageSOPInstanceUID}")
    if leaks:
        with pytest.raises(TemplateError, match="may identify the patient"):
            check_against(template, program)
    else:
        check_against(template, program)


SYNTAXES = [ExplicitVRLittleEndian, ImplicitVRLittleEndian, ExplicitVRBigEndian, DeflatedExplicitVRLittleEndian]


@pytest.mark.parametrize("syntax", SYNTAXES, ids=lambda one: one.name)
@pytest.mark.parametrize("size", [1, 7, 1 << 20])
def test_values_come_from_the_front_of_a_file(syntax, size):
    """In every transfer syntax and in pieces of any size, behind sequences, in the character set of the object."""
    dataset = dataset_of(
        SpecificCharacterSet="ISO_IR 192", Modality="CT", StudyID="Ümläut", Rows=7, PatientWeight="70.5",
        ImageType=["A", "B"], ReferencedStudySequence=[dataset_of(StudyID="inner")], SOPInstanceUID="1.2.3",
    )  # fmt: skip
    meta = FileMetaDataset()
    meta.TransferSyntaxUID, meta.MediaStorageSOPClassUID, meta.MediaStorageSOPInstanceUID = syntax, "1.2.4", "1.2.3"
    buffer = io.BytesIO()
    dcmwrite(buffer, FileDataset(None, dataset, preamble=bytes(128), file_meta=meta), enforce_file_format=True)
    data = buffer.getvalue()
    pieces = [data[at : at + size] for at in range(0, len(data), size)]
    tags = [0x00020003, 0x00080008, 0x00080018, 0x00080060, 0x00101030, 0x00200010, 0x00200011, 0x00280010]
    assert values_at(pieces, tags) == {
        0x00020003: ("1.2.3",), 0x00080008: ("A", "B"), 0x00080018: ("1.2.3",), 0x00080060: ("CT",),
        0x00101030: ("70.5",), 0x00200010: ("Ümläut",), 0x00280010: ("7",),
    }  # fmt: skip


def test_what_lies_behind_is_not_read():
    """Of a file of any size, only what is needed is taken from the pieces."""
    data = shipped("CT_small.dcm").read_bytes()

    def pieces():
        yield memoryview(data)[:2000]
        raise AssertionError("read too far")

    assert values_at(pieces(), [MODALITY]) == {MODALITY: ("CT",)}
