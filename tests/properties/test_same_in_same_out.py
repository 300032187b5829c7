"""Over many objects and machines one UID becomes one UID, and two become two; so references stay whole."""

from __future__ import annotations

import pickle

from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, rule
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import UID

from deidc import Cleaned, Machine, compile_recipe
from tests.keys import KEY
from tests.running import file_dataset

RECIPE = """FORMAT dicom

%vars
VAR key secret

%fields uids
FIELD select:VR:UI

%header
KEEP SOPClassUID
REPLACE PatientID deid_func:stable_hash key=var:key
JITTER StudyDate deid_func:date_shift key=var:key
REPLACE fields:uids {function}
"""
FUNCTIONS = (
    "deid_func:pydicom_uuid",
    "deid_func:stable_uid key=var:key",
    "deid_func:stable_uid key=var:key root=1.2.3",
)
UIDS = st.from_regex(r"1\.2(\.(0|[1-9][0-9]{0,8})){1,4}", fullmatch=True)


class ManyObjects(RuleBasedStateMachine):
    """Objects come in any order, to one machine or another; `seen` remembers what became of each value."""

    uids = Bundle("uids")
    patients = Bundle("patients")

    @initialize(function=st.sampled_from(FUNCTIONS))
    def compile(self, function: str) -> None:
        self.program = compile_recipe(RECIPE.format(function=function))
        self.machine = self.linked()
        self.seen: dict[str, str] = {}
        self.shifted: dict[tuple[str, str], str] = {}

    def linked(self) -> Machine:
        return Machine.link(self.program, variables={"key": KEY})

    @rule(target=uids, uid=UIDS)
    def an_object_is_made(self, uid: str) -> str:
        return uid

    @rule(target=patients, name=st.text("AB12 ", min_size=1).map(str.strip).filter(bool))
    def a_patient_comes(self, name: str) -> str:
        return name

    @rule()
    def the_run_begins_anew(self) -> None:
        """In another process, as far as a machine can tell."""
        self.program = pickle.loads(pickle.dumps(self.program))
        self.machine = self.linked()

    @rule(
        at_top=uids,
        in_item=uids,
        patient=patients,
        day=st.sampled_from(("20200229", "20231231")),
        as_file=st.booleans(),
    )
    def clean(self, at_top: str, in_item: str, patient: str, day: str, as_file: bool) -> None:
        item, dataset = Dataset(), Dataset()
        item.ReferencedSOPInstanceUID = in_item
        dataset.SOPClassUID = "1.2.840.10008.5.1.4.1.1.7"
        dataset.SOPInstanceUID = at_top
        dataset.RelatedSeriesSequence = [item]
        dataset.PatientID, dataset.StudyDate = patient, day
        dataset.file_meta = FileMetaDataset()
        dataset.file_meta.MediaStorageSOPInstanceUID = at_top
        outcome = self.machine.run(file_dataset(dataset) if as_file else dataset)
        assert isinstance(outcome, Cleaned)
        made = outcome.dataset
        assert made.file_meta.MediaStorageSOPInstanceUID == made.SOPInstanceUID
        self.remember(at_top, made.SOPInstanceUID)
        self.remember(in_item, made.RelatedSeriesSequence[0].ReferencedSOPInstanceUID)
        self.remember("patient " + patient, made.PatientID)
        assert self.shifted.setdefault((patient, day), made.StudyDate) == made.StudyDate

    def remember(self, before: str, after: str) -> None:
        assert self.seen.setdefault(before, str(after)) == after, "one value became two"

    @invariant()
    def two_values_stay_two(self) -> None:
        assert len(set(self.seen.values())) == len(self.seen)

    @invariant()
    def what_is_made_is_a_uid(self) -> None:
        """And is not what it was."""
        for before, after in self.seen.items():
            assert after != before
            assert before.startswith("patient ") or UID(after).is_valid


TestManyObjects = ManyObjects.TestCase
