"""`has_burned_pixels` of deidc.compat and of deid 0.4.13 on the same objects: equal, or a named deviation."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from deidc import CompileError
from deidc.compat.config import DeidRecipe
from deidc.compat.dicom.pixels import has_burned_pixels
from tests.compat.pixels.labels import FILES, OVERLAY, ULTRASOUNDS, labels
from tests.deid.apart import answers_of
from tests.deid.objects import load

HEAD = "FORMAT dicom\n\n"
Task = tuple[Path, Sequence[object], str]


def answers_of_deid(tasks: Sequence[Task]) -> list[dict]:
    lines = ({"file": str(path), "overlay": overlay, "recipe": recipe} for path, overlay, recipe in tasks)
    return answers_of("tests.compat.pixels.worker", lines)


@pytest.fixture(scope="module")
def theirs() -> Callable[[Task], dict]:
    """What deid says of all objects of this page, from one process, which takes its time to begin."""
    tasks = [*DRAWN_TASKS, *REGION_TASKS, BLANKED, *(apart_task(row[1]) for row in APART)]
    answers = answers_of_deid(tasks)
    return lambda task: answers[tasks.index(task)]


def answer_of_deidc(task: Task, folder: Path) -> dict:
    path, overlay, recipe = task
    written = folder / "deid.labels"
    written.write_text(recipe, encoding="utf-8")
    return has_burned_pixels(load(path, overlay), deid=DeidRecipe(str(written)))


def by_group(result: dict) -> dict[str, dict]:
    found = {one["group"]: one for one in result["results"]}
    assert len(found) == len(result["results"])
    return found


DRAWN = tuple(labels(400))
DRAWN_TASKS: list[Task] = [(path, OVERLAY, HEAD + "".join(label.text for label in DRAWN)) for path in FILES.values()]


def test_results_are_equal_or_the_difference_has_a_name(theirs, tmp_path):
    """A label fires in both, for the same reason and regions, unless it has in it what deid reads otherwise."""
    plain: Counter[bool] = Counter()
    shown: set[str] = set()
    for task in DRAWN_TASKS:
        answer = theirs(task)["result"]
        ours, deids = by_group(answer_of_deidc(task, tmp_path)), by_group(answer)
        for label in DRAWN:
            here, there = ours.get(label.group), deids.get(label.group)
            if here != there:
                assert label.deviations, f"{task[0].name}\n{label.text}\ndeidc {here}\ndeid {there}"
                shown |= label.deviations if len(label.deviations) == 1 else set()
            elif not label.deviations:
                plain[here is not None] += 1
    assert shown == {name for label in DRAWN for name in label.deviations}, "a deviation that never shows is none"
    assert plain[True] > 100
    assert plain[False] > 100


REGIONS = (
    "coordinates 0,0,1024,60",
    "ctpcoordinates 10,20,30,40",
    "ctpkeepcoordinates 10,20,30,40",
    "coordinates all",
    "keepcoordinates all",
    "keepcoordinates from:SequenceOfUltrasoundRegions",
    "coordinates all\n  keepcoordinates from:SequenceOfUltrasoundRegions\n  coordinates 1,1,2,2",
)
REAL = ("GREYSCALE_IMAGE.dcm", "RGB_IMAGE.dcm")


REGION_TASKS: list[Task] = [
    (ULTRASOUNDS / name, (), f"{HEAD}%filter graylist\n\nLABEL Device\n  equals Modality US\n  {region}\n")
    for name in REAL
    for region in REGIONS
]


@pytest.mark.parametrize("task", REGION_TASKS, ids=[f"{name}-{at}" for name in REAL for at in range(len(REGIONS))])
def test_regions_of_real_ultrasound_images_are_those_of_deid(task, theirs, tmp_path):
    """Every form of region is told as deid tells it."""
    result = answer_of_deidc(task, tmp_path)
    assert result == theirs(task)["result"]
    assert result["flagged"] is True


DEVICE = "%filter graylist\n\nLABEL Device\n  equals Modality US\n  coordinates from:SequenceOfUltrasoundRegions\n"
BLANKED: Task = (ULTRASOUNDS / REAL[0], (), HEAD + DEVICE)


def test_the_last_row_and_column_of_a_region_are_blanked(theirs, tmp_path):
    """The corners of a region belong to it; deid leaves the last row and column of what is to be blanked."""
    ((_, deids),) = theirs(BLANKED)["result"]["results"][0]["coordinates"]
    ((_, ours),) = answer_of_deidc(BLANKED, tmp_path)["results"][0]["coordinates"]
    assert len(ours) == len(deids) > 0
    for here, there in zip(ours, deids, strict=True):
        x0, y0, x1, y1 = map(int, there.split(","))
        assert here == f"{x0},{y0},{x1 + 1},{y1 + 1}"


# name of the row in docs/compat.md, label, what deid says, what deidc says: whether it is flagged, or an error
APART = (
    ("a label without criteria", "LABEL Mask\n  coordinates 0,0,9,9\n", "UnboundLocalError", True),
    ("a label of nothing", "LABEL Nothing\n", "UnboundLocalError", True),
    ("remarks", "LABEL a\n  contains Modality US # ultrasound\n", False, True),
    ("blanks", "LABEL a\n  contains  Modality  US\n", False, True),
    ("unknown attributes", "LABEL a\n  contains Modalety US\n", False, "CompileError"),
    ("unknown operators", "LABEL a\n  equals Modality US\n  contain Rows 1\n", True, "CompileError"),
    ("coordinates that are none", "LABEL a\n  equals Modality US\n  coordinates 0,0,9\n", True, "CompileError"),
    ("coordinates the wrong way round", "LABEL a\n  equals Modality US\n  coordinates 9,9,0,0\n", True, "CompileError"),
    ("misspelt coordinates", "LABEL a\n  equals Modality US\n  coordinate 0,0,9,9\n", True, "CompileError"),
    ("attributes in items", "LABEL a\n  present SequenceOfUltrasoundRegions__RegionDataType\n", False, True),
)


def apart_task(label: str) -> Task:
    return (ULTRASOUNDS / REAL[0], (), f"{HEAD}%filter graylist\n\n{label}")


@pytest.mark.parametrize(("label", "deids", "ours"), [row[1:] for row in APART], ids=[row[0] for row in APART])
def test_what_deid_says_nothing_of(label, deids, ours, theirs, tmp_path):
    """What deid passes over in silence is done or refused, before the first object."""
    task = apart_task(label)
    answer = theirs(task)
    assert answer.get("error", answer.get("result", {}).get("flagged")) == deids
    if isinstance(ours, str):
        with pytest.raises(CompileError):
            answer_of_deidc(task, tmp_path)
    else:
        assert answer_of_deidc(task, tmp_path)["flagged"] is ours
