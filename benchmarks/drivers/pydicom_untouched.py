"""pydicom: read and save, nothing changed."""

import warnings

from each_file import each_file
from pydicom import dcmread

warnings.simplefilter("ignore")


def clean(source, target):
    """Read and save one file."""
    dcmread(source).save_as(target)


each_file(clean)
