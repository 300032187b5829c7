"""The manifest of a run has one chained JSON line for each input and holds no identifying data.

File names may name patients, so an input is identified by its number and its digest, and an output by its digest.
"""

from __future__ import annotations

import errno
import os
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import BinaryIO

from attrs import define, field

from deidc.batch.account.chain import START, Broken, chained, read_chain
from deidc.batch.job.outcome import FileOutcome
from deidc.errors import DeidcError
from deidc.ir import ops
from deidc.ir.program import Program
from deidc.runtime.outcome import Blanked, Region, Shape, TextSearch
from deidc.version import __version__


class ManifestError(DeidcError):
    """A manifest is not the one that a run is to continue; says why."""


@define(eq=False)
class Manifest:
    """A manifest that is being written.

    Attributes:
        lines, size, chain: how many lines there are, how many bytes they have, and the digest of the last.
        records: how many of the lines are about inputs.
        ended: whether the last line says that the run came to its end.
        continued: whether records of an earlier run come before those of this one.

    """

    _file: BinaryIO = field(repr=False)
    lines: int = 0
    size: int = 0
    chain: str = START
    records: int = 0
    ended: bool = False
    continued: bool = False

    @classmethod
    def create(cls, path: Path, program: Program, *, overwrite: bool, dry_run: bool = False) -> Manifest:
        """Begin a manifest. Raises OSError, FileExistsError for one that is there, without `overwrite`."""
        manifest = cls(path.open("wb" if overwrite else "xb"))
        manifest._append(_header(program, dry_run=dry_run))
        manifest.flush()
        return manifest

    @classmethod
    def resume(cls, path: Path, program: Program, lines: int, chain: str) -> Manifest:
        """Continue a manifest after a line whose digest is known; what comes after it is cut off.

        Raises OSError, and ManifestError if it has no such line or was changed before it.
        """
        manifest = cls(path.open("r+b"))
        try:
            manifest._pass(lines, chain)
            if not lines and not _is_torn_header(path, program):
                raise ManifestError("it is not the manifest of the resumed run")
            if manifest._file.seek(0, os.SEEK_END) > manifest.size:
                manifest._file.truncate(manifest.size)
            manifest._file.seek(manifest.size)
            if not lines:
                manifest._append(_header(program, dry_run=False))
                manifest.flush()
        except BaseException:
            manifest._file.close()
            raise
        return manifest

    def _pass(self, lines: int, chain: str) -> None:
        """Read over lines that are there already."""
        for one in read_chain(self._file):
            if self.lines == lines:
                break
            if isinstance(one, Broken):
                raise ManifestError(one.message)
            self.lines, self.size, self.chain = one.line, one.end, one.chain
            self.records += "outcome" in one.record
            self.ended = "end" in one.record
        if self.lines != lines:
            raise ManifestError(f"it has {self.lines} lines, but the journal records {lines}")
        if self.chain != chain:
            raise ManifestError("it is not the manifest of the resumed run")
        self.continued = lines > 0

    def write(self, record: Mapping[str, object]) -> None:
        """Write the record of an input, after a line that says the run was resumed if it is the first since then."""
        self._append_resumed()
        self._append(record)
        self.records += 1

    def end(self, outcomes: Mapping[str, int]) -> None:
        """Write the last line, with what the run counted; nothing if nothing was written since the last one."""
        if not self.ended:
            self._append_resumed()
            self._append({"end": dict(outcomes), "records": self.records})
            self.ended = True

    def flush(self, *, durable: bool = False) -> dict[str, str | int]:
        """Hand all lines to the system, or to the disk; return what a journal notes to continue from here.

        Raises OSError, also if the file was deleted meanwhile: what is written to it then is lost.
        """
        self._file.flush()
        if not os.fstat(self._file.fileno()).st_nlink:
            raise FileNotFoundError(errno.ENOENT, "it was deleted")
        if durable:
            os.fsync(self._file.fileno())
        return {"manifest lines": self.lines, "manifest chain": self.chain}

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def _append_resumed(self) -> None:
        if self.continued:
            self._append({"resumed": True})
            self.continued = False
        self.ended = False

    def _append(self, record: Mapping[str, object]) -> None:
        line, self.chain = chained(self.chain, self.lines, record)
        self._file.write(line)
        self.lines += 1
        self.size += len(line)


def _header(program: Program, *, dry_run: bool) -> dict[str, object]:
    """Return the record of the first line: what cleaned the files, or would have."""
    recipes = [{"recipe": name, "sha256": digest} for name, digest in program.recipes]
    return {"deidc": __version__, "program": program.digest, "recipes": recipes, "dry_run": dry_run}


def _is_torn_header(path: Path, program: Program) -> bool:
    """Whether a file holds no more than a beginning of what a run writes first: the run was killed just then."""
    header, _ = chained(START, 0, _header(program, dry_run=False))
    return header.startswith(path.read_bytes()[: len(header) + 1])


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
        "flags": [
            {
                "group": one.group,
                "label": one.label,
                "line": line_of(program, one.op),
                "policy": one.policy.value,
                "held": one in outcome.holding,
                "regions": [_region(region) for region in one.regions],
            }
            for one in outcome.flags
        ],
        "pixels": _pixels(outcome.blanked) if outcome.blanked is not None else None,
        "text": _text(outcome.text) if outcome.text is not None else None,
        "quarantined": outcome.quarantined,
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


def _shape(shape: Shape) -> object:
    match shape:
        case ops.Rectangle(x0, y0, x1, y1):
            return [x0, y0, x1, y1]
        case ops.WholeImage():
            return "all"
        case ops.TextRegions(detector):
            return f"ocr:{detector}"


def _region(region: Region) -> dict[str, object]:
    shapes = [_shape(one) for one in region.shapes]
    return {"keep": region.keep, "shapes": shapes}


def _pixels(blanked: Blanked) -> dict[str, object]:
    return {
        "frames": blanked.frames,
        "overlays": [f"{tag:08X}" for tag in blanked.overlays],
        "icon_removed": blanked.icon_removed,
        "transfer_syntax": [blanked.before, blanked.after],
    }


def _text(search: TextSearch) -> dict[str, object]:
    return {"detectors": list(search.detectors), "frames": search.frames, "found_in": search.found_in}


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
