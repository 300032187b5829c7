"""`deidc migrate`, as a process."""

from __future__ import annotations

import json

import pytest

SOUND = "FORMAT dicom\n\n%header\nREMOVE PatientName\n"
MISTAKEN = "FORMAT dicom\n\n%header\nREMOVE PatientName # direct\nREPLACE PatientID var:id\n"
MENDED = "FORMAT dicom\n\n%header\n# direct\nREMOVE PatientName\nREPLACE PatientID var:id\n"
DOUBTFUL = "FORMAT dicom\n\n%header\nREMOVE PatientNam\n"


def test_the_recipe_is_printed_and_the_report_stands_beside_it(deidc, recipe):
    """Standard output is the rewritten recipe alone; line, reason and summary are on standard error."""
    path = recipe(MISTAKEN)
    done = deidc("migrate", path.name)
    assert (done.returncode, done.stdout) == (0, MENDED)
    assert "my.deid:4: leaked: deid takes the comment for a condition that is false\n" in done.stderr
    assert "  - REMOVE PatientName # direct\n  + # direct\n  + REMOVE PatientName\n" in done.stderr
    assert "1 line rewritten, 1 would have leaked, nothing to decide\n" in done.stderr
    assert "needs var:id;" in done.stderr
    assert path.read_text() == MISTAKEN


def test_what_is_in_doubt_is_told_and_counts(deidc, recipe):
    """A line that nobody can be certain of stays, is told with the way out, and makes the exit code 1."""
    done = deidc("migrate", recipe(DOUBTFUL).name)
    assert (done.returncode, done.stdout) == (1, DOUBTFUL)
    assert "  ? DICOM has no attribute PatientNam: did you mean PatientName?\n" in done.stderr
    assert "0 lines rewritten, 1 would have leaked, 1 to decide\n" in done.stderr


def test_a_sound_recipe_is_left_alone(deidc, recipe):
    """There is nothing to tell of a recipe that deid executes as it stands."""
    done = deidc("migrate", recipe(SOUND).name)
    assert (done.returncode, done.stdout) == (0, SOUND)
    assert done.stderr == "my.deid: nothing to change; deid executes it as written\n"


def test_the_recipe_is_written_to_a_file(deidc, recipe, tmp_path):
    """-o writes it, in the place of the original too, and nothing is printed but the report."""
    path = recipe(MISTAKEN)
    done = deidc("migrate", path.name, "-o", "new.deid")
    assert (done.stdout, (tmp_path / "new.deid").read_text()) == ("", MENDED)
    assert "would have leaked" in done.stderr
    deidc("migrate", path.name, "-o", path.name)
    assert path.read_text() == MENDED


def test_a_diff_takes_the_place_of_the_recipe(deidc, recipe):
    """--diff prints a unified diff."""
    done = deidc("migrate", recipe(MISTAKEN).name, "--diff")
    assert done.stdout.startswith("--- my.deid\n+++ my.deid\n")
    assert "-REMOVE PatientName # direct\n+# direct\n+REMOVE PatientName\n" in done.stdout


def test_json_has_all_of_it(deidc, recipe):
    """--json prints one object with recipe, lines, reasons and what is left."""
    done = deidc("migrate", recipe(MISTAKEN + "REMOVE PatientNam\n").name, "--format", "json")
    assert (done.returncode, done.stderr) == (1, "")
    found = json.loads(done.stdout)
    assert found["recipe"] == MENDED + "REMOVE PatientNam\n"
    assert found["summary"] == {
        "rewritten": 1, "leaked": 2, "lost": 0, "crashed": 0, "ignored": 0, "quirk": 0, "decide": 1,
    }  # fmt: skip
    first, second = found["changes"]
    assert (first["line"], first["after"], first["did"]) == (4, "# direct\nREMOVE PatientName", "leaked")
    assert first["reasons"][0]["behaviour"] == "comment-is-condition"
    assert (second["line"], second["before"], second["after"]) == (6, "REMOVE PatientNam", "REMOVE PatientNam")
    assert second["decide"]
    assert found["needs"] == {"variables": ["id"], "functions": []}
    assert [one["code"] for one in found["left"] if one["severity"] == "error"] == ["DC204"]
    assert found["settled"] is False


def test_recipes_come_from_standard_input_and_by_name(deidc):
    """- is standard input; the recipes that come with deidc have names."""
    assert deidc("migrate", "-", stdin=MISTAKEN).stdout == MENDED
    assert deidc("migrate", "minimal").returncode == 0


def test_bases_are_looked_at(deidc, recipe):
    """With --base it is told what deid made of the two, and errors of the base are told, too."""
    recipe("FORMAT dicom\n\n%header\nREPLACE PatientID base\n", "base.deid")
    path = recipe("FORMAT dicom\n\n%header\nREPLACE PatientID own\n")
    done = deidc("migrate", path.name, "--base", "./base.deid")
    assert done.returncode == 0
    assert "my.deid: ignored: deid lays a base behind the recipe" in done.stderr
    recipe(DOUBTFUL, "base.deid")
    broken = deidc("migrate", path.name, "--base", "./base.deid")
    assert (broken.returncode, "base.deid:4:8: DC204" in broken.stderr) == (1, True)


def test_a_byte_order_mark_is_told_and_taken_away(deidc, tmp_path):
    """deid stops at the mark; the rewritten recipe has none."""
    (tmp_path / "my.deid").write_bytes(b"\xef\xbb\xbf" + SOUND.encode())
    done = deidc("migrate", "my.deid")
    assert (done.returncode, done.stdout) == (0, SOUND)
    assert "my.deid: crashed: deid stops, because a byte order mark hides the FORMAT line\n" in done.stderr


def test_bytes_that_are_no_utf8_are_not_lost(deidc, tmp_path):
    """What cannot be read is not written anywhere."""
    (tmp_path / "my.deid").write_bytes(SOUND.encode() + b"# M\xfcller\n")
    done = deidc("migrate", "my.deid", "-o", "new.deid")
    assert (done.returncode, done.stdout, "DC129" in done.stderr) == (1, "", True)
    assert not (tmp_path / "new.deid").exists()


@pytest.mark.parametrize("arguments", [("no-such.deid",), ("my.deid", "--diff", "--format", "json")])
def test_misuse(deidc, recipe, arguments):
    """Misuse ends with 2 and prints nothing."""
    recipe(SOUND)
    done = deidc("migrate", *arguments)
    assert (done.returncode, done.stdout) == (2, "")
