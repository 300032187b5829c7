"""A run cleans many files with one program, from its checks before the first file to the end of its account.

Nothing here prints, exits or listens to signals. A host passes what it adds as `Hooks`.
"""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, closing, nullcontext
from pathlib import Path
from types import TracebackType
from typing import Self

from attrs import define, evolve, field, frozen

from deidc.batch.account.journal import JournalError, JournalGone
from deidc.batch.account.ledger import Ledger
from deidc.batch.account.run_identity import RunIdentity
from deidc.batch.account.start import CannotStart, Start, journal_token, started
from deidc.batch.account.unjournaled import Unjournaled
from deidc.batch.cluster.client import ClusterError, cluster_at
from deidc.batch.cluster.engine import engine_on
from deidc.batch.inputs.sources import MEMBER_LIMIT
from deidc.batch.job.discovery import InputError, Looking, check_inputs, discover
from deidc.batch.job.one_file import Settings
from deidc.batch.job.outcome import Ending, FileOutcome
from deidc.batch.job.references import ReferenceReport, References
from deidc.batch.job.thumbnails import Thumbnails
from deidc.batch.job.twins import twins_marked
from deidc.batch.job.variables import Rows, check_secrets
from deidc.batch.job.workers import Numbered, Work, run_numbered
from deidc.batch.outputs.destinations import Destination, RemoteFolder
from deidc.batch.outputs.name_templates import Template
from deidc.batch.outputs.own_files import OwnFileError, OwnFiles, check_own_files
from deidc.dicom.limits import LIMITS, Limits
from deidc.errors import DeidcError
from deidc.ir.program import Program
from deidc.pixels.text.detectors import require_for_pixels

_BY_TREE = "tree"


@frozen(kw_only=True)
class Run:
    """Everything that determines a run.

    Attributes:
        program: the compiled recipe.
        inputs: names of files, folders, patterns, archives and URLs.
        output: the destination of cleaned files; None only in a dry run.
        looking: how inputs are searched for: lists of paths, archives in folders.
        quarantine: the destination of cleaned objects that a label puts into quarantine.
        variables: variables with the same value for all files.
        rows: variables by file, patient or study.
        functions: references to functions, `module:object`; each worker process imports them.
        jobs: the number of worker processes on this machine.
        scheduler: the address of a Dask scheduler whose workers clean the files.
        dry_run: everything is cleaned and nothing is written.
        overwrite: files in the output folder, and the manifest, are replaced.
        fsync: each output is on the disk before its outcome is reported.
        write_flagged: objects that a label flags are written, those in quarantine excepted.
        journal: the file of the journal; without one it is in the output folder.
        manifest: a file that gets one JSON line per input.
        accounts: other files that the caller writes of this run, by what they are, like `record`.
        template: names outputs; without one they keep the tree of the inputs.
        template_text: the text of `template`, part of the identity of the run.
        digests: compute the digests of inputs and outputs even if no manifest needs them.
        check_references: compare references and hierarchies of outputs with those of inputs.
        thumbnails: how pictures of flagged images are made; None makes none.
        by_attribute: count effects by attribute too; always done in a dry run.
        member_limit: the largest member of an archive that is unpacked, in bytes.
        limits: what one file may cost before it is refused.

    """

    program: Program = field(repr=False)
    inputs: tuple[str, ...] = field(repr=False)
    output: Destination | None = field(repr=False)
    looking: Looking = Looking()
    quarantine: Destination | None = field(default=None, repr=False)
    variables: Mapping[str, object] = field(factory=dict, repr=False)
    rows: Rows | None = None
    functions: tuple[str, ...] = ()
    jobs: int = 1
    scheduler: str | None = None
    dry_run: bool = False
    overwrite: bool = False
    fsync: bool = False
    write_flagged: bool = False
    journal: Path | None = field(default=None, repr=False)
    manifest: Path | None = field(default=None, repr=False)
    accounts: Mapping[str, Path] = field(factory=dict, repr=False)
    template: Template | None = None
    template_text: str | None = None
    digests: bool = False
    check_references: bool = False
    thumbnails: Thumbnails | None = None
    by_attribute: bool = False
    member_limit: int = MEMBER_LIMIT
    limits: Limits = LIMITS

    def settings(self) -> Settings:
        """Return what the run does with every file."""
        return Settings(
            output=None if self.dry_run else self.output,
            overwrite=self.overwrite,
            fsync=self.fsync,
            write_flagged=self.write_flagged,
            quarantine=None if self.dry_run else self.quarantine,
            rows=self.rows,
            member_limit=self.member_limit,
            link_key=secrets.token_bytes(32) if self.check_references else None,
            template=self.template,
            digests=self.digests or self.manifest is not None,
            plan=self.dry_run or self.by_attribute,
            thumbnails=self.thumbnails,
            limits=self.limits,
            own_files=OwnFiles.of(self.own_files),
        )

    @property
    def own_files(self) -> dict[str, Path]:
        """The files that are written beside the outputs, by what they are."""
        named = {"journal": self.journal, "manifest": self.manifest, **self.accounts}
        return {what: path for what, path in named.items() if path is not None}

    def start(self) -> Start | None:
        """Return what the journal of the run starts with, or None if the run has no journal.

        A dry run has none, and a run to a URL has one only where `journal` names it.
        """
        if self.dry_run or self.output is None or (isinstance(self.output, RemoteFolder) and self.journal is None):
            return None
        return Start(
            self.program,
            self._identity(self.output),
            self.output,
            self.journal,
            self.manifest,
            overwrite=self.overwrite,
            durable=self.fsync,
            by_template=self.template is not None,
            quarantine=self.quarantine,
        )

    def _identity(self, output: Destination) -> RunIdentity:
        return RunIdentity.of(
            self.program,
            self.variables,
            self.rows,
            self.functions,
            write_flagged=self.write_flagged,
            naming=self.template_text or _BY_TREE,
            place=_absolute(output) if self.journal is not None else "",
            quarantine=_absolute(self.quarantine),
        )


