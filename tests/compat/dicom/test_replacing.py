"""`replace_identifiers` and `remove_private_identifiers`: variables, functions, kinds of input, and what fails."""

from __future__ import annotations

import gc
import io
import json
import pickle
import shutil
import weakref
from pathlib import Path

import pytest
from pydicom import dcmread, dcmwrite
from pydicom.dataelem import RawDataElement
from pydicom.dataset import Dataset
from pydicom.errors import InvalidDicomError
from pydicom.tag import Tag

from deidc import CompileError
from deidc.compat.config import DeidRecipe
from deidc.compat.dicom import get_identifiers, remove_private_identifiers, replace_identifiers
from deidc.compat.dicom.actions import deid_funcs
from deidc.compat.dicom.actions.calling import ActionFailed
from deidc.compat.dicom.groups import extract_values_list
from deidc.compat.dicom.parser import DicomParser
from deidc.compat.objects.cleaning import ObjectRefused
from tests.compat.dicom.objects import files, in_file, nested, recipe_of, said
from tests.files import shipped
from tests.running import SOP_CLASS, written

CT = str(shipped("CT_small.dcm"))
BY_VARIABLE = recipe_of("REPLACE PatientID var:id")


def patient_ids(objects) -> list[str | None]:
    return [one.get("PatientID") for one in objects]


# ---- variables ----------------------------------------------------------------------------------------------


def test_variables_come_by_path(tmp_path, monkeypatch):
    """By the path that was given, by the absolute one, and by a relative one for an absolute one."""
    paths = files(tmp_path, ["a.dcm", "b.dcm", "c.dcm"])
    monkeypatch.chdir(tmp_path)
    ids = {"a.dcm": {"id": "A"}, paths[1]: {"id": "B"}, Path("c.dcm"): {"id": "C"}}
    assert patient_ids(replace_identifiers(["a.dcm", "b.dcm", paths[2]], ids, BY_VARIABLE)) == ["A", "B", "C"]


def test_variables_come_by_entity_and_item():
    """The older shape: PatientID, then SOPInstanceUID; or attributes that the caller or the config names."""
    dataset = dcmread(CT)
    ids = {dataset.PatientID: {str(dataset.SOPInstanceUID): {"id": "A"}}}
    assert patient_ids(replace_identifiers([CT, dcmread(CT)], ids, BY_VARIABLE)) == ["A", "A"]
    by_study = {dataset.PatientID: {dataset.StudyDate: {"id": "B"}}, "other": {"item": {"id": "C"}}}
    (cleaned,) = replace_identifiers(CT, by_study, BY_VARIABLE, item_id="StudyDate")
    assert cleaned.PatientID == "B"
    ids = {str(dataset.StudyInstanceUID): {str(dataset.SOPInstanceUID): {"id": "D"}}}
    (cleaned,) = replace_identifiers(CT, ids, BY_VARIABLE, entity_id="StudyInstanceUID")
    assert cleaned.PatientID == "D"


@pytest.mark.parametrize("keyword", ["ImageType", "PatientComments", "NoSuchKeyword"])
def test_an_attribute_without_one_value_is_no_key(keyword, caplog):
    ids = {"1CT1": {"x": {"id": "A"}}}
    assert patient_ids(replace_identifiers(CT, ids, BY_VARIABLE, entity_id="PatientID", item_id=keyword)) == [None]
    assert said(caplog)


def test_identifiers_can_be_variables():
    """What get_identifiers returns is taken back with variables and functions put in, as the documentation has it."""
    ids = get_identifiers([CT])
    for fields in ids.values():
        fields["id"] = "cookie"
        fields["make"] = lambda item, value, field, dicom: item["id"] + str(len(item["(0010,0020)"].element.value))
    recipe = recipe_of("REPLACE PatientID func:make", "REPLACE StudyID var:id")
    (cleaned,) = replace_identifiers(CT, ids, recipe)
    assert (cleaned.PatientID, cleaned.StudyID) == ("cookie4", "cookie")


