"""The compiler as a whole: its inputs, its errors, one program in every process, and JSON."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from deidc import CompileError, Source, check_recipe, compile_recipe, format_recipe
from deidc.ir import ops
from deidc.ir.builtin_functions import BUILTINS
from deidc.ir.json_form import program_json
from deidc.ir.signatures import Signature, Signatures
from tests.ir.recipes import program, whole

TEXT = "FORMAT dicom\n\n%header\nREMOVE PatientName\n"


def test_a_recipe_is_a_source_a_path_or_text(tmp_path):
    """The three say the same and differ in the name only."""
    path = tmp_path / "site.deid"
    path.write_bytes(b"\xef\xbb\xbf" + TEXT.replace("\n", "\r\n").encode())
    made = [compile_recipe(one) for one in (TEXT, TEXT.replace("\n", "\r\n"), Source("a name", TEXT), path)]
    assert len({one.digest for one in made}) == 1
    assert [one.recipes[0][0] for one in made] == ["<recipe>", "<recipe>", "a name", str(path)]
    assert len({one.recipes[0][1] for one in made}) == 1


def test_a_path_that_is_not_there_is_the_callers_mistake(tmp_path):
    """Only the recipe's own mistakes are complaints."""
    with pytest.raises(OSError, match="nothing"):
        check_recipe(tmp_path / "nothing.deid")


def test_all_mistakes_are_told_at_once():
    """Words, names and values are complained of in one report, sorted by place."""
    report = check_recipe(whole("REMVE PatientName\nREMOVE PatientNam\nREPLACE StudyDate hello\nADD PatientID"))
    found = [(one.span.start, one.code[:3]) for one in report.errors if one.span is not None]
    assert found == sorted(found)
    assert {family for _, family in found} == {"DC1", "DC2", "DC3"}


def test_warnings_stop_only_where_that_is_asked_for():
    """A warning compiles, and is an error with `strict`."""
    text = whole("REMOVE patientname")
    assert [one.code for one in check_recipe(text).warnings] == ["DC206"]
    compile_recipe(text)
    with pytest.raises(CompileError):
        compile_recipe(text, strict=True)


def test_what_the_host_supplies_is_checked():
    """Signatures of the host's functions are known to the compiler."""
    known = Signatures(BUILTINS, {"mine": Signature("mine", open=True)}, frozenset({"id"}))
    compile_recipe(whole("REPLACE PatientID func:mine\nREPLACE StudyID var:id"), signatures=known)
    with pytest.raises(CompileError):
        compile_recipe(whole("REPLACE PatientID func:other"), signatures=known)


def test_words_that_cannot_be_read_are_not_formatted():
    """Formatting never loses what it did not understand."""
    assert format_recipe("FORMAT dicom\n%header\nremove patientname") == "FORMAT dicom\n\n%header\nREMOVE patientname\n"
    with pytest.raises(CompileError):
        format_recipe(whole("REMVE PatientName"))


# Pairs of recipes with one meaning.
SAME = {
    "layout": ("REMOVE PatientName", "\n  # a comment\n\tREMOVE   PatientName   # a remark\n\n"),
    "case of words": ("REMOVE PatientName", "remove PatientName"),
    "spelling of tags": ("REMOVE PatientName\nREMOVE (60xx,3000)", "REMOVE (0010,0010)\nREMOVE OverlayData"),
    "spelling of paths": (
        "REMOVE RequestAttributesSequence__0__AccessionNumber",
        "REMOVE (0040,0275)[0].00080050",
    ),
    "order of arguments": ("REPLACE PatientID func:f a=1 b=2", "REPLACE PatientID func:f b=2 a=1"),
    "order of VRs": ("REMOVE select:VR:DA|DT", "REMOVE select:VR:DT|DA"),
    "quotes": ("REPLACE StudyID X", 'REPLACE StudyID "X"'),
    "sections": ("REMOVE PatientName\nREMOVE StudyID", "REMOVE PatientName\n\n%header\nREMOVE StudyID"),
}
# Pairs that differ by as little as can be.
OTHER = {
    "order of rules": ("REMOVE PatientName\nBLANK PatientName", "BLANK PatientName\nREMOVE PatientName"),
    "value": ("REPLACE StudyID X", "REPLACE StudyID x"),
    "item": ("REMOVE RequestAttributesSequence__0__StudyID", "REMOVE RequestAttributesSequence__1__StudyID"),
    "depth": ("REMOVE RequestAttributesSequence__StudyID", "REMOVE StudyID"),
    "condition": ("REMOVE StudyID empty:", "REMOVE StudyID missing:"),
    "pattern": ("REMOVE contains:a", "REMOVE contains:A"),
    "reference": ("REPLACE StudyID var:f", "REPLACE StudyID func:f"),
    "type of a variable": (
        "%vars\nVAR x text\n%header\nREPLACE StudyID var:x",
        "%vars\nVAR x uid\n%header\nREPLACE StudyID var:x",
    ),
    "name of a list": (
        "%values a\nFIELD PatientID\n%header\nREMOVE values:a",
        "%values b\nFIELD PatientID\n%header\nREMOVE values:b",
    ),
}


