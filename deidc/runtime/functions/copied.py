"""Find out whether a function of the caller copies what the recipe takes from the patient's own attributes.

A function sees the input object, also what other rules remove. What it returns is written without another look, so a
number that one rule removes would be in the output again.
"""

from __future__ import annotations

from collections.abc import Iterator

from deidc.dicom import dictionary
from deidc.dicom.values.decoding import Undecodable
from deidc.runtime.fold.fold import Fold
from deidc.runtime.fold.frame import Collected, Holdings
from deidc.runtime.fold.plan import Plan

# Patient's Name, Patient ID, Other Patient IDs, Accession Number, Patient's Address, Patient's Telephone Numbers.
_IDENTIFIERS = (0x00100010, 0x00100020, 0x00101000, 0x00080050, 0x00101040, 0x00102154)
# Shorter numbers and names stand in other texts by chance.
_SHORTEST = 4


def copied_identifier(result: object, fold: Fold) -> str | None:
    """Return the keyword of an identifying attribute whose value a result has in it, as a whole or as a word.

    Only top-level attributes count that a rule of the program changes in this object. A value that the element itself
    has is left to the author of the function, who was given it.

    Args:
        result: what the function returned.
        fold: the element that the result is for.

    Returns:
        The keyword, or None if there is none.

    """
    texts = tuple(_texts(result))
    if not texts:
        return None
    for tag in _IDENTIFIERS:
        if tag == fold.entry.identity.tag:
            continue
        values = _changed_values(tag, fold)
        if values and Holdings.of(values).held_by(texts):
            return dictionary.element_keyword(tag)
    return None


def _texts(result: object) -> Iterator[str]:
    if isinstance(result, str):
        yield from result.split("\\")
    elif isinstance(result, list | tuple):
        yield from (one for one in result if isinstance(one, str))


def _changed_values(tag: int, fold: Fold) -> tuple[Collected, ...]:
    """Return the values of a top-level attribute of the input, if a rule changes it; short ones are left out."""
    plan: Plan = fold.entry.below.plan
    element = fold.frame.top.find(tag)
    if element is None:
        return ()
    entry = plan.dataset.entry(tag, element.vr, element.creator)
    if entry.idle or entry.always_sheltered:
        return ()
    try:
        own = fold.element.components if fold.element is not None else ()
        values = [one.strip() for one in element.components]
    except Undecodable:
        return ()
    is_name = element.vr == "PN"
    return tuple(Collected(one, is_name) for one in values if len(one) >= _SHORTEST and one not in own)
