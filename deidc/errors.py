"""The root of deidc's exceptions: what a host catches to catch all of them.

Each exception lives beside the code that raises it. Beneath the root it keeps a base of Python's own (ValueError,
ImportError) where callers may already catch that one.
"""

from __future__ import annotations


class DeidcError(Exception):
    """The base class of every exception that deidc raises on purpose.

    Its message never holds a value of a DICOM object.
    """


class ArgumentError(DeidcError, TypeError):
    """An argument of a public function is of a kind that the function does not take."""


class MissingExtra(DeidcError, ImportError):
    """A feature needs the packages of one of deidc's extras, and they are not installed."""
