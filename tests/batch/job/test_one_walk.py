"""With a label, a name template and a manifest, the top level of a file is walked once."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path
from types import FrameType

from deidc import Machine, compile_recipe
from deidc.batch.job.discovery import discover
from deidc.batch.job.one_file import Settings, run_file
from deidc.batch.job.outcome import Ending
from deidc.batch.outputs.name_templates import parse_template
from deidc.dicom import walk
from deidc.runtime.stream import streaming
from tests.files import shipped

RECIPE = """
FORMAT dicom
%filter blacklist
LABEL burned in
  contains BurnedInAnnotation YES
%header
ADD PatientIdentityRemoved YES
REPLACE PatientID anon
REPLACE SOPInstanceUID 1.2.9
REMOVE select:VR:PN
"""
WALKS = {walk.elements.__code__: "walk", streaming.Streaming.data_set.__code__: "stream"}


def test_the_top_level_is_walked_once(tmp_path: Path):
    """The walk of the stream engine answers the label and the name; file meta information is a walk of its own."""
    machine = Machine.link(compile_recipe(RECIPE))
    template = parse_template("{PatientID}/{Modality}-{MediaStorageSOPInstanceUID}-{PatientIdentityRemoved}.dcm")
    settings = Settings(output=tmp_path / "out", digests=True, template=template)
    (source,) = discover([str(shipped("CT_small.dcm"))], None)
    counted: Counter[str] = Counter()

    def count(frame: FrameType, event: str, _: object) -> None:
        if event == "call" and frame.f_code in WALKS:
            name = WALKS[frame.f_code]
            counted["meta" if name == "stream" and frame.f_locals["self"].in_file_meta else name] += 1

    sys.setprofile(count)
    try:
        outcome = run_file(machine, settings, 1, source)
    finally:
        sys.setprofile(None)
    assert outcome.ending is Ending.WRITTEN, outcome.faults
    assert outcome.output == Path("anon") / "CT-1.2.9-YES.dcm"
    assert counted == {"stream": 1, "meta": 1}
