"""Filters, tags and the functions of deid: questions about one object, one attribute, one field."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest
from pydicom import dcmread
from pydicom.dataset import Dataset
from pydicom.tag import Tag

from deidc.compat.dicom.actions import deid_funcs, jitter_timestamp
from deidc.compat.dicom.actions.calling import ActionFailed
from deidc.compat.dicom.fields import get_fields_with_lookup
from deidc.compat.dicom.filter import apply_filter, compareBase, empty, equalsBase, missing
from deidc.compat.dicom.groups import extract_fields_list, extract_values_list
from deidc.compat.dicom.tags import (
    add_tag,
    find_tag,
    get_private,
    get_tag,
    has_private,
    remove_sequences,
    update_tag,
)
from tests.compat.dicom.objects import nested, said
from tests.files import shipped
from tests.running import dataset_of

UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"


# ---- filters ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("field", ["Modality", "modality", "0x00080060", "(0008,0060)", "00080060", 0x00080060])
def test_a_field_is_named_in_any_way(field):
    dataset = dataset_of(Modality="CT")
    assert apply_filter(dataset, field, "equals", "ct")
    assert apply_filter(dataset, field, " Present ")
    assert not missing(dataset, field)


def test_file_meta_information_is_asked_too():
    dataset = dcmread(shipped("CT_small.dcm"))
    assert apply_filter(dataset, "TransferSyntaxUID", "contains", "^1.2.840")
    assert apply_filter(dataset, "PatientID", "notcontains", "ZQ")
    assert not empty(dataset, "PatientID")


@pytest.mark.parametrize("question", [("Modality", "is", "CT"), ("NoSuch", "missing", None), ("60xx", "missing", None)])
def test_a_question_that_is_none_raises(question):
    """deid answers no; then an image that should be flagged is not."""
    with pytest.raises(ValueError, match=r"there is no|is no keyword"):
        apply_filter(dataset_of(Modality="CT"), *question)


def test_case_counts_if_it_is_asked_for():
    dataset = dataset_of(Modality="CT")
    assert equalsBase(dataset, "Modality", "ct")
    assert not equalsBase(dataset, "Modality", "ct", ignore_case=False)
    assert equalsBase(dataset, "Modality", "ct", ignore_case=False, not_equals=True)
    assert not compareBase(dataset, "Modality", "c", re.match, ignore_case=False)
    assert compareBase(dataset, "Modality", "C.", re.fullmatch)


def test_datasets_have_methods_where_they_are_wanted():
    """In a process of its own: importing gives pydicom nothing, install gives deid's methods and takes none away."""
    script = """
from pydicom.dataset import Dataset
before = dict(vars(Dataset))
Dataset.contains = contains = lambda self, field, text: "mine"
import deidc.compat.dicom, deidc.compat.dicom.parser, deidc.compat.dicom.filter as filter
assert dict(vars(Dataset)) == {**before, "contains": contains}
filter.install(); filter.install()
dataset = Dataset()
dataset.Modality = "CT"
assert dataset.contains("Modality", "C") == "mine"
assert dataset.equals("Modality", "ct") and dataset.startsWith("Modality", "C") and dataset.endsWith("Modality", "T")
assert not dataset.missing("Modality") and not dataset.empty("Modality") and dataset.matches("Modality", "c")
assert not dataset.notEquals("Modality", "CT") and not dataset.notContains("Modality", "CT")
"""
    subprocess.run([sys.executable, "-c", script], check=True)


# ---- groups -------------------------------------------------------------------------------------------------


def test_lists_may_be_taken_from_some_fields():
    """Fields that were found are not looked for again, and no others are."""
    dataset = nested()
    table = get_fields_with_lookup(dataset)
    some = {uid: field for uid, field in table.items() if "__1__" in uid}
    lines = [{"action": "FIELD", "field": "PatientID"}]
    assert extract_values_list(dataset, lines) == ["ZQ-ID", "inner 0", "inner 1"]
    assert extract_values_list(dataset, lines, some) == ["inner 1"]
    assert list(extract_fields_list(dataset, lines, fields=some)) == ["(0040,0275)__1__(0010,0020)"]
    assert extract_fields_list(dataset, lines)["(0010,0020)"].element is dataset["PatientID"]


# ---- tags ---------------------------------------------------------------------------------------------------


def test_tags_are_looked_up():
    """By the very keyword; entries of the dictionary by a pattern, a VR, a VM."""
    assert get_tag("Rows") == {"tag": Tag("Rows"), "VR": "US", "VM": "1", "keyword": "Rows", "name": "Rows"}
    assert get_tag("rows") is None
    assert get_tag("OverlayData") is None
    assert find_tag("^Rows$") == [("US", "1", "Rows", "", "Rows")]
    assert find_tag("^Rows$", VR="LO") == []
    assert find_tag("^Rows$", VR=["LO", "US"], VM="1")
    assert [one[4] for one in find_tag("^OverlayData$", retired=True)] == ["OverlayData"]
    assert add_tag("00091001", VR="LO")["tag"] == 0x00091001
    with pytest.raises(ValueError, match="eight"):
        add_tag("0x9")


def test_tags_are_updated_where_they_are():
    dataset = nested()
    assert update_tag(dataset, "PatientID", "X").PatientID == "X"
    assert update_tag(dataset, Tag("PatientID"), "Y").PatientID == "Y"
    assert "PatientAge" not in update_tag(dataset, "PatientAge", "012Y")


