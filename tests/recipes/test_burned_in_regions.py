"""The catalogue of regions by device: every label can fire, fits its image, and stands for rows of its source.

`burned_in_regions.csv` has criteria and coordinates of the 119 regions that the recipes of deid 0.4.13 know (many came
to deid from CTP), and for each the label that stands for it, or why there is none. What was changed is told in
docs/burned-in-regions.md, too.
"""

from __future__ import annotations

import csv
import re
from functools import cache
from pathlib import Path

import deid_data
import pytest
from attrs import evolve, frozen
from pydicom import dcmread
from pydicom.data import get_testdata_file

from deidc import Detector, compile_recipe
from deidc.ir import ops
from deidc.runtime.labels.detector import Finding
from deidc.vocabulary import Comparison, Join
from tests.recipes import devices
from tests.recipes.test_recipes import source_of

ROOT = Path(__file__).parents[2]
PARTS = sorted(
    path.stem
    for path in (ROOT / "recipes" / "parts").glob("burned-in-*.deid")
    if "%include" not in path.read_text(encoding="utf-8")
)
OTHER_WIDTHS = ", other widths"
WIDEST = 65535  # what Columns can hold


@frozen
class Row:
    """A region of the source, and what stands for it."""

    row: str
    criteria: str
    kind: str
    coordinates: str
    recipe: str
    labels: str
    change: str
    rectangle: str
    reason: str

    @property
    def box(self) -> tuple[int, ...]:
        """The rectangle that is to be in the recipe, corner to corner."""
        if self.rectangle:
            return tuple(map(int, self.rectangle.split(",")))
        x, y, a, b = map(int, self.coordinates.split(","))
        return (x, y, x + a, y + b) if self.kind == "ctpcoordinates" else (x, y, a, b)

    @property
    def tests(self) -> list[tuple[str, str, str]]:
        """Operator, attribute and value of each criterion."""
        return [
            (operator, keyword, value)
            for operator, keyword, value in (one.split(" ", 2) for one in re.split(r" \+ | \|\| ", self.criteria))
        ]


@cache
def rows() -> tuple[Row, ...]:
    with (Path(__file__).parent / "burned_in_regions.csv").open(encoding="utf-8", newline="") as file:
        return tuple(Row(**row) for row in csv.DictReader(file))


@cache
def detector() -> Detector:
    return Detector.of(compile_recipe(source_of("parts/burned-in")))


MARKS = {mark.label: mark for _, mark in detector().marks}
BOXES = {
    label: [(mask.region.x0, mask.region.y0, mask.region.x1, mask.region.y1) for mask in mark.masks]
    for label, mark in MARKS.items()
}


def criteria_of(mark: ops.Mark) -> tuple[ops.Test, ...]:
    return tuple(test for line in mark.lines for test in line.tests)


def asked(mark: ops.Mark, keyword: str, how: Comparison) -> str | None:
    """Return the text with which a label compares an attribute so."""
    tests = [test for test in criteria_of(mark) if devices.attribute(test) == keyword and test.that.how is how]
    return tests[0].that.text if tests else None


def fired(values: dict[str, tuple[str, ...]]) -> set[str]:
    found = detector().detect(devices.object_of(values))
    assert isinstance(found, tuple)
    assert all(isinstance(one, Finding) for one in found)
    return {one.label for one in found}


def as_wide_as_the_image(box: tuple[int, ...], label: str) -> tuple[int, ...]:
    """Return a band from edge to edge: what begins at the left and is as wide as an image, if no width is asked for."""
    x0, y0, x1, y1 = box
    is_asked = any(devices.attribute(test) == "Columns" for test in criteria_of(MARKS[label]))
    return (0, y0, WIDEST, y1) if x0 == 0 and x1 >= 512 and not is_asked else box


def inside(inner: tuple[int, ...], outer: tuple[int, ...]) -> bool:
    return inner[0] >= outer[0] and inner[1] >= outer[1] and inner[2] <= outer[2] and inner[3] <= outer[3]


# ---- labels ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("label", MARKS)
def test_a_label_fires_as_its_criteria_say(label: str):
    """An object made from the criteria fires the label, and with a criterion turned only if an alternative holds."""
    mark = MARKS[label]
    tests = criteria_of(mark)
    for truths, expected in devices.cases(mark):
        values = devices.values_for(tests, truths)
        assert values is not None, truths
        assert (label in fired(values)) == expected, values


