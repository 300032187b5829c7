"""Blank regions of images, and display frames before and after.

Blanking needs numpy and decoders, which the extra `pixels` installs: see `require_extra`.
"""

from __future__ import annotations

from importlib.util import find_spec

from deidc.errors import MissingExtra


def require_extra() -> None:
    """Raise MissingExtra if the extra `pixels` is not installed; called before the first object."""
    if find_spec("numpy") is None:
        raise MissingExtra("blanking pixels needs the extra `pixels`: pip install 'deidc[pixels]'")
