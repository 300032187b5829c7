"""Why the bytes of an input, or the place of an output, cannot be used."""

from __future__ import annotations

from attrs import frozen

from deidc.diagnostics import Rule


@frozen
class ReadFault:
    """Why a file was not read, or its output not written, in words without data."""

    rule: Rule
    message: str
