"""Reports in each form, of a recipe whose complaints are known."""

from __future__ import annotations

import json

import pytest

from deidc import check_recipe
from deidc.diagnostics import Diagnostic, Edit, Fix, Label, Report, Rule, Severity
from deidc.render import RENDERERS
from deidc.render.text import Part, render_text
from deidc.source import Source, Span

TEXT = "FORMAT dicom\n%header\nREMOVE \t患者 Name\n"
SOURCE = Source("a b/ü.deid", TEXT)
AT = TEXT.index("Name")
RULE = Rule("DC901", "some-rule", Severity.ERROR, "A title.", "A reason.")
MILD = Rule("DC902", "mild-rule", Severity.WARNING, "A title.", "A reason.")
SAID = Diagnostic(
    RULE,
    "no such thing: 50%, really\x1b[2J",
    Span(SOURCE.name, AT, AT + 4),
    hint="write ID",
    fix=Fix.safe("write ID", Edit(Span(SOURCE.name, AT, AT + 4), "ID")),
    labels=(Label(Span(SOURCE.name, 0, 6), "said first"),),
)
NOWHERE = Diagnostic(MILD, "nowhere in particular", None)
REPORT = Report.of([SOURCE], [SAID, NOWHERE])


def test_text_shows_the_line_and_points_at_the_place():
    """Tabs and what cannot be seen take one column, wide characters two; nothing moves the cursor."""
    assert render_text(REPORT) == (
        "DC902 warning: nowhere in particular\n"
        "a b/ü.deid:3:12: DC901 error: no such thing: 50%, really<U+001B>[2J\n"
        "  | REMOVE  患者 Name\n"
        "  |              ^^^^\n"
        "  = said first: a b/ü.deid:1:1\n"
        "  = write ID\n"
        "1 error, 1 warning, 1 fixable by --fix\n"
    )
    assert render_text(Report.of([], [])) == "no complaints\n"


def test_text_is_painted_part_by_part():
    """Painting adds to the text and changes nothing else."""
    seen = []

    def paint(text: str, part: Part) -> str:
        seen.append((part, text))
        return text

    assert render_text(REPORT, paint) == render_text(REPORT)
    assert (Part.ERROR, "DC901 error") in seen
    assert (Part.CARETS, "^^^^") in seen


def test_a_long_line_is_not_shown():
    """Its place is enough."""
    source = Source("x", "REMOVE " + "x" * 10_000)
    report = Report.of([source], [Diagnostic(RULE, "long", Span("x", 7, 10_007))])
    assert render_text(report) == "x:1:8: DC901 error: long\n1 error\n"


def test_json_has_every_field():
    """Places count from 1, and the end is behind the last character."""
    document = json.loads(RENDERERS["json"](REPORT))
    place = {"recipe": SOURCE.name, "line": 3, "column": 12, "end_line": 3, "end_column": 16}
    assert (document["errors"], document["warnings"], document["notes"]) == (1, 1, 0)
    assert document["diagnostics"][0]["place"] is None
    said = document["diagnostics"][1]
    assert (said["code"], said["name"], said["severity"]) == ("DC901", "some-rule", "error")
    assert (said["place"], said["hint"]) == (place, "write ID")
    assert said["fix"] == {
        "applicability": "safe",
        "title": "write ID",
        "edits": [{"place": place, "text": "ID"}],
    }
    assert said["labels"][0]["text"] == "said first"


def test_github_escapes_what_ends_a_command():
    """A percent sign, a colon and a comma have meanings in workflow commands."""
    lines = RENDERERS["github"](REPORT).splitlines()
    assert lines[0] == "::warning title=DC902 mild-rule::nowhere in particular"
    assert lines[1].startswith("::error file=a b/ü.deid,line=3,col=12,endLine=3,endColumn=16,title=DC901 some-rule::")
    assert "50%25, really" in lines[1]


def test_sarif_points_with_uris_and_characters():
    """Places are URIs; columns count characters, as the log says."""
    run = json.loads(RENDERERS["sarif"](REPORT))["runs"][0]
    nowhere, said = run["results"]
    assert run["columnKind"] == "unicodeCodePoints"
    assert "locations" not in nowhere
    place = said["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "a%20b/%C3%BC.deid"
    assert (place["region"]["startColumn"], place["region"]["charOffset"], place["region"]["charLength"]) == (12, AT, 4)
    assert run["tool"]["driver"]["rules"][said["ruleIndex"]]["id"] == said["ruleId"] == "DC901"
    assert said["relatedLocations"][0]["message"]["text"] == "said first"
    (change,) = said["fixes"][0]["artifactChanges"]
    assert change["replacements"][0]["insertedContent"]["text"] == "ID"


@pytest.mark.parametrize("form", sorted(RENDERERS))
def test_a_report_is_the_same_every_time(form):
    """Nothing of a report depends on when or in which order it was made."""
    text = "FORMAT dicom\n%header\nremove PatientsName\nREMOVE values:nope\n"
    assert RENDERERS[form](check_recipe(text)) == RENDERERS[form](check_recipe(text))
