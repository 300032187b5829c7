"""dicom-anonymizer: its default actions, private elements removed."""

import warnings

from dicomanonymizer import anonymize_dicom_file
from each_file import each_file

warnings.simplefilter("ignore")


def clean(source, target):
    """Clean one file."""
    anonymize_dicom_file(source, target, {}, True)


each_file(clean)