@pytest.mark.parametrize(("one", "other"), SAME.values(), ids=SAME)
def test_one_meaning_has_one_digest(one, other):
    """How a recipe is laid out and spelt does not show in the digest."""
    assert program(one).digest == program(other).digest
    assert program(one) == program(other)


@pytest.mark.parametrize(("one", "other"), OTHER.values(), ids=OTHER)
def test_another_meaning_has_another_digest(one, other):
    """Every change of meaning shows."""
    assert program(one).digest != program(other).digest


SCRIPT = """
import json, sys
from pathlib import Path
from deidc import check_recipe, compile_recipe
from deidc.ir.json_form import program_json
bad, good = Path(sys.argv[1]), Path(sys.argv[2])
said = [f"{one.code} {one.message} {one.hint} {one.fix}" for one in check_recipe(bad).diagnostics]
made = compile_recipe(good)
print(json.dumps([said, made.text, made.digest, program_json(made)]))
"""


def test_every_process_says_and_makes_the_same(tmp_path):
    """Reports, programs and JSON do not depend on the seed of hashes."""
    names = "\n".join(f"REMOVE PatientNam{letter}\nREPLACE StudyID var:i{letter}" for letter in "abcdefgh")
    (tmp_path / "bad.deid").write_text(
        whole(
            f"%vars\nVAR ia1 text\nVAR ib1 text\n%values b\nFIELD values:a\n%values a\nFIELD values:b\n%header\n{names}"
        )
    )
    (tmp_path / "good.deid").write_text(
        whole("""
            %values c
            FIELD fields:d
            %fields d
            FIELD PatientID
            FIELD select:VR:PN|DA
            %header
            REPLACE values:c func:f b=1 a=2 c=var:z
            REPLACE StudyID func:g x=var:y
            REMOVE fields:d
        """)
    )
    told = set()
    for seed in ("0", "1", "4711"):
        done = subprocess.run(
            [sys.executable, "-c", SCRIPT, "bad.deid", "good.deid"],
            cwd=tmp_path,
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(Path(__file__).parents[2])},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        told.add(done.stdout)
    assert len(told) == 1


def test_a_program_as_json():
    """Every op is an object with its kind, its fields and its origin, in a fixed order."""
    made = program("%vars\nVAR id text default=x\n%values a\nFIELD PatientID\n%header\nREPLACE values:a var:id")
    found = json.loads(json.dumps(program_json(made)))
    assert list(found) == ["deidc program", "digest", "format", "needs", "lists", "ops", "recipes"]
    assert found["digest"] == made.digest
    assert found["lists"] == [{"kind": "Slot", "name": "a", "which": "values"}]
    assert found["needs"]["variables"] == [{"kind": "NeededVariable", "name": "id", "default": "x", "which": "text"}]
    assert found["ops"][0] == {
        "kind": "Collect",
        "slot": 0,
        "at": {"kind": "Tagged", "pattern": "00100020"},
        "separator": None,
        "minimum": 1,
        "origin": {"kind": "Origin", "recipe": "<recipe>", "line": 6},
    }
    assert found["ops"][-3] == {
        "kind": "Replace",
        "at": {"kind": "Holding", "slot": 0},
        "by": {"kind": "Var", "name": "id"},
        "when": [],
        "given": [],
        "origin": {"kind": "Origin", "recipe": "<recipe>", "line": 8},
    }
    assert len(found["ops"]) == len(made.ops)


def test_json_has_every_field_of_every_fact():
    """Nothing that a program will do is left out: programs that differ have JSON that differs."""
    texts = [text for pair in OTHER.values() for text in pair]
    for one in texts:
        for other in texts:
            shown = [json.dumps({**program_json(program(text)), "digest": "", "recipes": []}) for text in (one, other)]
            assert (one == other) == (shown[0] == shown[1])


def test_what_is_not_protected_may_be_named():
    """A rule that names an attribute is a mistake only if the attribute is protected."""
    recipe = "FORMAT dicom\n\n%header\nREMOVE PixelData\n"
    with pytest.raises(CompileError):
        compile_recipe(recipe)
    program = compile_recipe(recipe, protected=("SpecificCharacterSet",))
    assert [op.at for op in program.ops if isinstance(op, ops.Remove)] == [ops.Tagged("7FE00010")]
