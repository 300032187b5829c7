"""The DICOM files that pydicom, pydicom-data and deid-data bring along; nothing is downloaded."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

from pydicom import dcmread
from pydicom.dataset import FileDataset

_FOLDERS = (("pydicom", "data"), ("data_store", "data"), ("deid_data", ""))
_CLAIMS = ("PatientIdentityRemoved", "DeidentificationMethod", "DeidentificationMethodCodeSequence")


class MissingError(Exception):
    """A package whose files are measured on is not installed."""


def shipped_files() -> Iterator[Path]:
    """Yield every `.dcm` file of the three packages, by package and then by path."""
    for package, folder in _FOLDERS:
        spec = find_spec(package)
        if spec is None or spec.origin is None:
            raise MissingError(f"the package of the module {package} is not installed; the extra 'bench' brings it")
        yield from sorted((Path(spec.origin).parent / folder).rglob("*.dcm"))


def header_of(name: str) -> FileDataset:
    """Return a shipped object without its pixels, its group lengths, and its claims to be de-identified already."""
    path = next((path for path in shipped_files() if path.name == name), None)
    if path is None:
        raise MissingError(f"no package ships {name}")
    dataset = dcmread(path, stop_before_pixels=True)
    for tag in [tag for tag in dataset.keys() if tag.element == 0]:  # noqa: SIM118 - iteration gives elements
        del dataset[tag]
    for keyword in _CLAIMS:
        if keyword in dataset:
            delattr(dataset, keyword)
    return dataset