@pytest.mark.parametrize("label", MARKS)
def test_a_label_does_not_fire_for_an_object_that_lacks_what_it_asks(label: str):
    """Without an attribute that no alternative spares, nothing is known of the device."""
    mark = MARKS[label]
    truths, expected = next(devices.cases(mark))
    assert expected
    values = devices.values_for(criteria_of(mark), truths)
    plain = [line.tests for line in mark.lines if all(test.joint is Join.AND for test in line.tests)]
    for test in (test for tests in plain for test in tests if not test.that.how.value.startswith("not")):
        assert label not in fired({**values, devices.attribute(test): ()})


def test_the_catalogue_is_all_parts():
    """What includes all parts leaves none out, and no two labels have one name."""
    labels = [mark.label for part in PARTS for _, mark in Detector.of(compile_recipe(source_of(f"parts/{part}"))).marks]
    assert sorted(labels) == sorted(mark.label for _, mark in detector().marks)
    assert len(labels) == len(MARKS) > 80


def test_regions_are_known_in_one_group_and_not_in_the_other():
    """Labels of the graylist blank something; those of the blacklist know no region."""
    assert {mark.group for mark in MARKS.values()} == {"graylist", "blacklist"}
    assert all(bool(mark.masks) == (mark.group == "graylist") for mark in MARKS.values())
    assert not any(mask.keep for mark in MARKS.values() for mask in mark.masks)


@pytest.mark.parametrize("label", [label for label, boxes in BOXES.items() if boxes])
def test_rectangles_are_inside_the_image(label: str):
    """A rectangle has pixels, and ends where the image ends if the criteria say where that is."""
    rows, columns = (asked(MARKS[label], side, Comparison.EQUALS) for side in ("Rows", "Columns"))
    for x0, y0, x1, y1 in BOXES[label]:
        assert 0 <= x0 < x1 <= int(columns or WIDEST)
        assert 0 <= y0 < y1 <= int(rows or y1)


def test_a_criterion_on_width_lets_pass_what_the_band_covers():
    """A pattern for columns fits the numbers from 1 to the width of the region, and no other."""
    patterns = {
        label: text for label in BOXES if BOXES[label] and (text := asked(MARKS[label], "Columns", Comparison.CONTAINS))
    }
    assert len(patterns) == 3
    for label, pattern in patterns.items():
        ((_, _, width, _),) = BOXES[label]
        assert [one for one in range(5000) if re.search(pattern, str(one))] == list(range(1, width + 1))


def test_what_has_another_width_is_held_back():
    """Where a width is asked for that the source does not ask for, a label of the blacklist takes all others."""
    opposite = {Comparison.EQUALS: Comparison.NOTEQUALS, Comparison.CONTAINS: Comparison.NOTCONTAINS}
    pairs = {label: label.removesuffix(OTHER_WIDTHS) for label in MARKS if label.endswith(OTHER_WIDTHS)}
    for other, label in pairs.items():
        *same, width = criteria_of(MARKS[label])
        assert devices.attribute(width) == "Columns"
        turned = evolve(width, that=evolve(width.that, how=opposite[width.that.how]))
        assert criteria_of(MARKS[other]) == (*same, turned)
        assert MARKS[other].group == "blacklist"
    told = {label for row in rows() if "held back" in row.reason for label in row.labels.split("|")}
    assert told == set(pairs.values())


def test_no_label_is_overshadowed():
    """No label blanks only what another one blanks for all objects that fit it."""
    plain = {
        label: set(criteria_of(mark))
        for label, mark in MARKS.items()
        if mark.masks and all(test.joint is Join.AND for test in criteria_of(mark))
    }
    for label, tests in plain.items():
        for other, more in plain.items():
            if label != other and tests <= more:
                assert not all(any(inside(box, wide) for wide in BOXES[label]) for box in BOXES[other]), (other, label)


# ---- the source -----------------------------------------------------------------------------------------


