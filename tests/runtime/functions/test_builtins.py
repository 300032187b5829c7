"""deidc's own functions: what they make, and that keys matter."""

from __future__ import annotations

import inspect
import re
import uuid

import pytest
from deid.dicom.actions.uids import pydicom_uuid as deid_pydicom_uuid
from hypothesis import given
from hypothesis import strategies as st
from pydicom.dataelem import DataElement
from pydicom.multival import MultiValue
from pydicom.uid import UID, generate_uid

from deidc.ir.builtin_functions import BUILTIN_FUNCTIONS, BUILTINS
from deidc.ir.signatures import Dependence, ParameterType
from deidc.runtime.functions import builtins, moments
from deidc.runtime.functions.invocation import FunctionFault
from deidc.runtime.functions.registry import Functions
from tests.runtime.functions.calling import CODES, KEY, call

UUID_FORM = r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"
UID_FORM = r"(0|[1-9][0-9]*)(\.(0|[1-9][0-9]*))+"
# Computed once by hand with hashlib and hmac alone.
KNOWN_UID = "2.25.43117028314876201914447585263685411395"
KNOWN_HASH = "4c7d1c70accd4a75ea830321bd66f70e8146e4b98c170970c7cc2a52a9ca9cce"
KNOWN_DAYS = -172


def test_every_row_has_its_function():
    """Each row names a function that is there, and each public function of the files has a row."""
    public = {
        name
        for module in (builtins, moments)
        for name, one in vars(module).items()
        if inspect.isfunction(one) and one.__module__ == module.__name__ and not name.startswith("_")
    }
    assert {one.implementation for one in BUILTIN_FUNCTIONS.values()} == public
    assert set(BUILTINS) == set(Functions.standard().builtin) == set(BUILTIN_FUNCTIONS)
    assert all(name == one.name for name, one in BUILTINS.items())


@pytest.mark.parametrize("name", BUILTINS)
def test_a_random_function_is_never_kept(name):
    """What differs with every call depends on more than the element and the object."""
    row = BUILTIN_FUNCTIONS[name]
    assert row.depends is Dependence.UNKNOWN or not row.signature.random
    assert all(row.signature.parameter(one) is not None for one in row.varies_with)


def test_secrets_come_from_variables():
    """Every key is declared secret and required."""
    keyed = [
        one.parameter("key") for name, one in BUILTINS.items() if name in ("stable_uid", "stable_hash", "date_shift")
    ]
    assert all(one is not None and one.required and one.type is ParameterType.SECRET for one in keyed)


# ---- random identifiers


@pytest.mark.parametrize(
    ("name", "arguments", "form"),
    [
        ("basic_uuid", {}, UUID_FORM),
        ("simple_uuid", {}, UUID_FORM),
        ("suffix_uuid", {}, "patientid-" + UUID_FORM),
        ("dicom_uuid", {}, r"2\.25\." + "[1-9][0-9]{20,38}"),
        ("dicom_uuid", {"org_root": "1.2.3"}, r"1\.2\.3\.[1-9][0-9]{20,38}"),
        ("dicom_uuid", {"org_root": "1." + "2" * 37}, UID_FORM),
        ("pydicom_uuid", {"stable_remapping": "false"}, r"2\.25\.[1-9][0-9]*"),
        ("pydicom_uuid", {"stable_remapping": "false", "prefix": "1.2.3"}, r"1\.2\.3\.[1-9][0-9]*"),
        ("pydicom_uuid", {"prefix": "none"}, r"2\.25\.[1-9][0-9]*"),
        ("pydicom_uuid", {"prefix": "NULL"}, r"2\.25\.[1-9][0-9]*"),
    ],
)
def test_random_identifiers(name, arguments, form):
    """Two calls give two texts of this form."""
    first, second = (call(name, **arguments) for _ in range(2))
    assert re.fullmatch(form, str(first))
    assert re.fullmatch(form, str(second))
    assert first != second
    assert len(str(first)) <= 64


@pytest.mark.parametrize("root", ["anonymous-organization", "1.02", "", "1." + "2" * 38])
@pytest.mark.parametrize(
    ("name", "key"), [("dicom_uuid", "org_root"), ("stable_uid", "root"), ("pydicom_uuid", "prefix")]
)
def test_roots_must_be_roots(name, key, root):
    """A root that is no UID is refused, where deid writes an invalid UID."""
    with pytest.raises(FunctionFault):
        call(name, key=KEY, **{key: root}) if name == "stable_uid" else call(name, **{key: root})


