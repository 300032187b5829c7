"""What functions see and give: the element as it stands, the object as it came, and no way to change either."""

from __future__ import annotations

import warnings

import pytest
from pydicom import config
from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.uid import ExplicitVRBigEndian, ExplicitVRLittleEndian, ImplicitVRLittleEndian

from deidc import Functions, Machine, Refused, compile_recipe
from deidc.runtime.functions.invocation import FunctionFault
from tests.running import clean, dataset_of, fault_codes, file_dataset, machine_for, run


def patient(**more: object) -> Dataset:
    items = Sequence([dataset_of(PatientID="first"), dataset_of(PatientID="second")])
    return dataset_of(
        {"PatientID": "17", "ImageType": ["ORIGINAL", "PRIMARY"], "OtherPatientIDsSequence": items, **more}
    )


def touched(dataset: Dataset) -> Dataset:
    """An object from a file, after somebody asked for each value."""
    read = file_dataset(dataset)
    for element in read.iterall():
        element.value  # noqa: B018  # pydicom turns raw elements into others when asked
    return read


@pytest.fixture(params=[lambda dataset: dataset, file_dataset, touched], ids=["made", "read", "touched"])
def as_input(request):
    return request.param


def seen_by(rules: str, dataset: Dataset, see: object, **variables: object) -> list[object]:
    """Run a recipe that calls `func:f`, and return what `see` made of each call."""
    calls: list[object] = []

    def f(**given: object) -> str:
        calls.append(see(**given))
        return "NEW"

    clean(rules, dataset, Functions.standard().with_function("f", f), **variables)
    return calls


@pytest.mark.parametrize(
    ("rules", "values"),
    [
        ("REPLACE PatientID func:f", ["17", "first", "second"]),
        ("REPLACE OtherPatientIDsSequence__1__PatientID func:f", ["second"]),
        ("BLANK PatientID\nREPLACE PatientID func:f", ["", "", ""]),
        ("ADD PatientID 18\nREPLACE PatientID func:f", ["18", "first", "second"]),
        ("REPLACE ImageType func:f", [["ORIGINAL", "PRIMARY"]]),
        ("REPLACE StudyID func:f", []),
        ("REPLACE Rows func:f", []),
    ],
)
def test_the_element_as_it_stands(rules, values, as_input):
    """A function sees the value that earlier rules left, once for each element."""
    assert seen_by(rules, as_input(patient()), lambda field, **_: field.value or "") == values


@pytest.mark.parametrize("syntax", [ImplicitVRLittleEndian, ExplicitVRLittleEndian, ExplicitVRBigEndian])
@pytest.mark.parametrize(
    ("target", "vr", "value"),
    [
        ("Rows", "US", 512),
        ("PixelSpacing", "DS", [0.5, 0.25]),
        ("RealWorldValueSlope", "FD", 0.5),
        ("FrameIncrementPointer", "AT", 0x00181063),
        ("PatientName", "PN", "Müller^Jörg"),
        ("PatientComments", "LT", "a\\b"),
        ("StudyDate", "DA", "soon"),
        ('(7FDF,"ACUSON: 1.2.840.11386.1.0",02)', "US", 3),
        ("OtherPatientIDsSequence__0__Columns", "US", 256),
        ('OtherPatientIDsSequence__0__(7FDF,"ACUSON: 1.2.840.11386.1.0",01)', "US", 4),
    ],
)
def test_values_of_every_transfer_syntax(syntax, target, vr, value):
    """A function sees the value that was written, and the VR, whatever way the file is written."""
    item = dataset_of(Columns=256)
    item.private_block(0x7FDF, "ACUSON: 1.2.840.11386.1.0", create=True).add_new(0x01, "US", 4)
    dataset = dataset_of(
        SpecificCharacterSet="ISO_IR 100",
        Rows=512,
        PixelSpacing=[0.5, 0.25],
        RealWorldValueSlope=0.5,
        FrameIncrementPointer=0x00181063,
        PatientName="Müller^Jörg",
        PatientComments="a\\b",
        OtherPatientIDsSequence=Sequence([item]),
    )
    dataset.add(DataElement(0x00080020, "DA", "soon", validation_mode=config.IGNORE))
    dataset.private_block(0x7FDF, "ACUSON: 1.2.840.11386.1.0", create=True).add_new(0x02, "US", 3)
    read = file_dataset(dataset, syntax)
    functions = Functions.standard().with_function("f", lambda field: seen.append((field.vr, field.value)) or "")
    seen: list[tuple[str, object]] = []
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        run(f"REPLACE {target} func:f", read, functions)
    assert seen == [(vr, value)]


def test_the_items_of_a_sequence():
    """A function that is called for a sequence sees its items, with their letters."""
    item = dataset_of(PatientName="Ärger")
    dataset = dataset_of(SpecificCharacterSet="ISO_IR 100", OtherPatientIDsSequence=Sequence([item]))
    seen: list[str] = []
    functions = Functions().with_function("f", lambda field: seen.append(str(field.value[0].PatientName)) or [])
    assert not clean("REPLACE OtherPatientIDsSequence func:f", file_dataset(dataset), functions).OtherPatientIDsSequence
    assert seen == ["Ärger"]


