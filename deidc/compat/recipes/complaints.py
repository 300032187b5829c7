"""Log complaints about recipes that deidc refuses and whose result deid defines."""

from __future__ import annotations

from deidc.compat.logger import bot
from deidc.diagnostics import Diagnostic, Report


def log_what_deid_defines(report: Report) -> None:
    """Log a warning for each error whose result deid defines; the recipe is executed with that result."""
    for one in report.errors:
        if one.rule.deid_defines:
            bot.warning(f"{_place(one, report)}{one.code} {one.message}")


def _place(one: Diagnostic, report: Report) -> str:
    source = report.source(one.span.source) if one.span is not None else None
    if one.span is None or source is None:
        return ""
    return f"{source.name}:{source.place(one.span.start).line}: "
