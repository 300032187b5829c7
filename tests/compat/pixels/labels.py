"""Labels put together at random, the same in every run, with what in them deid and deidc read differently."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import deid_data
from attrs import frozen

from tests.deid.cases import file

ULTRASOUNDS = Path(deid_data.__file__).parent / "data" / "ultrasounds"
FILES = {
    "CT_small.dcm": file("CT_small.dcm"),
    "ctbrain1.dcm": file("ctbrain1.dcm"),
    "rtplan.dcm": file("rtplan.dcm"),
    "GREYSCALE_IMAGE.dcm": ULTRASOUNDS / "GREYSCALE_IMAGE.dcm",
}
# Put into each object: numbers that are zero or empty, several values, text with letters and digits.
OVERLAY = (
    ("00280103", "US", 0), ("00101030", "DS", None), ("00080008", "CS", ["ORIGINAL", "SECONDARY", "SCREEN SAVE"]),
    ("00104000", "LT", "Dose 12 of 17"), ("00280301", "CS", "YES"), ("00081030", "LO", ""),
)  # fmt: skip

SINGLE = (
    "Modality",
    "Manufacturer",
    "PatientComments",
    "BurnedInAnnotation",
    "Rows",
    "SOPClassUID",
    "StudyDescription",
)
VALUES = ("CT", "us", "CT|US", "ge", "^GE", "S$", "YES", "512", "768", "17", "of 1[0-9]", "1.2", "dose", ".", "X")
TEXTUAL = ("contains", "contains", "notcontains", "equals", "notequals")
ASKING = ("missing", "present", "empty")


@frozen
class Criterion:
    """A criterion, and the name of what deid makes of it otherwise, if there is such a thing."""

    text: str
    valued: bool
    deviation: str | None = None


@frozen
class Label:
    """A label in a group of its own, with the names of deviations that may show."""

    group: str
    text: str
    deviations: frozenset[str]


def _criterion(dice: random.Random) -> Criterion:
    if dice.random() < 0.3:
        field = dice.choice((*SINGLE, "PatientName", "InstanceCreatorUID", "ImageType"))
        return Criterion(f"{dice.choice(ASKING)} {field}", valued=False)
    return Criterion(f"{dice.choice(TEXTUAL)} {dice.choice(SINGLE)} {dice.choice(VALUES)}", valued=True)


def _odd_criterion(dice: random.Random) -> Criterion:
    operator = dice.choice(TEXTUAL)
    choices = (
        Criterion(f"{operator} ImageType {dice.choice(('SECONDARY', '^SECONDARY', 'ORIGINAL$'))}", True, "any-value"),
        Criterion(f"{dice.choice(ASKING)} PixelRepresentation", False, "zero-is-a-value"),
        Criterion(f"{dice.choice(ASKING)} PatientWeight", False, "zero-is-a-value"),
        Criterion(f"{operator} TransferSyntaxUID 1.2", True, "more-can-be-asked"),
        Criterion(
            f"present {dice.choice(('TransferSyntaxUID', '(0008,0060)', '00080060'))}", False, "more-can-be-asked"
        ),
        Criterion(f"{operator} 0x00080060 {dice.choice(('CT', 'us', 'Modality'))}", True, "tags-ask-for-values"),
        Criterion(r"contains PatientComments \D{4} \d\d \D", True, "letters-of-classes"),
    )
    return dice.choice(choices)


def _line(dice: random.Random, found: set[str]) -> str:
    criteria = [_odd_criterion(dice) if dice.random() < 0.12 else _criterion(dice) for _ in range(dice.randint(1, 3))]
    found.update(one.deviation for one in criteria if one.deviation)
    valued = [one.valued for one in criteria]
    if valued != sorted(valued, reverse=True):
        found.add("values-in-their-places")
    text = criteria[0].text
    for one in criteria[1:]:
        text += f" {dice.choice(('+', '||'))} {one.text}"
    return text


def labels(count: int, seed: int = 20260401) -> Iterator[Label]:
    """Yield as many labels as are asked for."""
    dice = random.Random(seed)
    for number in range(count):
        found: set[str] = set()
        if number % 5:
            lines = [_line(dice, found)]
        else:
            alone = _odd_criterion(dice)
            found.update({alone.deviation} if alone.deviation else ())
            lines = [alone.text]
        for _ in range(dice.choice((0, 0, 1, 2)) if number % 5 else 0):
            joint = dice.choice(("", "+ ", "+ ", "|| "))
            if joint == "|| ":
                found.add("or-lines")
            lines.append(joint + _line(dice, found))
        if dice.random() < 0.3:
            lines.extend(dice.sample(("coordinates 0,0,20,20", "keepcoordinates 1,1,5,5", "ctpcoordinates 4,4,2,3"), 2))
        name = f"g{number}"
        body = "".join(f"  {line}\n" for line in lines)
        yield Label(name, f"%filter {name}\n\nLABEL {name}\n{body}\n", frozenset(found))
