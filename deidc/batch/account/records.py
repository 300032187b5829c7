"""The order of the records of a manifest: what a run writes, and in what order it never writes it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from attrs import define, field

from deidc.batch.job.outcome import Ending

_HEADER = ("deidc", "program", "recipes", "dry_run")
_ENDINGS = frozenset(one.value for one in Ending)


@define(eq=False)
class Order:
    """The records of a manifest so far, line by line.

    A manifest is a header, records of inputs and an end. A run that is continued writes `resumed` before what it adds,
    and may have another record of an input that has one already, with another content.
    """

    _is_broken: bool = field(default=False, init=False)
    _records: int = field(default=0, init=False)
    _last: str = field(default="", init=False)
    _since: Counter[str] = field(factory=Counter, init=False)
    _numbers: set[int] = field(factory=set, init=False)
    _contents: dict[int, Mapping[str, object]] = field(factory=dict, init=False, repr=False)

    def skip(self) -> None:
        """Pass over a line that cannot be read: what it was is unknown, and counts prove nothing any more."""
        self._last = "unknown"
        self._is_broken = True

    def complaints(self, record: Mapping[str, object]) -> Iterator[str]:
        """Yield what is wrong with the next record, to stand behind the number of its line."""
        kind = _kind(record)
        if (kind == "header") != (self._last == ""):
            yield "is a second header" if kind == "header" else "stands where the header belongs"
        elif self._last == "end" and kind not in ("resumed", "header"):
            yield "follows the end"
        elif self._last == "resumed" == kind:
            yield "repeats the line before it"
        self._last = kind or "unknown"
        match kind:
            case "outcome":
                yield from self._outcome(record)
            case "end":
                yield from self._end(record)
            case "resumed":
                self._numbers.clear()
                self._since.clear()
            case "header":
                pass
            case _:
                yield "is no record of a run"

    def _outcome(self, record: Mapping[str, object]) -> Iterator[str]:
        number, outcome = record.get("number"), record.get("outcome")
        self._records += 1
        self._since[str(outcome)] += 1
        if not isinstance(number, int) or isinstance(number, bool) or number < 0 or outcome not in _ENDINGS:
            yield "has no number or no outcome of a run"
            return
        if number in self._numbers or self._contents.get(number) == record:
            yield f"is a second record of input {number}"
        if (outcome == Ending.WRITTEN.value) != isinstance(record.get("output"), str):
            yield "has an output that does not belong to its outcome"
        self._numbers.add(number)
        self._contents[number] = record

    def _end(self, record: Mapping[str, object]) -> Iterator[str]:
        if self._is_broken:
            return
        counts, declared = record.get("end"), record.get("records")
        if declared != self._records:
            yield f"declares {declared} records, but there are {self._records}"
        if not isinstance(counts, dict) or not counts.keys() <= _ENDINGS:
            yield "has no counts of outcomes"
            return
        # What an earlier run recorded alike is counted and not recorded again.
        fewer = [one for one in sorted(_ENDINGS) if _count(counts.get(one, 0)) < self._since[one]]
        if fewer:
            yield f"counts fewer files than are recorded as {' and '.join(fewer)}"
        more = [
            one for one in sorted(_ENDINGS - {Ending.UNCHANGED.value}) if _count(counts.get(one, 0)) > self._since[one]
        ]
        if more and not self._is_continued:
            yield f"counts more files than are recorded as {' and '.join(more)}"

    @property
    def _is_continued(self) -> bool:
        return self._records > sum(self._since.values())


def _kind(record: Mapping[str, object]) -> str | None:
    if all(one in record for one in _HEADER):
        return "header"
    return next((one for one in ("outcome", "end", "resumed") if one in record), None)


def _count(value: object) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else -1
