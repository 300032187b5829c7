"""Read config.json: attributes to skip, keys of nested ids, and actions that follow those of every recipe."""

from __future__ import annotations

import json
import os
from collections import OrderedDict
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

from attrs import field, frozen

from deidc.compat.logger import bot
from deidc.compat.objects.paths import way_of_uid
from deidc.dicom import dictionary

HERE = Path(__file__).parents[1] / "dicom" / "config.json"

# Without these the rest of the file cannot be read, so they are protected whatever a config says.
_ALWAYS = ("SpecificCharacterSet", "FileMetaInformationGroupLength", "FileMetaInformationVersion")
# What deid does not think of, protected where its kin is.
_KIN = {
    "PixelData": ("FloatPixelData", "DoubleFloatPixelData"),
    "RedPaletteColorLookupTableData": ("SegmentedRedPaletteColorLookupTableData",),
    "GreenPaletteColorLookupTableData": ("SegmentedGreenPaletteColorLookupTableData",),
    "BluePaletteColorLookupTableData": ("SegmentedBluePaletteColorLookupTableData",),
}


@frozen
class Settings:
    """What a config.json says.

    Attributes:
        raw: the file as it is read.
        skip: attributes that are passed over by keyword, or by tag like `(0008,0018)`.
        entity, item: the keywords of attributes by whose values nested ids are keyed.
        actions: what is done to every header, after the recipe.

    """

    raw: OrderedDict[str, Any] = field(repr=False)
    skip: tuple[str, ...]
    entity: str
    item: str
    actions: tuple[Mapping[str, Any], ...] = field(eq=False)

    @classmethod
    def read(cls, path: str | os.PathLike[str] | None = None, *, disable_skip: bool = False) -> Settings:
        """Read a file, or the one that comes with deidc. Raises OSError, and ValueError for what is no such file."""
        raw = json.loads(Path(path or HERE).read_text(encoding="utf-8"), object_pairs_hook=OrderedDict)
        if not isinstance(raw, OrderedDict):
            raise ValueError("the config is no JSON object")
        return cls.of(raw, disable_skip=disable_skip)

    @classmethod
    def of(cls, raw: OrderedDict[str, Any], *, disable_skip: bool = False) -> Settings:
        """Return what the contents of a file say; with `disable_skip` nothing is passed over."""
        get, put = raw.get("get") or {}, raw.get("put") or {}
        ids = get.get("ids") or {}
        return cls(
            raw=raw,
            skip=() if disable_skip else tuple(get.get("skip") or ()),
            entity=ids.get("entity") or "PatientID",
            item=ids.get("item") or "SOPInstanceUID",
            # KEEP of deid's own file does nothing in deid: what is passed over is said by `skip`.
            actions=tuple(one for one in put.get("actions") or () if one.get("action") != "KEEP"),
        )

    @cached_property
    def protected(self) -> tuple[str, ...]:
        """The keywords of attributes that no rule touches."""
        found = dict.fromkeys(_ALWAYS)
        for attribute in filter(None, map(_attribute, self.skip)):
            found.update(dict.fromkeys((attribute.keyword, *_KIN.get(attribute.keyword, ()))))
        return tuple(found)

    @cached_property
    def kept(self) -> tuple[str, ...]:
        """Rules for what is passed over and has no keyword."""
        tags = [one for one in self.skip if _attribute(one) is None]
        for one in tags:
            if way_of_uid(one) is None:
                bot.warning("config: an attribute to skip has no keyword that DICOM knows")
        return tuple(f"KEEP {one.replace(' ', '')}" for one in tags if way_of_uid(one) is not None)


def _attribute(named: str) -> dictionary.Attribute | None:
    way = way_of_uid(named)
    return dictionary.find_keyword(named) if way is None else dictionary.find_tag(way[0][-1])
