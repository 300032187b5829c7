"""The file meta information of a damaged file, and what may be wrong with it, before it and behind the data set."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable
from functools import partial

from attrs import evolve, frozen

from tests.damaged.draft import Draft, Scope
from tests.damaged.pen import EXPLICIT, IMPLICIT, UIDS, Encoding, Layout, element, even, item, sequence

SOP_CLASS, SOP_INSTANCE = b"1.2.840.10008.5.1.4.1.1.7\0", b"1.2.826.0.1.3680043.99"
_PLAIN_PREAMBLE = bytes(128) + b"DICM"

Elements = tuple[tuple[int, str, bytes], ...]


@frozen
class Surroundings:
    """A file without its data set, before it is written.

    Attributes:
        group_length: how far the group length is off; None if there is none.
        body: the file meta information behind its group length, if `elements` are not it.
        inner_tail, tail: bytes behind the last element, and at the end of the file.

    """

    preamble: bytes
    elements: Elements
    layout: Layout = EXPLICIT
    group_length: int | None = 0
    body: bytes | None = None
    inner_tail: bytes = b""
    tail: bytes = b""

    def around(self, data_set: bytes, encoding: Encoding) -> bytes:
        """Return the bytes of the file."""
        inner = data_set + self.inner_tail
        if encoding is Encoding.DEFLATED:
            packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
            inner = packer.compress(inner) + packer.flush()
            inner += b"\0" * (len(inner) % 2)
        return self.preamble + self._meta() + inner + self.tail

    def _meta(self) -> bytes:
        body = b"".join(element(self.layout, *one) for one in self.elements) if self.body is None else self.body
        if self.group_length is None:
            return body
        length = max(len(body) + self.group_length, 0)
        return element(self.layout, 0x00020000, "UL", struct.pack("<L", length)) + body


def plain(encoding: Encoding) -> Surroundings:
    """Return surroundings in which nothing is wrong."""
    return Surroundings(
        _PLAIN_PREAMBLE,
        (
            (0x00020001, "OB", b"\0\1"),
            (0x00020002, "UI", SOP_CLASS),
            (0x00020003, "UI", SOP_INSTANCE),
            (0x00020010, "UI", even(UIDS[encoding].encode(), b"\0")),
            (0x00020012, "UI", b"1.2.3.4\0"),
        ),
    )


Change = Callable[[Draft, Surroundings], Surroundings]


@frozen
class FileKind:
    """A kind of damage around a data set, and the encodings in which a reader can know what follows."""

    change: Change
    encodings: tuple[Encoding, ...] = tuple(Encoding)


def _tail(draft: Draft, around: Surroundings, *, data: bytes, inner: bool) -> Surroundings:
    return evolve(around, inner_tail=data) if inner else evolve(around, tail=data)


def _canary_tail(draft: Draft, around: Surroundings, *, before: bytes, inner: bool) -> Surroundings:
    return _tail(draft, around, data=before + draft.token(), inner=inner)


def _name_behind_padding(draft: Draft, around: Surroundings, *, count: int) -> Surroundings:
    layout = IMPLICIT if draft.encoding is Encoding.IMPLICIT else Layout(False, draft.encoding is not Encoding.BIG)
    return evolve(around, inner_tail=bytes(count) + draft.name(layout))


def _meta_layout(draft: Draft, around: Surroundings, *, layout: Layout, group_length: int | None) -> Surroundings:
    return evolve(around, layout=layout, group_length=group_length)


def _group_length(draft: Draft, around: Surroundings, *, off: int | None) -> Surroundings:
    return evolve(around, group_length=off)


def _with(draft: Draft, around: Surroundings, *, tag: int, vr: str, scope: Scope = Scope.NAMED) -> Surroundings:
    """The element with a canary, in place of the one with its tag."""
    others = tuple(one for one in around.elements if one[0] != tag)
    return evolve(around, elements=tuple(sorted((*others, (tag, vr, draft.token(scope))))))


def _private_information(draft: Draft, around: Surroundings) -> Surroundings:
    more = ((0x00020100, "UI", b"1.2.3.4\0"), (0x00020102, "OB", draft.token()))
    return evolve(around, elements=(*around.elements, *more))


def _doubled(draft: Draft, around: Surroundings) -> Surroundings:
    one = (0x00020016, "AE", draft.token())
    return evolve(around, elements=(*around.elements, one, (0x00020016, "AE", draft.token())))


def _unordered(draft: Draft, around: Surroundings) -> Surroundings:
    return evolve(around, elements=((0x00020016, "AE", draft.token()), *around.elements[::-1]))


def _sequence_in_meta(draft: Draft, around: Surroundings) -> Surroundings:
    items = sequence(EXPLICIT, 0x000200F0, [item(EXPLICIT, draft.name(EXPLICIT))])
    return evolve(around, body=b"".join(element(EXPLICIT, *one) for one in around.elements) + items)


def _without(draft: Draft, around: Surroundings, *, tags: tuple[int, ...]) -> Surroundings:
    return evolve(around, elements=tuple(one for one in around.elements if one[0] not in tags))


def _syntax(draft: Draft, around: Surroundings, *, uid: bytes) -> Surroundings:
    others = tuple(one for one in around.elements if one[0] != 0x00020010)
    return evolve(around, elements=tuple(sorted((*others, (0x00020010, "UI", even(uid, b"\0"))))))


def _no_meta(draft: Draft, around: Surroundings, *, preamble: bytes) -> Surroundings:
    return evolve(around, elements=(), group_length=None, preamble=preamble)


def _preamble(draft: Draft, around: Surroundings, *, preamble: bytes) -> Surroundings:
    return evolve(around, preamble=preamble)


def _canary_in_preamble(draft: Draft, around: Surroundings) -> Surroundings:
    return evolve(around, preamble=draft.token() * 8 + b"DICM")


def _table() -> dict[str, FileKind]:
    by_first_element = (Encoding.EXPLICIT, Encoding.IMPLICIT, Encoding.BIG)
    kinds: dict[str, FileKind] = {
        "meta in implicit VR": FileKind(partial(_meta_layout, layout=IMPLICIT, group_length=0)),
        "meta in implicit VR without group length": FileKind(partial(_meta_layout, layout=IMPLICIT, group_length=None)),
        "meta in big endian": FileKind(partial(_meta_layout, layout=Layout(False, False), group_length=0)),
        "meta without group length": FileKind(partial(_group_length, off=None)),
        "private information": FileKind(_private_information),
        "doubled meta": FileKind(_doubled),
        "meta out of order": FileKind(_unordered),
        "sequence in meta": FileKind(_sequence_in_meta),
        "no transfer syntax": FileKind(partial(_without, tags=(0x00020010,)), by_first_element),
        "no SOP UIDs in meta": FileKind(partial(_without, tags=(0x00020002, 0x00020003))),
        "empty meta": FileKind(
            partial(_without, tags=(0x00020001, 0x00020002, 0x00020003, 0x00020010, 0x00020012)), by_first_element
        ),
        "unknown transfer syntax": FileKind(partial(_syntax, uid=b"1.2.3.4.5"), (Encoding.EXPLICIT,)),
        "canary in preamble": FileKind(_canary_in_preamble),
        "no preamble": FileKind(partial(_preamble, preamble=b"")),
        "prefix without preamble": FileKind(partial(_preamble, preamble=b"DICM")),
        "no meta": FileKind(partial(_no_meta, preamble=_PLAIN_PREAMBLE), by_first_element),
        "no meta, no preamble": FileKind(partial(_no_meta, preamble=b""), by_first_element),
    }
    for off in (-8, 8, -(1 << 20), 1 << 20):
        kinds[f"group length of meta wrong by {off}"] = FileKind(partial(_group_length, off=off))
    for tag, vr, scope in (
        (0x00020003, "UI", Scope.NAMED),
        (0x00020013, "SH", Scope.NAMED),
        (0x00020016, "AE", Scope.NAMED),
        (0x00020026, "UR", Scope.NAMED),
        (0x00020102, "OB", Scope.NAMED),
        (0x00020100, "UI", Scope.NAMED),
        # Unknown elements are named by the group only, until file meta information is made by an allow-list.
        (0x000200FF, "LO", Scope.WIDE),
        (0x00020099, "OB", Scope.WIDE),
        (0x00021001, "UN", Scope.WIDE),
        (0x00020035, "SH", Scope.WIDE),
    ):
        kinds[f"canary in ({tag >> 16:04X},{tag & 0xFFFF:04X}) {vr}"] = FileKind(
            partial(_with, tag=tag, vr=vr, scope=scope)
        )
    for encoding in (Encoding.EXPLICIT, Encoding.IMPLICIT, Encoding.BIG):
        kinds[f"names {encoding} as its transfer syntax"] = FileKind(
            partial(_syntax, uid=UIDS[encoding].encode()),
            tuple(one for one in Encoding if one not in (encoding, Encoding.DEFLATED)),
        )
    kinds["names deflated as its transfer syntax"] = FileKind(
        partial(_syntax, uid=UIDS[Encoding.DEFLATED].encode()), (Encoding.EXPLICIT,)
    )
    for inner in (False, True):
        where = "behind the last element" if inner else "behind the file"
        for count in (1, 2, 7, 8, 9, 16, 100, 512, 4096):
            kinds[f"{count} zeros {where}"] = FileKind(partial(_tail, data=bytes(count), inner=inner))
        for name, data in {
            "newline": b"\n",
            "line end": b"\r\n",
            "8 blanks": b" " * 8,
            "512 blanks": b" " * 512,
            "end of file": b"\x1a",
        }.items():
            kinds[f"{name} {where}"] = FileKind(partial(_tail, data=data, inner=inner))
        for name, before in {"text": b"", "text on a line": b"\n", "text after zeros": bytes(64)}.items():
            kinds[f"{name} {where}"] = FileKind(partial(_canary_tail, before=before, inner=inner))
    for count in (1, 2, 8, 64):
        kinds[f"name behind {count} zeros"] = FileKind(partial(_name_behind_padding, count=count))
    return kinds


FILE_KINDS = _table()