def test_ids_must_be_dictionaries():
    with pytest.raises(TypeError):
        replace_identifiers(CT, {CT: "A"}, BY_VARIABLE)


def test_functions_see_the_lists_of_the_recipe():
    """Values are text, fields by uid; the file is read for it."""
    seen = {}

    def look(item, dicom):
        seen.update(item)
        return str(dicom.Modality)

    recipe = recipe_of(
        "REPLACE PatientID func:look",
        "REMOVE values:dates",
        "BLANK fields:ids",
        values={"dates": [{"action": "FIELD", "field": "StudyDate"}]},
        fields={"ids": [{"action": "FIELD", "field": "StudyID"}]},
    )
    (cleaned,) = replace_identifiers(CT, {CT: {"look": look, "known": 3}}, recipe)
    assert cleaned.PatientID == "CT"
    assert (seen["dates"], seen["known"]) == (["20040119"], 3)
    assert seen["ids"]["(0020,0010)"].element.value == dcmread(CT).StudyID


def test_one_machine_serves_functions_of_every_file(tmp_path):
    """Functions come with each file; none is kept for the next."""
    paths = files(tmp_path, ["a.dcm", "b.dcm"])
    ids = {path: {"make": lambda number=number, **rest: f"F{number}"} for number, path in enumerate(paths)}
    del ids[paths[1]]["make"]
    recipe = DeidRecipe(recipe_of("REPLACE PatientID func:make"))
    assert patient_ids(replace_identifiers(paths, ids, recipe)) == ["F0", None]


# ---- what fails ---------------------------------------------------------------------------------------------


def nothing(**rest):
    return None


def raises(**rest):
    raise ValueError("ZQ as told")


@pytest.mark.parametrize(
    ("value", "variables"),
    [
        ("var:id", {}),
        ("func:make", {}),
        ("func:make", {"make": "no function"}),
        ("func:make", {"make": nothing}),
        ("func:make", {"make": raises}),
        ("var:id", {"id": object()}),
        ("var:id", {"id": "x" * 17}),
        ("deid_func:jitter days=1", {}),
    ],
)
@pytest.mark.parametrize("in_memory", [False, True])
def test_an_element_whose_rule_fails_is_taken_out(value, variables, in_memory, caplog, tmp_path):
    """Of a file and of an object alike; the warning says where and which rule, and holds no value."""
    (path,) = files(tmp_path, ["a.dcm"])
    given = dcmread(path) if in_memory else path
    recipe = tmp_path / "deid.recipe"
    recipe.write_text(f"FORMAT dicom\n%header\n\nREPLACE StudyID {value}\n")
    (cleaned,) = replace_identifiers(given, {path: variables}, str(recipe))
    assert "StudyID" not in cleaned
    assert cleaned.StudyDate == "20040119"
    assert said(caplog) == [f"00200010 is taken out: {recipe}:4 could not be done"]


@pytest.mark.parametrize("in_memory", [False, True])
def test_a_secret_that_is_easy_to_guess_is_named_with_the_reason(in_memory, caplog, tmp_path):
    """Once an object, before what is taken out for it; the value is not in the warning."""
    (path,) = files(tmp_path, ["a.dcm"])
    given = dcmread(path) if in_memory else path
    recipe = tmp_path / "deid.recipe"
    recipe.write_text("FORMAT dicom\n%header\n\nREPLACE StudyID deid_func:stable_hash key=var:key\nBLANK PatientName\n")
    (cleaned,) = replace_identifiers(given, {path: {"key": "hunter2"}}, str(recipe))
    assert "StudyID" not in cleaned
    first, second = said(caplog)
    assert first.startswith("the value of variable 'key' ")
    assert "deidc keys new" in first
    assert "hunter2" not in caplog.text
    assert second.startswith("00200010 is taken out")


