"""Text that is said to be encodable is read back as it was; what is said not to be would be another text."""

from __future__ import annotations

import io
import warnings

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydicom import dcmread, dcmwrite
from pydicom.charset import convert_encodings
from pydicom.dataset import Dataset

from deidc.dicom.values.charsets import effective_character_sets, encodable, value_encodable

SETS = [
    [],
    ["ISO_IR 6"],
    ["ISO_IR 13"],
    ["ISO_IR 100"],
    ["ISO_IR 101"],
    ["ISO_IR 126"],
    ["ISO_IR 144"],
    ["ISO_IR 166"],
    ["ISO_IR 192"],
    ["GB18030"],
    ["GBK"],
    ["", "ISO 2022 IR 87"],
    ["ISO 2022 IR 13", "ISO 2022 IR 87"],
    ["", "ISO 2022 IR 149"],
    ["", "ISO 2022 IR 58"],
    ["ISO 2022 IR 100", "ISO 2022 IR 144"],
    ["", "ISO 2022 IR 100", "ISO 2022 IR 126"],
]

CASES = [
    (["ISO_IR 192"], "LO", "山田 Müller 🙂", True),
    (["ISO_IR 100"], "LO", "Müller", True),
    (["ISO_IR 100"], "LO", "山田", False),
    (["ISO_IR 100"], "CS", "Ü", False),
    (["ISO_IR 100"], "UR", "ü", False),
    ([], "LO", "Mueller", True),
    ([], "LO", "Müller", False),
    (["ISO_IR 6"], "PN", "Müller", False),
    (["", "ISO 2022 IR 87"], "LO", "é", False),
    (["", "ISO 2022 IR 87"], "PN", "Yamada^Tarou=山田^太郎=やまだ^たろう", True),
    (["", "ISO 2022 IR 149"], "PN", "Hong^Gildong=洪^吉洞=홍^길동", True),
    (["ISO_IR 13"], "LO", "ﾔﾏﾀﾞ", True),
    (["ISO_IR 13"], "LO", "山", False),
    (["ISO_IR 13"], "LO", "¥", False),
    (["ISO_IR 13"], "PN", "ﾔ¥ﾏ", False),
    (["ISO_IR 144"], "LO", "Люксембург", True),
    (["GB18030"], "LO", "王^小东", True),
    (["ISO_IR 192"], "LO", "a\x1b(Bb", False),
    (["ISO 2022 IR 100", "ISO 2022 IR 144"], "LO", "üЛ", True),
    (["ISO 2022 IR 100", "ISO 2022 IR 144"], "LO", "ü山", False),
    (["ISO_IR 100"], "PN", "Müller^", True),
    (["ISO_IR 192"], "LO", "山=", True),
    (["ISO_IR 192"], "PN", "山=", False),  # pydicom does not write empty component groups at the end
    (["rot13"], "LO", "é", False),
    (["unknown"], "LO", "é", False),
    (["unknown"], "LO", "e", True),
]


@pytest.mark.parametrize(("terms", "vr", "text", "expected"), CASES)
def test_known_cases(terms, vr, text, expected):
    """These letters are, or are not, of these character sets; pydicom, which quotes text it warns of, stays silent."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert encodable(text, effective_character_sets(terms), vr) is expected


@pytest.mark.filterwarnings("ignore:Failed to decode")
def test_a_codec_that_is_no_character_set():
    """Python can write a name as an internet domain, and not read it as text: nothing is written so."""
    assert not encodable("a山^b", effective_character_sets(["idna"]), "PN")


def written_and_read(terms: list[str], keyword: str, text: str) -> str:
    """Write text in a character set and read it, without a word of complaint from pydicom."""
    dataset = Dataset()
    if terms:
        dataset.SpecificCharacterSet = terms
    setattr(dataset, keyword, text)
    buffer = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        dcmwrite(buffer, dataset, implicit_vr=False, little_endian=True)
        buffer.seek(0)
        return str(dcmread(buffer, force=True)[keyword].value)


LETTERS = st.sampled_from("aZ 1^=.~¥‾éüŁΩЯท山田太郎やまだﾔﾏﾀﾞ洪홍길王东丂㐀🙂") | st.characters(
    exclude_categories=["Cs", "Cc"], exclude_characters="\\"
)
KEYWORDS = {"PN": "PatientName", "LO": "PatientID", "UT": "TextValue", "LT": "AdditionalPatientHistory"}


@given(st.sampled_from(SETS), st.sampled_from(sorted(KEYWORDS)), st.text(LETTERS, min_size=1, max_size=8))
def test_what_is_encodable_is_read_back(terms, vr, text):
    """pydicom writes encodable text without warning, and reads the same text."""
    text = text.strip() or "x"
    if vr == "PN":
        text = text.replace("=", "-")
    if encodable(text, effective_character_sets(terms), vr):
        assert written_and_read(terms, KEYWORDS[vr], text) == text


@given(st.sampled_from(SETS))
def test_encodings_are_those_pydicom_uses(terms):
    """What is judged is what will be written."""
    assert list(effective_character_sets(terms)) == convert_encodings(list(terms))


@pytest.mark.parametrize(
    ("terms", "expected"),
    [
        (["ISO-IR 100"], ("latin_1",)),
        (["ISO 2022-IR 100"], ("latin_1",)),
        (["ISO_IR 192", "ISO 2022 IR 100"], ("UTF8",)),
        (["ISO 2022 IR 100", "ISO_IR 192"], ("latin_1",)),
        (["nonsense"], ("iso8859",)),
        (["ISO_IR 100 "], ("latin_1",)),
        (["ISO_IR 100\0"], ("latin_1",)),
        (["ISO_IR 100X"], ("iso8859",)),
        (["utf-8"], ("utf-8",)),
        (["ISO_IR\x00100"], ("iso8859",)),
        ([], ("iso8859",)),
    ],
)
def test_misspelt_and_impossible_sets(terms, expected):
    """Misspellings and Python's own names are understood, as pydicom does; unknown sets are the default repertoire."""
    assert effective_character_sets(terms) == expected


def test_values():
    """A value is encodable if every text of it is."""
    latin = effective_character_sets(["ISO_IR 100"])
    assert value_encodable(["ü", "a"], "LO", latin)
    assert not value_encodable(["ü", "山"], "LO", latin)
    assert value_encodable(None, "LO", latin)
    assert value_encodable(b"\xff", "OB", latin)
    assert value_encodable([1, 2], "US", latin)
