"""DC336, DC440, DC444-DC445: regions of labels, and what is painted over what."""

from __future__ import annotations

from collections.abc import Iterator

from deidc.codes import privacy as codes
from deidc.codes.values import REGIONS_NO_SEQUENCE
from deidc.diagnostics import Diagnostic, Label
from deidc.dicom.dictionary import find_keyword
from deidc.grammar import nodes
from deidc.ir.checks.coverage import attribute_of, covers
from deidc.ir.checks.labels import exclude_each_other
from deidc.ir.resolving.resolved import BoundLabel, Resolved


def blanked_images(resolved: Resolved) -> Iterator[Diagnostic]:
    """DC444: a recipe that cleans headers and blanks pixels gives images new UIDs."""
    blanking = next((label for label in resolved.labels if resolved.blanks(label)), None)
    attribute = find_keyword("SOPInstanceUID")
    assert attribute is not None
    rewritten = any(
        attribute.pattern in covers(rule.selector, resolved) for rule in resolved.rules if rule.action.writes
    )
    if resolved.rules and blanking is not None and not rewritten:
        message = "the image has other pixels, but keeps its SOP Instance UID"
        hint = "REPLACE SOPInstanceUID deid_func:pydicom_uuid, or a keyed one"
        yield Diagnostic(codes.BLANKED_KEEPS_UID, message, blanking.label.span, hint)


def regions(resolved: Resolved) -> Iterator[Diagnostic]:
    """DC336, DC440: regions come from sequences, and what is to be kept is kept."""
    painted = False  # whether a label above blanks something: regions of several labels are painted one by one
    for label in resolved.labels:
        yield from _sources(label)
        lines = [bound.line for bound in label.regions]
        for number, line in enumerate(lines):
            whole = isinstance(line.region, nodes.WholeImage)
            if not line.keep:
                painted = True
            elif not painted and not any(not later.keep for later in lines[number:]):
                yield Diagnostic(codes.KEEP_IDLE, "no region is blanked above", line.span)
            elif whole and painted:
                yield Diagnostic(codes.KEEP_IDLE, "the whole image is kept again", line.span)
            elif any(not later.keep and isinstance(later.region, nodes.WholeImage) for later in lines[number:]):
                yield Diagnostic(codes.KEEP_IDLE, "the whole image is blanked below", line.span)


def _sources(label: BoundLabel) -> Iterator[Diagnostic]:
    for bound in label.regions:
        attribute = attribute_of(bound.source)
        if attribute is not None and attribute.vr != "SQ":
            message = f"{attribute.keyword} is not a sequence"
            hint = "write from:SequenceOfUltrasoundRegions"
            yield Diagnostic(REGIONS_NO_SEQUENCE, message, bound.line.span, hint)


def kept_again(resolved: Resolved) -> Iterator[Diagnostic]:
    """DC445: what one label blanks is not kept by another one that may fire for the same object."""
    above: list[BoundLabel] = []
    for label in resolved.labels:
        if not resolved.blanks(label):
            continue
        for line in (bound.line for bound in label.regions if bound.line.keep):
            undone = next((found for other in above if (found := _undone(line, other, label)) is not None), None)
            if undone is not None:
                message = "the kept region may overlap a region that a label above blanks"
                hint = "move the other label below this one"
                other_line = Label(undone.span, "the blanked region")
                yield Diagnostic(codes.KEPT_AGAIN, message, line.span, hint, None, (other_line,))
        above.append(label)


def _undone(keep: nodes.RegionLine, above: BoundLabel, label: BoundLabel) -> nodes.RegionLine | None:
    """Return a region of a label above that a line may keep, though both labels may fire for one object.

    A label that blanks the whole image waits for others to keep something.
    """
    if exclude_each_other(above, label):
        return None
    blanked = (bound.line for bound in above.regions if not bound.line.keep)
    return next((one for one in blanked if _may_overlap(keep, one)), None)


def _may_overlap(keep: nodes.RegionLine, blanked: nodes.RegionLine) -> bool:
    match keep.region, blanked.region:
        case _, nodes.WholeImage():
            return False
        case nodes.Box(), nodes.Box():
            (a0, b0, a1, b1), (c0, d0, c1, d1) = _corners(keep), _corners(blanked)
            return a0 < c1 and c0 < a1 and b0 < d1 and d0 < b1
        case _:
            return True


def _corners(line: nodes.RegionLine) -> tuple[int, int, int, int]:
    assert isinstance(line.region, nodes.Box)
    a, b, c, d = line.region.numbers
    return (a, b, a + c, b + d) if line.ctp else (a, b, c, d)
