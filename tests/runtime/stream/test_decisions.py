"""Decisions: what may be remembered of an element, and what has to be asked each time."""

from __future__ import annotations

import pytest

from deidc import Functions, Machine, compile_recipe
from deidc.ir import ops
from deidc.runtime.stream.decisions import what_decides
from tests.keys import KEY

HEAD = "FORMAT dicom\n\n%vars\nVAR code text\nVAR key secret\n\n%values names\nFIELD PatientID\n\n%header\n"


def decided_by(rule: str) -> tuple[object, bool]:
    """What decides about Patient's Name under a rule."""
    functions = Functions.standard().with_function("f", lambda field: "x")
    program = compile_recipe(HEAD + rule + "\n", signatures=functions.signatures())
    machine = Machine.link(program, functions, variables={"key": KEY}, per_object=("code",))
    entry = machine._plans.whole.dataset.entry(0x00100010, "PN", None)
    return what_decides(entry, functions)


@pytest.mark.parametrize(
    ("rule", "needs", "by_value"),
    [
        ("REMOVE PatientName", (), False),
        ("BLANK PatientName", (), False),
        ("REPLACE PatientName someone", (), False),
        ("REMOVE PatientName if contains:Smith", (), True),
        ("REPLACE PatientName var:code", (ops.Var("code"),), False),
        ("REPLACE PatientName deid_func:stable_hash key=var:key", (ops.Var("key"),), True),
        ("REPLACE PatientName deid_func:pydicom_uuid stable_remapping=false", None, True),
        ("REPLACE PatientName deid_func:basic_uuid", None, True),
        ("REPLACE PatientName func:f", None, True),
        ("REMOVE values:names", None, True),
        ("KEEP values:names\nREMOVE PatientName", None, True),
        ("REMOVE PatientName if values:names", None, True),
    ],
)
def test_what_decides(rule, needs, by_value):
    """Rules with fixed results decide alike, those that look at the value by it, and what is not known is not kept."""
    assert decided_by(rule) == (needs, by_value)
