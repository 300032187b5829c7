"""Read, clean and write one file, and return the one outcome it ends in."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from attrs import evolve, field, frozen
from pydicom.dataset import FileDataset

from deidc.batch.inputs.archives import Shelf
from deidc.batch.inputs.earlier import Begun, Held, Unchanged, Written
from deidc.batch.inputs.faults import ReadFault
from deidc.batch.inputs.reading import read_bytes, read_file
from deidc.batch.inputs.sources import MEMBER_LIMIT, NotOpened, open_source
from deidc.batch.inputs.stat_identity import identity_of
from deidc.batch.job.cleaning import Given, InPixels, NotRead, clean, content_of, in_pixels, is_held, is_set_apart
from deidc.batch.job.deadline import DeadlineExceeded, deadline
from deidc.batch.job.discovery import Input
from deidc.batch.job.outcome import Ending, FileOutcome
from deidc.batch.job.references import Links, links_of
from deidc.batch.job.thumbnails import Thumbnail, Thumbnails, WrittenTo, deserves_thumbnail, thumbnail_for
from deidc.batch.job.variables import Rows, VariablesError, typed
from deidc.batch.outputs.content import Content, chunks_of, digest_of
from deidc.batch.outputs.destinations import RESERVED, Destination, as_destination, holds, put, read_at
from deidc.batch.outputs.front import pixel_size, values_at
from deidc.batch.outputs.name_templates import Template, Unnamed
from deidc.batch.outputs.own_files import OwnFiles
from deidc.batch.outputs.reserved import is_reserved
from deidc.codes import faults
from deidc.diagnostics import Rule
from deidc.dicom.limits import LIMITS, BeyondLimit, Limits
from deidc.guarded import guarded
from deidc.runtime.machine import Machine
from deidc.runtime.outcome import Cleaned, Fault, Flag, Refused, fault_beyond
from deidc.runtime.stream.cleaned_bytes import CleanedBytes
from deidc.vocabulary import Storage

_ITEM = re.compile(r"\[\d+\]")
_CHANGED = "the input changed after its output was written"


@frozen
class Settings:
    """What a run does with every file; travels to workers.

    Attributes:
        output: where to write; None writes nothing.
        write_flagged: write objects that a label flags; those of a quarantine never are.
        quarantine: where objects go that a label sets apart; None writes them nowhere.
        rows: variables that differ from file to file.
        token: part of the names of this run's temporary files.
        again: the file was on its way when a worker died, so its output may be there already.
        member_limit: the largest member of an archive that is unpacked, in bytes.
        template: names outputs; None keeps the tree.
        link_key: a secret for digests of links; None compares no links.
        digests: compute the digests of inputs and outputs, which costs more than cleaning where images are big.
        plan: count effects by attribute.
        thumbnails: how thumbnails of inputs are made where one is wanted; None makes none.
        limits: what one file may cost.
        own_files: the files of the run itself, which no output replaces.
        expendable: this process does nothing but clean files, and may end with one that exceeds its deadline.

    """

    output: Destination | None = field(converter=as_destination)
    overwrite: bool = False
    fsync: bool = False
    write_flagged: bool = False
    quarantine: Destination | None = field(default=None, converter=as_destination)
    rows: Rows | None = None
    token: str = ""
    again: bool = False
    member_limit: int = MEMBER_LIMIT
    template: Template | None = None
    link_key: bytes | None = field(default=None, repr=False)
    digests: bool = False
    plan: bool = False
    thumbnails: Thumbnails | None = None
    limits: Limits = LIMITS
    own_files: OwnFiles = OwnFiles()
    expendable: bool = False


def run_file(
    machine: Machine, settings: Settings, number: int, source: Input, shelf: Shelf | None = None
) -> FileOutcome:
    """Clean one file. Never raises for what is in the file or for what the file system does.

    `shelf` keeps an archive open from one call to the next.
    """
    if isinstance(source.earlier, Unchanged) and not _is_twin(settings, source):
        return _unchanged(settings, number, source, source.earlier.output, shelf)
    if source.trouble is not None:
        return _ended(number, source, Ending.REFUSED, source.trouble)
    identity = identity_of(source.source)  # before it is read: what is changed from now on is not what was cleaned
    try:
        with open_source(source.source, shelf or Shelf(), settings.member_limit) as opened:
            if not opened.size:
                return _ended(number, source, Ending.REFUSED, Fault(faults.EMPTY_FILE, "the file is empty"))
            begun = FileOutcome(number, source, Ending.REFUSED, size=opened.size, identity=identity)
            return _run_opened(machine, settings, begun, Given(opened, settings.limits))
    except NotOpened as failure:
        return _ended(number, source, Ending.REFUSED, Fault(failure.rule, failure.message))


def _is_twin(settings: Settings, source: Input) -> bool:
    """Whether an input before this one has its place in the output.

    A template makes names of what is in the objects; where inputs lay says nothing then.
    """
    return bool(source.twin) and settings.template is None


def _unchanged(settings: Settings, number: int, source: Input, output: Path, shelf: Shelf | None) -> FileOutcome:
    """Return the outcome of an input that an earlier run wrote; its links are read from what is there."""
    outcome = FileOutcome(number, source, Ending.UNCHANGED, output=output)
    if settings.link_key is None or settings.output is None:
        return outcome
    here = read_at(settings.output, output)
    before = read_file(source.source, shelf, settings.member_limit)
    after = read_bytes(here) if here is not None else None
    if not isinstance(before, FileDataset) or not isinstance(after, FileDataset):
        return evolve(outcome, ending=Ending.REFUSED, faults=(Fault(faults.UNREADABLE, "its UIDs cannot be read"),))
    return evolve(outcome, before=links_of(before, settings.link_key), after=links_of(after, settings.link_key))


def _run_opened(machine: Machine, settings: Settings, draft: FileOutcome, given: Given) -> FileOutcome:
    """Return the outcome of an input; `draft` is the one it has if anything goes wrong. Raises NotOpened."""
    earlier = draft.source.earlier
    if not isinstance(earlier, Written) or earlier.input_digest is None or _is_twin(settings, draft.source):
        if settings.digests or draft.identity is None:
            draft = evolve(draft, input_digest=digest_of(chunks_of(given.opened)))
        return _run_anew(machine, settings, draft, given)
    draft = evolve(draft, input_digest=digest_of(chunks_of(given.opened)))
    if draft.input_digest == earlier.input_digest:
        return evolve(draft, ending=Ending.UNCHANGED, output=earlier.output)
    if not settings.overwrite:
        return _because(draft, faults.INPUT_CHANGED, _CHANGED)
    return _run_anew(machine, settings, draft, given)


def _run_anew(machine: Machine, settings: Settings, draft: FileOutcome, given: Given) -> FileOutcome:
    """Return the outcome of an input that is not known to be unchanged. Raises NotOpened."""
    try:
        # One damaged object does not stop the others.
        with guarded(NotRead, VariablesError, NotOpened, BeyondLimit) as guard:
            if _is_twin(settings, draft.source):
                given.read()
                return _because(draft, faults.SAME_FILE, "an earlier input has the same output path")
            with deadline(
                settings.limits.deadline(given.opened.size),
                expendable=settings.expendable,
                may_hang=lambda: machine.program.has_slow_pattern,
            ):
                variables = _variables(machine, settings, draft.source, given)
                outcome, why = clean(machine, given, variables, notes_starts=settings.template is not None)
                draft = evolve(draft, dataset_engine=why, before=_links(settings, given))
            if isinstance(outcome, Refused):
                return evolve(draft, faults=outcome.faults)
            return _finished(settings, draft, outcome, given, machine.program.storage)
    except NotRead as failure:
        return _unread(draft.number, draft.source, failure.fault)
    except VariablesError as failure:
        return _because(draft, faults.VALUE_UNFIT, str(failure))
    except DeadlineExceeded as failure:
        return _because(draft, faults.DEADLINE_EXCEEDED, str(failure))
    except BeyondLimit as failure:
        return evolve(draft, faults=(fault_beyond(failure),))
    return _because(draft, faults.ELEMENT_UNDECODABLE, f"the object cannot be cleaned ({guard.kind})")


def _links(settings: Settings, given: Given) -> Links | None:
    return links_of(given.read(), settings.link_key) if settings.link_key is not None else None


def _variables(machine: Machine, settings: Settings, source: Input, given: Given) -> dict[str, object]:
    if settings.rows is None:
        return {}
    kinds = {one.name: one.kind for one in machine.program.needs.variables}
    found = settings.rows.of(source.shown, source.relative, given.read)
    return {name: typed(name, text, kinds[name]) for name, text in found.items() if name in kinds}


def _finished(
    settings: Settings,
    draft: FileOutcome,
    cleaned: Cleaned | CleanedBytes,
    given: Given,
    storage: Storage | None,
) -> FileOutcome:
    """Return the outcome of a cleaned object; it is written unless it is held for review."""
    draft = evolve(draft, flags=cleaned.flags)
    content = content_of(cleaned, given)
    if isinstance(content, ReadFault):
        return _because(draft, content.rule, content.message)
    looked_at = _with_pixels(settings, content, cleaned.flags, storage)
    if isinstance(looked_at, Refused):
        return evolve(draft, faults=looked_at.faults)
    content, holding, blanked = looked_at.content, looked_at.holding, looked_at.blanked
    held = is_held(holding, write_flagged=settings.write_flagged)
    try:
        place = _place(settings, draft, cleaned, content, is_blanked=blanked is not None)
        _check_place(settings, place)
    except Unnamed as failure:
        return _because(draft, failure.rule, failure.message)
    size: int | None = None
    if not held and settings.output is not None:
        if isinstance(draft.source.earlier, Written) and not settings.overwrite:
            # No digest shows whether the input is unchanged, so its output has to.
            return _compared(draft, settings.output, place, content)
        written = _write(settings, settings.output, draft.source, content, place)
        if isinstance(written, ReadFault):
            return _because(draft, written.rule, written.message)
        size = written
    quarantined = False
    if held and settings.quarantine is not None and is_set_apart(holding):
        written = _set_apart(settings, settings.quarantine, draft.source, content)
        if isinstance(written, ReadFault):
            return _because(draft, written.rule, written.message)
        quarantined = True
    links = None
    if settings.link_key is not None and not held:
        after = read_bytes(content.whole())
        links = links_of(after, settings.link_key) if not isinstance(after, ReadFault) else None
    return evolve(
        draft,
        ending=Ending.FLAGGED if held else Ending.WRITTEN,
        attributes=_by_attribute(cleaned) if settings.plan else {},
        holding=holding,
        blanked=blanked,
        text=looked_at.text,
        quarantined=quarantined,
        effects=cleaned.counts,
        thumbnail=_thumbnail(settings, draft, given, None if holding else (content, place)),
        output=None if held else place,
        output_digest=content.digest() if settings.digests and not held else None,
        output_size=size,
        after=links,
    )


def _with_pixels(
    settings: Settings, content: Content, flags: tuple[Flag, ...], storage: Storage | None
) -> InPixels | Refused:
    """Blank what labels name, within a deadline by the size of the pixels as they are decoded."""
    if storage is None or not any(flag.blanks for flag in flags):
        return in_pixels(content, flags, storage)
    size = max(content.size(), pixel_size(content.chunks()))
    with deadline(settings.limits.deadline(size), expendable=settings.expendable):
        return in_pixels(content, flags, storage)


def _thumbnail(
    settings: Settings, outcome: FileOutcome, given: Given, cleaned: tuple[Content, Path] | None
) -> Thumbnail | None:
    """Return a thumbnail of an object that a label flags, if one is wanted.

    An object that needs review is not `cleaned`, even where it is written.
    """
    asked = settings.thumbnails
    if asked is None or not outcome.source.pictured or not deserves_thumbnail(outcome.flags):
        return None
    if cleaned is None:
        return thumbnail_for(asked, given.opened, outcome.flags, None)
    content, place = cleaned
    written = content if settings.output is None else WrittenTo(settings.output, place)
    return thumbnail_for(asked, given.opened, outcome.flags, written)


def _place(
    settings: Settings,
    draft: FileOutcome,
    cleaned: Cleaned | CleanedBytes,
    content: Content,
    *,
    is_blanked: bool,
) -> Path:
    """Return the path of the output. Raises Unnamed."""
    template = settings.template
    if template is None:
        return draft.source.relative
    values: Mapping[int, tuple[str, ...]] = {}
    if template.tags and isinstance(cleaned, CleanedBytes) and not is_blanked:
        values = cleaned.values(template.tags)
    elif template.tags:  # blanking writes attributes, and what pydicom wrote is not known
        values = values_at(content.chunks(), template.tags)
    return template.place(draft.number, values, cleaned.events)


def _check_place(settings: Settings, place: Path) -> None:
    """Raise Unnamed for a place that no output may have, so that a dry run reports it, too."""
    if is_reserved(place) or _is_own(settings, place):
        raise Unnamed(RESERVED.rule, RESERVED.message)


def _is_own(settings: Settings, place: Path) -> bool:
    """Whether an output at a place would replace a file of the run itself, also through a link in the output."""
    folders = (settings.output, settings.quarantine)
    return any(folder is not None and settings.own_files.has(folder, place) for folder in folders)


def _write(settings: Settings, output: Destination, source: Input, content: Content, place: Path) -> int | ReadFault:
    """Write an output; return its size, or why it was not written."""
    begun = source.earlier if isinstance(source.earlier, Begun) else None
    replace = settings.overwrite or (begun is not None and begun.may_replace)
    written = put(output, place, content, source.source, overwrite=replace, fsync=settings.fsync, token=settings.token)
    if isinstance(written, ReadFault) and written.rule is faults.OUTPUT_EXISTS:
        if (settings.again or begun is not None) and holds(output, place, content):
            return content.size()  # the worker that died may have written it just before
        if settings.template is not None:
            return ReadFault(faults.NAME_TAKEN, "an output of this name already exists")
    return written


def _set_apart(settings: Settings, quarantine: Destination, source: Input, content: Content) -> int | ReadFault:
    """Put an object into the quarantine by its place in the tree; what an earlier run of the same put there goes."""
    replace = settings.overwrite or settings.again or isinstance(source.earlier, Begun | Held)
    place = source.relative
    return put(quarantine, place, content, source.source, overwrite=replace, fsync=settings.fsync, token=settings.token)


def _compared(draft: FileOutcome, output: Destination, place: Path, content: Content) -> FileOutcome:
    """Return the outcome of an input that was written before: unchanged if the same came of it again."""
    if not holds(output, place, content):
        return _because(draft, faults.INPUT_CHANGED, _CHANGED)
    return evolve(draft, ending=Ending.UNCHANGED, output=place, output_size=content.size())


def _by_attribute(cleaned: Cleaned | CleanedBytes) -> dict[tuple[int, str, str], int]:
    """Return how often each op had each effect on each attribute; paths are without the numbers of items."""
    return dict(Counter((event.op, event.effect.value, _ITEM.sub("", event.path)) for event in cleaned.events))


def _because(draft: FileOutcome, rule: Rule, message: str) -> FileOutcome:
    return evolve(draft, faults=(Fault(rule, message),))


def _unread(number: int, source: Input, read: ReadFault) -> FileOutcome:
    skipped = read.rule in (faults.NOT_DICOM, faults.MEDIA_DIRECTORY)
    return _ended(number, source, Ending.SKIPPED if skipped else Ending.REFUSED, Fault(read.rule, read.message))


def _ended(number: int, source: Input, ending: Ending, fault: Fault) -> FileOutcome:
    return FileOutcome(number, source, ending, (fault,))