def test_private_elements_and_sequences_are_found(caplog):
    dataset = nested()
    inner = dataset.RequestAttributesSequence[0]
    inner.private_block(0x0011, "INNER", create=True).add_new(1, "LO", "x")
    caplog.set_level("INFO")
    assert [one.tag for one in get_private(dataset)] == [0x00090010, 0x00091001, 0x00110010, 0x00111001]
    assert has_private(dataset)
    assert not has_private(Dataset())
    assert [one.getMessage() for one in caplog.records] == ["found 4 private tags", "found 0 private tags"]
    assert remove_sequences(dataset) is dataset
    assert "RequestAttributesSequence" not in dataset


# ---- deid's functions ---------------------------------------------------------------------------------------


def field_of(keyword: str, value: object):
    (field,) = get_fields_with_lookup(dataset_of({keyword: value})).values()
    return field


def test_functions_may_be_called_from_elsewhere():
    """With a field, or for ADD with a keyword; arguments as recipes have them."""
    field = field_of("StudyInstanceUID", "1.2.3")
    assert re.fullmatch(UUID, deid_funcs["basic_uuid"](item={}, value="", field=field))
    assert re.fullmatch(f"studyinstanceuid-{UUID}", deid_funcs["suffix_uuid"](item={}, value="", field=field))
    assert re.fullmatch(f"patientid-{UUID}", deid_funcs["suffix_uuid"](item={}, value="", field="PatientID"))
    stable = deid_funcs["pydicom_uuid"](item={}, value="", field=field, extras="prefix=1.55.")
    assert stable == deid_funcs["pydicom_uuid"](item={}, value="", field=field, extras="prefix=1.55. junk other=1")
    assert stable.startswith("1.55.")
    assert deid_funcs["dicom_uuid"](item={}, value="", field=field, dicom=None, extras="org_root=1.2").startswith(
        "1.2."
    )
    assert (
        deid_funcs["jitter"](item={}, value="", field=field_of("StudyDate", "20200131"), extras="days=1") == "20200201"
    )
    with pytest.raises(ActionFailed):
        deid_funcs["jitter"](item={}, value="", field=field_of("PatientID", "ZQ"), extras="days=1")
    with pytest.raises(ActionFailed, match="org_root"):
        deid_funcs["dicom_uuid"](item={}, value="", field=field, dicom=None, extras="org_root=x")


@pytest.mark.parametrize(
    ("keyword", "value", "days", "shifted"),
    [
        ("StudyDate", "20200131", 1, "20200201"),
        ("StudyDate", "20200131", "-31", "20191231"),
        ("AcquisitionDateTime", "20200131101112.5", 1, "20200201101112.5"),
        ("DateOfLastCalibration", ["20200131", "20200101"], 1, "20200201\\20200102"),
        ("PatientComments", "2020-01-31", 1, "2020-02-01"),
        ("StudyDate", "", 1, None),
    ],
)
def test_dates_are_shifted(keyword, value, days, shifted):
    field = field_of(keyword, value)
    assert jitter_timestamp(field, days) == shifted
    assert jitter_timestamp(field, 0) == ("\\".join(value) if isinstance(value, list) else value or None)


@pytest.mark.parametrize(("keyword", "value"), [("PatientID", "ZQ"), ("StudyTime", "101112"), ("StudyDate", "ZQ")])
def test_what_is_no_date_raises(keyword, value):
    """deid returns it as it is, or a date that it made up."""
    with pytest.raises(ActionFailed) as failure:
        jitter_timestamp(field_of(keyword, value), 1)
    assert "ZQ" not in str(failure.value)


def test_a_shift_is_a_whole_number_of_days():
    with pytest.raises(ValueError, match="int"):
        jitter_timestamp(field_of("StudyDate", "20200131"), "1.5")


# ---- importing ----------------------------------------------------------------------------------------------


def test_importing_does_nothing_to_anybody(tmp_path):
    """No pixels, no logging, no output; also where numpy is not installed and the current folder is gone."""
    (tmp_path / "gone").mkdir()
    script = """
import logging, os, sys
os.rmdir(os.getcwd())
sys.modules.update(dict.fromkeys(["numpy", "matplotlib", "PIL"]))
import deidc.compat as deid
from deidc.compat.dicom import get_files, get_identifiers, replace_identifiers
import deidc.compat.dicom.parser, deidc.compat.dicom.filter, deidc.compat.dicom.validate
assert not logging.root.handlers and not logging.getLogger("deidc.compat").handlers
assert logging.getLogger("deidc.compat").level == logging.NOTSET
(cleaned,) = replace_identifiers(sys.argv[1], deid="dicom")
assert len(get_identifiers([sys.argv[1]])) == 1
assert deid.dicom.tags.get_tag("Rows") and deid.dicom.utils.load_dicom(cleaned) is cleaned
try:
    deid.dicom.nothing
except AttributeError:
    print("well")
"""
    done = subprocess.run(
        [sys.executable, "-c", script, str(shipped("CT_small.dcm"))],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path / "gone",
    )
    assert (done.stdout, done.stderr) == ("well\n", "")


def test_nothing_is_said_where_all_is_well(caplog):
    update_tag(nested(), "PatientID", "X")
    assert said(caplog) == []
