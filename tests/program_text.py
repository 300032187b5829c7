"""Program text that a test wrote: its last line is made here, as the document of programs has it."""

from __future__ import annotations

import hashlib
import re

_REMARK = re.compile(r' +; (?:deidc|"(?:[^"\\]|\\.)*":\d+)[^\n]*')


def sealed(text: str) -> str:
    """Return canonical program text with the digest of its lines, remarks aside, in the last line."""
    lines = [_REMARK.sub("", line) for line in text.splitlines() if not line.startswith("end ")]
    digest = hashlib.sha256(("\n".join(lines) + "\n").encode()).hexdigest()
    return "\n".join([*lines, f"end sha256:{digest}"]) + "\n"