def test_a_rule_that_reaches_nothing_warns_of_nothing(caplog):
    replace_identifiers(CT, {}, recipe_of("REPLACE PatientComments var:id"))
    assert said(caplog) == []


@pytest.mark.parametrize("rule", ["REMOVE PatientsName", "REPLACE Rows four", "REMOVE values:none", "SHRED PatientID"])
def test_a_recipe_with_a_mistake_raises(rule):
    with pytest.raises(CompileError):
        replace_identifiers(CT, {}, recipe_of(rule))


def test_what_is_no_object_raises(tmp_path):
    """Text, an empty file, a file that was cut, one that is not there: each says what it is."""
    (tmp_path / "text").write_text("ZQ no DICOM file, but long enough to be looked at")
    (tmp_path / "empty").write_bytes(b"")
    (tmp_path / "cut").write_bytes(Path(CT).read_bytes()[:3000])
    for name, code in (("text", "DC920"), ("empty", "DC923"), ("cut", "DC922")):
        with pytest.raises(ObjectRefused, match=code) as failure:
            replace_identifiers(str(tmp_path / name), {}, recipe_of("REMOVE PatientID"))
        assert "ZQ" not in str(failure.value)
    with pytest.raises(FileNotFoundError):
        replace_identifiers(str(tmp_path / "none"), {}, recipe_of("REMOVE PatientID"))
    with pytest.raises(ObjectRefused):
        replace_identifiers(str(tmp_path), {}, recipe_of("REMOVE PatientID"))


def test_a_damaged_element_raises_where_it_must_be_read():
    """What a list cannot collect might be what it is for."""
    recipe = recipe_of("REMOVE values:v", values={"v": [{"action": "FIELD", "field": "Rows"}]})
    with pytest.raises(ObjectRefused, match=r"DC907 .* at 00280010"):
        replace_identifiers(undecodable(), {}, recipe)


def undecodable() -> Dataset:
    """Return an object whose Rows are one byte."""
    dataset = in_file()
    dataset._dict[Tag("Rows")] = RawDataElement(Tag("Rows"), "US", 1, b"\1", 0, False, True)
    return dataset


def test_a_refusal_is_that_of_every_kind_of_input():
    """And it travels between processes with its faults."""
    buffer = io.BytesIO()
    dcmwrite(buffer, undecodable())
    recipe = recipe_of("REMOVE values:v", values={"v": [{"action": "FIELD", "field": "Rows"}]})
    for given in (undecodable(), buffer.getvalue()):
        with pytest.raises(ObjectRefused) as failure:
            replace_identifiers(given, {}, recipe)
        again = pickle.loads(pickle.dumps(failure.value))
        assert (str(again), again.faults) == (str(failure.value), failure.value.faults)
    with pytest.raises(ObjectRefused):
        DicomParser(undecodable(), DeidRecipe(recipe)).parse()
    kept = recipe_of("KEEP values:v", values={"v": [{"action": "FIELD", "field": "Rows"}]})
    with pytest.raises(ObjectRefused):
        DicomParser(undecodable(), DeidRecipe(kept)).get_fields()


def test_what_cannot_be_decoded_holds_no_value():
    """It is in no list, and no list finds it, where one only looks."""
    dataset = undecodable()
    assert extract_values_list(dataset, [{"action": "FIELD", "field": "Rows"}]) == []
    parser = DicomParser(dataset, DeidRecipe(recipe_of()))
    rows = parser.get_fields()["(0028,0010)"]
    assert not rows.value_contains("1")
    assert parser.find_by_values(["1"]) == {}
    with pytest.raises(ActionFailed):
        deid_funcs["pydicom_uuid"](item={}, value="", field=rows)


