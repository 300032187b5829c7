"""The option `--update-golden`: write what is expected anew, for a person to review."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

FOLDER = Path(__file__).parent / "golden"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option."""
    parser.addoption("--update-golden", action="store_true", help="write the files in tests/golden anew")


def compare(request: pytest.FixtureRequest, path: Path, found: str) -> None:
    """Compare a text with the golden file, or write that file if the option is given."""
    if request.config.getoption("--update-golden"):
        if os.environ.get("CI"):
            pytest.fail("goldens are reviewed by a person; CI does not write them")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(found, encoding="utf-8")
    assert path.is_file(), f"{path.name} is missing; run with --update-golden and review it"
    assert found == path.read_text(encoding="utf-8")
