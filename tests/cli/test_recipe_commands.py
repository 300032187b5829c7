"""check, fmt, compile, explain and recipes, as processes."""

from __future__ import annotations

import json
from importlib.resources import files

import jsonschema
import pytest

from deidc.codes import CATALOGUE
from deidc.render import RENDERERS

GOOD = "FORMAT dicom\n\n%header\nREMOVE PatientName\n"
WARNED = "FORMAT dicom\n\n%header\nremove PatientName\n"
BROKEN = "FORMAT dicom\n\n%header\nREMOVE PatientsName\nREMOVE values:nope\n"


def test_check_tells_everything_and_exits_with_1_for_errors(deidc, recipe):
    """All mistakes of a file are in one report, each with its line."""
    done = deidc("check", recipe(BROKEN).name)
    assert done.returncode == 1
    assert "my.deid:4:8: DC205 error" in done.stdout
    assert "my.deid:5:8: DC201 error" in done.stdout
    assert "did you mean PatientName?" in done.stdout
    assert done.stdout.endswith("2 errors\n")


@pytest.mark.parametrize(
    ("text", "options", "code"),
    [
        (GOOD, (), 0),
        (WARNED, (), 0),
        (WARNED, ("--strict",), 1),
        (WARNED, ("--strict", "--ignore", "DC102"), 0),
        (WARNED, ("--strict", "--select", "DC4"), 0),
        (BROKEN, ("--ignore", "DC2"), 1),
        (BROKEN, ("--no-such-option",), 2),
    ],
)
def test_exit_codes_of_check(deidc, recipe, text, options, code):
    """0: nothing that counts; 1: something that counts; 2: misuse. Errors always count."""
    assert deidc("check", recipe(text).name, *options).returncode == code


def test_check_of_folders_patterns_and_standard_input(deidc, recipe, tmp_path):
    """Recipes are found in folders and by patterns, and read from standard input."""
    (tmp_path / "more").mkdir()
    recipe(BROKEN, "more/a.deid")
    recipe(GOOD, "more/deid.dicom")
    assert "more/a.deid:4:8" in deidc("check", "more").stdout
    assert deidc("check", "more/deid.*").returncode == 0
    done = deidc("check", "-", stdin=BROKEN)
    assert (done.returncode, "<stdin>:4:8" in done.stdout) == (1, True)
    missing = deidc("check", "no-such.deid")
    assert (missing.returncode, "no-such.deid" in missing.stderr) == (2, True)


def test_fix_mends_the_file(deidc, recipe):
    """--fix writes what is safe, --unsafe-fixes guesses too."""
    path = recipe(WARNED + "REMOVE PatientsName\n")
    deidc("check", path.name, "--fix")
    assert path.read_text() == GOOD + "REMOVE PatientsName\n"
    deidc("check", path.name, "--unsafe-fixes")
    assert "PatientsName" not in path.read_text()


def test_every_form_tells_every_complaint(deidc, recipe):
    """JSON, SARIF and GitHub's form have the complaints of the text form."""
    path = recipe("".join(rule.bad.replace("FORMAT dicom\n", "") for rule in CATALOGUE.values() if rule.bad))
    codes = {one["code"] for one in json.loads(deidc("check", path.name, "--format", "json").stdout)["diagnostics"]}
    sarif = json.loads(deidc("check", path.name, "--format", "sarif").stdout)
    assert {one["ruleId"] for one in sarif["runs"][0]["results"]} == codes
    github = deidc("check", path.name, "--format", "github").stdout
    assert all(f"title={code} " in github for code in codes)
    assert set(RENDERERS) == {"text", "json", "sarif", "github"}
    assert len(codes) > 50


def test_sarif_is_valid(deidc, recipe):
    """A SARIF report is valid by the schema that OASIS publishes."""
    schema = json.loads(files("tests").joinpath("data/sarif-schema-2.1.0.json").read_text(encoding="utf-8"))
    for text in (GOOD, WARNED, BROKEN, *(rule.bad for rule in CATALOGUE.values() if rule.bad)):
        done = deidc("check", "-", "--format", "sarif", stdin=text) if text is BROKEN else None
        log = json.loads(done.stdout) if done is not None else json.loads(_sarif(text))
        jsonschema.validate(log, schema)


def _sarif(text: str) -> str:
    from deidc import check_recipe

    return RENDERERS["sarif"](check_recipe(text))


