"""dcmanon: its default settings."""

from dcmanon import Anonymizer
from each_file import each_file

anonymizer = Anonymizer()


def clean(source, target):
    """Clean one file."""
    cleaned = anonymizer.anonymize(source)
    with open(target, "wb") as file:
        file.write(cleaned)


each_file(clean)
