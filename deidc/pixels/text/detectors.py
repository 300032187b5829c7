"""A text detector finds the regions of text in a picture.

deidc has one, `rapidocr`, which needs the extra `ocr`. Installed packages may offer others as entry points of the
group `deidc.text_detectors`. An entry point names a callable without arguments that returns a TextDetector.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from importlib.metadata import EntryPoint, entry_points
from importlib.util import find_spec
from typing import TYPE_CHECKING, Protocol

from deidc.codes import faults
from deidc.errors import DeidcError
from deidc.guarded import foreign_code
from deidc.ir.ops import OWN_DETECTOR, Mark, Rectangle, TextRegions
from deidc.ir.program import OWN_ACCOUNT, Origin, Program
from deidc.pixels import require_extra
from deidc.runtime.fold.frame import trouble
from deidc.vocabulary import Policy

if TYPE_CHECKING:  # names of detectors are checked where numpy is not installed
    import numpy as np
    from numpy.typing import NDArray

ENTRY_POINT_GROUP = "deidc.text_detectors"
_PACKAGES = ("numpy", "PIL", "onnxruntime", "rapidocr_onnxruntime")


class TextDetector(Protocol):
    """What finds text in pictures."""

    def find(self, picture: NDArray[np.uint8]) -> Iterable[Rectangle]:
        """Return rectangles around all text of a picture, the same ones at each call.

        `picture` is a frame as it is displayed: rows and columns of grey, or rows, columns and red, green and blue. It
        must not be changed, nor anything of it be remembered. What raises refuses the object.
        """
        ...


class MissingDetector(DeidcError, ImportError):
    """A recipe names a text detector that is not installed."""

    def __init__(self, name: str) -> None:
        self.detector = name
        if name == OWN_DETECTOR:
            told = "`coordinates ocr` needs the extra `ocr`: pip install 'deidc[ocr]'"
        else:
            told = f"no installed package provides the text detector {name} (entry points of {ENTRY_POINT_GROUP})"
        super().__init__(told)

    def __reduce__(self) -> tuple[type[MissingDetector], tuple[str]]:
        return (MissingDetector, (self.detector,))


def require_detectors(names: Iterable[str]) -> None:
    """Raise MissingDetector for the first of some detectors that is not installed; none is loaded."""
    for name in names:
        if name == OWN_DETECTOR:
            if None in map(find_spec, _PACKAGES):
                raise MissingDetector(name)
        else:
            _entry_point(name)


def detectors_of(program: Program) -> dict[str, Origin]:
    """Return the detectors whose text a program blanks, each with the first label that names it."""
    found: dict[str, Origin] = {}
    for number, op in enumerate(program.ops):
        if not isinstance(op, Mark) or op.policy is Policy.PASS:
            continue
        for mask in op.masks:
            if isinstance(mask.region, TextRegions):
                found.setdefault(mask.region.detector, program.origins[number] if program.origins else OWN_ACCOUNT)
    return found


def require_for_pixels(program: Program) -> None:
    """Raise MissingExtra or MissingDetector if a package that a program needs for pixels is not installed."""
    if program.storage is not None:
        require_extra()
        require_detectors(detectors_of(program))


def find_text(name: str, picture: NDArray[np.uint8]) -> tuple[Rectangle, ...]:
    """Return what the detector of a name finds in a picture; it is loaded at its first call.

    Raises MissingDetector, and Trouble (DC975) if it fails.
    """
    with foreign_code(MissingDetector) as guard:
        return tuple(_loaded(name).find(picture))
    message = f"the text detector failed ({guard.kind})"
    raise trouble(faults.TEXT_DETECTOR_FAILED, message, None, None)


@lru_cache(maxsize=8)
def _loaded(name: str) -> TextDetector:
    """Return a detector, which a process loads once: models take as long to load as to look at a picture."""
    require_detectors([name])
    if name == OWN_DETECTOR:
        from deidc.pixels.text.rapid_ocr import RapidOcr  # noqa: PLC0415  (needs the extra `ocr`)

        return RapidOcr()
    detector: TextDetector = _entry_point(name).load()()
    return detector


def _entry_point(name: str) -> EntryPoint:
    """Return the entry point of a detector; raises MissingDetector. Two packages cannot both offer a name."""
    found = {point.value: point for point in entry_points(group=ENTRY_POINT_GROUP, name=name)}
    if len(found) != 1:
        raise MissingDetector(name)
    return next(iter(found.values()))
