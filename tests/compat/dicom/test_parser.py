"""`DicomParser`: one object, its recipe, and changes by hand."""

from __future__ import annotations

import io

import pytest
from pydicom import dcmread, dcmwrite
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from deidc import CompileError
from deidc.compat.config import DeidRecipe
from deidc.compat.dicom.parser import DicomParser
from deidc.compat.objects.cleaning import ObjectRefused
from deidc.compat.objects.outputs import OutputExists
from tests.compat.dicom.objects import files, in_file, nested, recipe_of, said
from tests.files import shipped
from tests.running import dataset_of, file_dataset

OUTER, FIRST, SECOND = "(0010,0020)", "(0040,0275)__0__(0010,0020)", "(0040,0275)__1__(0010,0020)"


def parser_of(*rules, given=None, **lists) -> DicomParser:
    return DicomParser(nested() if given is None else given, DeidRecipe(recipe_of(*rules, **lists)))


def ids_in(dataset: Dataset) -> list[str]:
    return [one.get("PatientID") for one in (dataset, *dataset.RequestAttributesSequence)]


def test_the_object_that_was_given_is_changed():
    """A plain Dataset and one from a file are changed in place, as deid changes them."""
    for given in (nested(), in_file()):
        parser = parser_of("REPLACE PatientID var:id", "REMOVE select:private", given=given)
        parser.define("id", "A-17")
        parser.parse()
        assert parser.dicom is given
        assert ids_in(given) == ["A-17"] * 3
        assert not [tag for tag in given.keys() if tag.is_private]


@pytest.mark.parametrize("kind", [str, io.BytesIO, bytes, "path"])
def test_files_and_bytes_are_read(tmp_path, kind):
    """A path, bytes, and a stream are read, and stay as they are."""
    (path,) = files(tmp_path, ["a.dcm"])
    data = (tmp_path / "a.dcm").read_bytes()
    given = {str: path, io.BytesIO: io.BytesIO(data), bytes: data, "path": tmp_path / "a.dcm"}[kind]
    parser = parser_of("REMOVE PatientID", given=given)
    parser.parse()
    assert "PatientID" not in parser.dicom
    assert (tmp_path / "a.dcm").read_bytes() == data
    named = kind in (str, "path")
    assert parser.dicom_file == (path if named else None)
    assert str(parser) == f"[dicom-parser:{'a.dcm' if named else None}]"


def test_a_file_that_is_not_there_raises(tmp_path):
    with pytest.raises(FileNotFoundError):
        DicomParser(tmp_path / "none.dcm")


def test_parsing_may_be_done_again():
    """The second time is about what came of the first, and about the recipe as it is then."""
    parser = parser_of("JITTER StudyDate 1")
    parser.parse()
    parser.parse()
    assert parser.dicom.StudyDate == "20200202"
    parser.dicom.PatientComments = "new"
    parser.recipe.deid["header"].append({"action": "REMOVE", "field": "PatientComments"})
    parser.parse()
    assert "PatientComments" not in parser.dicom
    assert parser.dicom.StudyDate == "20200203"


def test_fields_are_those_of_the_object_as_it_is():
    """Nothing is shown before the first look; then what is there, but for what is kept or passed over."""
    parser = parser_of("KEEP PatientName", "KEEP (0040,0275)__0__(0010,0020)", "REMOVE StudyID", "ADD PatientAge 012Y")
    assert parser.fields == {}
    assert parser.find_by_name("PatientID") == {}
    parser.parse()
    assert "(0020,0010)" not in parser.fields
    assert "(0010,0010)" not in parser.fields
    assert FIRST not in parser.fields
    assert parser.fields["(0010,1010)"].element.value == "012Y"
    assert parser.keep == ["(0010,0010)", FIRST]
    assert "PixelData" in parser.skip
    assert list(parser.find_by_name("^PatientID$")) == [OUTER, SECOND]
    assert list(parser.find_by_values(["inner 1"])) == [SECOND]
    assert SECOND not in parser.get_fields(expand_sequences=False)
    assert SECOND in parser.fields


@pytest.mark.parametrize(("value", "is_kept"), [("yes", True), (1, True), ("no", False), (0, False), (None, False)])
def test_a_condition_on_a_variable_is_evaluated_for_what_is_kept(tmp_path, value, is_kept):
    """The listing agrees with the run; a variable that is not defined keeps nothing."""
    rules = "FORMAT dicom\n\n%header\nKEEP PatientName if var:keeps\nREMOVE PatientName\n"
    (tmp_path / "my.deid").write_text(rules, encoding="utf-8")
    parser = DicomParser(nested(), DeidRecipe(str(tmp_path / "my.deid")))
    assert parser.keep == []
    parser.define("keeps", value)
    assert parser.keep == (["(0010,0010)"] if is_kept else [])
    parser.parse()
    assert ("PatientName" in parser.dicom) is is_kept


