"""The manifest of a run: one JSON line for each input, free of what could identify anybody.

File names may name patients, so inputs are told by number and digest. Outputs are told by digest.
"""

from __future__ import annotations

import json
from collections import Counter
from typing import TextIO

from deidc.batch.job import FileOutcome
from deidc.ir.program import Program
from deidc.version import __version__


def write_header(file: TextIO, program: Program, *, dry_run: bool) -> None:
    """Write the first line: what cleaned the files, or would have."""
    recipes = [{"recipe": name, "sha256": digest} for name, digest in program.recipes]
    head = {"deidc": __version__, "program": program.digest, "recipes": recipes, "dry_run": dry_run}
    _write(file, head)


def write_outcome(file: TextIO, outcome: FileOutcome, program: Program) -> None:
    """Write the line of one input."""
    _write(file, outcome_record(outcome, program))


def outcome_record(outcome: FileOutcome, program: Program) -> dict[str, object]:
    """Return the record of one input, effects by recipe line."""
    effects: Counter[tuple[str, str]] = Counter()
    for (op, effect), count in sorted(outcome.effects.items()):
        effects[line_of(program, op), effect] += count
    return {
        "number": outcome.number,
        "outcome": outcome.ending.value,
        "input": outcome.input_digest,
        "output": outcome.output_digest,
        "effects": [{"line": line, "effect": effect, "count": count} for (line, effect), count in effects.items()],
        "flags": [{"group": one.group, "label": one.label, "held": one.held} for one in outcome.flags],
        "faults": [
            {
                "code": one.rule.code,
                "message": one.message,
                "path": one.path,
                "line": line_of(program, one.op) if one.op is not None else None,
            }
            for one in outcome.faults
        ],
    }


def line_of(program: Program, op: int) -> str:
    """Return where an op was written, `recipe:line`, or `deidc` for what deidc does on its own account.

    Of a program without remarks on its origins, the number of the op is all there is.
    """
    if op >= len(program.origins):
        return f"op:{op}"
    if program.origins[op].line == 0:
        return "deidc"
    origin = program.origins[op]
    return f"{origin.recipe}:{origin.line}"


def _write(file: TextIO, record: dict[str, object]) -> None:
    file.write(json.dumps(record, separators=(",", ":")) + "\n")
