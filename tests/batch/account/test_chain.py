"""The chain of a manifest: whatever is done to its lines is found, and told where."""

from __future__ import annotations

from hypothesis import assume, given
from hypothesis import strategies as st

from deidc.batch.account.chain import START, Broken, Link, chained, read_chain

VALUES = st.one_of(
    st.none(), st.booleans(), st.integers(), st.text(max_size=5), st.lists(st.text(max_size=3), max_size=2)
)
RECORDS = st.lists(
    st.dictionaries(st.text(max_size=4).filter(lambda name: name not in ("chain", "entry")), VALUES, max_size=3),
    min_size=1, max_size=6,
)  # fmt: skip


def lines_of(records: list[dict[str, object]]) -> list[bytes]:
    lines, chain = [], START
    for entry, record in enumerate(records):
        line, chain = chained(chain, entry, record)
        lines.append(line)
    return lines


def broken(lines: list[bytes]) -> list[int]:
    return [one.line for one in read_chain(lines) if isinstance(one, Broken)]


@given(RECORDS)
def test_what_was_written_is_read(records):
    """Every line is a link with its record, and says where it ends."""
    lines = lines_of(records)
    found = list(read_chain(lines))
    assert all(isinstance(one, Link) for one in found)
    assert [one.record for one in found] == records
    assert [one.end for one in found] == [sum(map(len, lines[: number + 1])) for number in range(len(lines))]


@given(RECORDS, st.data())
def test_one_byte_that_differs_is_found_at_its_line(records, data):
    """Whichever byte of whichever line, line ends too."""
    lines = lines_of(records)
    number = data.draw(st.integers(0, len(lines) - 1))
    at = data.draw(st.integers(0, len(lines[number]) - 1))
    byte = data.draw(st.integers(0, 255))
    assume(lines[number][at] != byte)
    changed = lines[number][:at] + bytes([byte]) + lines[number][at + 1 :]
    text = b"".join([*lines[:number], changed, *lines[number + 1 :]])
    assert number + 1 in broken(text.splitlines(keepends=True) if byte not in b"\r" else [*lines[:number], changed])


@given(RECORDS, st.data())
def test_a_record_that_differs_is_found_at_its_line_alone(records, data):
    """Also where it is written in the form of the others, and tells the digest that stood there."""
    lines = lines_of(records)
    number = data.draw(st.integers(0, len(lines) - 1))
    other = data.draw(RECORDS)[0]
    assume(other != records[number] or str(other) != str(records[number]))
    chain = lines[number][lines[number].index(b'"chain":"') :][:74]
    forged, _ = chained(START, number, other)
    own = forged[forged.index(b'"chain":"') :][:74]
    lines[number] = forged.replace(own, chain, 1)
    assert broken(lines) == [number + 1]


@given(RECORDS, st.data())
def test_a_line_that_was_removed_is_found(records, data):
    """At the line that comes after the gap; a last line that is gone is what the end line is for."""
    lines = lines_of(records)
    assume(len(lines) > 1)
    number = data.draw(st.integers(0, len(lines) - 2))
    del lines[number]
    assert broken(lines) == [number + 1]


@given(RECORDS, st.data())
def test_a_line_that_was_inserted_is_found(records, data):
    """A copy of a line elsewhere, one that was made up, and one that is none."""
    lines = lines_of(records)
    number = data.draw(st.integers(0, len(lines)))
    made_up, _ = chained(START, number, {"made": "up"})
    line = data.draw(st.sampled_from([*lines, made_up, b"nonsense\n"]))
    assume(line != lines[number - 1] or number == 0 or number == len(lines))
    lines.insert(number, line)
    assume(number >= len(records) or lines[number] != lines[number + 1])
    found = broken(lines)
    assert found
    assert found[0] in (number + 1, number + 2)


@given(RECORDS, st.data())
def test_two_lines_that_changed_places_are_found(records, data):
    """Whichever they are."""
    lines = lines_of(records)
    assume(len(lines) > 1)
    one = data.draw(st.integers(0, len(lines) - 2))
    two = data.draw(st.integers(one + 1, len(lines) - 1))
    lines[one], lines[two] = lines[two], lines[one]
    assert broken(lines)[0] == one + 1


@given(RECORDS, st.data())
def test_a_torn_last_line_is_told(records, data):
    """What a run that was killed leaves of the line it was writing."""
    lines = lines_of(records)
    at = data.draw(st.integers(1, len(lines[-1]) - 1))
    torn = [*lines[:-1], lines[-1][:at]]
    assert [one.message for one in read_chain(torn) if isinstance(one, Broken)] == [f"line {len(lines)} is truncated"]