def test_an_empty_list_of_values_finds_nothing(caplog):
    parser = parser_of()
    parser.get_fields()
    assert parser.find_by_values([]) == {}
    assert said(caplog)


def test_names_are_found_by_their_parts():
    """A name is found in other texts, as rules with values: find it."""
    dataset = nested()
    dataset.StudyDescription = "seen by Mr Name"
    parser = parser_of(given=dataset)
    parser.get_fields()
    assert "(0008,1030)" in parser.find_by_values([dataset.PatientName])
    assert "(0008,1030)" in parser.find_by_values(["ZQ^NAME"])
    assert "(0008,1030)" not in parser.find_by_values(["ZQ NAME"])


def test_lists_are_in_the_lookup():
    """Values are text, fields are by uid; both as the object was."""
    parser = parser_of(
        "REMOVE fields:ids",
        "REPLACE values:names X",
        values={"names": [{"action": "SPLIT", "field": "PatientName", "value": 'by="^";minlength=3'}]},
        fields={"ids": [{"action": "FIELD", "field": "contains:PatientID"}]},
    )
    parser.parse()
    assert parser.lookup["names"] == ["NAME"]
    assert set(parser.lookup["ids"]) == {OUTER, FIRST, SECOND}
    assert parser.lookup["ids"]["(0010, 0020)"].element.value == "ZQ-ID"
    assert ids_in(parser.dicom) == [None] * 3
    assert parser.dicom.PatientName == "X"


def test_lists_may_be_defined():
    """A list that the recipe uses and does not declare is among the variables, as in deid; or there is none."""
    parser = parser_of("REMOVE values:known", "BLANK fields:some")
    parser.define("known", ["inner 1", "ZQ-ID"])
    with pytest.raises(CompileError):
        parser.parse()
    parser.define("some", {"(0020,0010)": None})
    parser.parse()
    assert ids_in(parser.dicom) == [None, "inner 0", None]
    assert parser.dicom.StudyID == ""


def test_a_declared_list_is_that_of_the_recipe():
    parser = parser_of("REMOVE values:v", values={"v": [{"action": "FIELD", "field": "StudyID"}]})
    parser.define("v", ["ZQ-ID"])
    parser.parse()
    assert parser.dicom.PatientID == "ZQ-ID"
    assert parser.lookup["v"] == ["7"]


def test_functions_get_what_deid_gives_them():
    """The lookup itself, the value of the rule, the field, the object; for ADD the name of the field."""
    got = []

    def look(item, value, field, dicom):
        item["calls"] = item.get("calls", 0) + 1
        got.append((value, field if isinstance(field, str) else (field.name, field.uid, str(field.element.value))))
        return str(dicom.StudyID)

    parser = parser_of("REPLACE PatientID func:look", "ADD PatientAge func:look")
    parser.define("look", look)
    parser.dicom.StudyID = "012Y"
    parser.parse()
    assert sorted(got, key=str) == [
        ("func:look", "PatientAge"),
        ("func:look", ("PatientID", OUTER, "ZQ-ID")),
        ("func:look", ("RequestAttributesSequence__PatientID", FIRST, "inner 0")),
        ("func:look", ("RequestAttributesSequence__PatientID", SECOND, "inner 1")),
    ]
    assert parser.lookup["calls"] == 4
    assert parser.dicom.PatientAge == "012Y"


@pytest.mark.parametrize("function", [lambda field: field.keyword_of_nothing, lambda value, *, extra: value])
def test_a_function_that_fails_takes_the_element_out(function, caplog):
    """Also where it cannot be called: what it was to write is not known."""
    parser = parser_of("REPLACE PatientID func:look")
    parser.define("look", function)
    parser.parse()
    assert ids_in(parser.dicom) == [None] * 3
    assert len(said(caplog)) == 3
    assert not [one for one in said(caplog) if "ZQ" in one or "inner" in one]


