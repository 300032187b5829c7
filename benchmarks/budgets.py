"""The budgets, and the arithmetic that says whether one is met."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import StrEnum

from attrs import frozen

from benchmarks.results import Results

_MIB = 1 << 20


class Sense(StrEnum):
    """Which way a budget is kept."""

    AT_LEAST = "at least"
    AT_MOST = "at most"


@frozen
class Checked:
    """One budget beside what was measured: by whole processes, and with start-up taken off; None if not measured."""

    what: str
    sense: Sense
    wanted: float
    unit: str
    whole: float | None
    net: float | None = None


@frozen
class Ratio:
    """A budget on the rate of one row against that of another, on one corpus."""

    what: str
    corpus: str
    ours: str
    theirs: str
    sense: Sense
    wanted: float


def _against(corpus: str, theirs: str, wanted: float) -> Iterator[Ratio]:
    for ours, recipe in (("deidc-15", "15 rules"), ("deidc-default", "`default`")):
        what = f"`{corpus}`, {recipe}, against {theirs}"
        yield Ratio(what, corpus, ours, theirs, Sense.AT_LEAST, wanted)


RATIOS = (
    *_against("header", "dcmanon", 1.0),
    *_against("header", "deid-default", 100.0),
    *_against("ct", "dcmanon", 2.0),
    *_against("real", "dcmanon", 2.0),
    *_against("big", "cp", 0.8),
    *(
        Ratio(f"`{corpus}`, time of 600 rules against 15", corpus, "deidc-15", "deidc-600", Sense.AT_MOST, 1.1)
        for corpus in ("ct", "header")
    ),
    *(
        Ratio(f"`{corpus}`, two workers against one", corpus, "deidc-15-jobs-2", "deidc-15", Sense.AT_LEAST, 1.8)
        for corpus in ("ct", "header")
    ),
    *(
        Ratio(f"`{corpus}`, Dataset engine against pydicom", corpus, "deidc-dataset", "pydicom", Sense.AT_LEAST, 0.8)
        for corpus in ("ct", "header")
    ),
)
LINEAR = 1.1  # "the same" of two times per element, give or take the noise of a machine
MEMORY_MIB = 64.0
COMMANDS_MS: Mapping[str, float] = {
    "deidc --help": 150.0,
    "check a recipe of 700 rules, warm": 150.0,
    "compile it": 100.0,
}


def verdict(sense: Sense, wanted: float, measured: float | None) -> str:
    """Return `met`, or by which factor a budget is missed, or that nothing was measured."""
    if measured is None:
        return "not measured"
    factor = wanted / measured if sense is Sense.AT_LEAST else measured / wanted
    return "met" if factor <= 1 else f"missed by {factor:.2f} x"


def check(results: Results, memory: Mapping[str, int | None]) -> tuple[Checked, ...]:
    """Return every budget with what was measured; `memory` has bytes above the idle interpreter by corpus."""
    return (*_ratios(results), _linear(results), *_memory(results, memory), *_commands(results))


def _ratios(results: Results) -> Iterator[Checked]:
    for one in RATIOS:
        ours, theirs = results.rate(one.ours, one.corpus), results.rate(one.theirs, one.corpus)
        whole = quotient(ours.median if ours else None, theirs.median if theirs else None)
        net = quotient(results.net_rate(one.ours, one.corpus), results.net_rate(one.theirs, one.corpus))
        yield Checked(one.what, one.sense, one.wanted, "x", whole, net)


def _linear(results: Results) -> Checked:
    many, few = (_per_element(results, corpus, net=False) for corpus in ("enhanced", "header"))
    net_many, net_few = (_per_element(results, corpus, net=True) for corpus in ("enhanced", "header"))
    what = "time per element, `enhanced` against `header`"
    return Checked(what, Sense.AT_MOST, LINEAR, "x", quotient(many, few), quotient(net_many, net_few))


def _per_element(results: Results, corpus: str, *, net: bool) -> float | None:
    made = results.corpora.get(corpus)
    if made is None or made.elements is None:
        return None
    if net:
        rate = results.net_rate("deidc-15", corpus)
    else:
        found = results.rate("deidc-15", corpus)
        rate = found.median if found else None
    return quotient(1.0, rate * made.elements) if rate else None


def _memory(results: Results, memory: Mapping[str, int | None]) -> Iterator[Checked]:
    measured = {**{name: results.above_idle("deidc-15", name) for name in ("ct", "header", "big")}, **memory}
    for name, found in measured.items():
        mib = found / _MIB if found is not None else None
        yield Checked(f"memory above the idle interpreter, `{name}`", Sense.AT_MOST, MEMORY_MIB, "MiB", mib)


def _commands(results: Results) -> Iterator[Checked]:
    for name, wanted in COMMANDS_MS.items():
        yield Checked(name, Sense.AT_MOST, wanted, "ms", results.commands.get(name))


def quotient(above: float | None, below: float | None) -> float | None:
    """Return one number by another, None if either is not known."""
    return above / below if above is not None and below else None
