"""Blanks pixels of one file: which cleaner, then input, output folder and recipe; without these it only starts."""

import os
import sys
from pathlib import Path

tool, work = sys.argv[1], sys.argv[2:]

if tool == "deid":
    os.environ["MESSAGELEVEL"] = "0"  # it tells nothing, so that it is not measured talking
    from deid.dicom import DicomCleaner
elif tool == "compat":
    from deidc.compat.dicom import DicomCleaner
else:
    from pydicom import dcmread

    from deidc import Detector, compile_recipe
    from deidc.batch.inputs.archives import Shelf
    from deidc.batch.inputs.sources import LocalFile, open_source
    from deidc.batch.outputs.content import Content
    from deidc.batch.outputs.writing import write_whole
    from deidc.pixels.blanking.whole_objects import Painting, blank_bytes

if work and tool != "bytes":
    source, target, recipe = work
    cleaner = DicomCleaner(output_folder=target, deid=recipe)
    cleaner.detect(source)
    cleaner.clean()
    cleaner.save_dicom()
elif work:
    source, target, recipe = work
    found = Detector.of(compile_recipe(Path(recipe))).detect(dcmread(source, stop_before_pixels=True))
    with open_source(LocalFile(Path(source)), Shelf()) as opened:
        blanked = blank_bytes(opened, Painting.of(found))
        write_whole(Path(target, "blanked.dcm"), Content(blanked.pieces, opened), overwrite=False, fsync=False)
