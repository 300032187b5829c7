"""deid's small functions: files, values of actions, timestamps."""

from __future__ import annotations

import os
from collections import OrderedDict

import pytest
from deid.utils import get_timestamp as timestamp_of_deid
from pydicom.dataset import Dataset

from deidc.compat.utils import (
    get_func,
    get_installdir,
    get_temporary_name,
    get_timestamp,
    parse_keyvalue_pairs,
    parse_value,
    read_file,
    read_json,
    recursive_find,
    to_int,
    write_file,
    write_json,
)
from deidc.compat.utils.actions import Undefined


def test_temporary_names_are_of_nothing_that_is_there():
    """A temporary name says deid, the prefix and the suffix, and another one each time."""
    name = get_temporary_name(prefix="clean", ext="dcm")
    assert os.path.basename(name).startswith("deid-clean-")
    assert name.endswith(".dcm")
    assert not os.path.exists(name)
    assert name != get_temporary_name(prefix="clean", ext="dcm")


def test_text_is_utf_8_whatever_the_locale(tmp_path):
    """What is written is read back: text, lines, bytes."""
    path = str(tmp_path / "x")
    assert write_file(path, "Müller\nb") == path
    assert (tmp_path / "x").read_bytes() == "Müller\nb".encode()
    assert read_file(path) == ["Müller\n", "b"]
    write_file(path, ["c\n"], mode="a")
    assert read_file(path, mode="rb") == ["Müller\n".encode(), b"bc\n"]


def test_json_is_written_whole_or_not_at_all(tmp_path):
    """What is no JSON is a TypeError, and the file is not there."""
    path = str(tmp_path / "x.json")
    with pytest.raises(TypeError):
        write_json({"a": {1}}, path)
    assert not os.path.exists(path)
    write_json({"b": [1, None], "a": 2}, path)
    assert read_json(path) == {"b": [1, None], "a": 2}
    assert isinstance(read_json(path, ordered_dict=True), OrderedDict)


def test_the_install_folder_has_deids_recipes():
    """Three files there are recipes by deid's names."""
    found = [os.path.basename(path) for path in recursive_find(get_installdir(), pattern="deid.*")]
    assert found == ["deid.dicom", "deid.dicom.ultrasound", "deid.dicom.xray.chest"]


def test_files_are_found_in_order(tmp_path):
    """Files of all levels whose names fit, in order of name."""
    for name in ("b/2.dcm", "b/1.dcm", "a.dcm", "c.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    assert [os.path.relpath(one, tmp_path) for one in recursive_find(str(tmp_path), "*.dcm")] == [
        "a.dcm",
        "b/1.dcm",
        "b/2.dcm",
    ]
    assert len(list(recursive_find(str(tmp_path)))) == 4


def test_numbers():
    """A number, or text of one, is cut to a whole number."""
    assert (to_int(5), to_int("5.9"), to_int(-1.5)) == (5, 5, -1)


def test_arguments_of_functions():
    """Words with = are arguments; four words are meant, others are text; what has no = is none."""
    assert parse_keyvalue_pairs("days=5 stable=false prefix=none x=null y=true odd z=a=b") == {
        "days": "5", "stable": False, "prefix": None, "x": None, "y": True, "z": "a=b",
    }  # fmt: skip
    assert parse_keyvalue_pairs(None) == parse_keyvalue_pairs("") == {}


@pytest.fixture
def dataset():
    made = Dataset()
    made.PatientID = "1"
    made.Rows = 2
    return made


def test_values_of_actions(dataset):
    """A value is a variable, what a function answers with deid's four keywords, or text."""
    item = {"id": 7, "f": lambda dicom, value, field, item: (dicom, value, field, sorted(item))}
    assert parse_value(dataset, "var:id", item) == 7
    assert parse_value(dataset, "func:f", item, "PatientID") == (dataset, "func:f", "PatientID", ["f", "id"])
    funcs = {"g": lambda dicom, value, field, item, extras: (value, extras)}
    assert parse_value(dataset, "deid_func:g days=1 x=2", item, "Rows", funcs) == (
        "deid_func:g days=1 x=2", "days=1 x=2",
    )  # fmt: skip
    assert parse_value(dataset, "VAR:id", item, "PatientID") == "VAR:id"
    assert parse_value(None, "text") == "text"


def test_text_for_an_element_is_of_its_vr(dataset):
    """Text becomes a number where the VR has numbers; what does not fit is told without the text."""
    assert parse_value(dataset, "3", field="Rows") == 3
    assert parse_value(dataset, "3", field="PatientID") == "3"
    assert parse_value(dataset, "3", field="Columns") == "3"
    with pytest.raises(ValueError, match=r"^(?!.*SECRET)"):
        parse_value(dataset, "SECRET", field="Rows")


@pytest.mark.parametrize("value", ["var:x", "func:x", "deid_func:x a=1"])
def test_what_is_not_defined_is_told(dataset, value):
    """A variable or function that is not there is no answer of None."""
    with pytest.raises(Undefined):
        parse_value(dataset, value, {"y": 1}, "PatientID")


TIMES = [
    ("20180101",),
    ("20180101", "120000"),
    ("2018-01-01", " 12:00:00"),
    ("20181231", "", 5),
    ("20180101", "", "-1.0"),
    ("20181231", "101112", "3", "%Y%m%d"),
]


@pytest.mark.parametrize("given", TIMES)
def test_timestamps_are_deids(given):
    """Dates and times that are whole are told as deid tells them."""
    assert get_timestamp(*given) == timestamp_of_deid(*given)


@pytest.mark.parametrize("given", [("2018",), ("201801",), ("SECRET",), ("20181301",), ("20180101", "25")])
def test_what_is_no_date_is_not_guessed(given):
    """What is no whole date is an error that does not quote it; deid takes what is missing from today."""
    with pytest.raises(ValueError, match=r"^the date and time are in no form that is known$"):
        get_timestamp(*given)


def test_no_date_is_no_timestamp(caplog):
    """Without a date there is None, and a warning."""
    assert get_timestamp("") is None
    assert [one.levelname for one in caplog.records] == ["WARNING"]


def test_functions_by_name():
    """A function is had by its name, and None for another name."""
    assert get_func("get_timestamp") is get_timestamp
    assert get_func("no_such") is None
