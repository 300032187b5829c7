"""What deid 0.4.13 does with a single line, and the form of it that deid and deidc read alike, or more nearly so."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum

from attrs import evolve, frozen

from deidc.diagnostics import Edit, Fix
from deidc.dicom import dictionary
from deidc.grammar import nodes
from deidc.grammar.reader import read
from deidc.grammar.writer import write_criteria, write_region, write_section_line, write_statement
from deidc.ir.checks.comments import comment_above
from deidc.migration.changes import Reason
from deidc.migration.deid.header import action_reasons, stored_reasons
from deidc.migration.deid.labels import criteria_reasons, region_reasons
from deidc.migration.deid.lists import list_line_reasons
from deidc.migration.deid.sections import Titled, format_reasons, section_reasons
from deidc.migration.deid.targets import spelt
from deidc.source import Source
from deidc.vocabulary import ListKind


class Surroundings(StrEnum):
    """Where a line stands, as far as that decides what deid does with it; its value is a recipe above the line."""

    TOP = ""
    HEADER = "%header\n"
    LABELS = "%labels\n"
    VALUES = "%values list\n"
    FIELDS = "%fields list\n"
    FIRST = "%filter group\nLABEL label\n"
    LATER = "%filter group\nLABEL label\nmissing Modality\n"


Node = nodes.Action | nodes.ListLine | nodes.CriteriaLine | nodes.RegionLine | nodes.Format | Titled


@frozen
class Standing:
    """A line that was understood, and where it stands."""

    node: Node
    place: Surroundings


def standing_lines(recipe: nodes.Recipe) -> Iterator[Standing]:
    """Yield the lines of a recipe that deid knows too, in their order; `%vars` and `%include` are deidc's own."""
    for item in recipe.items:
        match item:
            case nodes.Format():
                yield Standing(item, Surroundings.TOP)
            case nodes.Header() | nodes.Labels() | nodes.Values() | nodes.Fields():
                yield Standing(item, Surroundings.TOP)
                place = Surroundings[type(item).__name__.upper()]
                for line in item.body:
                    if isinstance(line, nodes.Format):
                        yield Standing(line, Surroundings.TOP)
                    elif not isinstance(line, nodes.Comment | nodes.EmptyLine):
                        yield Standing(line, place)
            case nodes.Filter():
                yield Standing(item, Surroundings.TOP)
                yield from _label_lines(item)
            case _:
                pass


def _label_lines(section: nodes.Filter) -> Iterator[Standing]:
    for label in section.body:
        if isinstance(label, nodes.Format):
            yield Standing(label, Surroundings.TOP)
        place = Surroundings.FIRST
        for line in label.body if isinstance(label, nodes.Label) else ():
            if isinstance(line, nodes.CriteriaLine | nodes.RegionLine):
                yield Standing(line, place)
            if isinstance(line, nodes.CriteriaLine):
                place = Surroundings.LATER


def stored_lines(recipe: nodes.Recipe, source: Source) -> frozenset[int]:
    """Return the numbers of the lines of %labels sections, which are kept for other programs and never executed."""
    starts = [
        (source.place(item.span.start).line, isinstance(item, nodes.Labels))
        for item in recipe.items
        if not isinstance(item, nodes.Comment | nodes.EmptyLine | nodes.Format) and item.span.source == source.name
    ]
    ends = [*(number for number, _ in starts[1:]), source.text.count("\n") + 2]
    return frozenset(
        number
        for (start, is_stored), end in zip(starts, ends, strict=False)
        if is_stored
        for number in range(start + 1, end)
    )


def reasons_of(line: Standing, text: str) -> tuple[Reason, ...]:
    """Return what deid does with a line other than what it says; `text` is what the spans of the line are in."""
    node, place = line.node, line.place
    match node:
        case nodes.Format():
            return tuple(format_reasons(node, text))
        case nodes.Field() | nodes.Split():
            kind = ListKind.VALUES if place is Surroundings.VALUES else ListKind.FIELDS
            return tuple(list_line_reasons(node, kind, text))
        case nodes.CriteriaLine():
            return tuple(criteria_reasons(node, text, first=place is Surroundings.FIRST))
        case nodes.RegionLine():
            return tuple(region_reasons(node, text))
        case nodes.Header() | nodes.Labels() | nodes.Values() | nodes.Fields() | nodes.Filter():
            return tuple(section_reasons(node, text))
        case _ if place is Surroundings.LABELS:
            return tuple(stored_reasons(node, text))
        case _:
            return tuple(action_reasons(node, text))


