"""What is hard enough to guess to be a secret."""

from __future__ import annotations

import base64
import random
import uuid

import pytest
from pydicom.dataset import Dataset

from deidc import Cleaned, LinkError, Machine, Refused, compile_recipe
from deidc.runtime.functions.secret_strength import weakness
from deidc.runtime.outcome import OnFailure
from tests.keys import KEY, MARKED_KEY, OTHER_KEY, OTHER_MARKED_KEY
from tests.running import dataset_of

WEAK = [
    "",
    "   ",
    "a",
    "s3cr3t!",
    "MyHospital2024",
    "x" * 64,
    "ab" * 32,
    "deadbeef" * 8,
    "secret" * 12,
    "0123456789" * 4,
    "0123456789abcdef" * 4,
    "zyxwvutsrqponmlkjihgfedcba9876543210",
    "abcdefghijklmnopqrstuvwxyz0123456789",
    "qwertyuiopasdfghjklzxcvbnm",
    "00000000-0000-0000-0000-000000000001",
    "2024-01-01 2024-01-02 2024-01-03",
    "a long secret of the site",
    "correct horse battery staple",
    "Correct-Horse-Battery-Staple",
    "this is my very secret key for the trial",
    "thisismyverysecretkeyforthetrial",
    "research project of the university hospital",
    b"short",
    b"\0" * 32,
    b"password password password",
    12345678901234567890123456789,
    None,
    ["f" * 64],
]


@pytest.mark.parametrize("value", WEAK, ids=lambda value: repr(value)[:24])
def test_what_can_be_guessed_is_no_secret(value):
    """Short values, repetitions, sequences, common words and sentences; the reason does not hold the value."""
    reason = weakness(value)
    assert reason is not None
    assert not (isinstance(value, str) and len(value.strip()) > 1 and value in reason)


def test_what_a_generator_makes_is_a_secret():
    """128 random bits and more, in every usual form, thousands of times; and random words, if there are enough."""
    source = random.Random(12)
    for _ in range(2000):
        data = source.randbytes(16)
        forms = [data, data.hex(), data.hex().upper(), str(uuid.UUID(bytes=data)), source.randbytes(32).hex()]
        forms += [base64.b64encode(data).decode(), base64.urlsafe_b64encode(data).decode().rstrip("=")]
        forms.append(base64.b32encode(data).decode().rstrip("="))
        assert [weakness(one) for one in forms] == [None] * len(forms)
    assert weakness("correct horse battery staple penguin window marble") is None
    assert [weakness(one) for one in (KEY, OTHER_KEY, MARKED_KEY, OTHER_MARKED_KEY)] == [None] * 4


RECIPE = "FORMAT dicom\n\n%vars\nVAR key secret\n\n%header\nREPLACE PatientID deid_func:stable_hash key=var:key\n"


@pytest.mark.parametrize("value", ["ZQ", "ZQ" * 40, b"ZQ", 7])
def test_a_weak_secret_is_not_linked(value):
    """The error names the variable and the command that makes a key, and does not show the value."""
    with pytest.raises(LinkError) as failure:
        Machine.link(compile_recipe(RECIPE), variables={"key": value})
    assert [name for name, _ in failure.value.weak] == ["key"]
    assert "deidc keys new PATH" in str(failure.value)
    assert "--var key=file:PATH" in str(failure.value)
    assert "ZQ" not in str(failure.value)


def test_all_that_is_wrong_is_named_at_once():
    """What is missing and what is weak."""
    text = RECIPE + "REPLACE StudyID var:site\nREPLACE AccessionNumber func:shorten\n"
    with pytest.raises(LinkError) as failure:
        Machine.link(compile_recipe(text.replace("VAR key", "VAR site text\nVAR key")), variables={"key": "x"})
    assert (failure.value.variables, failure.value.functions) == (("site",), ("shorten",))
    assert "site" in str(failure.value)
    assert "too short" in str(failure.value)


def test_a_weak_secret_of_one_object_refuses_it():
    """With both engines' door; a good one does not."""
    machine = Machine.link(compile_recipe(RECIPE), per_object=["key"])
    dataset = dataset_of(PatientID="A")
    outcome = machine.run(dataset, {"key": "ZQ"})
    assert isinstance(outcome, Refused)
    assert [fault.rule.code for fault in outcome.faults] == ["DC952"]
    assert "ZQ" not in repr(outcome)
    assert isinstance(machine.run(dataset, {"key": KEY}), Cleaned)


def test_a_weak_secret_withdraws_the_element_where_failures_do():
    """As deid's documentation promises of what cannot be done; the element never has a pseudonym of a weak key."""
    machine = Machine.link(compile_recipe(RECIPE), on_failure=OnFailure.WITHDRAW)
    outcome = machine.run(dataset_of(PatientID="A", StudyID="B"), {"key": "weak"})
    assert isinstance(outcome, Cleaned)
    assert isinstance(outcome.dataset, Dataset)
    assert "PatientID" not in outcome.dataset
    assert outcome.dataset.StudyID == "B"


def test_a_variable_that_no_line_declares_is_a_secret_by_its_use():
    """Its value is judged all the same."""
    text = "FORMAT dicom\n\n%header\nREPLACE PatientID deid_func:stable_hash key=var:key\n"
    with pytest.raises(LinkError):
        Machine.link(compile_recipe(text), variables={"key": "weak"})
    Machine.link(compile_recipe(text), variables={"key": KEY})
