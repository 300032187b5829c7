"""Counts of complaints by code."""

from __future__ import annotations

from collections import Counter

from deidc.diagnostics import Report, Rule


def counts_by_code(report: Report) -> list[tuple[Rule, int]]:
    """Return each rule that a report complains of with the number of its complaints, the most frequent first."""
    rules = {one.code: one.rule for one in report.diagnostics}
    counts = Counter(one.code for one in report.diagnostics)
    return [(rules[code], count) for code, count in sorted(counts.items(), key=lambda one: (-one[1], one[0]))]


def render_statistics(report: Report) -> str:
    """Return one line for each code: how often it occurs, its severity and its title."""
    rows = counts_by_code(report)
    width = max((len(str(count)) for _, count in rows), default=0)
    return "".join(f"{count:>{width}}  {rule.code} {rule.severity.value:7} {rule.title}\n" for rule, count in rows)
