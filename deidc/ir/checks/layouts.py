"""DC501, DC502, DC506: how a recipe is laid out."""

from __future__ import annotations

from collections.abc import Iterator

from deidc.codes import layout as codes
from deidc.diagnostics import Diagnostic
from deidc.grammar import nodes
from deidc.ir.resolving.resolved import Resolved

_Trivia = nodes.Comment | nodes.EmptyLine | nodes.Format


def layouts(resolved: Resolved) -> Iterator[Diagnostic]:
    """DC501, DC502, DC506: FORMAT comes first, no section is empty, and there is something to do."""
    seen: set[str] = set()
    for item in resolved.recipe.items:
        body = _body(item)
        for line in (item, *body):
            if isinstance(line, nodes.Format) and line.span.source in seen:
                yield Diagnostic(codes.LATE_FORMAT, "statements precede FORMAT", line.span)
            elif not isinstance(line, nodes.Comment | nodes.EmptyLine):
                seen.add(line.span.source)
        is_section = not isinstance(item, _Trivia | nodes.Include)
        if is_section and all(isinstance(line, _Trivia) for line in body):
            yield Diagnostic(codes.EMPTY_SECTION, "the section has no lines", item.span)
    if not resolved.rules and not resolved.labels:
        formats = [one for one in resolved.recipe.items if isinstance(one, nodes.Format)]
        if formats:
            yield Diagnostic(codes.EMPTY_RECIPE, "the recipe has no rules and no labels", formats[-1].span)


def _body(
    item: nodes.Item,
) -> tuple[nodes.Action | nodes.ListLine | nodes.PixelLine | nodes.Variable | nodes.Label | nodes.Trivia, ...]:
    match item:
        case (
            nodes.Header(body)
            | nodes.Labels(body)
            | nodes.Values(body=body)
            | nodes.Fields(body=body)
            | nodes.Filter(body=body)
            | nodes.Pixels(body)
            | nodes.Variables(body)
        ):
            return body
        case _:
            return ()
