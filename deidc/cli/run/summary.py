"""Count the outcomes of a run, and give the counts to programs; `summary_text` writes them for people."""

from __future__ import annotations

import re
from collections import Counter

from attrs import define, field, frozen

from deidc.batch.account.idle import Idle, idle_in
from deidc.batch.account.manifest import line_of
from deidc.batch.job.outcome import Ending, FileOutcome
from deidc.batch.job.references import ReferenceReport
from deidc.cli.exits import ExitCode
from deidc.dicom.dictionary import element_keyword
from deidc.ir.program import Program

VERSION = 1
# Where effects come from that no rule of a recipe has; see `line_of`.
OWN_LINE = "deidc"
_TAG = re.compile("[0-9A-F]{8}")
_ITEM = re.compile(r"\[\d+\]")
_SHOWN = {Ending.FLAGGED: "held for review"}


@frozen(order=True)
class Cause:
    """Why files were not written: one fault, in one attribute, by one line of the recipe."""

    outcome: str
    code: str
    message: str
    attribute: str
    line: str

    @property
    def text(self) -> str:
        """The cause for people."""
        at = f" at {self.attribute}" if self.attribute else ""
        return f"{self.code} {self.message}{at}{f' ({self.line})' if self.line else ''}"


@define
class Summary:
    """Counts of outcomes, causes and labels, and of effects on written files by line of the recipe and by attribute."""

    program: Program = field(repr=False)
    strict: bool = False
    endings: Counter[Ending] = field(factory=Counter)
    faults: Counter[tuple[str, str]] = field(factory=Counter)
    causes: Counter[Cause] = field(factory=Counter)
    by_op: Counter[tuple[int, str]] = field(factory=Counter)
    acted: set[int] = field(factory=set)
    flags: Counter[tuple[str, str]] = field(factory=Counter)
    dataset_engine: Counter[str] = field(factory=Counter)
    cleaned_in_pixels: int = 0
    frames: int = 0
    quarantined: int = 0
    attributes: Counter[tuple[str, str, str]] = field(factory=Counter)
    bytes: int = 0

    def count(self, outcome: FileOutcome) -> None:
        """Take one outcome in. What was done to an object that is held for review is not counted as an effect."""
        self.endings[outcome.ending] += 1
        self.bytes += outcome.size
        self.faults.update((fault.rule.code, fault.rule.title) for fault in outcome.faults)
        self.causes.update(set(causes_of(outcome, self.program)))
        self.flags.update((flag.group, flag.label) for flag in outcome.flags)
        self.acted.update(op for op, _ in outcome.effects)
        self.quarantined += outcome.quarantined
        if outcome.dataset_engine is not None:
            self.dataset_engine[outcome.dataset_engine] += 1
        if outcome.ending is not Ending.WRITTEN:
            return
        if outcome.blanked is not None:
            self.cleaned_in_pixels += 1
            self.frames += outcome.blanked.frames
        self.by_op.update(outcome.effects)
        for (op, effect, attribute), count in outcome.attributes.items():
            self.attributes[line_of(self.program, op), effect, attribute] += count

    references: ReferenceReport | None = None

    @property
    def exit_code(self) -> ExitCode:
        """What the run ends with: refused files and broken references go before held ones, and both before none."""
        if self.endings[Ending.REFUSED] or (self.references is not None and not self.references.is_well):
            return ExitCode.FOUND
        if self.fails_strictly:
            return ExitCode.FOUND
        if self.endings[Ending.FLAGGED]:
            return ExitCode.HELD
        return ExitCode.DONE if self.objects else ExitCode.FOUND

    @property
    def fails_strictly(self) -> bool:
        """Whether `--strict` fails the run: a rule of the user's own text changed nothing in any object."""
        return self.strict and self.judges_rules and bool(self.idle().own)

    @property
    def judges_rules(self) -> bool:
        """Whether it is known which rules acted: nothing is known of files that an earlier run wrote."""
        return not self.endings[Ending.UNCHANGED] and bool(self.endings[Ending.WRITTEN] + self.endings[Ending.FLAGGED])

    @property
    def objects(self) -> int:
        """How many inputs were DICOM objects."""
        return sum(count for ending, count in self.endings.items() if ending is not Ending.SKIPPED)

    @property
    def counts(self) -> str:
        """How many files ended in which way."""
        shown = [f"{self.endings[one]} {_SHOWN.get(one, one.value)}" for one in Ending if self.endings[one]]
        return ", ".join(shown) or "no files"

    def document(self, *, dry_run: bool, seconds: float) -> dict[str, object]:
        """Return the summary for programs; `seconds` is how long the run took."""
        plan = [
            {"line": line, "effect": effect, "path": path, "attribute": name_of_attribute(path), "count": count}
            for (line, effect, path), count in self.plan()
        ]
        document: dict[str, object] = {
            "version": VERSION,
            "program": self.program.digest,
            "dry_run": dry_run,
            "outcomes": {one.value: self.endings[one] for one in Ending},
            "bytes": self.bytes,
            "seconds": round(seconds, 3),
            "faults": [{"code": code, "count": count} for (code, _), count in sorted(self.faults.items())],
            "causes": [
                {
                    "outcome": one.outcome,
                    "code": one.code,
                    "message": one.message,
                    "attribute": one.attribute or None,
                    "line": one.line or None,
                    "count": count,
                }
                for one, count in sorted(self.causes.items())
            ],
            "flags": [
                {"group": group, "label": label, "count": count} for (group, label), count in sorted(self.flags.items())
            ],
            "pixels": {"objects": self.cleaned_in_pixels, "frames": self.frames},
            "quarantined": self.quarantined,
            "effects": [{"line": line, "effect": effect, "count": count} for (line, effect), count in self.effects()],
            "attributes": [
                {"attribute": attribute, "effect": effect, "count": count}
                for (attribute, effect), count in self.by_attribute()
            ],
            "dataset_engine": [{"why": why, "count": count} for why, count in sorted(self.dataset_engine.items())],
            "idle": self.idle_lines(),
            "idle_rules": [{"line": one.line, "target": one.target, "own": one.own} for one in self.idle().rules],
            "silent_labels": [{"group": group, "label": label} for group, label in self.idle().labels],
            **({"plan": plan} if dry_run else {}),
        }
        if self.references is not None:
            document["references"] = _reference_document(self.references)
        return document

    def plan(self) -> list[tuple[tuple[str, str, str], int]]:
        """Return how often each line of the recipe had which effect on which attribute, in the order of the recipe."""
        return sorted(self.attributes.items(), key=lambda one: (*_line_key(one[0][0]), one[0][2], one[0][1]))

    def by_attribute(self, *, own: bool = True) -> list[tuple[tuple[str, str], int]]:
        """Return how often each attribute had each effect, the most frequent first.

        Args:
            own: whether effects count that no rule has, like those on file meta information.

        """
        found: Counter[tuple[str, str]] = Counter()
        for (line, effect, path), count in self.attributes.items():
            if own or line != OWN_LINE:
                found[name_of_attribute(path), effect] += count
        return sorted(found.items(), key=lambda one: (-one[1], one[0]))

    def effects(self) -> list[tuple[tuple[str, str], int]]:
        """Return how many elements each line of the recipe had each effect on, in the order of the recipe."""
        return sorted(self._by_line().items(), key=lambda one: (*_line_key(one[0][0]), one[0][1]))

    def _by_line(self) -> Counter[tuple[str, str]]:
        effects: Counter[tuple[str, str]] = Counter()
        for (op, effect), count in self.by_op.items():
            effects[line_of(self.program, op), effect] += count
        return effects

    def idle(self) -> Idle:
        """Return the rules that had no effect on any object, and the labels that fired for none."""
        return idle_in(self.program, self.acted, set(self.flags))

    def idle_lines(self) -> list[str]:
        """Return the lines of rules that had no effect on any object."""
        return sorted((one.line for one in self.idle().rules), key=_line_key)


def causes_of(outcome: FileOutcome, program: Program) -> list[Cause]:
    """Return why a file was not written, fault by fault; item numbers are left out of paths."""
    return [
        Cause(
            outcome.ending.value,
            fault.rule.code,
            fault.message,
            name_of_attribute(_ITEM.sub("", fault.path)) if fault.path is not None else "",
            line_of(program, fault.op) if fault.op is not None else "",
        )
        for fault in outcome.faults
    ]


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
