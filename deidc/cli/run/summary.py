"""Count the outcomes of a run, and write the counts for people and for programs."""

from __future__ import annotations

import re
from collections import Counter

import click
from attrs import define, field

from deidc.batch.account.manifest import line_of
from deidc.batch.job.outcome import Ending, FileOutcome
from deidc.batch.job.references import ReferenceReport
from deidc.dicom.dictionary import element_keyword
from deidc.ir import ops
from deidc.ir.program import Program

_MOST_IDLE = 5
_TAG = re.compile("[0-9A-F]{8}")


@define
class Summary:
    """Counts of outcomes, faults, labels, and effects by line of the recipe; of a dry run, by attribute too."""

    program: Program = field(repr=False)
    endings: Counter[Ending] = field(factory=Counter)
    faults: Counter[tuple[str, str]] = field(factory=Counter)
    by_op: Counter[tuple[int, str]] = field(factory=Counter)
    flags: Counter[tuple[str, str]] = field(factory=Counter)
    dataset_engine: Counter[str] = field(factory=Counter)
    cleaned_in_pixels: int = 0
    frames: int = 0
    quarantined: int = 0
    attributes: Counter[tuple[str, str, str]] = field(factory=Counter)
    bytes: int = 0

    def count(self, outcome: FileOutcome) -> None:
        """Take one outcome in."""
        self.endings[outcome.ending] += 1
        self.bytes += outcome.size
        self.faults.update((fault.rule.code, fault.rule.title) for fault in outcome.faults)
        self.flags.update((flag.group, flag.label) for flag in outcome.flags)
        if outcome.blanked is not None:
            self.cleaned_in_pixels += 1
            self.frames += outcome.blanked.frames
        self.quarantined += outcome.quarantined
        if outcome.dataset_engine is not None:
            self.dataset_engine[outcome.dataset_engine] += 1
        self.by_op.update(outcome.effects)
        for (op, effect, attribute), count in outcome.attributes.items():
            self.attributes[line_of(self.program, op), effect, attribute] += count

    references: ReferenceReport | None = None

    @property
    def is_well(self) -> bool:
        """Whether no file was refused or held for review, and no reference was broken."""
        if self.references is not None and not self.references.is_well:
            return False
        return not (self.endings[Ending.REFUSED] or self.endings[Ending.FLAGGED])

    @property
    def counts(self) -> str:
        """How many files ended in which way."""
        return ", ".join(f"{self.endings[one]} {one.value}" for one in Ending if self.endings[one]) or "no files"

    def text(self, *, dry_run: bool) -> str:
        """Return the summary for people."""
        lines = [f"{'dry run, nothing written: ' if dry_run else ''}{self.counts}"]
        lines.extend(f"  {count:>7}  {code} {title}" for (code, title), count in sorted(self.faults.items()))
        lines.extend(f"  {count:>7}  flagged {group}/{label}" for (group, label), count in sorted(self.flags.items()))
        if self.cleaned_in_pixels:
            lines.append(f"  {self.cleaned_in_pixels:>7}  with blanked pixels, {self.frames} frames")
        if self.quarantined:
            lines.append(f"  {self.quarantined:>7}  quarantined")
        lines.extend(
            f"  {count:>7}  through the Dataset engine: {why}" for why, count in sorted(self.dataset_engine.items())
        )
        lines.extend(f"  {count:>7}  {effect:10} {line}" for (line, effect), count in self.effects())
        if self.attributes and dry_run:
            lines.append("by attribute:")
            lines.extend(
                f"  {count:>7}  {effect:10} {name_of_attribute(path)}  {line}"
                for (line, effect, path), count in self._plan()
            )
        idle = self.idle_lines()
        if idle and self.endings[Ending.WRITTEN]:
            dots = ", ..." if len(idle) > _MOST_IDLE else ""
            lines.append(f"  {len(idle)} rules had no effect: {', '.join(idle[:_MOST_IDLE])}{dots}")
        if self.references is not None:
            lines.append(
                f"  {self.references.kept:>7}  references kept, {self.references.external} point outside the data"
            )
        return "\n".join(lines) + "\n"

    def document(self, *, dry_run: bool, seconds: float) -> dict[str, object]:
        """Return the summary for programs; `seconds` is how long the run took."""
        plan = [
            {"line": line, "effect": effect, "path": path, "attribute": name_of_attribute(path), "count": count}
            for (line, effect, path), count in self._plan()
        ]
        document: dict[str, object] = {
            "program": self.program.digest,
            "dry_run": dry_run,
            "outcomes": {one.value: self.endings[one] for one in Ending},
            "bytes": self.bytes,
            "seconds": round(seconds, 3),
            "faults": [{"code": code, "count": count} for (code, _), count in sorted(self.faults.items())],
            "flags": [
                {"group": group, "label": label, "count": count} for (group, label), count in sorted(self.flags.items())
            ],
            "pixels": {"objects": self.cleaned_in_pixels, "frames": self.frames},
            "quarantined": self.quarantined,
            "effects": [{"line": line, "effect": effect, "count": count} for (line, effect), count in self.effects()],
            "dataset_engine": [{"why": why, "count": count} for why, count in sorted(self.dataset_engine.items())],
            "idle": self.idle_lines(),
            **({"plan": plan} if dry_run else {}),
        }
        if self.references is not None:
            document["references"] = _reference_document(self.references)
        return document

    def _plan(self) -> list[tuple[tuple[str, str, str], int]]:
        return sorted(self.attributes.items(), key=lambda one: (*_line_key(one[0][0]), one[0][2], one[0][1]))

    def effects(self) -> list[tuple[tuple[str, str], int]]:
        """Return how many elements each line of the recipe had each effect on, in the order of the recipe."""
        return sorted(self._by_line().items(), key=lambda one: (*_line_key(one[0][0]), one[0][1]))

    def _by_line(self) -> Counter[tuple[str, str]]:
        effects: Counter[tuple[str, str]] = Counter()
        for (op, effect), count in self.by_op.items():
            effects[line_of(self.program, op), effect] += count
        return effects

    def idle_lines(self) -> list[str]:
        """Return the lines of rules that had no effect on any object."""
        lines = {line_of(self.program, at) for at, op in enumerate(self.program.ops) if isinstance(op, ops.ElementOp)}
        return sorted(lines - {line for line, _ in self._by_line()} - {"deidc"}, key=_line_key)


def tell_broken(report: ReferenceReport) -> None:
    """Say on standard error what is broken, and where; names of outputs only."""
    for one in report.findings:
        more = one.outputs - len(one.names)
        names = ", ".join(one.names) + (f" and {more} more" if more > 0 else "")
        click.echo(f"references: {one.rule.code} {one.rule.title} {one.count} of them, in {names}", err=True)


def _reference_document(report: ReferenceReport) -> dict[str, object]:
    return {
        "kept": report.kept,
        "external": report.external,
        "broken": [
            {"code": one.rule.code, "count": one.count, "outputs": one.outputs, "names": list(one.names)}
            for one in report.findings
        ],
    }


def name_of_attribute(path: str) -> str:
    """Return a path in the words of the dictionary, tags where it has none: `ReferencedSeriesSequence.00091001`."""
    return ".".join(_name_of_step(step) for step in path.split("."))


def _name_of_step(step: str) -> str:
    return (element_keyword(int(step, 16)) if _TAG.fullmatch(step) else "") or step


def _line_key(line: str) -> tuple[str, int]:
    recipe, _, number = line.rpartition(":")
    return (recipe, int(number) if number.isdigit() else 0)
