"""What the stream engine remembers of elements and items changes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy

from hypothesis import event, given
from hypothesis import strategies as st
from pydicom.dataset import Dataset, FileDataset
from pydicom.uid import ExplicitVRLittleEndian, ImplicitVRLittleEndian

from deidc import Functions, Machine, Refused, compile_recipe
from deidc.batch.inputs.faults import ReadFault
from deidc.batch.inputs.reading import read_bytes
from deidc.dicom.window import InMemory, Unsuited
from tests.keys import KEY
from tests.properties.test_engines import in_file
from tests.strategies.objects import NESTED, POOL, element, objects

SHIFTED = "JITTER endswith:Date deid_func:date_shift key=var:key"
KEYED = "REPLACE select:VR:UI deid_func:stable_uid key=var:key"
RULES = (
    "REMOVE PatientName",
    "REMOVE StudyDate if contains:2020",
    "BLANK select:VR:SH",
    "REPLACE PatientID var:code",
    "REPLACE AccessionNumber other",
    "REPLACE StudyDescription deid_func:stable_hash key=var:key",
    "REPLACE StudyDescription var:code if contains:CHEST",
    "REMOVE select:private",
    "KEEP endswith:Time",
    "ADD PatientIdentityRemoved YES",
    "ADD SourceApplicationEntityTitle NOBODY",
    "REPLACE ImplementationVersionName X",
    "ADD RequestAttributesSequence__AccessionNumber var:code",
    "REMOVE RequestAttributesSequence__AccessionNumber",
    "REMOVE OtherPatientIDsSequence",
    KEYED,
    SHIFTED,
    "JITTER StudyDate 3",
    "REMOVE values:names",
)
HEAD = "FORMAT dicom\n\n%vars\nVAR key secret\nVAR code text\n\n%values names\nFIELD PatientName\n\n%header\n"


def repeated(dataset: FileDataset, draw: st.DrawFn) -> FileDataset:
    """The object with more items in its sequences, that differ from those there in values."""
    twin = deepcopy(dataset)
    for sequence in [one for one in twin.iterall() if one.VR == "SQ"]:
        for item in list(sequence.value):
            for _ in range(draw(st.integers(0, 3))):
                more = deepcopy(item)
                for tag in [tag for tag in more.keys() if tag in NESTED and draw(st.booleans())]:
                    vr, values = POOL[tag]
                    more[tag] = element(tag, vr, draw(st.sampled_from(values)))
                sequence.value.append(more)
    return twin


def result(machine: Machine, data: bytes, variables: dict[str, object]) -> object:
    """All that there is to know of a run: bytes, events, flags, or faults, or that the engine leaves it alone."""

    def read() -> Dataset:
        dataset = read_bytes(data)
        assert not isinstance(dataset, ReadFault)
        return dataset

    try:
        outcome = machine.run_on_bytes(InMemory(data), read, variables)
    except Unsuited as reason:
        return str(reason)
    if isinstance(outcome, Refused):
        return set(outcome.faults)
    return outcome.whole(), outcome.events, outcome.flags, outcome.counts


@st.composite
def similar_files(draw: st.DrawFn) -> list[bytes]:
    """Files of objects that have much in common."""
    syntax = draw(st.sampled_from((ExplicitVRLittleEndian, ImplicitVRLittleEndian)))
    kinds = draw(st.lists(objects(), min_size=1, max_size=2))
    files: list[bytes] = []
    for _ in range(draw(st.integers(2, 4))):
        drawn = repeated(draw(st.sampled_from(kinds)), draw)
        try:
            files.append(in_file(drawn, syntax, undefined=draw(st.booleans())))
        except Exception:  # noqa: BLE001  # pydicom cannot write every drawn value
            continue
    return files


def variables(draw: st.DrawFn) -> Iterator[dict[str, object]]:
    while True:
        yield {"code": draw(st.sampled_from(("C1", "C2", "1", 1, True)))}


@given(st.lists(st.sampled_from(RULES), min_size=1, max_size=5, unique=True), similar_files(), st.data())
def test_remembering_changes_nothing(rules, files, data):
    """A machine that has seen many files does what one does that has seen none."""
    program = compile_recipe(HEAD + "\n".join(rules) + "\n")

    def fresh() -> Machine:
        return Machine.link(program, Functions.standard(), variables={"key": KEY}, per_object=("code",))

    used = fresh()
    given = variables(data.draw)
    for file in (*files, *files):
        if isinstance(read_bytes(file), ReadFault):
            event("cannot be read")
            continue
        own = next(given)
        assert result(used, file, own) == result(fresh(), file, own)
