"""`deidc run --report` collects the outcomes of a run and writes the page of the run."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import click
from attrs import define, field

from deidc.batch.account.manifest import line_of
from deidc.batch.job.outcome import Ending, FileOutcome
from deidc.batch.job.thumbnails import deserves_thumbnail
from deidc.batch.outputs.atomic import write_atomically
from deidc.batch.outputs.content import Content
from deidc.cli.exits import Failed, Unusable
from deidc.cli.run.summary import Summary, name_of_attribute
from deidc.cli.terminal import say
from deidc.errors import MissingExtra
from deidc.ir.program import Program
from deidc.render.run_page import (
    FileRow,
    LabelCount,
    OutcomeCount,
    Page,
    PagePicture,
    Reason,
    RuleCount,
    is_page,
    rendered,
    require_extra,
)
from deidc.runtime.outcome import Fault, Flag
from deidc.version import __version__

# Files that ended well, and others: so many of each are in the list, and the rest is counted.
MOST_ROWS = 20_000
MOST_PICTURES = 200
_BAD = (Ending.REFUSED, Ending.FLAGGED)
_ITEM = re.compile(r"\[\d+\]")
_MEANINGS = {
    Ending.WRITTEN: "cleaned",
    Ending.UNCHANGED: "written by an earlier run",
    Ending.FLAGGED: "held for review by a label",
    Ending.REFUSED: "not cleaned, not written",
    Ending.SKIPPED: "not a DICOM file",
}


def report_for(
    path: Path | None,
    program: Program,
    *,
    most_pictures: int | None,
    originals: bool,
    dry_run: bool,
    overwrite: bool,
) -> RunReport | None:
    """Return the report that the options select, or None if they select none. Raises Unusable."""
    if path is None:
        if originals or most_pictures is not None:
            raise click.UsageError("pictures need the page: use --report to name its file")
        return None
    try:
        require_extra()
    except MissingExtra as failure:
        raise Unusable(str(failure)) from None
    _check_place(path, overwrite=overwrite)
    most = MOST_PICTURES if most_pictures is None else most_pictures
    return RunReport(path, program, most, originals, dry_run)


def _check_place(path: Path, *, overwrite: bool) -> None:
    """Raise Unusable if a page may not be written to a path: one of an earlier run is replaced.

    The same command goes on with a run that was stopped, and the page that this one left is there then.
    """
    try:
        with path.open("rb") as file:
            replaceable = overwrite or is_page(file.read(1 << 10))
    except FileNotFoundError:
        return
    except OSError as failure:
        raise Unusable(f"{path} cannot be written: {failure.strerror}") from None
    if not replaceable:
        raise Unusable(f"{path} already exists and is not a report; name another file, or use --overwrite")


@define(eq=False)
class RunReport:
    """The content of the report page of a run, collected file by file.

    Attributes:
        most_pictures: how many thumbnails there may be.
        originals: whether thumbnails show the pixels of inputs.

    """

    path: Path
    program: Program = field(repr=False)
    most_pictures: int
    originals: bool
    dry_run: bool
    _rows: list[FileRow] = field(init=False, factory=list, repr=False)
    _kept: Counter[bool] = field(init=False, factory=Counter)
    _left_out: Counter[bool] = field(init=False, factory=Counter)
    _labels: dict[tuple[str, str, int], int] = field(init=False, factory=dict)
    _policies: list[str] = field(init=False, factory=list)
    _label_counts: Counter[int] = field(init=False, factory=Counter)
    _blanked_counts: Counter[int] = field(init=False, factory=Counter)
    _reasons: dict[tuple[str, str, str, str], int] = field(init=False, factory=dict)
    _reason_counts: Counter[int] = field(init=False, factory=Counter)
    _pictures: list[PagePicture] = field(init=False, factory=list, repr=False)
    _without_picture: int = field(init=False, default=0)

    def wants_picture(self) -> bool:
        """Whether there is room for another thumbnail."""
        return len(self._pictures) < self.most_pictures

    def take(self, outcome: FileOutcome) -> None:
        """Take one outcome in."""
        is_somewhere = outcome.ending is Ending.WRITTEN or outcome.quarantined
        frames = outcome.blanked.frames if outcome.blanked is not None and is_somewhere else 0
        labels = tuple(dict.fromkeys(self._label(flag) for flag in outcome.flags))
        reasons = tuple(dict.fromkeys(self._reason(fault) for fault in outcome.faults))
        self._label_counts.update(labels)
        self._blanked_counts.update(labels if frames else ())
        self._reason_counts.update(reasons)
        picture = self._picture(outcome)
        is_bad = outcome.ending in _BAD
        if self._kept[is_bad] >= MOST_ROWS and picture is None:
            self._left_out[is_bad] += 1
            return
        self._kept[is_bad] += 1
        ending = tuple(Ending).index(outcome.ending)
        effects = sum(outcome.effects.values())
        self._rows.append(FileRow(outcome.number, ending, labels, reasons, frames, effects, picture))

    def _label(self, flag: Flag) -> int:
        key = (flag.group, flag.label, flag.op)
        if key not in self._labels:
            self._labels[key] = len(self._labels)
            self._policies.append(flag.policy.value)
        return self._labels[key]

    def _reason(self, fault: Fault) -> int:
        path = name_of_attribute(_ITEM.sub("", fault.path)) if fault.path is not None else ""
        message = f"{fault.message} at {path}" if path else fault.message
        line = line_of(self.program, fault.op) if fault.op is not None else ""
        return self._reasons.setdefault((fault.rule.code, fault.rule.title, message, line), len(self._reasons))

    def _picture(self, outcome: FileOutcome) -> int | None:
        if outcome.ending not in (Ending.WRITTEN, Ending.FLAGGED) or not deserves_thumbnail(outcome.flags):
            return None
        if outcome.thumbnail is None or not self.wants_picture():
            self._without_picture += 1
            return None
        self._pictures.append(PagePicture(outcome.thumbnail.png, outcome.thumbnail.shows))
        return len(self._pictures) - 1

    # ---- the page ---------------------------------------------------------------------------------------

    @contextmanager
    def written(self, summary: Summary, shield: Callable[[], AbstractContextManager[None]]) -> Iterator[None]:
        """Write the page when the context ends; also where it ends because the run was stopped or failed.

        What asks the process to end meanwhile is put off by `shield`. Raises Failed.
        """
        try:
            yield
        except BaseException:
            try:
                self.write(summary, is_whole=False)
            except OSError as failure:  # what ended the run is reported, too
                say(self._told(failure), err=True)
            raise
        try:
            with shield():
                self.write(summary, is_whole=True)
        except OSError as failure:
            raise Failed(self._told(failure)) from None

    def _told(self, failure: OSError) -> str:
        return f"the report {self.path} cannot be written: {failure.strerror}; outputs and manifest are complete"

    def write(self, summary: Summary, *, is_whole: bool) -> None:
        """Write the page. Raises OSError."""
        html = rendered(self.page(summary, is_whole=is_whole)).encode()
        write_atomically(self.path, Content.of(html), overwrite=True, private=self.originals)

    def page(self, summary: Summary, *, is_whole: bool) -> Page:
        """Return the content of the page; `is_whole` is false if the run was interrupted."""
        return Page(
            headline=_headline(summary),
            warnings=self._warnings(is_whole=is_whole),
            notes=self._notes(summary),
            facts=self._facts(),
            outcomes=tuple(OutcomeCount(one.value, summary.endings[one], _MEANINGS[one]) for one in Ending),
            reasons=tuple(Reason(*key, self._reason_counts[at]) for key, at in self._reasons.items()),
            labels=tuple(
                LabelCount(
                    f"{group}/{label}",
                    self._policies[at],
                    line_of(self.program, op),
                    self._label_counts[at],
                    self._blanked_counts[at],
                )
                for (group, label, op), at in self._labels.items()
            ),
            rules=_rules(summary),
            idle=tuple(summary.idle_lines()) if summary.endings[Ending.WRITTEN] else (),
            slowly=tuple(sorted(summary.dataset_engine.items())),
            rows=self._rows,
            rows_told=self._rows_told(),
            pictures=self._pictures,
            pictures_told=self._pictures_told(),
        )

    def _warnings(self, *, is_whole: bool) -> tuple[str, ...]:
        warnings = []
        if not is_whole:
            warnings.append("The run was interrupted: this page lists only the files that were finished before.")
        if self.originals:
            warnings.append("Pictures on this page show the pixels of the inputs, which may identify patients.")
        return tuple(warnings)

    def _notes(self, summary: Summary) -> tuple[str, ...]:
        notes = []
        if self.dry_run:
            notes.append("A dry run: nothing was written.")
        if summary.endings[Ending.UNCHANGED]:
            notes.append("The effects on unchanged files are in the report of the run that wrote them.")
        if summary.references is not None:
            broken = summary.references.findings
            notes += [f"References: {one.rule.code} {one.rule.title} {one.count:,}." for one in broken]
        return tuple(notes)

    def _facts(self) -> tuple[tuple[str, str], ...]:
        recipes = tuple((f"{name}", digest) for name, digest in self.program.recipes)
        made = datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
        return (("deidc", f"{__version__}, {made}"), ("program", self.program.digest), *recipes)

    def _rows_told(self) -> str:
        total = len(self._rows) + sum(self._left_out.values())
        if total == len(self._rows):
            return f"All {total:,} files" if total != 1 else "The one file"
        parts = [
            f"{count:,} that {'were refused or flagged' if is_bad else 'ended well'}"
            for is_bad, count in sorted(self._left_out.items())
            if count
        ]
        return f"{len(self._rows):,} of {total:,} files; not listed, but counted, are {' and '.join(parts)}"

    def _pictures_told(self) -> str:
        shown, left_out = len(self._pictures), self._without_picture
        if not shown + left_out:
            return ""
        written = "as written, or only their regions if they are held for review"
        how = "as in the inputs" if self.originals else written
        told = f"{shown:,} of {shown + left_out:,} images that a label flags, {how}"
        return f"{told}; {left_out:,} are not shown; raise --report-thumbnails to show more" if left_out else told


def _headline(summary: Summary) -> str:
    total = sum(summary.endings.values())
    return f"{total:,} {'file' if total == 1 else 'files'}: {summary.counts}"


def _rules(summary: Summary) -> tuple[RuleCount, ...]:
    attributes: dict[tuple[str, str], Counter[str]] = {}
    for (line, effect, path), count in summary.attributes.items():
        attributes.setdefault((line, effect), Counter())[name_of_attribute(path)] += count
    return tuple(
        RuleCount(line, effect, count, tuple(sorted(attributes.get((line, effect), Counter()).items())))
        for (line, effect), count in summary.effects()
    )
