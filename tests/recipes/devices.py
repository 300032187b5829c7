"""Objects made from the criteria of a label: what fits each criterion, what does not, and what is left out.

The values are ones that such devices write, as far as public files and conformance statements show them. Which of them
satisfies a criterion is decided here anew, and not by the code under test.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import product

from pydicom.datadict import dictionary_VR, keyword_for_tag
from pydicom.dataset import Dataset, FileMetaDataset

from deidc.ir import ops
from deidc.vocabulary import Join

Truths = tuple[bool, ...]

_TEXTS: dict[str, tuple[str, ...]] = {
    "Modality": ("CT", "MR", "NM", "PT", "CR", "DX", "US", "OT", "OCT", "IVUS"),
    "Manufacturer": (
        "GE MEDICAL SYSTEMS", "GE Healthcare", "SIEMENS", "Philips Medical Systems", "TOSHIBA", "Vital Images, Inc",
        "ADAC", "Canon Inc.", "ACUSON", "ATL", "Kretztechnik", "ZONARE", "SuperSonic Imagine SA", "SENO", "ESAOTE",
        "MEDISON", "SAMSUNG MEDISON CO., LTD.", "Hitachi Medical Corporation", "Mindray", "SIUI", "Chison",
        "Ultrasonix Medical Corporation", "Agfa-Gevaert",
    ),
    "ManufacturerModelName": (
        "LightSpeed VCT", "SOMATOM Definition AS+", "Aquilion ONE", "GEMINI TF", "CXDI", "LOGIQ9", "LOGIQE9", "V830",
        "LOGIQE", "LOGIQP6", "LOGIQ S6", "LOGIQS7", "LOGIQS8", "LOGIQ7", "Voluson P8", "Voluson S6", "Voluson S10",
        "V730", "iU22", "Affiniti 70G", "ClearVue 650", "EPIQ 7G", "CX50", "HDI4000", "HDI 5000", "S2000", "S3000",
        "ACUSON NX3", "ACUSON X150", "ACUSON SC2000", "Antares", "SONOLINE G40", "SEQUOIA", "TUS-A400", "TUS-A300",
        "TUS-A500", "Z_ONE", "ZS3", "Aixplorer", "6100", "6150", "Accuvix V20", "SonoAce R7", "UGEO H60",
        "HI VISION Avius", "HI VISION Preirus", "ProSound F75", "M6", "M7", "M9", "Z5", "DC-8 PRO", "q9-new", "SONIX",
        "CTS-8800", "Discovery CT750 HD",
    ),
    "SeriesDescription": (
        "Dose Report", "LOW DOSE CHEST", "Localizers", "AW electronic film", "AVA Report", "Enhancement", "3D",
        "AAA Report", "MEDRAD Injection", "Axial",
    ),
    "BurnedInAnnotation": ("YES", "NO"),
    "CommentsOnRadiationDose": ("TotalDLP=550", "none"),
    "ProtocolName": ("DUAL DETECTORS", "WHOLE BODY"),
    "ImplementationVersionName": ("MINDRAY_DCM", "OFFIS_DCMTK_360"),
    "OverlayDescription": ("Siemens MedCom Object Graphics", "Shutter"),
    "WindowWidth": ("1", "1.0", "400", "10"),
    "ExposureDoseSequence": ("IEC Body Dosimetry Phantom", "IEC Head Dosimetry Phantom"),
    "CTDIPhantomTypeCodeSequence": ("IEC Body Dosimetry Phantom", "IEC Head Dosimetry Phantom"),
}  # fmt: skip
_IMAGE_TYPES = (
    ("ORIGINAL", "PRIMARY", "AXIAL"),
    ("ORIGINAL", "PRIMARY", "LOCALIZER"),
    ("DERIVED", "SECONDARY", "SCREEN SAVE"),
    ("DERIVED", "SECONDARY", "REFORMATTED"),
    ("DERIVED", "SECONDARY", "OTHER"),
    ("DERIVED", "SECONDARY", "VOLREN"),
    ("DERIVED", "SECONDARY", "DOSE"),
)
# Rows and columns, 4096 being more than any screen has.
_SIDES = tuple(
    (side,)
    for side in """
    245 373 445 446 476 480 492 493 512 555 568 600 608 614 632 640 720 727 743 750 768 800 804 819 825 832 852 860
    865 873 882 900 903 910 960 989 1024 1041 1050 1056 1058 1077 1400 1920 2592 4096
    """.split()  # noqa: SIM905  # fifty numbers in a column would hide the rest
)


def attribute(test: ops.Test) -> str:
    """Return the keyword of the attribute at the top that a criterion of the catalogue is about."""
    assert isinstance(test.at, ops.AtPath)
    (step,) = test.at.steps
    assert isinstance(step.at, ops.Tagged)
    return keyword_for_tag(int(step.at.pattern.replace("X", "0"), 16))


def satisfied(test: ops.Test, values: tuple[str, ...]) -> bool:
    """Whether an attribute with these values, or without any, satisfies a criterion."""
    assert isinstance(test.that, ops.Compared)
    return compares(test.that.how.value, test.that.text, values)


def compares(operator: str, text: str, values: tuple[str, ...]) -> bool:
    """Whether one of some values compares so; `not` before an operator turns the answer around."""
    if operator.startswith("not"):
        return not compares(operator[3:], text, values)
    if operator == "equals":
        return any(value.lower() == text.lower() for value in values)
    assert operator == "contains"
    return any(re.search(text, value, re.IGNORECASE) for value in values)


def candidates(keyword: str) -> Iterator[tuple[str, ...]]:
    """Yield values that an attribute may have; the last is that it is not there."""
    if keyword == "ImageType":
        yield from _IMAGE_TYPES
    elif keyword in ("Rows", "Columns"):
        yield from _SIDES
    else:
        yield from ((text,) for text in _TEXTS[keyword])
    yield ()


def values_for(tests: tuple[ops.Test, ...], truths: Truths) -> Mapping[str, tuple[str, ...]] | None:
    """Return values with which each criterion is as true as is asked, or None if no values do that."""
    found = {}
    for keyword in dict.fromkeys(map(attribute, tests)):
        asked = [(test, truth) for test, truth in zip(tests, truths, strict=True) if attribute(test) == keyword]
        fitting = (
            values for values in candidates(keyword) if all(satisfied(test, values) == truth for test, truth in asked)
        )
        values = next(fitting, None)
        if values is None:
            return None
        found[keyword] = values
    return found


def object_of(values: Mapping[str, tuple[str, ...]]) -> Dataset:
    """Return an object with these values; what is a sequence gets the code in an item of an item."""
    dataset = Dataset()
    dataset.file_meta = FileMetaDataset()
    for keyword, texts in values.items():
        if not texts:
            continue
        if keyword == "ImplementationVersionName":
            dataset.file_meta.ImplementationVersionName = texts[0]
        elif keyword == "OverlayDescription":
            dataset.add_new(0x60020022, "LO", texts[0])
        elif keyword.endswith("Sequence"):
            code, item = Dataset(), Dataset()
            code.CodeMeaning = texts[0]
            item.CTDIPhantomTypeCodeSequence = [code]
            setattr(dataset, keyword, [item] if keyword == "ExposureDoseSequence" else [code])
        elif dictionary_VR(keyword) == "US":
            setattr(dataset, keyword, int(texts[0]))
        else:
            setattr(dataset, keyword, list(texts) if len(texts) > 1 else texts[0])
    return dataset


def cases(mark: ops.Mark) -> Iterator[tuple[Truths, bool]]:
    """Yield truths of the criteria of a label, line behind line, and whether it is to fire then.

    Each line takes every combination of truths while the other lines hold, if it has alternatives; if it has none, all
    true and each one false. Lines are joined by AND.
    """
    assert all(line.joint is Join.AND for line in mark.lines)
    holding = [next(truths for truths in _truths(line) if _folded(line, truths)) for line in mark.lines]
    for number, line in enumerate(mark.lines):
        for truths in _truths(line):
            whole = [*holding[:number], truths, *holding[number + 1 :]]
            yield tuple(truth for one in whole for truth in one), _folded(line, truths)


def _truths(line: ops.TestLine) -> Iterator[Truths]:
    count = len(line.tests)
    if any(test.joint is Join.OR for test in line.tests[1:]):
        yield from product((True, False), repeat=count)
        return
    yield (True,) * count
    for wrong in range(count):
        yield tuple(position != wrong for position in range(count))


def _folded(line: ops.TestLine, truths: Truths) -> bool:
    result = truths[0]
    for test, truth in zip(line.tests[1:], truths[1:], strict=True):
        result = (result or truth) if test.joint is Join.OR else (result and truth)
    return result