def test_what_the_stream_engine_cannot_do_is_done(tmp_path):
    """All text in another character set: in memory and in files."""
    (path,) = files(tmp_path, ["a.dcm"])
    recipe = recipe_of("REPLACE SpecificCharacterSet ISO_IR 192", "REPLACE PatientName 山田")
    (cleaned,) = replace_identifiers(path, {}, recipe)
    assert (cleaned.PatientName, cleaned.filename) == ("山田", path)
    (place,) = replace_identifiers(path, {}, recipe, save=True)
    assert dcmread(place).PatientName == "山田"


def test_a_file_without_prefix_is_taken_if_forced(tmp_path):
    path = str(tmp_path / "headless.dcm")
    dataset = nested()
    dataset.SOPClassUID = SOP_CLASS
    dataset.save_as(path, implicit_vr=True, little_endian=True)
    (cleaned,) = replace_identifiers(path, {}, recipe_of("REMOVE PatientName"))
    assert "PatientName" not in cleaned
    (fields,) = get_identifiers(path).values()
    assert "(0010,0010)" in fields
    for call in (replace_identifiers, get_identifiers):
        with pytest.raises(InvalidDicomError):
            call(path, force=False)


# ---- kinds of input -----------------------------------------------------------------------------------------


def test_every_kind_of_input_is_cleaned(tmp_path):
    """Paths, bytes, streams, objects of files and made by hand; in lists, tuples and generators."""
    (path,) = files(tmp_path, ["a.dcm"])
    data = Path(path).read_bytes()
    stream = io.BytesIO(data)
    with open(path, "rb") as opened:
        given = (Path(path), data, bytearray(data), stream, opened, dcmread(path), nested())
        recipe = recipe_of("REPLACE PatientID X")
        for many in (list(given), tuple(given), (one for one in given)):
            assert patient_ids(replace_identifiers(many, {}, recipe)) == ["X"] * 7
    assert stream.tell() == 0
    assert Path(path).read_bytes() == data
    for one in (3, io.StringIO("text")):
        with pytest.raises(TypeError):
            replace_identifiers(one, {}, recipe)
    with pytest.raises(TypeError):
        replace_identifiers([object()], {}, recipe)


def test_objects_are_changed_in_place_and_files_are_not():
    """The object that comes back is the one that was given; of a file it is a new one, of that name."""
    dataset = in_file()
    (cleaned,) = replace_identifiers(dataset, {None: {"id": "A"}}, BY_VARIABLE)
    assert cleaned is dataset
    assert dataset.PatientID == "A"
    (cleaned,) = replace_identifiers(CT, {CT: {"id": "A"}}, BY_VARIABLE)
    assert cleaned.filename == CT
    assert cleaned.PixelData == dcmread(CT).PixelData
    assert dcmread(CT).PatientID == "1CT1"


def test_nameless_objects_have_numbers():
    given = [nested(), nested()]
    ids = {"object-1": {"id": "A"}, "object-2": {"id": "B"}}
    assert patient_ids(replace_identifiers(given, ids, BY_VARIABLE)) == ["A", "B"]


def test_the_file_may_be_deleted_afterwards(tmp_path):
    """Nothing of the result is read later on."""
    (path,) = files(tmp_path, ["a.dcm"])
    (cleaned,) = replace_identifiers(path, {}, recipe_of("REMOVE PatientID"))
    shutil.rmtree(tmp_path)
    assert cleaned.PixelData == dcmread(CT).PixelData
    assert b"ZQ0" not in written(cleaned)


def test_no_object_is_kept():
    """What was cleaned is forgotten, and so are its functions."""
    dataset = in_file()
    (cleaned,) = replace_identifiers(CT, {CT: {"make": lambda **rest: "A"}}, recipe_of("REPLACE PatientID func:make"))
    replace_identifiers(dataset, {None: {"make": lambda **rest: "A"}}, recipe_of("REPLACE PatientID func:make"))
    ids = get_identifiers(CT)
    alive = [weakref.ref(dataset), weakref.ref(cleaned)]
    del dataset, cleaned, ids
    gc.collect()
    assert [one() for one in alive] == [None, None]


