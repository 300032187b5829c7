"""Wrong uses of the command, each with its exit code and its message, as a golden file that a person has read."""

from __future__ import annotations

import shlex

from tests.files import copy_of, tree_of
from tests.golden_option import FOLDER, compare

USES = (
    # words that are not the command's
    "run1 my.deid in -o out",
    "run my.deid in -o out --overwite",
    "run",
    "run my.deid",
    "run my.deid in",
    "run my.deid in -o out -j many",
    "run my.deid in -o out -q -v",
    "run my.deid in -o out --member-limit 2gigabytes",
    "run my.deid in -o out --scheduler tcp://host:8786",
    "run my.deid in -o out --fsync --report-thumbnails 3",
    "compile my.deid -r my.deid",
    "check",
    # things that are not there, or are not what they should be
    "run nothing.deid in -o out",
    "run defalt in -o out",
    "run my.deid nowhere -o out",
    "run my.deid in -o in",
    "run my.deid in -o my.deid",
    "run needs.deid in -o out",
    "run needs.deid in -o out --var ids=nothing.csv",
    "run needs.deid in -o out --var ids=twice.csv",
    "run needs.deid in -o out --var ids=other.csv",
    "run needs.deid in -o out --var idz=other.csv",
    "run my.deid in -o out --vars twice.csv",
    "run my.deid in -o out --record out/record.csv",
    "run my.deid in -o out --manifest no/such/folder/m",
    "run my.deid in -o out --name-template {PatientNme}.dcm",
    "run my.deid in -o out --name-template {PatientID}.dcm",
    "run my.deid in -o out --functions nothing.py",
    "run broken.deid in -o out",
    "run my.deid empty -o out",
    "why in/a.dcm PatientsName -r my.deid",
    "explain DC999",
    "manifest verify my.deid",
    "schema runs",
    "inspect in --deid nothing.deid",
)


def test_wrong_uses(deidc, recipe, request, tmp_path):
    """None writes a file or starts a run, and each says what is wrong, where, and what to write."""
    recipe("FORMAT dicom\n\n%header\nBLANK PatientName\n")
    recipe("FORMAT dicom\n\n%header\nBLANK PatientsName\n", "broken.deid")
    recipe(
        "FORMAT dicom\n\n%vars\nVAR ids table\n\n%header\n"
        "REPLACE PatientID deid_func:lookup table=var:ids column=number\n",
        "needs.deid",
    )
    copy_of("CT_small.dcm", tmp_path / "in" / "a.dcm", PatientID="ZQ1ZQ")
    (tmp_path / "empty").mkdir()
    (tmp_path / "twice.csv").write_text("patient,number\nZQ1ZQ,1\nZQ1ZQ,2\n")
    (tmp_path / "other.csv").write_text("patient,nummer\nZQ1ZQ,1\n")
    before = tree_of(tmp_path)
    text = ""
    for use in USES:
        done = deidc(*shlex.split(use))
        assert tree_of(tmp_path / "out") == [] if (tmp_path / "out").exists() else True, use
        assert "ZQ1ZQ" not in done.stdout + done.stderr
        assert done.returncode in (1, 2), use
        text += f"$ deidc {use}\n{done.stdout}{done.stderr}exit code {done.returncode}\n\n"
    assert [name for name in tree_of(tmp_path) if not name.startswith("out/")] == before
    compare(request, FOLDER / "wrong_uses.txt", text)
