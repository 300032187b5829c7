"""deid's messages are logged here by Python's logging: the logger is called `deidc.compat`."""

from __future__ import annotations

from deidc.compat.logger.message import Exit, bot
from deidc.compat.logger.progress import ProgressBar

__all__ = ["Exit", "ProgressBar", "bot"]