def test_fmt(deidc, recipe):
    """fmt rewrites, --check and --diff do not; what cannot be read is left alone."""
    path = recipe("FORMAT DICOM\n%header\n  remove   patientname\n")
    assert deidc("fmt", "--check", path.name).returncode == 1
    assert "+REMOVE patientname" in deidc("fmt", "--diff", path.name).stdout
    assert path.read_text().startswith("FORMAT DICOM")
    assert deidc("fmt", path.name).returncode == 0
    assert path.read_text() == "FORMAT dicom\n\n%header\nREMOVE patientname\n"
    assert deidc("fmt", "--check", path.name).returncode == 0
    broken = recipe("FORMAT dicom\n%header\nDELETE x\n", "broken.deid")
    assert deidc("fmt", broken.name).returncode == 1
    assert broken.read_text() == "FORMAT dicom\n%header\nDELETE x\n"
    assert deidc("fmt", "-", stdin="format dicom\n").stdout == "FORMAT dicom\n"


def test_compile(deidc, recipe):
    """Each stage is printed; a broken recipe has none, and says why."""
    path = recipe(GOOD)
    program = deidc("compile", path.name).stdout
    assert program.startswith("deidc program 1\nformat dicom\n")
    assert "remove tag 00100010 unless rewritten" in program
    digest = deidc("compile", path.name, "--emit", "digest").stdout
    assert digest.startswith("sha256:")
    document = json.loads(deidc("compile", path.name, "--emit", "json").stdout)
    assert document["digest"] == digest.strip()
    assert document["ops"][15]["kind"] == "Remove"
    assert "Keyword text='PatientName'" in deidc("compile", path.name, "--emit", "ast").stdout
    deidc("compile", path.name, "-o", "p.program")
    assert (path.parent / "p.program").read_text() == program
    broken = deidc("compile", recipe(BROKEN, "broken.deid").name)
    assert (broken.returncode, broken.stdout, "DC205" in broken.stderr) == (1, "", True)


def test_bases_come_first(deidc, recipe):
    """The recipe's own rule comes after the rule of its base."""
    recipe("FORMAT dicom\n\n%header\nREPLACE PatientID base\n", "base.deid")
    path = recipe("FORMAT dicom\n\n%header\nREPLACE StudyID own\n")
    program = deidc("compile", path.name, "--base", "./base.deid").stdout
    assert program.index('text "base"') < program.index('text "own"')


def test_includes_that_go_wrong(deidc, recipe):
    """Cycles and missing recipes are told with their places."""
    recipe('FORMAT dicom\n%include "b.deid"\n\n%header\nREMOVE PatientName\n', "a.deid")
    recipe('FORMAT dicom\n%include "a.deid"\n\n%header\nREMOVE PatientID\n', "b.deid")
    done = deidc("check", "a.deid")
    assert done.returncode == 1
    assert "b.deid:2:1: DC216" in done.stdout
    assert "a.deid:2:1" in done.stdout
    recipe('FORMAT dicom\n%include "default.deid"\n\n%header\nREMOVE PatientName\n', "c.deid")
    assert "DC214" in deidc("check", "c.deid").stdout


def test_explain_prints_the_page_of_every_code(deidc):
    """The list names every code, and a page has the bad and the good recipe."""
    listed = deidc("explain").stdout
    assert all(code in listed for code in CATALOGUE)
    page = deidc("explain", "dc201").stdout
    assert "Bad:" in page
    assert "    REMOVE fields:names" in page
    assert deidc("explain", "DC999").returncode == 2


def test_recipes_are_listed(deidc):
    """The recipes that come with deidc are listed with what they are."""
    assert "default " in deidc("recipes").stdout


def test_version_and_help(deidc):
    """The overview names every command."""
    assert deidc("--version").stdout.startswith("deidc, version ")
    overview = deidc("--help").stdout
    assert all(
        name in overview for name in ("check", "compile", "demo", "explain", "fmt", "migrate", "run", "show", "why")
    )


def test_statistics_are_printed_in_place_of_the_complaints(deidc, recipe):
    """`check --statistics` counts by code; the exit code is that of the complaints."""
    recipe("FORMAT dicom\n\n%header\n" + "REMOVE PatientsName\n" * 12)
    done = deidc("check", "my.deid", "--statistics")
    assert (done.returncode, done.stdout.splitlines()[0].split()[:3]) == (1, ["12", "DC205", "error"])
    assert "my.deid" not in done.stdout
