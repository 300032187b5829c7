"""`bot` has the methods of deid's `bot` and logs to `deidc.compat`."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from typing import NoReturn

from deidc.visible import visible

ABORT = -5
FLAG = -4
ERROR = -3
WARNING = -2
LOG = -1
QUIET = 0
INFO = 1
CUSTOM = 1
VERBOSE = VERBOSE1 = 2
VERBOSE2 = 3
VERBOSE3 = 4
DEBUG = 5

_SAID = {ABORT: logging.CRITICAL, FLAG: logging.WARNING, ERROR: logging.ERROR, WARNING: logging.WARNING}
_SILENCE = logging.CRITICAL + 10
# deid's level, and the level of logging from which on messages are logged then.
_LEAST = (
    (QUIET, _SILENCE),
    (FLAG, logging.CRITICAL),
    (ERROR, logging.ERROR),
    (WARNING, logging.WARNING),
    (INFO, logging.INFO),
    (DEBUG, logging.DEBUG),
)


class Exit(RuntimeError):
    """What deid ends the process for; `return_code` is the code it ends with."""

    def __init__(self, message: str, return_code: int = 1) -> None:
        super().__init__(message)
        self.return_code = return_code


class DeidMessage:
    """Logs deid's messages; handlers, levels and formats are those of `logging`.

    Nothing is printed, kept or coloured. `exit` raises `Exit`. Setting `level` sets the level of the logger, by deid's
    numbers (0 is quiet, 5 logs everything); nothing else does.
    """

    def __init__(self, name: str = "deidc.compat") -> None:
        self._logger = logging.getLogger(name)

    @property
    def level(self) -> int:
        """The current level, by deid's numbers."""
        effective = self._logger.getEffectiveLevel()
        return next((level for level, least in _LEAST if effective >= least), DEBUG)

    @level.setter
    def level(self, level: int) -> None:
        least = _SILENCE if level == QUIET else next((least for at, least in _LEAST[1:] if level <= at), logging.DEBUG)
        self._logger.setLevel(least)

    def isEnabledFor(self, messageLevel: int) -> bool:  # noqa: N802, N803  # deid's names
        """Whether messages of one of deid's levels are logged."""
        return self._logger.isEnabledFor(_logging_level(messageLevel))

    def is_quiet(self) -> bool:
        """Whether nothing is logged; deid answers the opposite."""
        return self.level == QUIET

    def emit(self, level: int, message: str, prefix: str | None = None, color: object = None) -> None:
        """Say something at one of deid's levels; colours are the business of who shows it."""
        del color
        whole = f"{prefix} {message}" if prefix else message
        self._logger.log(_logging_level(level), "%s", visible(whole, keeping="\t"))

    def abort(self, message: str) -> None:
        """Say why something is given up."""
        self.emit(ABORT, message)

    def flag(self, message: str) -> None:
        """Say what is flagged."""
        self.emit(FLAG, message, "FLAGGED")

    def error(self, message: str) -> None:
        """Say what went wrong."""
        self.emit(ERROR, message)

    def exit(self, message: str, return_code: int = 1) -> NoReturn:
        """Say what went wrong and raise `Exit`; deid ends the process."""
        self.emit(ERROR, message)
        raise Exit(message, return_code)

    def warning(self, message: str) -> None:
        """Say what is probably not meant."""
        self.emit(WARNING, message)

    def log(self, message: str) -> None:
        """Say what is done."""
        self.emit(LOG, message)

    def custom(self, prefix: str, message: str, color: object = None) -> None:
        """Say something with a word before it."""
        self.emit(CUSTOM, message, prefix, color)

    def info(self, message: str) -> None:
        """Say what is done."""
        self.emit(INFO, message)

    def newline(self) -> None:
        """Say nothing on a line of its own."""
        self.info("")

    def verbose(self, message: str) -> None:
        """Say something that few want to know."""
        self.emit(VERBOSE, message)

    verbose1 = verbose

    def verbose2(self, message: str) -> None:
        """Say something that fewer want to know."""
        self.emit(VERBOSE2, message)

    def verbose3(self, message: str) -> None:
        """Say something that hardly anybody wants to know."""
        self.emit(VERBOSE3, message)

    def debug(self, message: str) -> None:
        """Say something for who looks for a mistake."""
        self.emit(DEBUG, message)

    def table(self, rows: Mapping[str, Iterable[str]] | Iterable[Iterable[str]], col_width: int = 2) -> None:
        """Say rows, one a message: by their keys, or numbered from 1."""
        named = rows.items() if isinstance(rows, Mapping) else ((str(at), row) for at, row in enumerate(rows, 1))
        for name, row in named:
            self.custom(prefix=name.ljust(col_width), message="\t".join(row))


def _logging_level(level: int) -> int:
    if level <= WARNING:
        return _SAID.get(level, logging.WARNING)
    return logging.INFO if level <= INFO else logging.DEBUG


bot = DeidMessage()
