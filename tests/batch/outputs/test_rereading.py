"""Content read before it is written: the same bytes, and ranges that are told of the input."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from deidc.batch.outputs.content import Content
from deidc.batch.outputs.rereading import Rereader
from deidc.dicom.edits import Span


class Input:
    """A source of ranges in memory."""

    def __init__(self, data: bytes) -> None:
        self.data, self.size = data, len(data)

    def read(self, at: int, count: int) -> bytes:
        return self.data[at : at + count]

    def fileno(self) -> None:
        return None


DATA = bytes(range(1, 201))
spans = st.tuples(st.integers(0, 200), st.integers(0, 200)).map(lambda ends: Span(min(ends), max(ends)))
parts = st.lists(st.binary(max_size=9) | spans, max_size=6)


def whole(pieces: list[bytes | Span], data: bytes) -> bytes:
    """Pieces put together by hand."""
    return b"".join(data[one[0] : one[1]] if isinstance(one, Span) else one for one in pieces)


@given(parts, st.integers(0, 250), st.integers(0, 250))
def test_any_range_is_that_of_the_whole(pieces, at, count):
    """Reading anywhere gives what the whole content has there."""
    reader = Rereader.of(Content(lambda: pieces, Input(DATA)))
    expected = whole(pieces, DATA)
    assert reader.size == len(expected)
    assert reader.read(at, count) == expected[at : at + count]


@given(parts, st.data())
def test_what_is_made_of_it_is_told_in_ranges_of_the_input(pieces, data):
    """Content of ranges of what is read is the same bytes by ranges of the input, and no byte of it was read."""
    reader = Rereader.of(Content(lambda: pieces, Input(DATA)))
    before = whole(pieces, DATA)
    ends = st.integers(0, len(before))
    more = data.draw(
        st.lists(st.binary(max_size=5) | st.tuples(ends, ends).map(lambda two: Span(min(two), max(two))), max_size=5)
    )
    traced = reader.traced(lambda: more)
    assert traced.whole() == whole(more, before)
    copied = sum(len(one) for one in traced.pieces() if isinstance(one, bytes))
    assert copied <= sum(len(one) for one in (*more, *pieces) if isinstance(one, bytes)) * (1 + len(more))
