"""Read or replace the identifiers of many objects, or remove their private elements."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, assert_never

from attrs import frozen
from pydicom.dataset import Dataset, FileDataset

from deidc.batch.inputs.faults import ReadFault
from deidc.batch.job.cleaning import Given, content_of
from deidc.compat.config import DeidRecipe
from deidc.compat.objects.cleaning import clean_given, clean_in_place
from deidc.compat.objects.field import DicomField
from deidc.compat.objects.ids import Ids
from deidc.compat.objects.inputs import (
    InBytes,
    InFile,
    InMemory,
    Input,
    Many,
    attribute_in,
    attribute_of,
    inputs_of,
    named,
    opened,
    read,
    read_whole,
)
from deidc.compat.objects.outputs import content_of_dataset, places_of, write
from deidc.compat.objects.rules import Rules
from deidc.compat.objects.settings import Settings
from deidc.compat.objects.table import get_fields_with_lookup
from deidc.runtime.outcome import Cleaned
from deidc.runtime.stream.cleaned_bytes import CleanedBytes


def get_identifiers(
    dicom_files: Many,
    force: bool = True,
    config: str | os.PathLike[str] | None = None,
    strip_sequences: bool = False,
    remove_private: bool = False,
    disable_skip: bool = False,
    expand_sequences: bool = True,
) -> dict[str | None, dict[str, DicomField]]:
    """Return the fields of objects by path and uid: `{"/tmp/a.dcm": {"(0010,0010)": field}}`.

    What the config says is passed over is left out, unless `disable_skip`; so are sequences with `strip_sequences` and
    private elements with `remove_private`, with what is in them. Without `expand_sequences` items of sequences are.
    Raises ObjectRefused for an input that is no DICOM object.
    """
    settings = Settings.read(config, disable_skip=disable_skip)

    def leaves_out(field: DicomField) -> bool:
        is_sequence = strip_sequences and field.identity.vr == "SQ"
        return is_sequence or (remove_private and field.identity.tag >> 16 & 1 == 1)

    found: dict[str | None, dict[str, DicomField]] = {}
    for one in inputs_of(dicom_files):
        dataset = read(one, force=force)
        table = get_fields_with_lookup(dataset, settings.skip, expand_sequences, leaves_out=leaves_out)
        found[one.key] = table.fields
    return found


def replace_identifiers(
    dicom_files: Many,
    ids: Mapping[Any, Any] | None = None,
    deid: Any = None,  # noqa: ANN401  # whatever DeidRecipe takes
    save: bool = False,
    overwrite: bool = False,
    output_folder: str | os.PathLike[str] | None = None,
    force: bool = True,
    config: str | os.PathLike[str] | None = None,
    strip_sequences: bool = False,
    remove_private: bool = False,
    disable_skip: bool = False,
    entity_id: str | None = None,
    item_id: str | None = None,
) -> list[Any]:
    """Clean objects by a recipe; return them, or with `save` or `output_folder` the paths of the files written.

    `ids` are variables and functions of objects, by path or by the values of two attributes: see `Ids`. Objects of
    pydicom's are changed in place. Outputs go where `places_of` says. `strip_sequences` and `remove_private` are rules
    applied before those of the recipe.

    An element whose rule fails is taken out, with a warning. Raises CompileError for a recipe with mistakes,
    ObjectRefused for an object that cannot be cleaned, OutputExists for an output that is there already; the inputs
    before it are done then.
    """
    recipe = deid if isinstance(deid, DeidRecipe) else DeidRecipe(deid or None)
    settings = Settings.read(config, disable_skip=disable_skip)
    rules = Rules.of(recipe, settings, strip_sequences=strip_sequences, remove_private=remove_private)
    items = (item_id,) if item_id is not None else (settings.item, "SOPInstanceUID")
    inputs = inputs_of(dicom_files)
    work = _Work(rules, Ids(ids or {}, entity_id or settings.entity, items), force)
    if not save and output_folder is None:
        return [work.cleaned(one) for one in inputs]
    places = places_of(inputs, output_folder, overwrite)
    return [work.written(one, place, overwrite=overwrite) for one, place in zip(inputs, places, strict=True)]


def remove_private_identifiers(
    dicom_files: Many,
    save: bool = True,
    overwrite: bool = False,
    output_folder: str | os.PathLike[str] | None = None,
    force: bool = True,
) -> list[Any]:
    """Remove the private elements of objects; return the paths of the files that were written, or else the objects.

    See `replace_identifiers`.
    """
    recipe = DeidRecipe({"format": "dicom", "header": []})
    folder = output_folder if save else None
    return replace_identifiers(dicom_files, None, recipe, save, overwrite, folder, force, remove_private=True)


@frozen
class _Work:
    """What is done to each input of a call."""

    rules: Rules
    ids: Ids
    force: bool

    def cleaned(self, one: Input) -> Dataset:
        """Return the cleaned object of an input."""
        match one:
            case InMemory(dataset):
                return self._in_place(dataset, one)
            case InFile() | InBytes():
                with opened(one, force=self.force) as given:
                    outcome = self._clean(given, one)
                    if isinstance(outcome, CleanedBytes):
                        return read_whole(outcome.whole(), one)
                    assert isinstance(outcome.dataset, FileDataset)
                    return named(outcome.dataset, one)
            case _:
                assert_never(one)

    def written(self, one: Input, place: Path, *, overwrite: bool) -> str:
        """Write the cleaned object of an input; return where."""
        match one:
            case InMemory(dataset):
                write(content_of_dataset(self._in_place(dataset, one)), place, overwrite=overwrite)
            case InFile() | InBytes():
                with opened(one, force=self.force) as given:
                    content = content_of(self._clean(given, one), given)
                    if isinstance(content, ReadFault):
                        raise OSError(content.message)
                    write(content, place, overwrite=overwrite)
            case _:
                assert_never(one)
        return str(place)

    def _in_place(self, dataset: Dataset, one: InMemory) -> Dataset:
        lookup = self.ids.of(one.names, lambda keyword: attribute_of(dataset, keyword))
        program, lists = self.rules.program(lookup)
        clean_in_place(program, dataset, lookup, lists)
        return dataset

    def _clean(self, given: Given, one: InFile | InBytes) -> Cleaned | CleanedBytes:
        lookup = self.ids.of(one.names, lambda keyword: attribute_in(given, keyword))
        program, lists = self.rules.program(lookup)
        return clean_given(program, given, lookup, lists)
