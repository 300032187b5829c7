"""Draw frames before and after blanking side by side, with the outline of what is blanked between them."""

from __future__ import annotations

from collections.abc import Sequence

from attrs import field, frozen

from deidc.pixels.display.drawing import as_png, outlined, scaled, scaled_mask, size_within
from deidc.pixels.display.pictures import Pictures
from deidc.pixels.display.sheet import Panel, Row, sheet
from deidc.pixels.frames.masks import Masks

# Icons and other small images are made larger, each pixel to as many, so that they can be seen.
_LEAST_SIDE = 192


@frozen(eq=False)
class Comparison:
    """What is compared: an image, its masks, and the image after, with a caption."""

    before: Pictures = field(repr=False)
    masks: Masks = field(repr=False)
    after: Pictures = field(repr=False)
    caption: str

    def png(self, titles: Sequence[str], frames: Sequence[int], longest: int) -> bytes:
        """Return a sheet with a row for each frame as a PNG file, under some lines of words.

        The longer side of each picture has `longest` pixels at most. Brightness is that of the image before in both.
        Raises Trouble (DC971, DC972), NotWhole and OSError.
        """
        rows, columns = self._size(longest)
        return as_png(sheet(titles, [self._row(frame, rows, columns) for frame in frames], rows, columns))

    def _size(self, longest: int) -> tuple[int, int]:
        image = self.before.image
        larger = min(longest, _LEAST_SIDE) // max(image.rows, image.columns)
        if larger > 1:
            return image.rows * larger, image.columns * larger
        return size_within(image.rows, image.columns, longest)

    def _row(self, frame: int, rows: int, columns: int) -> Row:
        levels = self.before.levels(frame)
        before = scaled(self.before.picture(frame, levels), rows, columns)
        mask = self.masks.of(frame)
        share = mask.mean() * 100
        told = "nothing is blanked" if not mask.any() else f"{share:.1f} % of its pixels are blanked"
        return Row(
            f"frame {frame} ({frame + 1} of {len(self.before)}), {told}",
            (
                Panel("before", before),
                Panel("regions", outlined(before, scaled_mask(mask, rows, columns), tinted=True)),
                Panel(self.caption, scaled(self.after.picture(frame, levels), rows, columns)),
            ),
        )
