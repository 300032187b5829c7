"""The walk covers every byte of what is written, and everything else that reads headers sees what it sees."""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Iterable, Iterator

import pytest
from attrs import frozen
from hypothesis import event, given, note
from hypothesis import strategies as st
from pydicom.dataset import Dataset

from deidc import Machine, Refused, compile_recipe
from deidc.batch.inputs.faults import ReadFault
from deidc.batch.inputs.reading import read_bytes
from deidc.dicom import dictionary
from deidc.dicom.layout import UNDEFINED, Damaged, Header, is_padding
from deidc.dicom.limits import BeyondLimit
from deidc.dicom.part10 import Opened, opened, parts
from deidc.dicom.values.decoding import Undecodable, creator_of, plain_text
from deidc.dicom.values.vrs import ALL_VRS
from deidc.dicom.walk import PlacedElement, elements, elements_of, items, may_have_items, vr_in_effect
from deidc.dicom.window import InMemory, NotWhole, Unsuited, Window
from deidc.ir.program import Needs, Program
from deidc.ir.reader import read_program
from deidc.runtime.fold.plan import Plan
from deidc.runtime.fold.toplevel import OfBytes
from deidc.runtime.stream.survey import Survey
from deidc.vocabulary import FormatName
from tests.damaged.doors import DOORS, Written
from tests.damaged.files import ALL, DamagedFile, alone, damaged_files
from tests.damaged.recipe import machine
from tests.depth import drawn, sampled
from tests.program_text import sealed
from tests.properties.independent_reading import Uncovered, content_of, covered
from tests.properties.test_engines import FILES, RECIPES, SYNTAXES, in_file
from tests.strategies.objects import objects

REAL = drawn(FILES, "walk")
DAMAGED = sampled(ALL, lambda one: one.kind, 8)
# An object is cleaned by what is remembered of those like it: decisions from the second time on, shapes from the third.
TIMES = 4


# ---- the walk, at every depth ---------------------------------------------------------------------------------


@frozen
class Seen:
    """An element that the walk yields: the path of events to it, its VR, whether it has items, its place.

    `vr` is that in effect; `known` is that of the dictionary, where `select:VR` takes it too: of UIDs, moments, ages
    and names.
    """

    path: str
    tag: int
    vr: str
    known: str
    has_items: bool
    at: int
    end: int
    length: int


def walked(file: Opened) -> list[Seen]:
    """Everything that the walk yields of a data set. Raises NotWhole and Damaged."""
    window = file.window
    return list(_level(window, elements(window, file.start, window.size, file.layout), ""))


def _level(window: Window, placed: Iterable[PlacedElement], path: str) -> Iterator[Seen]:
    creators: dict[tuple[int, int], str] = {}
    for one in placed:
        creator = creator_of(one.tag, creators)
        vr = vr_in_effect(one, creator)
        known = _known(one.tag, creator)
        inside = _inside(window, one, vr, f"{path}{one.tag:08X}", is_other=known != "")
        yield Seen(
            f"{path}{one.tag:08X}",
            one.tag,
            vr,
            _known(one.tag, creator),
            inside is not None,
            one.at,
            one.end,
            one.header.length,
        )
        yield from inside or ()
        if dictionary.is_private_creator(one.tag) and (name := plain_text(_value(window, one))):
            creators[one.tag >> 16, one.tag & 0xFFFF] = name


def _known(tag: int, creator: str | None) -> str:
    found = dictionary.private_vr(tag, creator) if creator is not None else dictionary.public_vr(tag)
    return found if found in ("UI", "DA", "DT", "TM", "AS", "PN") else ""


def _inside(window: Window, one: PlacedElement, vr: str, path: str, *, is_other: bool) -> list[Seen] | None:
    """The elements in the items of an element; None if it has no items.

    `is_other`: the dictionary has it as no sequence, so that it may be removed without a look into it.
    """
    if not may_have_items(window, one, vr):
        return None
    try:
        return [
            seen
            for number, item in enumerate(items(window, one))
            for seen in _level(window, elements_of(window, item), f"{path}[{number}].")
        ]
    except (NotWhole, Damaged):
        if vr == "SQ" and not is_other:
            raise
        return None


def _value(window: Window, one: PlacedElement) -> bytes:
    return window[one.header.value_at : one.value_end]


# ---- every byte of an output is in an element that the walk visited -----------------------------------------------