def test_a_refused_object_stays_as_it_was():
    """What can be judged by no rule raises, and half of nothing is done."""
    dataset = in_file()
    dataset.private_block(0x0011, "FULL", create=True).add_new(0x01, "LO", "x")
    for block in range(0x12, 0x100):
        dataset.add_new(0x00110000 | block, "LO", f"BLOCK {block}")
    dataset.add_new(0x00110010, "LO", "BLOCK")
    dataset.add_new(0x00110011, "LO", "BLOCK 2")
    another = {"action": "ADD", "field": '(0011,"ANOTHER",01)', "value": "x"}
    parser = parser_of("REMOVE PatientID", another, given=dataset)
    with pytest.raises(ObjectRefused, match="DC910") as failure:
        parser.parse()
    assert parser.dicom.PatientID == "ZQ-ID"
    assert [fault.rule.code for fault in failure.value.faults] == ["DC910"]
    assert isinstance(failure.value, ValueError)


# ---- by hand ------------------------------------------------------------------------------------------------


def test_one_element_is_changed_and_no_other():
    """What is done to a field is done at its place, and not to its namesakes."""
    parser = parser_of()
    fields = dict(parser.get_fields().items())
    parser.replace_field(fields[FIRST], "new")
    assert ids_in(parser.dicom) == ["ZQ-ID", "new", "inner 1"]
    parser.blank_field(fields[SECOND])
    assert ids_in(parser.dicom) == ["ZQ-ID", "new", ""]
    parser.delete_field(fields[OUTER])
    assert ids_in(parser.dicom) == [None, "new", ""]
    assert OUTER not in parser.fields
    parser.add_field(fields[OUTER], "again")
    assert ids_in(parser.dicom) == ["again", "new", ""]
    parser.perform_action(fields[SECOND], None, "KEEP")
    parser.delete_field(fields["(0040,0275)"])
    assert "RequestAttributesSequence" not in parser.dicom


def test_what_is_gone_is_not_written():
    """replace_field and delete_field find nothing; add_field does not make items."""
    parser = parser_of()
    fields = dict(parser.get_fields().items())
    parser.delete_field(fields["(0040,0275)"])
    for change in (parser.replace_field, parser.add_field):
        change(fields[FIRST], "x")
    parser.delete_field(fields[FIRST])
    assert "RequestAttributesSequence" not in parser.dicom


def test_actions_are_those_of_one_line():
    """Targets, values, variables, lists and KEEP are those of recipes."""
    parser = parser_of("KEEP StudyID", "REMOVE PatientName")
    parser.define("id", "A-17")
    parser.perform_action("PatientID", "var:id", "REPLACE")
    assert ids_in(parser.dicom) == ["A-17"] * 3
    parser.perform_action("ALL", None, "BLANK")
    assert parser.dicom.StudyID == "7"
    assert parser.dicom.PatientName == ""
    parser.add_field("PatientAge", "012Y")
    parser.perform_action("StudyDate", "20200131", "ADD")
    parser.perform_action("StudyDate", 1, "JITTER")
    assert (parser.dicom.PatientAge, parser.dicom.StudyDate) == ("012Y", "20200201")
    parser.define("numbers", ["012Y"])
    parser.perform_action("values:numbers", None, "REMOVE")
    assert "PatientAge" not in parser.dicom
    parser.delete_field("contains:Patient")
    assert "PatientName" not in parser.dicom


def test_values_need_not_be_text():
    """A number, a list and a sequence are written as they are."""
    parser = parser_of()
    parser.add_field("Rows", 4)
    parser.add_field("ImageType", ["A", "B"])
    parser.add_field("ProcedureCodeSequence", Sequence([dataset_of(CodeValue="1")]))
    assert parser.dicom.Rows == 4
    assert list(parser.dicom.ImageType) == ["A", "B"]
    assert parser.dicom.ProcedureCodeSequence[0].CodeValue == "1"


def test_an_unknown_action_blanks(caplog):
    """As in deid; a target that is none raises."""
    parser = parser_of()
    parser.perform_action("PatientID", "x", "SHRED")
    assert ids_in(parser.dicom) == [""] * 3
    assert said(caplog)
    with pytest.raises(CompileError):
        parser.perform_action("PatientsName", None, "REMOVE")


def test_fields_tell_their_parents_and_children():
    parser = parser_of()
    fields = parser.get_fields()
    parent, tag = parser.get_nested_field(fields[SECOND], return_parent=True)
    assert parent is parser.dicom.RequestAttributesSequence[1]
    assert tag == parser.get_nested_field(fields[SECOND]) == 0x00100020
    assert parser.get_child_fields(fields["(0040,0275)"]) == [
        "(0040,0275)__0__(0008,0050)",
        FIRST,
        SECOND,
    ]
    field = fields[SECOND]
    parser.dicom.RequestAttributesSequence.pop()
    assert parser.get_nested_field(field) == (None, 0x00100020)
    del parser.dicom.RequestAttributesSequence
    assert parser.get_nested_field(field) == (None, 0x00100020)