@given(st.lists(st.integers(0, 10**12), min_size=2, max_size=4).map(lambda arcs: ".".join(map(str, arcs))))
def test_pydicom_uuid_is_that_of_deid(original):
    """The stable UID is the one that deid gives for the same original."""

    class DeidField:
        element = DataElement("StudyInstanceUID", "UI", original)

    expected = deid_pydicom_uuid(item={}, value="", field=DeidField())
    assert call("pydicom_uuid", original, "UI", "StudyInstanceUID") == expected
    assert expected == generate_uid("2.25.", [original])


def test_pydicom_uuid_with_a_prefix():
    """The prefix may leave out its last full stop."""
    expected = generate_uid("1.2.3.", ["1.9"])
    assert call("pydicom_uuid", "1.9", "UI", prefix="1.2.3.") == expected
    assert call("pydicom_uuid", "1.9", "UI", prefix="1.2.3") == expected


@pytest.mark.parametrize("given", [True, "true", "TRUE", " yes ", "Yes", "1", False, "false", "False", "no", "NO", "0"])
def test_yes_and_no(given):
    """An argument that says yes or no may be written in the words for it, in any case."""
    says_yes = given in (True, "true", "TRUE", " yes ", "Yes", "1")
    first, second = (call("pydicom_uuid", "1.9", "UI", stable_remapping=given) for _ in range(2))
    assert (first == second) is says_yes


# ---- keyed pseudonyms


@given(
    st.text(st.characters(exclude_categories=["Cc", "Cs"], exclude_characters="\\"), min_size=1),
    st.text(min_size=1),
)
def test_stable_uids_are_valid_and_keyed(original, other_key):
    """The same original and key give the same UID, which is a UUID under 2.25; another key gives another."""
    if not original.strip() or not other_key.strip() or other_key == KEY:
        return
    made = call("stable_uid", original, key=KEY)
    assert made == call("stable_uid", original, key=KEY)
    assert UID(str(made)).is_valid
    assert uuid.UUID(int=int(str(made).removeprefix("2.25."))).version == 8
    assert made != call("stable_uid", original, key=other_key)


def test_a_known_stable_uid():
    """The UID of today is the UID of tomorrow: a published value never changes."""
    assert call("stable_uid", "1.2.3", "UI", key="key") == KNOWN_UID
    assert call("stable_uid", "1.2.3", "UI", key=b"key") == KNOWN_UID
    assert call("stable_hash", "P1", key="key", length="64") == KNOWN_HASH
    assert call("date_shift", key="key") == KNOWN_DAYS


def test_well_known_uids_stay():
    """UIDs of DICOM itself are no identifiers; what only begins like one is."""
    explicit = "1.2.840.10008.1.2.1"
    assert call("stable_uid", explicit, "UI", key=KEY) == explicit
    assert str(call("stable_uid", "1.2.840.10008.P1", key=KEY)).startswith("2.25.")


def test_several_values():
    """Each value of an element is changed on its own, and empty ones stay empty."""
    both = str(call("stable_uid", MultiValue(str, ["1.2.3", "1.2.840.10008.1.2", "1.2.3"]), "UI", key=KEY))
    first, second, third = both.split("\\")
    assert first == third == call("stable_uid", "1.2.3", "UI", key=KEY)
    assert second == "1.2.840.10008.1.2"
    assert call("stable_hash", MultiValue(str, ["a", "", "b"]), key=KEY) == "\\".join(
        [str(call("stable_hash", "a", key=KEY)), "", str(call("stable_hash", "b", key=KEY))]
    )


@pytest.mark.parametrize(
    "name", ["stable_uid", "stable_hash", "pydicom_uuid", "jitter", "round", "truncate_date", "age_cap"]
)
@pytest.mark.parametrize("value", [None, ""])
def test_empty_stays_empty(name, value):
    """Of an empty value an empty value is made, so that nothing is told that was not."""
    arguments = {"key": KEY} if BUILTINS[name].parameter("key") else {}
    assert call(name, value, **arguments) == ""


def test_stable_hash():
    """A hash has the length asked for, and its prefix before it."""
    assert re.fullmatch("[0-9a-f]{16}", str(call("stable_hash", key=KEY)))
    assert re.fullmatch("SUB-[0-9a-f]{8}", str(call("stable_hash", key=KEY, length="8", prefix="SUB-")))
    assert re.fullmatch("[0-9a-f]{4}", str(call("stable_hash", key=KEY, length="4")))
    assert call("stable_hash", key=KEY) != call("stable_hash", key=KEY + "x")
    assert re.fullmatch("[0-9a-f]{16}", str(call("stable_hash", "\udc80", key="\udc80")))
    assert re.fullmatch("[0-9a-f]{16}", str(call("stable_hash", 0x00181063, "AT", key=KEY)))
    assert call("stable_hash", 0x00181063, "AT", key=KEY) == call("stable_hash", "(0018,1063)", key=KEY)