def test_the_place_of_an_element(as_input):
    """Keywords and tags on the way are joined by two underscores, as deid does it; the path is that of events."""

    def see(field: object, **_: object) -> tuple[object, ...]:
        return field.name, field.uid, field.path, field.is_filemeta

    assert seen_by("REPLACE OtherPatientIDsSequence__1__PatientID func:f", as_input(patient()), see) == [
        (
            "OtherPatientIDsSequence__PatientID",
            "(0010,1002)__1__(0010,0020)",
            "00101002[1].00100020",
            False,
        )
    ]
    titled = file_dataset(patient())
    titled.file_meta.SourceApplicationEntityTitle = "A"
    assert seen_by("REPLACE SourceApplicationEntityTitle func:f", titled, see) == [
        ("SourceApplicationEntityTitle", "(0002,0016)", "00020016", True)
    ]


def test_lists_and_variables():
    """A function is given what the lists hold: values that were collected, paths of the members of %fields."""
    recipe = """
        FORMAT dicom
        %values ids
        FIELD PatientID
        %fields types
        FIELD ImageType
        FIELD OtherPatientIDsSequence__1__PatientID
        %fields ids
        FIELD ImageType
        %header
        REPLACE StudyID func:f
        REMOVE values:ids
        REPLACE fields:types X
        REPLACE StudyDate var:day
    """
    given = seen_by(recipe, patient(StudyID="s"), lambda item, **_: dict(item), day="20200101")
    assert given == [
        {
            "ids": ["17", "first", "second"],
            "types": ["00080008", "00101002[1].00100020"],
            "day": "20200101",
        }
    ]


def test_what_a_function_does_to_its_object_harms_nothing(as_input):
    """Neither the input nor the output follows what a function does to the object and the element it is given."""

    def vandal(dicom: Dataset, field: object) -> str:
        dicom.ImageType.append("EVIL")
        dicom.OtherPatientIDsSequence[0].PatientID = "EVIL"
        dicom.OtherPatientIDsSequence.append(Dataset())
        dicom.StudyID = "EVIL"
        del dicom.Modality
        field.element.value = "EVIL"
        return "X"

    dataset = as_input(patient(StudyID="s", Modality="CT", Manufacturer="ACME"))
    cleaned = clean("REPLACE Manufacturer func:f", dataset, Functions().with_function("f", vandal))
    assert cleaned.Manufacturer == "X"
    for one, name in ((cleaned, "X"), (dataset, "ACME")):
        assert one.Manufacturer == name
        assert one.ImageType == ["ORIGINAL", "PRIMARY"]
        assert [item.PatientID for item in one.OtherPatientIDsSequence] == ["first", "second"]
        assert (one.StudyID, one.Modality) == ("s", "CT")


def test_the_output_changes_alone(as_input):
    """What is done to the cleaned object later is not done to the input."""
    dataset = as_input(patient())
    cleaned = clean("REPLACE StudyID X", dataset)
    cleaned.ImageType[0] = "LATER"
    cleaned.OtherPatientIDsSequence[1].PatientID = "LATER"
    assert dataset.ImageType == ["ORIGINAL", "PRIMARY"]
    assert [item.PatientID for item in dataset.OtherPatientIDsSequence] == ["first", "second"]


def test_arguments_come_from_the_recipe_and_from_variables():
    """An argument is text of the recipe, or the value of a variable as it was supplied."""
    functions = Functions.standard().with_function("f", lambda a, b: f"{a}-{b!r}")
    cleaned = clean("REPLACE PatientID func:f a=one b=var:v", dataset_of(PatientID="17"), functions, v=5)
    assert cleaned.PatientID == "one-5"


def cannot(reason: str):
    def f(**_: object) -> object:
        raise FunctionFault(reason)

    return f


def broken(field: object) -> object:
    raise ValueError(f"cannot do {field.value}")


@pytest.mark.parametrize(
    ("function", "message"),
    [
        (cannot("the table has no row"), "f: the table has no row"),
        (broken, "f raised ValueError"),
        (lambda field: field.nothing, "f raised AttributeError"),
        (lambda: None, "f returned None; return '' to empty the element"),
    ],
)
def test_a_function_that_fails_refuses_the_object(function, message, as_input):
    """A function says itself what is wrong, or only the kind of its exception is told; the place is told always."""
    machine = machine_for("REPLACE PatientID func:f", Functions().with_function("f", function))
    outcome = machine.run(as_input(dataset_of(PatientID="17")))
    assert isinstance(outcome, Refused)
    (fault,) = outcome.faults
    assert (fault.message, fault.path) == (message, "00100020")
    assert fault.op is not None
    assert machine.program.origins[fault.op].line == 4


def test_the_empty_text_is_a_value():
    """A function that gives the empty text empties the element."""
    functions = Functions().with_function("f", lambda: "")
    assert clean("REPLACE PatientID func:f", dataset_of(PatientID="17"), functions)["PatientID"].is_empty


def test_a_promised_variable_that_does_not_come():
    """An argument whose variable is not there is no call without it."""
    machine = Machine.link(
        compile_recipe("FORMAT dicom\n\n%header\nREPLACE PatientID func:f a=var:v\n"),
        Functions().with_function("f", lambda a: a),
        per_object=["v"],
    )
    assert fault_codes(machine.run(dataset_of(PatientID="17"))) == ["DC901"]
    assert fault_codes(machine.run(dataset_of(PatientID="17"), {"v": None})) == ["DC903"]
