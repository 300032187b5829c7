"""What commands print with `--format json` is valid by the schema that `deidc schema` prints."""

from __future__ import annotations

import json

import jsonschema
import pytest

from deidc.cli.schema import schema_names
from tests.files import copy_of

RECIPE = """FORMAT dicom

%filter blacklist

LABEL scanner
  contains Modality MR

%header
REMOVE values:nope
"""
GOOD = RECIPE.replace("REMOVE values:nope", "JITTER StudyDate 10\nBLANK PatientName")


@pytest.fixture
def folder(recipe, tmp_path):
    """Return the folder with a broken recipe, a good one, and three files: cleaned, held and refused."""
    recipe(RECIPE, "broken.deid")
    recipe(GOOD)
    copy_of("CT_small.dcm", tmp_path / "in" / "a.dcm")
    copy_of("MR_small.dcm", tmp_path / "in" / "b.dcm")
    copy_of("CT_small.dcm", tmp_path / "in" / "c.dcm", StudyDate="20010132")
    (tmp_path / "in" / "notes.txt").write_text("no DICOM")
    return tmp_path


COMMANDS = [
    ("check", ("check", "broken.deid")),
    ("run", ("run", "my.deid", "in", "-o", "out")),
    ("run", ("run", "my.deid", "in", "-n")),
    ("run", ("run", "my.deid", "in/a.dcm", "-o", "out", "--check-references")),
    ("migrate", ("migrate", "broken.deid")),
    ("inspect", ("inspect", "in", "-r", "my.deid")),
    ("show", ("show", "in")),
    ("recipes", ("recipes",)),
    ("explain", ("explain",)),
    ("why", ("why", "in/a.dcm", "StudyDate", "-r", "my.deid")),
    ("why", ("why", "in/c.dcm", "startswith:Patient", "-r", "my.deid")),
    ("explain", ("explain", "dc335")),
]


@pytest.mark.parametrize(
    ("name", "command"), COMMANDS, ids=lambda one: " ".join(one) if isinstance(one, tuple) else one
)
def test_output_is_valid_by_its_schema(deidc, folder, name, command):
    """The document has the version of the schema, and no field that the schema does not know."""
    schema = json.loads(deidc("schema", name).stdout)
    document = json.loads(deidc(*command, "--format", "json").stdout)
    jsonschema.validate(document, schema, cls=jsonschema.Draft202012Validator)
    assert document["version"] == 1


def test_records_and_findings_are_valid_by_their_schemas(deidc, folder):
    """Each line of a record, and what is found in a manifest with a file too many and one too few."""
    deidc("run", "my.deid", "in", "-o", "out", "--manifest", "m.jsonl", "--record", "r.jsonl")
    rows = [json.loads(line) for line in (folder / "r.jsonl").read_text().splitlines()]
    assert [row["outcome"] for row in rows] == ["written", "flagged", "refused", "skipped"]
    for row in rows:
        jsonschema.validate(row, json.loads(deidc("schema", "record").stdout))
    (folder / "out" / "a.dcm").rename(folder / "out" / "other.dcm")
    (folder / "out" / "other.dcm").write_bytes(b"x")
    found = json.loads(deidc("manifest", "verify", "m.jsonl", "out", "--format", "json").stdout)
    jsonschema.validate(found, json.loads(deidc("schema", "manifest").stdout))
    assert (len(found["missing"]), len(found["surplus"])) == (1, 1)


def test_every_schema_is_listed_and_is_one(deidc):
    """The list has all names, each schema is valid by JSON Schema's own, and each is tried above."""
    listed = deidc("schema").stdout
    for name in schema_names():
        assert f"\n{name} " in f"\n{listed}"
        jsonschema.Draft202012Validator.check_schema(json.loads(deidc("schema", name).stdout))
    assert {name for name, _ in COMMANDS} | {"record", "manifest", "program", "identifiers"} == set(schema_names())


@pytest.mark.parametrize("named", ["my.deid", "default", "examples/select"])
def test_a_program_as_json_is_valid_by_its_schema(deidc, folder, named):
    """With all its ops; a list of recipes or a digest that is none would not be."""
    schema = json.loads(deidc("schema", "program").stdout)
    document = json.loads(deidc("compile", named, "--emit", "json").stdout)
    jsonschema.validate(document, schema, cls=jsonschema.Draft202012Validator)
    assert document["ops"]
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**document, "digest": "none"}, schema)


def test_exported_values_are_valid_by_their_schema(deidc, folder):
    """Values of files, with those of items in their sequences."""
    copy_of("rtplan.dcm", folder / "in" / "plan.dcm")
    document = json.loads(deidc("identifiers", "get", "in").stdout)
    assert len(document) == 4
    jsonschema.validate(document, json.loads(deidc("schema", "identifiers").stdout))


@pytest.mark.parametrize("content", [b"\x89PNG\r\n", b"FORMAT dicom\n", b"[1]\n", b"\0" * 200])
def test_a_file_that_is_no_manifest_is_named_once(deidc, folder, content):
    """One line says so, whatever the file has behind it."""
    (folder / "x").write_bytes(content + b"more\n" * 5)
    done = deidc("manifest", "verify", "x")
    assert (done.returncode, done.stdout) == (1, "line 1 is no record of a run: this file is not a manifest\n")
