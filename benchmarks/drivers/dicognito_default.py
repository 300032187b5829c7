"""dicognito: its default anonymizer."""

import warnings

from dicognito.anonymizer import Anonymizer
from each_file import each_file
from pydicom import dcmread

warnings.simplefilter("ignore")
anonymizer = Anonymizer(seed="benchmark")


def clean(source, target):
    """Clean one file."""
    with dcmread(source) as dataset:
        anonymizer.anonymize(dataset)
        dataset.save_as(target)


each_file(clean)