def test_every_row_is_accounted_for():
    """Each row has labels where it says, or a reason for having none; changes have reasons, and nothing else has."""
    assert [row.row for row in rows()] == [str(number) for number in range(1, 120)]
    for row in rows():
        assert row.change in ("same", "merged", "corrected", "omitted")
        assert bool(row.reason) == (row.change != "same")
        assert bool(row.labels) == (row.change != "omitted")
        if row.labels:
            text = source_of(row.recipe).text
            assert all(f"\nLABEL {label}\n" in text for label in row.labels.split("|"))


def test_rectangles_are_those_of_the_source():
    """A label has the rectangle of each row, bands up to the right edge; a merged row may lie in a larger one."""
    known: dict[str, set[tuple[int, ...]]] = {label: set() for label, boxes in BOXES.items() if boxes}
    for row in rows():
        assert not row.rectangle or row.change == "corrected"
        for label in filter(None, row.labels.split("|")):
            if row.change == "merged":
                assert any(inside(row.box, box) for box in BOXES[label])
            else:
                known[label].add(as_wide_as_the_image(row.box, label))
    assert {label: sorted(boxes) for label, boxes in known.items()} == {
        label: sorted(boxes) for label, boxes in BOXES.items() if boxes
    }


@pytest.mark.parametrize("row", [row for row in rows() if row.change in ("same", "merged")], ids=lambda row: row.row)
def test_what_the_source_means_fires_its_label(row: Row):
    """An object with the very words of the criteria, of alternatives the first, fires the label that has the row."""
    values = {}
    for _, keyword, text in row.tests:
        values[keyword] = (text.split("|")[0],)
    assert row.labels in fired(values)


@pytest.mark.parametrize("row", [row for row in rows() if row.change == "same"], ids=lambda row: row.row)
def test_what_fires_a_label_is_what_the_source_means(row: Row):
    """An object made from the criteria of a label satisfies those of its rows, if they are not corrected."""
    mark = MARKS[row.labels]
    values = devices.values_for(criteria_of(mark), (True,) * len(criteria_of(mark)))
    for operator, keyword, text in row.tests:
        assert devices.compares(operator, text, values[keyword]), keyword


def test_the_page_tells_what_was_changed():
    """The page counts the labels with regions, and has every row that is not as in the source, with the reason."""
    page = (ROOT / "docs" / "burned-in-regions.md").read_text(encoding="utf-8")
    assert f" {sum(map(bool, BOXES.values()))} kinds of images " in page
    told = re.findall(r"^\| ([0-9, ]+) \| (.*) \| (merged|corrected|omitted) \| (.*) \|$", page, re.MULTILINE)
    found = {number: tuple(rest) for numbers, *rest in told for number in numbers.split(", ")}
    assert found == {
        row.row: (row.labels.replace("|", "; ") or "none", row.change, row.reason)
        for row in rows()
        if row.change != "same"
    }


# ---- real images ----------------------------------------------------------------------------------------

ULTRASOUNDS = Path(deid_data.__file__).parent / "data" / "ultrasounds"


@pytest.mark.parametrize(
    ("path", "label", "text"),
    [
        (ULTRASOUNDS / "GREYSCALE_IMAGE.dcm", "Philips EPIQ of 768 rows", (5, 3, 1012, 23)),
        (ULTRASOUNDS / "RGB_IMAGE.dcm", "Siemens ACUSON S2000 of 1024 by 768", (3, 5, 885, 56)),
        (get_testdata_file("OBXXXX1A.dcm"), "Philips CX50, 800 columns", (8, 7, 784, 53)),
    ],
    ids=["EPIQ", "S2000", "CX50"],
)
def test_the_banner_of_a_real_image_is_covered(path, label, text):
    """Names, numbers, dates and places, where somebody saw them in the picture, are in the region of the only label."""
    image = dcmread(path)
    (found,) = detector().detect(image)
    assert found.label == label
    x0, y0, x1, y1 = text
    assert len(set(image.pixel_array[y0:y1, x0:x1].ravel().tolist())) > 1
    ((left, top, right, bottom),) = BOXES[label]
    assert left <= x0 < x1 <= right
    assert top <= y0 < y1 <= bottom


@pytest.mark.parametrize("name", ["CT_small.dcm", "MR_small.dcm", "examples_rgb_color.dcm", "JPEG2000.dcm"])
def test_other_images_are_left_alone(name):
    """No label fires for images of devices and kinds that the catalogue does not know."""
    assert detector().detect(dcmread(get_testdata_file(name))) == ()