def _absolute(folder: Destination | None) -> str:
    return "" if folder is None else str(folder if isinstance(folder, RemoteFolder) else folder.path.absolute())


@frozen
class Hooks:
    """What the host of a run adds to it.

    Attributes:
        shield: gives contexts that a signal does not interrupt; entries of the account are written in them.
        wants_picture: evaluated for each input before it is handed out: whether a thumbnail is still wanted.

    """

    shield: Callable[[], AbstractContextManager[None]] = nullcontext
    wants_picture: Callable[[], bool] | None = None


class AccountError(DeidcError):
    """The journal or the manifest of a run cannot be written, so the run stopped.

    `is_lost` says that the journal was deleted or moved: the run cannot be continued, only begun anew.
    """

    def __init__(self, message: str, *, is_lost: bool = False) -> None:
        self.is_lost = is_lost
        super().__init__(message)


@define(eq=False)
class Running:
    """A run in progress: a context manager that starts and ends it, and an iterator over the outcomes.

    Leaving the context before the last outcome stops the run; the same run continues it.

    Attributes:
        resumable: whether a journal is being kept, from which the same run continues.
        references: the references that were compared; set after the last outcome, if the run compares them.

    """

    job: Run
    _work: Work = field(repr=False)
    _hooks: Hooks = field(repr=False)
    resumable: bool = field(default=False, init=False)
    references: ReferenceReport | None = field(default=None, init=False)
    _declined: Mapping[str, str] = field(factory=dict, init=False, repr=False)
    _stack: ExitStack = field(factory=ExitStack, init=False, repr=False)
    _outcomes: Iterator[FileOutcome] = field(factory=lambda: iter(()), init=False, repr=False)

    @property
    def declined(self) -> Mapping[str, str]:
        """Why workers of the cluster got no files, by address."""
        return self._declined

    def __enter__(self) -> Self:
        """Start the run. Raises CannotStart; then nothing was begun."""
        with ExitStack() as stack:
            self._outcomes = self._begun(stack)
            self._stack = stack.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, failure: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the run and close its account. Raises AccountError."""
        self._stack.__exit__(kind, failure, trace)

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> FileOutcome:
        """Return the next outcome, which is in the account. Raises AccountError and ClusterError."""
        return next(self._outcomes)

    def _begun(self, stack: ExitStack) -> Iterator[FileOutcome]:
        job, work = self.job, self._work
        try:
            cluster = stack.enter_context(cluster_at(job.scheduler)) if job.scheduler is not None else None
        except ClusterError as failure:
            raise CannotStart(str(failure)) from None
        self._declined = cluster.declined if cluster is not None else {}
        account: Ledger | Unjournaled
        start = job.start()
        if start is None:
            account = stack.enter_context(closing(_unjournaled(job)))
        else:
            account = stack.enter_context(started(start, self._hooks.shield))
            self.resumable = True
            token = journal_token(account.journal)
            work = evolve(work, settings=evolve(work.settings, token=token), state=start.state)
        inputs = account.begun(twins_marked(discover(job.inputs, job.output, job.looking)))
        try:
            engine = stack.enter_context(engine_on(cluster, work)) if cluster is not None else None
        except ClusterError as failure:
            raise CannotStart(str(failure)) from None
        outcomes = stack.enter_context(closing(run_numbered(work, self._pictured(inputs), job.jobs, engine)))
        links = stack.enter_context(closing(References())) if job.check_references else None
        return stack.enter_context(closing(self._accounted(outcomes, account, links)))

    def _pictured(self, inputs: Iterator[Numbered]) -> Iterator[Numbered]:
        """Mark each input for a thumbnail as long as the host wants one.

        Inputs are handed out one by one, and outcomes come back in their order, so an input without a mark has as
        many before it as there may be.

        """
        wants_picture = self._hooks.wants_picture
        for number, source in inputs:
            yield number, evolve(source, pictured=wants_picture()) if wants_picture is not None else source

    def _accounted(
        self, outcomes: Iterator[FileOutcome], account: Ledger | Unjournaled, links: References | None
    ) -> Generator[FileOutcome, None, None]:
        """Yield each outcome when it is in the account, and close the account also where the run is stopped."""
        endings: Counter[Ending] = Counter()
        try:
            try:
                for outcome in outcomes:
                    account.take(outcome)
                    endings[outcome.ending] += 1
                    if links is not None and outcome.before is not None:
                        name = outcome.output.as_posix() if outcome.output is not None else None
                        links.add(outcome.number, name, outcome.before, outcome.after)
                    yield outcome
            except (JournalError, OSError):
                raise
            # A signal, a lost cluster, a host that takes no more outcomes: what has ended is kept.
            except BaseException:
                account.finish(None)
                raise
            account.finish({one.value: endings[one] for one in Ending})
        # What is not accounted for is not to be passed on, so the run does not go on without its account.
        except JournalError as failure:
            message = f"the journal cannot be written: {failure}"
            raise AccountError(message, is_lost=isinstance(failure, JournalGone)) from None
        except OSError as failure:
            raise AccountError(f"the manifest cannot be written: {failure.strerror}") from None
        self.references = links.report() if links is not None else None


def _unjournaled(job: Run) -> Unjournaled:
    path = job.manifest
    try:
        return Unjournaled.of(job.program, path, overwrite=job.overwrite, dry_run=job.dry_run)
    except FileExistsError:
        raise CannotStart(f"{path} exists already; name another, or say --overwrite") from None
    except OSError as failure:
        raise CannotStart(f"{path} cannot be written: {failure.strerror}") from None


def prepared(job: Run, hooks: Hooks | None = None) -> Running:
    """Check a run and return it, ready to start.

    Nothing is written and no file is read. Raises InputError for an input that cannot be one, or that a file of
    the run would replace, LinkError for variables
    and functions that are missing and for secrets that are easy to guess, VariablesError for such secrets in the rows,
    and MissingExtra or MissingDetector for packages.
    """
    check_inputs(job.inputs, job.output)
    try:
        check_own_files(job.own_files, job.inputs)
    except OwnFileError as failure:
        raise InputError(str(failure)) from None
    if job.rows is not None:
        check_secrets(job.rows, job.program.needs.variables)
    work = Work(job.program, job.settings(), job.functions, job.variables)
    work.machine()
    require_for_pixels(job.program)
    return Running(job, work, hooks or Hooks())


def run(job: Run, hooks: Hooks | None = None) -> Generator[FileOutcome, None, None]:
    """Run, and yield one outcome for each input, in the order of the inputs.

    The checks of `prepared` are done at once; the run starts with the first outcome that is taken. Raises CannotStart,
    AccountError and ClusterError.
    """
    return _from_start_to_end(prepared(job, hooks))


def _from_start_to_end(running: Running) -> Generator[FileOutcome, None, None]:
    with running:
        yield from running