def assert_tiled(window: Window, placed: Iterable[PlacedElement], at: int, end: int) -> None:
    """Elements follow each other without gap or overlap, headers and values fill them, and items theirs."""
    for one in placed:
        assert one.at == at
        header: Header = one.header
        assert at + 8 <= header.value_at <= at + 12
        assert header.length == UNDEFINED or header.value_at + header.length == one.end
        if may_have_items(window, one, vr_in_effect(one, None)):
            assert_tiled_by_items(window, one)
        at = one.end
    assert at == end or end - at == 8 or is_padding(window, at, end)


def assert_tiled_by_items(window: Window, sequence: PlacedElement) -> None:
    at = sequence.header.value_at
    try:
        placed = list(items(window, sequence))
    except (NotWhole, Damaged):
        assert vr_in_effect(sequence, None) != "SQ"  # bytes of unknown VR that begin like items, and are none
        return
    for item in placed:
        assert item.start == at + 8
        assert_tiled(window, elements_of(window, item), item.start, item.end)
        at = item.end + (8 if item.is_open else 0)
    rest = sequence.value_end - at
    assert rest in (0, 8) or is_padding(window, at, sequence.value_end)


def assert_covered(output: bytes) -> None:
    """Every byte of a written data set is in an element, for the walk and for a reading that shares no code with it."""
    file = parts(Window(InMemory(output)))
    assert not file.is_contradictory
    assert_tiled(
        file.window,
        elements(file.window, file.start, file.window.size, file.layout),
        file.start,
        file.window.size,
    )
    content = content_of(output)
    assert content.start == file.start
    assert [(one.at, one.end, one.tag) for one in walked(file)] == covered(content)


def assert_outputs_covered(machine: Machine, data: bytes) -> int:
    """What each engine writes of a file is covered; return how many of them write it."""
    written = 0
    for door in DOORS.values():
        outcome = door(machine, data)
        if isinstance(outcome, Written):
            assert_covered(outcome.data)
            written += 1
    return written


@pytest.mark.parametrize("recipe", ["default", "next to nothing", "longer"])
def test_outputs_of_real_files_are_covered(recipe: str) -> None:
    """Every byte of every data set that an engine writes."""
    linked = Machine.link(compile_recipe(RECIPES[recipe]))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        written = sum(assert_outputs_covered(linked, path.read_bytes()) for path in REAL)
    assert written > len(REAL)


@given(objects(), st.sampled_from(SYNTAXES), st.booleans(), st.sampled_from(sorted(RECIPES)))
def test_outputs_of_drawn_objects_are_covered(dataset, syntax, undefined: bool, recipe: str) -> None:
    try:
        data = in_file(dataset, syntax, undefined=undefined)
    except Exception:  # noqa: BLE001  # pydicom cannot write every drawn value in every transfer syntax
        event("cannot be written")
        return
    event(f"{assert_outputs_covered(linked(recipe), data)} engines wrote")


@pytest.mark.parametrize("recipe", ["narrow", "wide"])
@given(damaged_files(unnamed=True))
def test_outputs_of_drawn_damaged_files_are_covered(recipe: str, file: DamagedFile) -> None:
    note(str(file))
    event(f"{assert_outputs_covered(machine(recipe), file.data)} engines wrote")


@pytest.mark.parametrize("recipe", ["narrow", "wide"])
def test_outputs_of_damaged_files_are_covered(recipe: str) -> None:
    """Each kind alone."""
    written = 0
    for one in DAMAGED:
        try:
            written += assert_outputs_covered(machine(recipe), alone(one).data)
        except (AssertionError, Uncovered, Damaged, NotWhole) as failure:
            raise AssertionError(f"{one}: {failure!r}") from failure
    assert written > len(DAMAGED) // 2


_LINKED: dict[str, Machine] = {}


def linked(recipe: str) -> Machine:
    if recipe not in _LINKED:
        _LINKED[recipe] = Machine.link(compile_recipe(RECIPES[recipe]))
    return _LINKED[recipe]


# ---- the walk of the stream engine --------------------------------------------------------------------------------

# A program that removes every element that is no sequence, by an op for each VR: its events and edits say what it met.
LEAVES = tuple(sorted(set(ALL_VRS) - {"SQ", "UN"}))
PROGRAM = "deidc program 1\nformat dicom\n"


def remover(vrs: tuple[str, ...]) -> Machine:
    removes = (f"{number:04d} remove vr {vr} unless rewritten\n" for number, vr in enumerate(vrs))
    return Machine.link(read_program(sealed(PROGRAM + "".join(removes))))


