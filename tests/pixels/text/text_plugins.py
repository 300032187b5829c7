"""Text detectors of a package that is installed for a test: importable, with entry points in its metadata."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

# Finds the smallest rectangle around pixels that are brighter than 200, and remembers the shapes it was given.
BRIGHT = """
import numpy as np
from deidc.ir.ops import Rectangle

seen = []


class Bright:
    def find(self, picture):
        seen.append(picture.copy())
        ys, xs = np.nonzero((picture if picture.ndim == 2 else picture.max(axis=2)) > 200)
        return [Rectangle(int(xs.min()), int(ys.min()), int(xs.max()) + 1, int(ys.max()) + 1)] if ys.size else []


class Broken:
    def find(self, picture):
        raise ValueError("Doe^Jane")


def no_model():
    raise OSError("Doe^Jane")
"""

Install = Callable[[str], str]


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Install:
    """Install a package whose detectors have names that begin with a word; return the name of its module."""

    def installed(word: str) -> str:
        folder = tmp_path / word
        (folder / f"{word}-1.dist-info").mkdir(parents=True)
        (folder / f"{word}_detectors.py").write_text(BRIGHT)
        (folder / f"{word}-1.dist-info" / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {word}\nVersion: 1\n")
        named = {"bright": "Bright", "broken": "Broken", "no-model": "no_model"}
        lines = [f"{word}-{name} = {word}_detectors:{found}" for name, found in named.items()]
        points = "\n".join(("[deidc.text_detectors]", *lines))
        (folder / f"{word}-1.dist-info" / "entry_points.txt").write_text(points + "\n")
        monkeypatch.syspath_prepend(str(folder))
        return f"{word}_detectors"

    return installed
