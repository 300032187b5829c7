"""The stream engine does the same whatever part of a file is in memory."""

from __future__ import annotations

import random
import warnings
from collections import Counter
from zlib import crc32

from hypothesis import event, given
from hypothesis import strategies as st
from pydicom.dataset import Dataset

from deidc import Functions, Machine, Refused, compile_recipe
from deidc.batch.inputs.faults import ReadFault
from deidc.batch.inputs.reading import read_bytes
from deidc.dicom import window
from deidc.dicom.layout import Damaged
from deidc.dicom.window import InMemory, NotWhole, Unsuited
from tests.keys import KEY
from tests.properties.machines import machine_of
from tests.properties.ranges import InPieces, windows_of
from tests.properties.test_engines import FILES, RECIPES, SYNTAXES, in_file
from tests.properties.test_memory import HEAD, RULES, similar_files
from tests.strategies.objects import objects
from tests.strategies.rules import recipes

LONGEST = 100_000  # bytes of a file: windows of 13 bytes are many
SIZES = st.tuples(st.integers(1, 200), st.integers(13, 200))


def result(machine: Machine, reader: window.Reader, data: bytes, variables: dict[str, object] | None = None) -> object:
    """All that there is to know of a run, or how it ended."""

    def read() -> Dataset:
        dataset = read_bytes(data)
        if isinstance(dataset, ReadFault):
            raise Damaged
        return dataset

    try:
        outcome = machine.run_on_bytes(reader, read, variables)
        if isinstance(outcome, Refused):
            return frozenset(outcome.faults)
        pieces = b"".join(one if isinstance(one, bytes) else data[one.start : one.end] for one in outcome.pieces())
        assert outcome.whole() == pieces, "pieces can be asked for twice"
        return pieces, outcome.events, outcome.flags, outcome.counts
    except Unsuited as reason:
        return str(reason)
    except (NotWhole, Damaged) as damage:
        return type(damage)


def assert_windows_do_not_matter(machine: Machine, data: bytes, sizes: tuple[int, int]) -> object:
    """A machine that sees a file through windows of these sizes does what it does to the file as a whole."""
    expected = result(machine, InMemory(data), data)
    with windows_of(*sizes):
        assert result(machine, InPieces(data), data) == expected
    return expected


def test_on_real_files():
    """Files that pydicom, pydicom-data and deid-data ship, the broken ones too, through tiny windows."""
    machines = [Machine.link(compile_recipe(recipe)) for recipe in RECIPES.values()]
    ends: Counter[str] = Counter()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for number, path in enumerate(FILES):
            data = path.read_bytes()
            if len(data) > LONGEST:
                continue
            chance = random.Random(crc32(path.name.encode()))
            sizes = chance.choice(((64, 96), (chance.randrange(1, 300), chance.randrange(13, 300)), (1000, 3000)))
            machine = machines[number % len(machines)]
            ends[type(assert_windows_do_not_matter(machine, data, sizes)).__name__] += 1
    assert ends["tuple"] > 50


@given(recipes(), objects(), st.sampled_from(SYNTAXES), st.booleans(), SIZES)
def test_on_drawn_objects(recipe, dataset, syntax, undefined, sizes):
    """Any recipe on any object, in each way to lay it out."""
    try:
        data = in_file(dataset, syntax, undefined=undefined)
    except Exception:  # noqa: BLE001  # pydicom cannot write every drawn value in every transfer syntax
        event("cannot be written")
        return
    event(type(assert_windows_do_not_matter(machine_of(recipe), data, sizes)).__name__)


@given(st.lists(st.sampled_from(RULES), min_size=1, max_size=5, unique=True), similar_files(), SIZES)
def test_what_was_learnt_in_one_window_holds_in_another(rules, files, sizes):
    """A machine that has seen many files through tiny windows does what one does that sees each as a whole."""
    program = compile_recipe(HEAD + "\n".join(rules) + "\n")

    def fresh() -> Machine:
        return Machine.link(program, Functions.standard(), variables={"key": KEY}, per_object=("code",))

    used, own = fresh(), {"code": "C1"}
    with windows_of(*sizes):
        for data in (*files, *files):
            assert result(used, InPieces(data), data, own) == result(fresh(), InMemory(data), data, own)
