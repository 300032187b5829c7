"""The checks: one generator a law, from a resolved recipe to complaints."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeAlias

from deidc.diagnostics import Diagnostic
from deidc.ir.checks import labels, rules, values
from deidc.ir.names import Resolved

Check: TypeAlias = Callable[[Resolved], Iterator[Diagnostic]]

CHECKS: tuple[Check, ...] = (
    values.literals,
    values.jitters,
    values.additions,
    values.lists,
    values.functions,
    values.character_set,
    values.patterns,
    values.criteria,
    values.wide_literals,
    rules.interplay,
    rules.comments,
    rules.mandatory,
    rules.keeps,
    rules.protected,
    rules.wide_shifts,
    rules.creators,
    rules.lists_after_remove,
    rules.sequences_gone,
    rules.promises,
    labels.label_lines,
    labels.labels,
    labels.layouts,
)
