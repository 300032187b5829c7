"""The account of a run that cannot be continued keeps nothing but a manifest, if the run writes one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from attrs import field, frozen

from deidc.batch.account.manifest import Manifest, outcome_record
from deidc.batch.job.discovery import Input
from deidc.batch.job.outcome import FileOutcome
from deidc.ir.program import Program


@frozen
class Unjournaled:
    """The account of a dry run, or of a run to a URL without a journal; see `Ledger`, which has the same methods."""

    program: Program = field(repr=False)
    manifest: Manifest | None

    @classmethod
    def of(cls, program: Program, manifest: Path | None, *, overwrite: bool, dry_run: bool) -> Unjournaled:
        """Begin an account. Raises OSError, FileExistsError for a manifest that is there, without `overwrite`."""
        if manifest is None:
            return cls(program, None)
        return cls(program, Manifest.create(manifest, program, overwrite=overwrite, dry_run=dry_run))

    def begun(self, sources: Iterable[Input]) -> Iterator[tuple[int, Input]]:
        """Yield inputs with their numbers."""
        yield from enumerate(sources)

    def take(self, outcome: FileOutcome) -> None:
        """Note how an input would end. Raises OSError."""
        if self.manifest is not None:
            self.manifest.write(outcome_record(outcome, self.program))
            self.manifest.flush()

    def finish(self, outcomes: Mapping[str, int] | None) -> None:
        """Note that the run came to its end, with its counts; None if it did not. Raises OSError."""
        if self.manifest is not None and outcomes is not None:
            self.manifest.end(outcomes)
            self.manifest.flush()

    def close(self) -> None:
        """Close the manifest."""
        if self.manifest is not None:
            self.manifest.close()
