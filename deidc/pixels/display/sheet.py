"""A sheet has rows of pictures side by side, with words above each row and above the whole."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from attrs import field, frozen
from PIL import Image as Pillow
from PIL import ImageDraw, ImageFont

from deidc.pixels.display.levels import Picture

_GROUND = (22, 24, 29)
_WORDS, _QUIET = (233, 235, 239), (160, 166, 177)
_MARGIN, _GAP = 20, 14
_TITLE, _CAPTION = 17, 13
# A word is never cut because pictures are small; lines that are too long for the sheet are.
_LEAST_WIDTH = 640

Font = ImageFont.FreeTypeFont | ImageFont.ImageFont


@frozen
class Panel:
    """A picture in colour with words above it."""

    caption: str
    picture: Picture = field(repr=False)


@frozen
class Row:
    """Panels side by side, with words above them."""

    title: str
    panels: tuple[Panel, ...]


def sheet(titles: Sequence[str], rows: Sequence[Row], panel_rows: int, panel_columns: int) -> Picture:
    """Return a sheet whose panels have so many rows and columns each; the first of the titles is the largest."""
    count = max((len(row.panels) for row in rows), default=1)
    width = max(_LEAST_WIDTH, 2 * _MARGIN + count * panel_columns + (count - 1) * _GAP)
    head = _MARGIN + _TITLE + 8 + sum(_CAPTION + 7 for _ in titles[1:]) + _GAP
    row_height = 2 * (_CAPTION + 7) + panel_rows + _GAP
    canvas = Pillow.new("RGB", (width, head + row_height * len(rows) + _MARGIN - _GAP), _GROUND)
    draw = ImageDraw.Draw(canvas)
    large, small = ImageFont.load_default(_TITLE), ImageFont.load_default(_CAPTION)
    at = _MARGIN
    for number, title in enumerate(titles):
        font = small if number else large
        draw.text((_MARGIN, at), _cut(title, font, width - 2 * _MARGIN), _QUIET if number else _WORDS, font)
        at += _CAPTION + 7 if number else _TITLE + 8
    for number, row in enumerate(rows):
        _draw_row(canvas, row, head + number * row_height, panel_columns, small)
    return np.asarray(canvas)


def _draw_row(canvas: Pillow.Image, row: Row, top: int, panel_columns: int, font: Font) -> None:
    draw = ImageDraw.Draw(canvas)
    draw.text((_MARGIN, top), _cut(row.title, font, canvas.width - 2 * _MARGIN), _WORDS, font)
    for number, panel in enumerate(row.panels):
        left, at = _MARGIN + number * (panel_columns + _GAP), top + _CAPTION + 7
        draw.text((left, at), _cut(panel.caption, font, panel_columns), _QUIET, font)
        at += _CAPTION + 7
        canvas.paste(Pillow.fromarray(panel.picture), (left, at))


def _cut(text: str, font: Font, width: int) -> str:
    """Return a text, or its beginning with dots behind it if it is wider."""
    if font.getlength(text) <= width:
        return text
    while text and font.getlength(f"{text}...") > width:
        text = text[:-1]
    return f"{text}..."
