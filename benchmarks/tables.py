"""Results as Markdown: one table of all rates, one of budgets, and the details of each corpus."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from benchmarks.budgets import Checked, check, quotient, verdict
from benchmarks.corpora import CORPORA
from benchmarks.results import START, Results
from benchmarks.rows import ROWS

REFERENCE = "deidc-15"
_MIB = 1 << 20
_NOTHING = "-"


def page(results: Results, memory: Mapping[str, int | None]) -> str:
    """Return everything, with what it was measured on."""
    parts = [
        _circumstances(results),
        "### Rates",
        _rates(results),
        "### Budgets",
        _budgets(check(results, memory)),
        *(part for corpus in _measured(results) for part in (f"### {corpus}", _details(results, corpus))),
    ]
    return "\n\n".join(parts) + "\n"


def _circumstances(results: Results) -> str:
    facts = ", ".join(f"{name} {value}" for name, value in results.machine.items())
    corpora = "; ".join(
        f"`{name}`: {made.files} files, {_number(made.bytes / 1e6)} MB"
        for name, made in results.corpora.items()
        if name != START
    )
    return (
        f"{facts}; {results.place}; medians of {results.rounds} interleaved rounds in an order shuffled by the seed "
        f"{results.seed}.\n\n{corpora}."
    )


def _rates(results: Results) -> str:
    corpora = _measured(results)
    head = ["tool", "version", *(f"`{name}`" for name in corpora), "start-up, s"]
    rows = [
        [f"{row}: {ROWS[row].about}", results.versions[row], *(_rate(results, row, name) for name in corpora), start]
        for row in _rows(results)
        for start in [_number(results.startup(row))]
    ]
    rows += [
        [f"{row}: {ROWS[row].about}", why, *(_NOTHING for _ in corpora), _NOTHING]
        for row, why in results.absent.items()
    ]
    return (
        f"{_table(head, rows)}\n\nFiles done per second by whole processes, start-up and all; in brackets, as a "
        f"multiple of {REFERENCE}."
    )


def _rate(results: Results, row: str, corpus: str) -> str:
    rate, reference = results.rate(row, corpus), results.rate(REFERENCE, corpus)
    if rate is None:
        return _failure(results, row, corpus)
    ratio = quotient(rate.median, reference.median if reference else None)
    return f"{_number(rate.median)} ({_number(ratio)})" if ratio is not None else _number(rate.median)


def _failure(results: Results, row: str, corpus: str) -> str:
    first = results.first(row, corpus)
    if first is None:
        return _NOTHING
    if first.usage.code == -9:
        return f"failed: not done in {results.seconds:.0f} s"
    done, files = results.done(row, corpus), results.corpora[corpus].files
    return f"failed: {done} of {files} done, exit code {first.usage.code}"


def _budgets(budgets: tuple[Checked, ...]) -> str:
    head = ["budget", "wanted", "whole processes", "", "without start-up", ""]
    rows = [
        [
            one.what,
            f"{one.sense} {one.wanted:g} {one.unit}",
            _with_unit(one.whole, one.unit),
            verdict(one.sense, one.wanted, one.whole),
            _with_unit(one.net, one.unit),
            verdict(one.sense, one.wanted, one.net) if one.net is not None else _NOTHING,
        ]
        for one in budgets
    ]
    return _table(head, rows)


def _details(results: Results, corpus: str) -> str:
    head = [
        "tool", "files/s", "slowest to fastest", "rounds", f"x {REFERENCE}", "files/s without start-up",
        f"x {REFERENCE}", "peak MiB", "above idle", "files written",
    ]  # fmt: skip
    rows = [_detail(results, row, corpus) for row in _rows(results) if results.first(row, corpus) is not None]
    return f"{CORPORA[corpus].about}.\n\n{_table(head, rows)}"


def _detail(results: Results, row: str, corpus: str) -> list[str]:
    rate, reference = results.rate(row, corpus), results.rate(REFERENCE, corpus)
    written = _written(results, row, corpus)
    if rate is None:
        return [row, _failure(results, row, corpus), *[_NOTHING] * 7, written]
    net = results.net_rate(row, corpus)
    idle = results.above_idle(row, corpus)
    return [
        row,
        _number(rate.median),
        f"{_number(rate.slowest)} to {_number(rate.fastest)}",
        str(rate.rounds),
        _number(quotient(rate.median, reference.median if reference else None)),
        _number(net),
        _number(quotient(net, results.net_rate(REFERENCE, corpus))),
        _number((idle + results.idle) / _MIB if idle is not None else None),
        _number(idle / _MIB if idle is not None else None),
        written,
    ]


def _written(results: Results, row: str, corpus: str) -> str:
    first = results.first(row, corpus)
    assert first is not None
    files = results.corpora[corpus].files
    told = str(first.files) if first.files == files else f"{first.files} of {files}"
    if first.unchanged and not ROWS[row].copies:
        return f"{told}, {first.unchanged} of them unchanged"
    return told


def _rows(results: Results) -> Iterator[str]:
    yield from (name for name in ROWS if name in results.versions)


def _measured(results: Results) -> list[str]:
    return [name for name in results.corpora if name != START]


def _with_unit(value: float | None, unit: str) -> str:
    return f"{_number(value)} {unit}" if value is not None else _NOTHING


def _number(value: float | None) -> str:
    """Return three digits that count."""
    if value is None:
        return _NOTHING
    if value >= 100:
        return f"{value:.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}" if value >= 0.1 else f"{value:.3f}"


def _table(head: list[str], rows: list[list[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