# ---- switches -----------------------------------------------------------------------------------------------


def test_sequences_and_private_elements_go_before_the_recipe_unless_it_keeps_them():
    recipe = recipe_of("KEEP select:group:0009", "REPLACE PatientID X")
    (cleaned,) = replace_identifiers(CT, {}, recipe, strip_sequences=True, remove_private=True)
    assert not [one for one in cleaned if one.VR == "SQ"]
    assert {one.tag.group for one in cleaned if one.tag.is_private} == {0x0009}
    assert cleaned.PatientID == "X"


def test_a_config_says_what_is_passed_over_and_what_follows_every_recipe(tmp_path, caplog):
    """Attributes by keyword and by tag; one that nobody knows is told."""
    path = tmp_path / "config.json"
    rules = [{"action": "REPLACE", "field": "StudyID", "value": "last"}, {"action": "KEEP", "field": "PatientName"}]
    skip = ["PatientName", "(0008, 0020)", "(0009,1002)", "NoSuch"]
    path.write_text(json.dumps({"get": {"skip": skip}, "put": {"actions": rules}}))
    recipe = recipe_of("REMOVE ALL", "REPLACE StudyID first")
    (cleaned,) = replace_identifiers(CT, {}, recipe, config=path)
    left = {one.keyword or str(one.tag) for one in cleaned}
    assert left == {"SpecificCharacterSet", "PatientName", "StudyDate", "(0009,0010)", "(0009,1002)", "StudyID"}
    assert cleaned.StudyID == "last"
    assert len(said(caplog)) == 1
    (cleaned,) = replace_identifiers(CT, {}, recipe, config=path, disable_skip=True)
    assert {one.keyword for one in cleaned} == {"SpecificCharacterSet", "StudyID"}
    (fields,) = get_identifiers(CT, config=path).values()
    assert not {"(0010,0010)", "(0008,0020)"} & set(fields)


def test_a_config_that_is_none_raises(tmp_path):
    with pytest.raises(FileNotFoundError):
        replace_identifiers(CT, config=tmp_path / "none.json")
    (tmp_path / "list.json").write_text("[]")
    with pytest.raises(ValueError, match="JSON object"):
        replace_identifiers(CT, config=tmp_path / "list.json")


def test_pixel_data_goes_if_nothing_is_passed_over():
    """What deid passes over, and its kin; not what the file cannot be read without."""
    (cleaned,) = replace_identifiers(CT, {}, recipe_of("REMOVE ALL"), disable_skip=True)
    assert [one.keyword for one in cleaned] == ["SpecificCharacterSet"]
    dataset = Dataset()
    dataset.FloatPixelData, dataset.SpecificCharacterSet, dataset.PatientName = b"\0" * 4, "ISO_IR 192", "山田"
    (cleaned,) = replace_identifiers(dataset, {}, recipe_of("REMOVE ALL", "KEEP PatientName"), disable_skip=True)
    assert [one.keyword for one in cleaned] == ["SpecificCharacterSet", "PatientName"]
    (cleaned,) = replace_identifiers(CT, {}, recipe_of("REMOVE ALL"))
    assert "PixelData" in cleaned


def test_private_elements_are_removed(tmp_path):
    (path,) = files(tmp_path, ["a.dcm"])
    (cleaned,) = remove_private_identifiers([path], save=False)
    assert not [one for one in cleaned if one.tag.is_private]
    (place,) = remove_private_identifiers(path, output_folder=tmp_path / "out")
    assert Path(place) == tmp_path / "out" / "a.dcm"
    assert not [one for one in dcmread(place) if one.tag.is_private]
    assert [one for one in dcmread(path) if one.tag.is_private]


def test_the_default_recipe_is_taken_where_none_is_given(caplog):
    (cleaned,) = replace_identifiers(CT)
    assert "1CT1" not in str(cleaned.get("PatientID"))
    assert said(caplog)
