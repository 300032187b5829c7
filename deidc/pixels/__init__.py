"""Masks over pixel data: which regions of an image are to be blanked, and the image without them.

`detection` needs nothing but pydicom. What blanks needs numpy and decoders, the extra `pixels`: see `require_extra`.
"""

from __future__ import annotations

from importlib.util import find_spec

from deidc.errors import MissingExtra


def require_extra() -> None:
    """Raise MissingExtra if pixels cannot be blanked here; to be asked before the first object."""
    if find_spec("numpy") is None:
        raise MissingExtra("blanking pixels needs the extra `pixels`: pip install 'deidc[pixels]'")
