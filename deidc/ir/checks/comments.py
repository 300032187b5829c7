"""DC401: comments that change what deid 0.4.13 does."""

from __future__ import annotations

import re
from collections.abc import Iterator

from deidc.codes import privacy as codes
from deidc.diagnostics import Diagnostic, Edit, Fix
from deidc.grammar import nodes
from deidc.ir.resolving.resolved import Resolved
from deidc.source import Source, Span

_IGNORE = re.compile(r"\s*#\s*deidc:")


def comments(resolved: Resolved) -> Iterator[Diagnostic]:
    """DC401: no comment stands behind a statement that deid 0.4.13 would not execute as written then."""
    for line, what in _commented(resolved):
        remark = line.remark
        if remark is None or remark.lower().startswith("deidc:"):
            continue
        source = resolved.sources.get(line.span.source)
        fix = comment_above(line.span, remark, source) if source is not None else None
        hint = "put the comment on a line of its own"
        yield Diagnostic(codes.COMMENT_BEHIND_RULE, f"deid 0.4.13 {what}", line.span, hint, fix)


_Line = nodes.Action | nodes.ListLine | nodes.CriteriaLine | nodes.RegionLine


def _commented(resolved: Resolved) -> Iterator[tuple[_Line, str]]:
    """Yield the statements that suffer from a comment, and how."""
    for rule in resolved.rules:
        value = nodes.value_of(rule.statement)
        if rule.action.removes or isinstance(value, nodes.VarRef | nodes.FuncRef):
            yield rule.statement, f"does not execute this {rule.action.word.value}"
    for one in resolved.lists:
        for member in one.members:
            if isinstance(member.line, nodes.Split):
                yield member.line, "crashes on this SPLIT with a comment"
    for label in resolved.labels:
        for bound in label.lines:
            if bound.line.criteria[-1].value is not None:
                yield bound.line, "reads the comment as part of the value"
        for region in label.regions:
            yield region.line, "crashes on this region with a comment"


def comment_above(span: Span, remark: str, source: Source) -> Fix | None:
    """Return the fix that puts the comment behind a statement above it, or None if something stands before that."""
    end = source.text.find("\n", span.end)
    end = end if end >= 0 else len(source.text)
    line_start = source.text.rfind("\n", 0, span.start) + 1
    indent = source.text[line_start : span.start]
    if indent.strip():
        return None
    # An ignore comment is about the line below it, so nothing may come between the two.
    number = source.place(line_start).line
    while number > 1 and _IGNORE.match(source.line(number - 1)):
        number -= 1
    above = source.line_span(number).start
    return Fix.safe(
        "put the comment on a line of its own",
        Edit(Span(source.name, above, above), indent + f"# {remark}".rstrip() + "\n"),
        Edit(Span(source.name, span.end, end), ""),
    )