def op_of(one: Seen, vrs: tuple[str, ...]) -> int | None:
    """The op that removes an element, whose VR may be one of two."""
    return min((vrs.index(vr) for vr in (*one.vr.split(" or "), one.known) if vr in vrs), default=None)


def unread() -> Dataset:
    raise AssertionError("the program needs no data set")


def streamed(linked: Machine, data: bytes) -> tuple[set[tuple[str, int]], set[tuple[int, int, int]]] | None:
    """The paths and ops of events, and the ranges and tags of elements that were removed; None if it was not done."""
    try:
        cleaned = linked.run_on_bytes(InMemory(data), unread)
    except (Unsuited, NotWhole, Damaged):
        return None
    if isinstance(cleaned, Refused):
        return None
    paths = {(one.path, one.op) for one in cleaned.events if not one.path.startswith("0002")}
    ranges = {(at, end, tag) for at, is_there, _, tag, end, new in cleaned.edits if is_there and not new}
    return paths, ranges


def follows(tag: int) -> bool:
    """Whether an element goes with others: private creators with their blocks."""
    return dictionary.is_private_creator(tag)


def assert_engine_walks(data: bytes, removers: dict[tuple[str, ...], Machine]) -> bool:
    """The stream engine meets what the walk yields, each time; or it leaves the file alone. Return whether it did."""
    did = False
    for vrs, linked in removers.items():
        for _ in range(TIMES):
            met = streamed(linked, data)
            if met is None:
                break
            seen = reachable(walked(opened(Window(InMemory(data)))), vrs)
            expected = {(one.path, op_of(one, vrs)) for one in seen}
            assert {one for one in met[0] if not follows(int(one[0][-8:], 16))} == expected
            gone = {(one.at, one.end, one.tag) for one in seen}
            # Group lengths go wherever something changes, by no op.
            group_lengths = {one for one in met[1] | gone if one[2] & 0xFFFF == 0}
            assert {one for one in met[1] if not follows(one[2])} - group_lengths == gone - group_lengths
            did = True
    return did


def reachable(seen: list[Seen], vrs: tuple[str, ...]) -> list[Seen]:
    """The elements that a program removes: without those within one that is removed, and private creators."""
    removed: list[Seen] = []
    for one in seen:
        if (removed and one.end <= removed[-1].end) or follows(one.tag):
            continue
        if op_of(one, vrs) is not None and (not one.has_items or one.vr in vrs or one.known in vrs):
            removed.append(one)
    return removed


REMOVERS = {LEAVES: remover(LEAVES), (*LEAVES, "UN"): remover((*LEAVES, "UN")), ("PN",): remover(("PN",))}
NOTHING = Machine.link(Program(FormatName.DICOM, (), Needs(), ()))


def assert_bytes_stay(data: bytes) -> None:
    """A program that touches nothing gives the data set of the input, group lengths at the top level aside."""
    for _ in range(TIMES):
        try:
            cleaned = NOTHING.run_on_bytes(InMemory(data), unread)
        except (Unsuited, NotWhole, Damaged):
            return
        if isinstance(cleaned, Refused):
            return
        file = opened(Window(InMemory(data)))
        top = elements(file.window, file.start, file.window.size, file.layout)
        group_lengths = [one for one in top if one.tag & 0xFFFF == 0]
        assert {(at, end, new) for at, _, _, _, end, new in cleaned.edits} == {
            (one.at, one.end, b"") for one in group_lengths
        }
        after = parts(Window(InMemory(cleaned.whole())))
        expected, at = b"", file.start
        for one in group_lengths:
            expected, at = expected + file.window[at : one.at], one.end
        expected += file.window[at : file.window.size]
        assert after.window[after.start : after.window.size].rstrip(b"\0") == expected.rstrip(b"\0")


def test_the_stream_engine_walks_real_files() -> None:
    """At least three of four files are for the stream engine, so that this says something."""
    did: Counter[bool] = Counter()
    for path in REAL:
        data = path.read_bytes()
        if not isinstance(read_bytes(data), ReadFault):
            did[assert_engine_walks(data, REMOVERS)] += 1
            assert_bytes_stay(data)
    assert did[True] > 3 * did[False]