def test_date_shift():
    """The shift of a patient is one number of days into the past, the same for every element."""
    assert call("date_shift", key=KEY) == call("date_shift", "20240101", "DA", "StudyDate", key=KEY)
    assert call("date_shift", key=KEY) != call("date_shift", key=KEY, by="PatientName")
    assert call("date_shift", key=KEY, days="1") == -1
    assert call("date_shift", key=KEY) == call("date_shift", key=KEY, by="PatientID")


@given(st.text(min_size=1), st.integers(1, 36500))
def test_a_date_shift_is_never_zero(key, days):
    """Every key shifts into the past by at least a day and at most as far as told."""
    if key.strip():
        assert -days <= call("date_shift", key=key, days=str(days)) <= -1


# ---- dates and numbers


@pytest.mark.parametrize(
    ("value", "vr", "arguments", "expected"),
    [
        ("20240228", "DA", {}, "20240229"),
        ("20240228", "DA", {"days": "-1"}, "20240227"),
        ("20240228", "DA", {"days": 2}, "20240301"),
        ("20230101", "DA", {"years": "1"}, "20240101"),
        ("20230101", "DA", {"years": "1", "days": "1"}, "20240102"),
        ("20240101", "DA", {"days": "-1", "years": "0"}, "20231231"),
        ("20240101", "DA", {"days": "0"}, "20240101"),
        ("2024.02.28", "DA", {}, "20240229"),
        ("20240101-20240131", "DA", {}, "20240102-20240201"),
        ("202402", "DT", {"days": "31"}, "202403"),
        ("20240228101112.5+0100", "DT", {}, "20240229101112.5+0100"),
        ("2024-02-28", "LO", {}, "2024-02-29"),
        (MultiValue(str, ["20240101", "", "20250101"]), "DA", {}, "20240102\\\\20250102"),
    ],
)
def test_jitter(value, vr, arguments, expected):
    """Dates are shifted by days and years of 365 days."""
    assert call("jitter", value, vr, "StudyDate", **arguments) == expected


@pytest.mark.parametrize(
    ("value", "to", "expected"),
    [
        ("72.4", "1", "72"),
        ("72.5", "1", "73"),
        ("-72.5", "1", "-73"),
        ("0.4", "1", "0"),
        ("-0.4", "1", "0"),
        ("72.4", "5", "70"),
        ("72.5", "5", "75"),
        ("1.234", "0.01", "1.23"),
        ("1200", "100", "1200"),
        ("1.7e2", "50", "150"),
        ("0.3", "0.1", "0.3"),
    ],
)
def test_round(value, to, expected):
    """Numbers become the nearest multiple of the step, halves away from zero, without exponents."""
    assert call("round", value, "DS", "PatientWeight", to=to) == expected


def test_round_of_binary_numbers():
    """Numbers of binary VRs are rounded too."""
    assert call("round", 1234, "US", "Rows", to="100") == "1200"


@pytest.mark.parametrize(
    ("value", "arguments", "expected"),
    [
        ("034Y", {}, "034Y"),
        ("089Y", {}, "089Y"),
        ("090Y", {}, "090Y"),
        ("101Y", {}, "090Y"),
        ("999M", {}, "999M"),
        ("999M", {"max": "79"}, "080Y"),
        ("018M", {"max": "0"}, "001Y"),
        ("012W", {}, "012W"),
        ("018M", {"max": "1"}, "018M"),
        ("024M", {"max": "1"}, "002Y"),
        ("053W", {"max": "0"}, "001Y"),
        ("364D", {"max": "0"}, "364D"),
        ("365D", {"max": "0"}, "001Y"),
    ],
)
def test_age_cap(value, arguments, expected):
    """Ages above the cap are one year above it."""
    assert call("age_cap", value, "AS", "PatientAge", **arguments) == expected


def test_truncate_date():
    """Dates are set to the first day of their year, or of their month."""
    assert call("truncate_date", "20240315", "DA", "StudyDate") == "20240101"
    assert call("truncate_date", "20240315", "DA", "StudyDate", to="month") == "20240301"


def test_lookup():
    """A cell is found by the value of an attribute."""
    assert call("lookup", table=CODES, column="code") == "A-1"
    assert call("lookup", table=CODES, column="code", key="PatientID") == "A-1"
    assert call("lookup", table=CODES, column="code", key="FrameIncrementPointer") == "T-1"
    assert call("lookup", table=CODES, column="code", key="ImageType") == "I-1"
