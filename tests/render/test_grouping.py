"""Many complaints of one code are grouped, and counted by code."""

from __future__ import annotations

import json

from deidc.diagnostics import Diagnostic, Report, Rule, Severity
from deidc.render import RENDERERS
from deidc.render.statistics import render_statistics
from deidc.render.text import render_text
from deidc.source import Source, Span

SOURCE = Source("r.deid", "x\n" * 40)
MANY = Rule("DC901", "many", Severity.WARNING, "Many.", "A reason.")
FEW = Rule("DC902", "few", Severity.ERROR, "Few.", "A reason.")


def report(many: int) -> Report:
    """Return a report with one complaint in each of some lines, and one of another code."""
    said = [Diagnostic(MANY, "this", Span("r.deid", 2 * line, 2 * line + 1)) for line in range(many)]
    return Report.of([SOURCE], [*said, Diagnostic(FEW, "that", Span("r.deid", 78, 79))])


def test_ten_of_a_code_are_shown_and_the_places_of_the_others():
    """Ten are shown in full whatever follows; of 33 the other 23 are one line with the first places."""
    ten = render_text(report(10))
    assert (ten.count("DC901 warning: this"), "more of the same" in ten) == (10, False)
    text = render_text(report(33))
    assert text.count("DC901 warning: this") == 10
    places = ", ".join(f"r.deid:{line}" for line in range(11, 19))
    assert f"DC901 warning: 23 more of the same at {places}, ...: Many.\n" in text
    assert text.endswith("1 error, 33 warnings\n")


def test_statistics_count_by_code():
    """The most frequent code comes first, with its severity and title."""
    assert render_statistics(report(12)) == "12  DC901 warning Many.\n 1  DC902 error   Few.\n"
    assert render_statistics(report(0)) == "1  DC902 error   Few.\n"


def test_json_has_all_complaints_and_the_counts():
    """Programs get every complaint, and do not need to count."""
    document = json.loads(RENDERERS["json"](report(12)))
    assert len(document["diagnostics"]) == 13
    assert [(one["code"], one["count"]) for one in document["statistics"]] == [("DC901", 12), ("DC902", 1)]


def test_github_gets_ten_annotations_of_a_code_and_a_count():
    """GitHub shows few annotations of a job, so those of one code must not hide the others."""
    lines = RENDERERS["github"](report(12)).splitlines()
    assert len(lines) == 12
    assert lines[-1] == "::warning title=DC901 many::2 more of DC901: Many."


def test_sarif_has_all_results():
    """Code hosts group results themselves."""
    assert len(json.loads(RENDERERS["sarif"](report(12)))["runs"][0]["results"]) == 13
