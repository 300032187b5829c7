"""Regions of labels: what a line of coordinates comes to for one object."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from deidc import Cleaned
from deidc.dicom.window import InMemory
from deidc.ir.ops import Rectangle, WholeImage
from deidc.runtime.outcome import Region
from tests.running import dataset_of, fault_codes, file_dataset, machine_for, run, written

CORNERS = ("RegionLocationMinX0", "RegionLocationMinY0", "RegionLocationMaxX1", "RegionLocationMaxY1")


def regions_item(*corners: int) -> Dataset:
    return dataset_of(dict(zip(CORNERS, corners, strict=False)))


def ultrasound(*items: Dataset) -> Dataset:
    return dataset_of(Modality="US", Rows=600, SequenceOfUltrasoundRegions=Sequence(items))


def recipe_of(*lines: str) -> str:
    return "FORMAT dicom\n\n%filter graylist\n\nLABEL it\n" + "".join(f"  {line}\n" for line in lines)


def found(dataset: Dataset, *lines: str) -> tuple[Region, ...]:
    outcome = run(recipe_of(*lines), dataset)
    assert isinstance(outcome, Cleaned), outcome
    (flag,) = outcome.flags
    return flag.regions


def blank(*shapes: Rectangle | WholeImage) -> Region:
    return Region(False, shapes)


def kept(*shapes: Rectangle | WholeImage) -> Region:
    return Region(True, shapes)


def test_a_region_for_each_line_in_order():
    """Rectangles are as written, those of CTP are turned from sizes into corners, and the order is kept."""
    lines = ("coordinates all", "keepcoordinates 1,2,3,4", "ctpcoordinates 10,20,5,6", "ctpkeepcoordinates 1,1,1,1")
    assert found(ultrasound(), *lines) == (
        blank(WholeImage()),
        kept(Rectangle(1, 2, 3, 4)),
        blank(Rectangle(10, 20, 15, 26)),
        kept(Rectangle(1, 1, 2, 2)),
    )


@given(st.lists(st.tuples(*[st.integers(0, 4000)] * 4), max_size=4))
def test_a_rectangle_for_each_item_with_its_last_row_and_column(corners):
    """The corners of an item are pixels of its region (PS3.3 C.8.5.5), so the rectangle ends behind them."""
    items = [(min(a, c), min(b, d), max(a, c), max(b, d)) for a, b, c, d in corners]
    wanted = tuple(Rectangle(x0, y0, x1 + 1, y1 + 1) for x0, y0, x1, y1 in items)
    dataset = ultrasound(*(regions_item(*item) for item in items))
    lines = ("equals Modality US", "coordinates from:SequenceOfUltrasoundRegions")
    assert found(dataset, *lines) == (blank(*wanted),)
    assert found(file_dataset(dataset), *lines) == (blank(*wanted),)


def test_regions_are_those_of_each_object():
    """A machine that has seen one object takes the regions of the next from the next (deid keeps the first's)."""
    machine = machine_for(recipe_of("equals Modality US", "coordinates from:SequenceOfUltrasoundRegions"))
    for item in ((0, 0, 9, 9), (5, 6, 7, 8), (0, 0, 9, 9)):
        outcome = machine.run(ultrasound(regions_item(*item)))
        x0, y0, x1, y1 = item
        assert outcome.flags[0].regions == (blank(Rectangle(x0, y0, x1 + 1, y1 + 1)),)


def test_an_object_without_the_sequence_has_no_regions():
    """Nothing is blanked, and nothing kept, where the object tells of no region."""
    lines = ("coordinates from:SequenceOfUltrasoundRegions", "keepcoordinates from:SequenceOfUltrasoundRegions")
    for dataset in (dataset_of(Modality="US"), ultrasound(), ultrasound(dataset_of(RegionDataType=1))):
        assert found(dataset, *lines) == (blank(), kept())


def test_a_bare_sequence_is_that_at_the_top():
    """`from:` with a keyword asks the top level, and with a path the items it leads to."""
    inner = Sequence([regions_item(1, 1, 2, 2)])
    dataset = dataset_of(SourceImageSequence=Sequence([dataset_of(SequenceOfUltrasoundRegions=inner)]))
    assert found(dataset, "coordinates from:SequenceOfUltrasoundRegions") == (blank(),)
    nested = "coordinates from:SourceImageSequence__SequenceOfUltrasoundRegions"
    assert found(dataset, nested) == (blank(Rectangle(1, 1, 3, 3)),)


def text_corner(text: str) -> Dataset:
    item = regions_item(0, 0, 9, 9)
    item["RegionLocationMaxX1"] = DataElement("RegionLocationMaxX1", "LO", text)
    return item


UNREADABLE = {
    "a corner is missing": regions_item(0, 0, 9),
    "columns are in the wrong order": regions_item(9, 0, 0, 9),
    "rows are in the wrong order": regions_item(0, 9, 9, 0),
    "a corner is empty": dataset_of(dict.fromkeys(CORNERS, None)),
    "a corner is no number": text_corner("nine"),
    "a corner is two numbers": text_corner("9\\9"),
    "a corner is negative": text_corner("-9"),
}


@pytest.mark.parametrize("item", UNREADABLE.values(), ids=UNREADABLE)
def test_what_is_to_be_blanked_and_cannot_be_read_refuses_the_object(item):
    """A region that nobody can find is not blanked, so the object is refused; nor is it kept, which is no fault."""
    dataset = file_dataset(ultrasound(regions_item(0, 0, 1, 1), item))
    assert fault_codes(run(recipe_of("coordinates from:SequenceOfUltrasoundRegions"), dataset)) == ["DC970"]
    lines = ("coordinates all", "keepcoordinates from:SequenceOfUltrasoundRegions")
    assert found(dataset, *lines) == (blank(WholeImage()), kept(Rectangle(0, 0, 2, 2)))


def test_what_is_no_sequence_holds_no_regions():
    """A sequence whose bytes are none refuses the object, if what it names is to be blanked."""
    dataset = dataset_of(Modality="US")
    dataset.add_new(0x00091001, "UN", b"12345678")
    assert fault_codes(run(recipe_of("coordinates from:(0009,1001)"), dataset)) == ["DC970"]
    assert found(dataset, "coordinates all", "keepcoordinates from:(0009,1001)") == (blank(WholeImage()), kept())


@pytest.mark.parametrize("seen_before", [False, True])
def test_both_engines_find_the_same_regions(seen_before):
    """The stream engine, which remembers which labels fired, asks each object for its regions."""
    machine = machine_for(
        recipe_of("equals Modality US", "coordinates 0,0,4,4", "keepcoordinates from:SequenceOfUltrasoundRegions")
    )
    if seen_before:
        machine.run_on_bytes(InMemory(written(file_dataset(ultrasound(regions_item(0, 0, 700, 70))))), Dataset)
    dataset = file_dataset(ultrasound(regions_item(0, 0, 1, 1), regions_item(7, 7, 9, 8)))
    wanted = (blank(Rectangle(0, 0, 4, 4)), kept(Rectangle(0, 0, 2, 2), Rectangle(7, 7, 10, 9)))
    streamed = machine.run_on_bytes(InMemory(written(dataset)), lambda: dataset)
    assert streamed.flags == machine.run(dataset).flags
    assert streamed.flags[0].regions == wanted
