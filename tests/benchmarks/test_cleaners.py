"""The comparison of cleaners does its work: each tool writes a cine whose banner is black."""

from __future__ import annotations

import subprocess
import sys

import pytest
from pydicom import dcmread

from benchmarks.cleaners import DRIVER, RECIPE, TOOLS, Cost, table, write_cine


@pytest.mark.parametrize("tool", [name for name in TOOLS if name != "deid"])
def test_a_tool_blanks_the_banner_of_every_frame(tool: str, tmp_path):
    """And nothing else; without its work it starts and ends."""
    write_cine(tmp_path / "cine.dcm", 2)
    (tmp_path / "banner.deid").write_text(RECIPE, encoding="utf-8")
    (tmp_path / "out").mkdir()
    work = [str(tmp_path / name) for name in ("cine.dcm", "out", "banner.deid")]
    for words in ([], work):
        subprocess.run([sys.executable, str(DRIVER), tool, *words], check=True)
    (saved,) = (tmp_path / "out").iterdir()
    before, after = dcmread(tmp_path / "cine.dcm").pixel_array, dcmread(saved).pixel_array
    assert not after[:, :40].any()
    assert (after[:, 40:] == before[:, 40:]).all()


def test_ratios_are_to_deid():
    """Twice as fast is 2.0 x; what takes no time has no ratio."""
    told = table([Cost("deid", 4.0, 2.0, 1 << 20), Cost("bytes", 2.0, 0.0, 3 << 20)])
    assert "| 4.00 (1.0 x) | 2.00 (1.0 x) | 1 |" in told
    assert "| 2.00 (2.0 x) | 0.00 | 3 |" in told
