"""Reasons why a JPEG image cannot be blanked block by block."""

from __future__ import annotations


class DamagedImage(Exception):
    """The bytes are those of no whole image."""


class NotBaseline(Exception):
    """The image is of another kind, or cannot be blanked in its blocks."""
