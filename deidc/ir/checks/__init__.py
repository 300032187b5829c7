"""The checks: one generator a law, from a resolved recipe to complaints."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeAlias

from deidc.diagnostics import Diagnostic
from deidc.ir.checks import (
    comments,
    criteria,
    descents,
    guards,
    interplay,
    keeping,
    labels,
    layouts,
    left_behind,
    literals,
    misdirected,
    partial,
    patterns,
    private_items,
    promises,
    reach,
    regions,
    results,
    sweeps,
    texts,
)
from deidc.ir.checks.operands import calls, codings, references, sources
from deidc.ir.resolving.resolved import Resolved

Check: TypeAlias = Callable[[Resolved], Iterator[Diagnostic]]

CHECKS: tuple[Check, ...] = (
    literals.literals,
    literals.additions,
    literals.character_set,
    results.jitters,
    results.lists,
    results.variables,
    results.functions,
    codings.codings,
    references.references,
    sources.sources,
    sources.appends,
    calls.calls,
    patterns.patterns,
    patterns.texts,
    criteria.criteria,
    criteria.conditions,
    guards.guards,
    guards.texts_like_guards,
    descents.descents,
    interplay.interplay,
    interplay.list_lines,
    sweeps.sweeps,
    texts.texts,
    texts.spared,
    comments.comments,
    reach.reach,
    private_items.private_items,
    keeping.exact_keeps,
    keeping.wide_keeps,
    keeping.exceptions,
    keeping.over_includes,
    reach.protected,
    reach.wide_shifts,
    reach.creators,
    reach.exceptions,
    promises.promises,
    labels.label_lines,
    labels.labels,
    labels.groups,
    regions.regions,
    regions.kept_again,
    regions.blanked_images,
    layouts.layouts,
    misdirected.misdirected,
    left_behind.label_sections,
    left_behind.splits,
    left_behind.moments,
    left_behind.shifts,
    left_behind.descents,
    left_behind.guarded,
    partial.additions,
    partial.groups,
)
