"""deidc's Dataset engine, as a program embeds it: pydicom reads, the machine runs the recipe argv[3], pydicom saves."""

import sys
import warnings
from pathlib import Path

from each_file import each_file
from pydicom import dcmread

from deidc import Cleaned, Machine, compile_recipe

warnings.simplefilter("ignore")
machine = Machine.link(compile_recipe(Path(sys.argv[3])))


def clean(source, target):
    """Clean one file."""
    match machine.run(dcmread(source)):
        case Cleaned(dataset):
            dataset.save_as(target)
        case _:
            raise ValueError("refused")


each_file(clean)