@given(objects(), st.sampled_from(SYNTAXES), st.booleans())
def test_the_stream_engine_walks_drawn_objects(dataset, syntax, undefined: bool) -> None:
    """By machines that remember what earlier objects had."""
    try:
        data = in_file(dataset, syntax, undefined=undefined)
    except Exception:  # noqa: BLE001  # as above
        event("cannot be written")
        return
    event(f"streamed: {assert_engine_walks(data, REMOVERS)}")
    assert_bytes_stay(data)


@given(damaged_files(unnamed=True))
def test_the_stream_engine_walks_drawn_damaged_files(file: DamagedFile) -> None:
    note(str(file))
    event(f"streamed: {assert_engine_walks(file.data, REMOVERS)}")
    assert_bytes_stay(file.data)


def test_the_stream_engine_walks_damaged_files() -> None:
    """Each kind alone, by machines that remember the others."""
    did = 0
    for one in DAMAGED:
        data = alone(one).data
        try:
            did += assert_engine_walks(data, REMOVERS)
            assert_bytes_stay(data)
        except (AssertionError, Damaged, NotWhole) as failure:
            raise AssertionError(f"{one}: {failure!r}") from failure
    assert did > len(DAMAGED) // 4


# ---- what lists and labels read -----------------------------------------------------------------------------------

COLLECTOR = Plan(
    read_program(sealed(f'{PROGRAM}list 0 values "v"\n0000 collect 0 <- vr {" ".join(sorted(ALL_VRS))} min 1\n'))
)


def assert_survey_finds(data: bytes) -> bool:
    """A list of everything is filled from what the walk yields; return whether the stream engine fills it."""
    try:
        file = opened(Window(InMemory(data)))
        survey = Survey(file.window.twin())
        survey.data_set(file.start, file.layout, COLLECTOR.dataset)
    except (Unsuited, NotWhole, Damaged, Undecodable, BeyondLimit):
        return False
    found = [(element.path, element.vr, element.source.length) for element, _ in survey.found]
    assert found == [(one.path, one.vr, one.length) for one in walked(file) if not one.has_items]
    return True


def assert_top_level_is_found(data: bytes) -> bool:
    """Labels find the elements of the top level that the walk yields, and no others; return whether they find them."""
    try:
        file = opened(Window(InMemory(data)))
        seen = {one.tag: one for one in walked(file) if "." not in one.path}
        tags = sorted({tag + more for tag in seen for more in (0, 1)} - {0x00020000})
        top = OfBytes(file)
        found = {tag: top.find(tag) for tag in tags if tag >> 16 != 2}
    except (Unsuited, NotWhole, Damaged, BeyondLimit):
        return False
    assert {tag for tag, element in found.items() if element is not None} == {tag for tag in seen if tag >> 16 != 2}
    for tag, element in found.items():
        if element is not None:
            assert (element.vr, element.source.length) == (seen[tag].vr, seen[tag].length)
            stop = seen[tag].end - (8 if seen[tag].length == UNDEFINED else 0)
            assert element.source.value == file.window[element.source.value_tell : stop]
    return True


def test_lists_and_labels_read_real_files_as_the_walk_does() -> None:
    did: Counter[bool] = Counter()
    for path in REAL:
        data = path.read_bytes()
        if not isinstance(read_bytes(data), ReadFault):
            did[assert_survey_finds(data)] += 1
            did[assert_top_level_is_found(data)] += 1
    assert did[True] > 3 * did[False]


@given(objects(), st.sampled_from(SYNTAXES), st.booleans())
def test_lists_and_labels_read_drawn_objects_as_the_walk_does(dataset, syntax, undefined: bool) -> None:
    try:
        data = in_file(dataset, syntax, undefined=undefined)
    except Exception:  # noqa: BLE001  # as above
        event("cannot be written")
        return
    event(f"lists: {assert_survey_finds(data)}, labels: {assert_top_level_is_found(data)}")


@given(damaged_files(unnamed=True))
def test_lists_and_labels_read_drawn_damaged_files_as_the_walk_does(file: DamagedFile) -> None:
    note(str(file))
    event(f"lists: {assert_survey_finds(file.data)}, labels: {assert_top_level_is_found(file.data)}")


def test_lists_and_labels_read_damaged_files_as_the_walk_does() -> None:
    """Each kind alone."""
    did: Counter[bool] = Counter()
    for one in DAMAGED:
        data = alone(one).data
        try:
            did[assert_survey_finds(data)] += 1
            did[assert_top_level_is_found(data)] += 1
        except AssertionError as failure:
            raise AssertionError(f"{one}: {failure!r}") from failure
    assert did[True] > len(DAMAGED) // 2