# ---- better forms ---------------------------------------------------------------------------------------


def better_form(line: Standing, source: Source) -> Fix | None:
    """Return the edits after which deid reads a line more as deidc does, or None if there is no such form.

    The forms that are tried are the line itself with its comment above, and its canonical form with the comment
    behind or above. Of those with the fewest reasons the first is taken, so that a form once taken stays.
    """
    now = len(reasons_of(line, source.text))
    if not now:
        return None
    best: Fix | None = None
    for fix in _forms(line, source):
        count = _count_of(line, source, fix)
        if count is not None and count < now:
            best, now = fix, count
    return best


def _forms(line: Standing, source: Source) -> Iterator[Fix]:
    span, remark = line.node.span, line.node.remark
    above = comment_above(span, remark, source) if remark is not None and not _is_ignore(remark) else None
    whole = Edit(span, canonical(line.node))
    if above is not None:
        yield above
    if whole.text != source.text[span.start : span.end]:
        yield Fix.safe("write it as deid reads it, too", whole)
        if above is not None:
            # The comment is cut away from the end of the statement on, which is where the statement's edit ends.
            yield Fix.safe("write it as deid reads it, too", whole, *above.edits)


def _is_ignore(remark: str) -> bool:
    return remark.lower().startswith("deidc:")


def canonical(node: Node) -> str:
    """Return a line in the one form that deidc writes, its comment left out, with targets as deid spells them."""
    match node:
        case nodes.CriteriaLine():
            criteria = tuple(evolve(one, target=_criterion_target(one.target)) for one in node.criteria)
            return write_criteria(evolve(node, criteria=criteria))
        case nodes.RegionLine():
            return write_region(_region(node))
        case nodes.Format():
            return f"FORMAT {node.name}"
        case nodes.Header() | nodes.Labels() | nodes.Values() | nodes.Fields() | nodes.Filter():
            return write_section_line(evolve(node, remark=None))
        case _:
            return write_statement(evolve(node, target=_target(node.target), remark=None))


def _target(target: nodes.Target) -> nodes.Target:
    return evolve(target, text=spelt(target)) if isinstance(target, nodes.Keyword) else target


def _region(line: nodes.RegionLine) -> nodes.RegionLine:
    if isinstance(line.region, nodes.FromSequence):
        return evolve(line, region=evolve(line.region, target=_criterion_target(line.region.target)))
    return line


def _criterion_target(target: nodes.Target) -> nodes.Target:
    """Return the target of a criterion by keyword, if the dictionary has one for it."""
    match target:
        case nodes.Keyword():
            return _target(target)
        case nodes.Tag(digits) if "X" not in digits:
            found = dictionary.find_tag(int(digits, 16))
            if found is not None and not found.repeating:
                return nodes.Keyword(found.keyword, span=target.span)
            return target
        case _:
            return target


def _count_of(line: Standing, source: Source, fix: Fix) -> int | None:
    """Return how many reasons a line has in another form, or None if that form does not say the same."""
    span = line.node.span
    end = source.text.find("\n", span.end)
    rest = source.text[span.start : end if end >= 0 else len(source.text)]
    for edit in sorted(fix.edits, key=lambda one: one.span.start, reverse=True):
        if edit.span.start >= span.start and not edit.text.endswith("\n"):
            at, to = edit.span.start - span.start, edit.span.end - span.start
            rest = rest[:at] + edit.text + rest[to:]
    text = f"FORMAT dicom\n{line.place.value}{rest}\n" if not isinstance(line.node, nodes.Format) else rest + "\n"
    recipe, _ = read(Source("line", text))
    found = [one for one in standing_lines(recipe) if one.node.span.start == len(text) - len(rest) - 1]
    if len(found) != 1 or _bare(found[0].node) != _bare(line.node):
        return None
    return len(reasons_of(found[0], text))


def _bare(node: Node) -> object:
    """Return a line by what it says alone: without its comment, with targets as they are spelt in the end."""
    match node:
        case nodes.CriteriaLine():
            criteria = tuple(evolve(one, target=_criterion_target(one.target)) for one in node.criteria)
            return evolve(node, criteria=criteria, remark=None)
        case nodes.Header() | nodes.Labels() | nodes.Values() | nodes.Fields() | nodes.Filter():
            return nodes.Comment(write_section_line(evolve(node, remark=None)), span=node.span)
        case nodes.RegionLine():
            return evolve(_region(node), remark=None)
        case nodes.Format():
            return evolve(node, remark=None)
        case _:
            return evolve(node, target=_target(node.target), remark=None)
