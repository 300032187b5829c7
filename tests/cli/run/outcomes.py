"""Finds the line of the outcome in what `deidc run` prints."""

from __future__ import annotations

import re
import subprocess

_OUTCOME = re.compile(
    r"(dry run, nothing written: )?(\d+ (written|unchanged|held for review|refused|skipped)(, |$))+|no files"
)


def outcome_of(done: subprocess.CompletedProcess[str]) -> str:
    """Return the line that counts the files by outcome; there is exactly one."""
    (line,) = (one for one in done.stdout.splitlines() if _OUTCOME.fullmatch(one))
    return line