def test_private_elements_go():
    """In items, too."""
    dataset = nested()
    dataset.RequestAttributesSequence[0].private_block(0x0009, "DEIDC TEST", create=True).add_new(1, "LO", "x")
    parser = parser_of(given=dataset)
    parser.remove_private()
    assert not [tag for one in (dataset, *dataset.RequestAttributesSequence) for tag in one.keys() if tag.is_private]


def test_the_preamble_is_filled_with_zeros():
    dataset = in_file()
    dataset.preamble = b"II*\0" * 32
    parser = parser_of(given=dataset)
    parser.reset_preamble()
    assert parser.dicom.preamble == bytes(128)


def test_targets_that_remove_spares_are_told():
    parser = parser_of("REPLACE PatientID x", "JITTER StudyDate 1", "REMOVE ALL")
    assert sorted(parser.excluded_from_deletion) == ["PatientID", "StudyDate"]


def test_switches_are_rules_before_the_recipe():
    """Sequences and private elements go, but for what KEEP keeps."""
    parser = parser_of({"action": "KEEP", "field": '(0009,"DEIDC TEST",01)'})
    parser.parse(strip_sequences=True, remove_private=True)
    assert "RequestAttributesSequence" not in parser.dicom
    assert parser.dicom[0x0009, 0x1001].value == "private"
    assert parser.dicom[0x0009, 0x0010].value == "DEIDC TEST"


def test_what_is_passed_over_is_passed_over_unless_asked_for():
    """A rule that names pixel data is a mistake, until nothing is passed over."""
    path = shipped("CT_small.dcm")
    with pytest.raises(CompileError):
        parser_of("REMOVE PixelData", given=path).parse()
    parser = DicomParser(path, DeidRecipe(recipe_of("REMOVE PixelData")), disable_skip=True)
    parser.parse()
    assert "PixelData" not in parser.dicom


# ---- saving -------------------------------------------------------------------------------------------------


def test_an_object_is_saved(tmp_path):
    """Of a file, of a stream, or made by hand; nothing that is there is overwritten unless told."""
    for number, given in enumerate((str(shipped("MR_small.dcm")), in_file(), nested())):
        parser = parser_of("REPLACE PatientID X", given=given)
        parser.parse()
        place = tmp_path / "new" / f"{number}.dcm"
        assert parser.save(str(place)) == str(place)
        assert dcmread(place).PatientID == "X"
        with pytest.raises(OutputExists, match="overwrite"):
            parser.save(str(place))
        parser.dicom.PatientID = "Y"
        parser.save(str(place), overwrite=True)
        assert dcmread(place).PatientID == "Y"


def test_a_nameless_object_needs_a_name():
    with pytest.raises(ValueError, match="name"):
        parser_of().save()


def test_the_input_is_not_overwritten_unless_told(tmp_path):
    (path,) = files(tmp_path, ["a.dcm"])
    parser = parser_of("REPLACE PatientID X", given=path)
    parser.parse()
    with pytest.raises(OutputExists):
        parser.save()
    assert dcmread(path).PatientID == "ZQ0"
    assert parser.save(overwrite=True) == path
    assert dcmread(path).PatientID == "X"


def test_a_big_endian_and_a_deflated_object_keep_their_transfer_syntax(tmp_path):
    for name in ("MR_small_bigendian.dcm", "image_dfl.dcm"):
        parser = parser_of("REPLACE PatientID X", given=str(shipped(name)))
        parser.parse()
        parser.save(tmp_path / name)
        assert (
            dcmread(tmp_path / name).file_meta.TransferSyntaxUID == dcmread(shipped(name)).file_meta.TransferSyntaxUID
        )
        assert dcmread(tmp_path / name).PatientID == "X"


def test_an_object_without_a_file_is_written_as_it_says():
    """The one transfer syntax that it has, or explicit VR little endian."""
    whole = file_dataset(nested(), "1.2.840.10008.1.2")
    buffer = io.BytesIO()
    dcmwrite(buffer, whole)
    parser = parser_of("REMOVE PatientID", given=buffer.getvalue())
    parser.parse()
    assert parser.dicom.original_encoding == (True, True)
