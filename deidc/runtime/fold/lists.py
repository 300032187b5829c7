"""Fill the lists of one object: `%values` from the input before any op acts, and the paths of `%fields`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from attrs import field, frozen
from pydicom.dataset import Dataset

from deidc.codes import faults
from deidc.dicom.values.decoding import DEFAULT_CHARACTER_SETS, CharacterSets, Undecodable
from deidc.ir import ops
from deidc.runtime.fold.elements import InputElement, character_sets_of, input_elements, sequence_items
from deidc.runtime.fold.fold import proviso_holds
from deidc.runtime.fold.frame import Collected, Frame, Holdings, trouble
from deidc.runtime.fold.plan import Collecting, Entry, Node, Plan
from deidc.runtime.fold.select import select
from deidc.vocabulary import ListKind


def visit(
    dataset: Dataset,
    node: Node,
    path: str = "",
    indexes: tuple[int, ...] = (),
    inherited: CharacterSets = DEFAULT_CHARACTER_SETS,
    in_file_meta: bool = False,
) -> Iterator[tuple[InputElement, Entry]]:
    """Yield every element of an object, items included, with its entry, in document order."""
    character_sets = character_sets_of(dataset, inherited)
    for element in input_elements(dataset, path, indexes, inherited, in_file_meta):
        entry = node.entry(element.tag, element.vr, element.creator)
        yield element, entry
        try:
            items = sequence_items(element)
        except Undecodable:
            raise undecodable(element) from None
        for number, item in enumerate(items or ()):
            yield from visit(
                item, entry.below, f"{element.path}[{number}].", (*indexes, number), character_sets, in_file_meta
            )


def undecodable(element: InputElement, op: int | None = None) -> Exception:
    """Return the exception for an element whose bytes are no value of its VR."""
    return trouble(faults.ELEMENT_UNDECODABLE, f"the bytes are not a value of VR {element.vr}", element.path, op)


def visit_object(dataset: Dataset, plan: Plan) -> Iterator[tuple[InputElement, Entry]]:
    """Yield every element of an object and of its file meta information with its entry."""
    file_meta = getattr(dataset, "file_meta", None)
    if file_meta:
        yield from visit(file_meta, plan.file_meta, in_file_meta=True)
    yield from visit(dataset, plan.dataset)


@frozen
class Lists:
    """What the lists of a program hold for one object, by their names: texts, and paths of elements.

    Attributes:
        values: what `%values` lists hold, each text once, in document order.
        fields: where the members of `%fields` lists stand, as the paths of events.

    """

    values: Mapping[str, tuple[str, ...]] = field(repr=False)
    fields: Mapping[str, tuple[str, ...]]

    @classmethod
    def of(cls, frame: Frame, plan: Plan) -> Lists:
        """Return the lists that a frame was filled with.

        Args:
            frame: the frame of one object.
            plan: the plan of the program.

        Returns:
            The lists by name.

        """
        slots = plan.program.slots
        return cls(
            {slots[number].name: held.texts for number, held in frame.held.items()},
            {slots[number].name: tuple(paths) for number, paths in frame.gathered.items()},
        )


def fill_lists(frame: Frame, plan: Plan, visit_all: Callable[[], Iterable[tuple[InputElement, Entry]]]) -> None:
    """Collect every `%values` list of the program into the frame, behind what the host gives; raises Trouble.

    `visit_all` gives the elements of the input that lists collect from, and maybe others, in document order.
    """
    found: dict[int, list[Collected]] = {
        number: [Collected.given(text) for text in frame.lists.get(slot.name, ())]
        for number, slot in enumerate(plan.program.slots)
        if slot.kind is ListKind.VALUES
    }
    frame.held.update({slot: Holdings.of(tuple(given)) for slot, given in found.items()})
    if not plan.collects:
        return
    later = plan.collected_later
    for element, entry in visit_all():
        for collecting in entry.collects:
            if collecting.op not in later:
                _take(frame, element, collecting, found)
    frame.held.update({slot: Holdings.of(tuple(values)) for slot, values in found.items()})
    # A list that is filled through another list is filled after it, in the order of the recipe.
    for op in later:
        for element, entry in visit_all():
            for collecting in entry.collects:
                if collecting.op == op:
                    _take(frame, element, collecting, found)
        frame.held[op.slot] = Holdings.of(tuple(found[op.slot]))


def _take(frame: Frame, element: InputElement, collecting: Collecting, found: dict[int, list[Collected]]) -> None:
    try:
        if collecting.proviso is not None and not proviso_holds(collecting.proviso, frame, element, element.indexes):
            return
        found[collecting.op.slot].extend(collected(collecting.op, element))
    except Undecodable:
        raise undecodable(element) from None


def collected(op: ops.Collect, element: InputElement) -> Iterator[Collected]:
    """Yield what a Collect op takes from an element that it selects; raises Undecodable."""
    if element.vr == "SQ":
        return
    for text in element.components:
        parts = [text] if op.separator is None else text.split(op.separator)
        for part in (part.strip() for part in parts):
            if part and len(part) >= op.minimum:
                yield Collected(part, element.vr == "PN" and op.separator is None)


def gather_paths(frame: Frame, plan: Plan) -> None:
    """Note where the members of each `%fields` list are, for functions that ask; raises Trouble."""
    if not plan.gathers:
        return
    for slot in plan.gathers:
        frame.gathered[slot] = []
    for element, entry in visit_object(frame.input, plan):
        for slot, selectors in plan.gathers.items():
            if any(is_selected(selector, element, entry, frame, plan) for selector in selectors):
                frame.gathered[slot].append(element.path)


def is_selected(selector: ops.Selector, element: InputElement, entry: Entry, frame: Frame, plan: Plan) -> bool:
    """Whether a selector is about this element of the input, its value and its items too; raises Trouble."""
    verdict = select(selector, entry.identity, plan.gathers, plan.patterns)
    if isinstance(verdict, bool):
        return verdict
    try:
        return proviso_holds(verdict, frame, element, element.indexes)
    except Undecodable:
        raise undecodable(element) from None
