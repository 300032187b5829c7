"""Comments that silence complaints."""

from __future__ import annotations

import pytest

from deidc import check_recipe

HEAD = "FORMAT dicom\n\n%header\n"


@pytest.mark.parametrize(
    ("recipe", "left"),
    [
        ("KEEP PatientName  # deidc: ignore[DC412] a phantom\n", []),
        ("# deidc: ignore[DC412] a phantom\nKEEP PatientName\n", []),
        ("# deidc: ignore[dc412] a phantom\nKEEP PatientName\n", []),
        ("# deidc: ignore[DC411, DC412] a phantom\nKEEP PatientName\n", ["DC504"]),
        ("# deidc: ignore[DC412] a phantom\n\nKEEP PatientName\n", ["DC412", "DC504"]),
        ("# deidc: ignore[DC412]\nKEEP PatientName\n", ["DC412", "DC503"]),
        ("# deidc: ignore[] whatever\nKEEP PatientName\n", ["DC412", "DC507"]),
        ("# deidc: ignore[DC413] must go\nREMOVE PixelData\n", ["DC413", "DC507"]),
        ("# deidc: ignore[DC901] later\nREMOVE PatientID\n", ["DC507"]),
    ],
)
def test_what_stands_after_ignores(recipe: str, left: list[str]):
    """An ignore silences its codes on its line, needs a reason, and is complained of if it does nothing."""
    assert sorted(one.code for one in check_recipe(HEAD + recipe).diagnostics) == left
