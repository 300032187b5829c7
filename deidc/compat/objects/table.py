"""Build a flat table of all fields of an object, including those in the items of sequences."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator

from attrs import frozen
from pydicom.dataelem import RawDataElement
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from deidc.compat.objects.field import ByUid, Creators, DicomField
from deidc.compat.objects.paths import tag_text, uid_of
from deidc.compat.objects.selection import selected
from deidc.dicom import dictionary
from deidc.dicom.values.decoding import DEFAULT_CHARACTER_SETS, CharacterSets
from deidc.runtime.fold.elements import InputElement, character_sets_of, identified


class FieldsWithLookups:
    """Fields by their uid, in the order in which they were found."""

    def __init__(self, fields: dict[str, DicomField]) -> None:
        self.fields = fields

    def get_exact_matches(self, field: str) -> list[DicomField]:
        """Return the fields that a target of a recipe selects. Raises CompileError for what is no target."""
        return selected(field, self.fields.values())

    def add(self, uid: str, field: DicomField) -> None:
        """Put a field into the table."""
        self.fields[uid] = field

    def remove(self, uid: str) -> None:
        """Take a field out of the table, if it is there."""
        self.fields.pop(uid, None)

    def items(self) -> Iterable[tuple[str, DicomField]]:
        """Return uids with their fields."""
        return self.fields.items()

    def values(self) -> Iterable[DicomField]:
        """Return the fields."""
        return self.fields.values()

    def keys(self) -> Iterable[str]:
        """Return the uids."""
        return self.fields.keys()

    def get(self, uid: str, default: DicomField | None = None) -> DicomField | None:
        """Return a field by its uid."""
        return self.fields.get(uid, default)

    def __getitem__(self, uid: str) -> DicomField:
        return self.fields[uid]

    def __setitem__(self, uid: str, field: DicomField) -> None:
        self.fields[uid] = field

    def __iter__(self) -> Iterator[str]:
        return iter(self.fields)

    def __contains__(self, uid: object) -> bool:
        return uid in self.fields

    def __len__(self) -> int:
        return len(self.fields)

    def __str__(self) -> str:
        return str(self.fields)

    def __repr__(self) -> str:
        return repr(self.fields)


@frozen
class _Level:
    """A data set that is still to be looked at."""

    dataset: Dataset
    name: str
    uid: str
    path: str
    indexes: tuple[int, ...]
    creators: Creators
    character_sets: CharacterSets
    in_file_meta: bool


def get_fields_with_lookup(
    dicom: Dataset,
    skip: str | Collection[str] | None = None,
    expand_sequences: bool = True,
    seen: Collection[str] | None = None,
    *,
    leaves_out: Callable[[DicomField], bool] | None = None,
) -> FieldsWithLookups:
    """Return the fields of an object: top level, file meta information, then items, level by level.

    `skip` has keywords or tags like `(0008,0018)` of elements that are left out at every depth, with what is in them;
    so are those of which `leaves_out` says so. `seen` has uids that are left out themselves. Nothing but sequences is
    decoded.
    """
    given = [skip] if isinstance(skip, str) else skip or ()
    passed = frozenset((*given, *map(uid_of, given)))
    known = frozenset(seen or ())
    fields = ByUid()
    levels = deque([_Level(dicom, "", "", "", (), (), DEFAULT_CHARACTER_SETS, False)])
    if file_meta := getattr(dicom, "file_meta", None):
        levels.append(_Level(file_meta, "", "", "", (), (), DEFAULT_CHARACTER_SETS, True))
    while levels:
        level = levels.popleft()
        for field, element in _fields_of(level, passed):
            if leaves_out is not None and leaves_out(field):
                continue
            if field.uid not in known:
                fields[field.uid] = field
            if expand_sequences and element.vr == "SQ":
                levels.extend(_items(level, field, element))
    return FieldsWithLookups(fields)


get_fields = get_fields_with_lookup


def _fields_of(level: _Level, skip: frozenset[str]) -> Iterator[tuple[DicomField, InputElement]]:
    character_sets = character_sets_of(level.dataset, level.character_sets)
    for tag, source, vr, creator in identified(level.dataset):
        keyword, text = dictionary.element_keyword(tag), tag_text(tag)
        if keyword in skip or text in skip:
            continue
        given = source
        if " or " in vr and isinstance(source, RawDataElement):
            given = level.dataset[tag]  # only the object around it decides which of the two
        effective = str(given.VR) if given is not source else vr
        path = f"{level.path}{tag:08X}"
        element = InputElement(given, effective, creator, path, level.indexes, character_sets, level.in_file_meta)
        creators = (*level.creators, creator)
        name = f"{level.name}__{keyword}" if level.uid else keyword
        uid = f"{level.uid}__{text}" if level.uid else text
        yield DicomField.found(element, creators, name, uid, level.dataset), element


def _items(level: _Level, field: DicomField, element: InputElement) -> Iterator[_Level]:
    """Yield the items of a sequence; none of one that cannot be decoded."""
    items = field.element.value
    for number, item in enumerate(items if isinstance(items, Sequence) else ()):
        yield _Level(
            item,
            field.name,
            f"{field.uid}__{number}",
            f"{element.path}[{number}].",
            (*level.indexes, number),
            tuple(creator for _, creator in field.identity.way),
            element.character_sets,
            level.in_file_meta,
        )
