"""Results as a picture: a panel of bars for each corpus, on one logarithmic axis each."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from benchmarks.results import START, Results
from benchmarks.rows import ROWS

# Dark, hatched, light: told apart in print and by whoever does not see colours.
_LOOKS: dict[str, dict[str, Any]] = {
    "deidc": {"facecolor": "#1f3b57", "edgecolor": "#1f3b57"},
    "another tool": {"facecolor": "#d9c7a3", "edgecolor": "#6b5a33"},
    "nothing cleaned (cp, pydicom)": {"facecolor": "white", "edgecolor": "#444444", "hatch": "////"},
}


def draw(results: Results, path: Path) -> None:
    """Write a PNG of all rates."""
    corpora = [name for name in results.corpora if name != START]
    rows = [name for name in ROWS if name in results.versions][::-1]
    columns = min(3, len(corpora))
    lines = -(-len(corpora) // columns)
    with mpl.rc_context({"font.size": 8, "hatch.linewidth": 0.6}):
        size = (1.5 + 3.6 * columns, 0.9 + (0.7 + 0.24 * len(rows)) * lines)
        figure = Figure(figsize=size, dpi=160, layout="constrained")
        panels = figure.subplots(lines, columns, squeeze=False, sharey=True).ravel()
        for panel, corpus in zip(panels, corpora, strict=False):
            _panel(panel, results, corpus, rows)
        for panel in panels[len(corpora) :]:
            panel.set_axis_off()
        figure.suptitle(
            f"Files per second, whole processes; medians, with the slowest and fastest round; {results.place}"
        )
        keys = [Patch(label=label, **look) for label, look in _LOOKS.items()]
        figure.legend(handles=keys, loc="outside lower center", ncols=len(keys), frameon=False)
        figure.savefig(path)


def _panel(panel: Axes, results: Results, corpus: str, rows: list[str]) -> None:
    rates = [results.rate(row, corpus) for row in rows]
    known = [rate.median for rate in rates if rate is not None]
    if known:
        panel.set_xscale("log")
        panel.set_xlim(min(known) / 2, max(known) * 6)  # room for the figures beside the bars
    for height, (row, rate) in enumerate(zip(rows, rates, strict=True)):
        if rate is None:
            panel.text(0.02, height, "failed", transform=panel.get_yaxis_transform(), va="center", style="italic")
            continue
        spread = [[rate.median - rate.slowest], [rate.fastest - rate.median]]
        panel.barh(height, rate.median, 0.72, xerr=spread, ecolor="#999999", error_kw={"lw": 1}, **_look(row))
        figure = f"{rate.median:,.0f}" if rate.median >= 100 else f"{rate.median:.2g}"
        panel.annotate(figure, (rate.fastest, height), (3, 0), textcoords="offset points", va="center", size=7)
    panel.set_yticks(range(len(rows)), rows)
    panel.set_title(f"{corpus} ({results.corpora[corpus].files} files)", loc="left", weight="bold")
    panel.set_xlabel("files per second (logarithmic)")
    panel.spines[["top", "right"]].set_visible(False)
    panel.tick_params(axis="y", length=0)


def _look(row: str) -> dict[str, Any]:
    match ROWS[row].peer:
        case "deidc":
            return _LOOKS["deidc"]
        case "cp" | "pydicom":
            return _LOOKS["nothing cleaned (cp, pydicom)"]
        case _:
            return _LOOKS["another tool"]
