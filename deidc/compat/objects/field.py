"""A field is one element of an object as deid shows it: with its nested name and its place."""

from __future__ import annotations

import re
import weakref
from collections.abc import Callable
from functools import cached_property
from typing import Any

from pydicom.dataelem import DataElement, RawDataElement, convert_raw_data_element
from pydicom.dataset import Dataset
from pydicom.tag import Tag

from deidc.compat.objects.deadlines import search_deadline
from deidc.compat.objects.paths import path_of, tag_text, uid_of, way_of_uid
from deidc.compat.objects.selection import selects
from deidc.dicom.datasets import AnyElement, table
from deidc.dicom.values.decoding import DEFAULT_CHARACTER_SETS, Undecodable
from deidc.guarded import guarded
from deidc.patterns import compiled, is_slow
from deidc.runtime.fold.conditions import compared
from deidc.runtime.fold.elements import InputElement
from deidc.runtime.fold.select import Identity
from deidc.vocabulary import Comparison

Creators = tuple[str | None, ...]


class DicomField:
    """An element of an object: `element`, `name` (keywords on the way), `uid` (tags and item numbers on the way).

    The text of a field is that of pydicom's element, value included, as deid prints it.

    Elements of a table are decoded at first use; then it is the element of the object itself, so what is
    written to `field.element.value` is written to the object. One whose bytes are no value of its VR is shown as UN.
    """

    def __init__(self, element: DataElement, name: str, uid: str, is_filemeta: bool = False) -> None:
        self._element: DataElement | None = element
        self._input: InputElement | None = None
        self._home: Callable[[], Dataset | None] = _nowhere
        self._creators: Creators = ()
        self.name = name
        self.uid = uid
        self.is_filemeta = is_filemeta

    @classmethod
    def found(cls, element: InputElement, creators: Creators, name: str, uid: str, home: Dataset) -> DicomField:
        """Return the field of an element of an input; `creators` are the private creators on the way to it."""
        field = cls.__new__(cls)
        field._element = element.source if isinstance(element.source, DataElement) else None
        field._input = element
        field._home = weakref.ref(home)
        field._creators = creators
        field.name, field.uid, field.is_filemeta = name, uid, element.in_file_meta
        return field

    @property
    def element(self) -> DataElement:
        """The data element."""
        if self._element is None:
            assert self._input is not None
            self._element = _decoded(self._input, self._home())
        return self._element

    @element.setter
    def element(self, element: DataElement) -> None:
        self._element = element

    @property
    def tag(self) -> str:
        """The tag as text, `(0010,0010)`."""
        return tag_text(self.identity.tag)

    @property
    def stripped_tag(self) -> str:
        """The tag as text without punctuation, `00100010`."""
        return f"{self.identity.tag:08X}"

    @cached_property
    def identity(self) -> Identity:
        """What selectors can know of the element before they see its value."""
        if self._input is not None:
            tags, _ = self._way
            return Identity(tuple(zip(tags, self._creators, strict=True)), self._input.vr)
        element = self.element
        tags, _ = self._way
        creators: Creators = (None,) * (len(tags) - 1) + (getattr(element, "private_creator", None) or None,)
        return Identity(tuple(zip(tags, creators, strict=True)), str(element.VR))

    @cached_property
    def _way(self) -> tuple[tuple[int, ...], tuple[int, ...]]:
        way = way_of_uid(self.uid)
        if way is None or (self._element is not None and way[0][-1] != self._element.tag):
            return (int(Tag(self.element.tag)),), ()
        return way

    @property
    def input(self) -> InputElement:
        """The element as the machine reads it: its current value, or its raw bytes if it was never decoded."""
        if self._input is not None and self._element in (None, self._input.source):
            return self._input
        tags, indexes = self._way
        vr = str(self.element.VR)
        creator = self.identity.creator
        path = path_of(tags, indexes)
        return InputElement(self.element, vr, creator, path, indexes, DEFAULT_CHARACTER_SETS, self.is_filemeta)

    # ---- questions ----------------------------------------------------------------------------------------

    def name_contains(self, expression: str | re.Pattern[str]) -> bool:
        """Whether a regular expression is found in a name of the element: see `deidc.ir.ops.Matching`."""
        pattern = compiled(expression) if isinstance(expression, str) else _without_case(expression)
        with search_deadline(is_slow(pattern.pattern)):
            return any(map(pattern.search, self.identity.spellings))

    def value_contains(self, expression: str | re.Pattern[str]) -> bool:
        """Whether a regular expression is found in a value of the element; case is ignored."""
        text = expression if isinstance(expression, str) else expression.pattern
        compiled(text)
        try:
            with search_deadline(is_slow(text)):
                return compared(Comparison.CONTAINS, text, self.input.components)
        except Undecodable:
            return False

    def select_matches(self, expression: str) -> bool:
        """Whether `select:` with this expression, like `VR:PN` or `group:0010`, selects the element."""
        return selects(f"select:{expression}", self)

    # ---- text and copies ----------------------------------------------------------------------------------

    def __str__(self) -> str:
        return f"{self.element}  [{self.name}]"

    def __repr__(self) -> str:
        return str(self)

    def __getstate__(self) -> tuple[DataElement, str, str, bool]:
        return self.element, self.name, self.uid, self.is_filemeta

    def __setstate__(self, state: tuple[DataElement, str, str, bool]) -> None:
        DicomField.__init__(self, *state)


class ByUid(dict[str, DicomField]):
    """Fields by their uid, also in the form that older versions of pydicom print, `(7fe0, 0010)`."""

    def __missing__(self, uid: str) -> DicomField:
        known = uid_of(uid) if isinstance(uid, str) else uid
        if known == uid:
            raise KeyError(uid)
        return self[known]

    def __contains__(self, uid: object) -> bool:
        return super().__contains__(uid) or (isinstance(uid, str) and super().__contains__(uid_of(uid)))

    def get(self, uid: str, default: Any = None) -> Any:  # noqa: ANN401  # as that of every dictionary
        """Return a field by its uid."""
        try:
            return self[uid]
        except KeyError:
            return default


def _nowhere() -> None:
    return None


def _without_case(pattern: re.Pattern[str]) -> re.Pattern[str]:
    return re.compile(pattern.pattern, pattern.flags | re.IGNORECASE)


def _decoded(found: InputElement, home: Dataset | None) -> DataElement:
    """Return a raw element with its value: the one of its object if that is still there, else one of its own."""
    raw = found.source
    assert isinstance(raw, RawDataElement)
    with guarded():
        if home is not None and table(home).get(raw.tag) is raw:
            return home[raw.tag]
        return convert_raw_data_element(raw._replace(VR=found.vr), encoding=list(found.character_sets))
    return _of_unknown_vr(raw)


def _of_unknown_vr(element: AnyElement) -> DataElement:
    shown = DataElement(element.tag, "OB", element.value or b"")
    shown.VR = "UN"  # given as such, pydicom would look up another
    return shown
