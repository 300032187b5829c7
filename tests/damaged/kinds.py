"""The kinds of damage and of wrong labels that elements have: a table of makers.

A maker returns pieces of a data set in the layout it is given. A kind that needs a VR to be wrong has no meaning in
implicit VR, and the other way round; the table says so.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from attrs import frozen

from tests.damaged import pen
from tests.damaged.draft import NAMED, Draft, Piece, Scope
from tests.damaged.pen import BIG, EXPLICIT, IMPLICIT, UNDEFINED, Layout, delimiter, element, item, sequence, swapped

Maker = Callable[[Draft, Layout], list[Piece]]

REQUEST, SERIES, CODE = 0x00400275, 0x00081115, 0x0040A043  # sequences that rules neither name nor protect
PATIENT_NAME, BURNED_IN = 0x00100010, 0x00280301
_LAST = 0xFFFFFFF0  # sorts behind all tags of a data set


@frozen
class Kind:
    """A kind of damage: what makes it, and in which layouts it means something."""

    make: Maker
    explicit: bool = True
    implicit: bool = True

    def fits(self, layout: Layout) -> bool:
        """Whether the kind means something in this layout."""
        return self.implicit if layout.implicit else self.explicit


# ---- sequences that are not items to the last byte ----------------------------------------------------------


def _bare_elements(draft: Draft, layout: Layout, *, undefined: bool) -> list[Piece]:
    return [(REQUEST, sequence(layout, REQUEST, [draft.harmless(layout), draft.name(layout)], undefined=undefined))]


def _early_sequence_end(draft: Draft, layout: Layout) -> list[Piece]:
    early = delimiter(layout, pen.SEQUENCE_END)
    items = [item(layout, draft.harmless(layout)), early, item(layout, draft.body(layout))]
    return [(REQUEST, sequence(layout, REQUEST, items))]


def _sequence_end_first(draft: Draft, layout: Layout) -> list[Piece]:
    return [(REQUEST, sequence(layout, REQUEST, [delimiter(layout, pen.SEQUENCE_END), draft.name(layout)]))]


def _early_item_end(draft: Draft, layout: Layout) -> list[Piece]:
    body = draft.harmless(layout) + delimiter(layout, pen.ITEM_END) + draft.name(layout)
    return [(REQUEST, sequence(layout, REQUEST, [item(layout, body)]))]


def _early_item_end_in_open_sequence(draft: Draft, layout: Layout) -> list[Piece]:
    body = draft.harmless(layout) + delimiter(layout, pen.ITEM_END) + draft.name(layout)
    return [(REQUEST, sequence(layout, REQUEST, [item(layout, body)], undefined=True))]


def _name_behind_last_item(draft: Draft, layout: Layout) -> list[Piece]:
    return [(REQUEST, sequence(layout, REQUEST, [item(layout, draft.harmless(layout)), draft.name(layout)]))]


def _name_between_items(draft: Draft, layout: Layout, *, undefined: bool) -> list[Piece]:
    one = item(layout, draft.harmless(layout))
    return [(REQUEST, sequence(layout, REQUEST, [one, draft.name(layout), one], undefined=undefined))]


def _text_behind_last_item(draft: Draft, layout: Layout) -> list[Piece]:
    return [(REQUEST, sequence(layout, REQUEST, [item(layout, draft.harmless(layout)), draft.token()]))]


def _text_instead_of_items(draft: Draft, layout: Layout) -> list[Piece]:
    return [(REQUEST, sequence(layout, REQUEST, [draft.token()]))]


def _item_overruns(draft: Draft, layout: Layout) -> list[Piece]:
    inside, name = item(layout, draft.harmless(layout)), draft.name(layout)
    longer = item(layout, draft.harmless(layout), length=len(inside) - 8 + len(name))
    return [(REQUEST, sequence(layout, REQUEST, [longer]) + name)]


def _item_underruns(draft: Draft, layout: Layout) -> list[Piece]:
    first = draft.harmless(layout)
    shorter = item(layout, first + draft.name(layout), length=len(first))
    return [(REQUEST, sequence(layout, REQUEST, [shorter]))]


def _item_ends_within_element(draft: Draft, layout: Layout) -> list[Piece]:
    name = draft.name(layout)
    return [(REQUEST, sequence(layout, REQUEST, [item(layout, name, length=len(name) - 6)]))]


def _item_has_no_end(draft: Draft, layout: Layout) -> list[Piece]:
    open_item = delimiter(layout, pen.ITEM, UNDEFINED) + draft.body(layout)
    return [(REQUEST, sequence(layout, REQUEST, [open_item]))]


def _item_has_two_ends(draft: Draft, layout: Layout) -> list[Piece]:
    end = delimiter(layout, pen.ITEM_END)
    items = [item(layout, draft.harmless(layout), undefined=True), end, draft.name(layout), end]
    return [(REQUEST, sequence(layout, REQUEST, items, undefined=True))]


def _end_with_length(draft: Draft, layout: Layout, *, of: int) -> list[Piece]:
    token = draft.token()
    end = delimiter(layout, of, len(token)) + token
    open_item = delimiter(layout, pen.ITEM, UNDEFINED) + draft.harmless(layout)
    if of == pen.ITEM_END:
        return [(REQUEST, sequence(layout, REQUEST, [open_item, end], undefined=True))]
    return [(REQUEST, pen.header(layout, REQUEST, "SQ", UNDEFINED) + item(layout, draft.harmless(layout)) + end)]


def _sequence_longer_than_items(draft: Draft, layout: Layout) -> list[Piece]:
    name = draft.name(layout, PATIENT_NAME)
    one = item(layout, draft.harmless(layout))
    return [(REQUEST, sequence(layout, REQUEST, [one], length=len(one) + len(name)) + name)]


def _good_sequence(draft: Draft, layout: Layout, *, undefined: bool) -> list[Piece]:
    items = [item(layout, draft.body(layout), undefined=undefined), item(layout, b"")]
    return [(SERIES, sequence(layout, SERIES, items, undefined=undefined))]


def _end_in_value(draft: Draft, layout: Layout) -> list[Piece]:
    value = delimiter(layout, pen.ITEM_END) + delimiter(layout, pen.SEQUENCE_END)
    body = element(layout, 0x00420011, "OB", value) + draft.name(layout)
    return [(REQUEST, sequence(layout, REQUEST, [item(layout, body, undefined=True)], undefined=True))]


# ---- sequences under another VR, and in another layout ------------------------------------------------------


def _sequence_as(draft: Draft, layout: Layout, *, vr: str, tag: int = CODE) -> list[Piece]:
    return [(tag, sequence(layout, tag, [item(layout, draft.body(layout))], vr=vr))]


def _open_sequence_as(draft: Draft, layout: Layout, *, vr: str, tag: int = CODE) -> list[Piece]:
    return [(tag, sequence(layout, tag, [item(layout, draft.body(layout), undefined=True)], vr=vr, undefined=True))]


def _in_other_layout(
    draft: Draft, layout: Layout, *, inner: Layout, vr: str = "SQ", undefined: bool = False, tag: int = CODE
) -> list[Piece]:
    """A sequence whose elements, and items, are written in another layout than what is around it."""
    items = [item(inner, draft.body(inner), undefined=undefined)]
    return [(tag, sequence(layout, tag, items, vr=vr, undefined=undefined, inner=inner))]


def _items_in_other_layout(draft: Draft, layout: Layout, *, explicit: bool, undefined: bool) -> list[Piece]:
    """A sequence in whose items the elements have a VR though those around it have none, or the other way round."""
    inner = Layout(implicit=not explicit, little=layout.little)
    return _in_other_layout(draft, layout, inner=inner, undefined=undefined)


def _private(draft: Draft, layout: Layout, pieces: list[Piece]) -> list[Piece]:
    return [(0x00290010, element(layout, 0x00290010, "LO", b"ACME")), *pieces]


_PRIVATE_SEQUENCE = 0x00291020


def _private_in_other_layout(draft: Draft, layout: Layout, *, inner: Layout, vr: str, undefined: bool) -> list[Piece]:
    made = _in_other_layout(draft, layout, inner=inner, vr=vr, undefined=undefined, tag=_PRIVATE_SEQUENCE)
    return _private(draft, layout, made)


def _private_same_layout(draft: Draft, layout: Layout, *, vr: str, undefined: bool) -> list[Piece]:
    if undefined:
        return _private_in_other_layout(draft, layout, inner=layout, vr=vr, undefined=True)
    with draft.at_most(Scope.WIDE):  # a value of a stated VR and a stated length is not read as items
        return _private_in_other_layout(draft, layout, inner=layout, vr=vr, undefined=False)


def _two_levels(draft: Draft, layout: Layout, *, vr: str) -> list[Piece]:
    """A good sequence whose item has a sequence under a wrong VR."""
    inner = sequence(layout, CODE, [item(layout, draft.body(layout))], vr=vr)
    return [(REQUEST, sequence(layout, REQUEST, [item(layout, inner)]))]


# ---- what deidc protects, with items in it ------------------------------------------------------------------


def _items_in(draft: Draft, layout: Layout, *, tag: int, undefined: bool = False) -> list[Piece]:
    items = [item(layout, draft.body(layout), undefined=undefined)]
    return [(tag, sequence(layout, tag, items, undefined=undefined))]


def _pixels_of_elements(draft: Draft, layout: Layout) -> list[Piece]:
    items = [item(layout, draft.body(layout), undefined=True)]
    return [(0x7FE00010, sequence(layout, 0x7FE00010, items, vr="OB", undefined=True))]


def _name_behind_fragments(draft: Draft, layout: Layout) -> list[Piece]:
    fragments = [item(layout, b""), item(layout, bytes(8)), draft.name(layout)]
    return [(0x7FE00010, sequence(layout, 0x7FE00010, fragments, vr="OB", undefined=True))]


def _deep_in_protected(draft: Draft, layout: Layout) -> list[Piece]:
    inner = sequence(layout, CODE, [item(layout, draft.body(layout))])
    return [(0x00283010, sequence(layout, 0x00283010, [item(layout, inner, undefined=True)]))]


# ---- attributes with other VRs ------------------------------------------------------------------------------


def _name_as(draft: Draft, layout: Layout, *, vr: str) -> list[Piece]:
    """Patient's Name under a VR that PS3.5 does not know for it; unknown VRs have a length of 16 bits."""
    return [(PATIENT_NAME, element(layout, PATIENT_NAME, vr, draft.token()))]


def _harmless_as(draft: Draft, layout: Layout, *, vr: str) -> list[Piece]:
    """An attribute that no rule names under such a VR, and a name behind it."""
    return [(0x00280120, element(layout, 0x00280120, vr, b"\0\0") + draft.name(layout, 0x0040A123))]


def _name_in_words(draft: Draft, layout: Layout, *, vr: str, width: int) -> list[Piece]:
    return [(PATIENT_NAME, element(layout, PATIENT_NAME, vr, swapped(draft.token(), width)))]


def _name_as_sequence(draft: Draft, layout: Layout) -> list[Piece]:
    return [(PATIENT_NAME, sequence(layout, PATIENT_NAME, [item(layout, draft.body(layout))]))]


def _unknown(draft: Draft, layout: Layout, *, tag: int, vr: str, scope: Scope) -> list[Piece]:
    # In implicit VR the same element is of VR UN, which has a selector.
    return [(tag, draft.text(layout, tag, vr, Scope.WIDE if layout.implicit else scope))]


def _unknown_binary_of_items(draft: Draft, layout: Layout) -> list[Piece]:
    with draft.at_most(Scope.UNNAMED):  # a value of a stated VR and a stated length is not read as items
        return _unknown_sequence(draft, layout, vr="OB", undefined=False)


def _unknown_sequence(draft: Draft, layout: Layout, *, vr: str, undefined: bool) -> list[Piece]:
    items = [item(layout, draft.body(layout), undefined=undefined)]
    return [(0x5EEE0010, sequence(layout, 0x5EEE0010, items, vr=vr, undefined=undefined))]


# ---- order, and elements that are there twice ---------------------------------------------------------------


def _out_of_order(draft: Draft, layout: Layout) -> list[Piece]:
    return [(_LAST, b"".join(draft.name(layout, tag) for tag in sorted(NAMED, reverse=True)[:4]))]


def _doubled(draft: Draft, layout: Layout) -> list[Piece]:
    return [(PATIENT_NAME, draft.name(layout, PATIENT_NAME) + draft.name(layout, PATIENT_NAME))]


def _doubled_far_away(draft: Draft, layout: Layout) -> list[Piece]:
    return [(PATIENT_NAME, draft.name(layout, PATIENT_NAME)), (_LAST, draft.name(layout, PATIENT_NAME))]


def _doubled_under_other_vr(draft: Draft, layout: Layout) -> list[Piece]:
    return [(PATIENT_NAME, _name_as(draft, layout, vr="UN")[0][1] + draft.name(layout, PATIENT_NAME))]


def _doubled_sequence(draft: Draft, layout: Layout) -> list[Piece]:
    return [(CODE, _sequence_as(draft, layout, vr="SQ")[0][1] + _sequence_as(draft, layout, vr="SQ")[0][1])]


# ---- groups that no data set has ----------------------------------------------------------------------------


def _in_group(draft: Draft, layout: Layout, *, tag: int, vr: str) -> list[Piece]:
    return [(tag, draft.text(layout, tag, vr, Scope.WIDE))]


def _in_group_out_of_order(draft: Draft, layout: Layout, *, tag: int, vr: str) -> list[Piece]:
    return [(PATIENT_NAME, draft.text(layout, tag, vr, Scope.WIDE) + draft.name(layout, 0x00101040))]


def _stray(draft: Draft, layout: Layout, *, tag: int) -> list[Piece]:
    return [(PATIENT_NAME, delimiter(layout, tag) + draft.name(layout, PATIENT_NAME))]


def _stray_item(draft: Draft, layout: Layout, *, undefined: bool) -> list[Piece]:
    return [(PATIENT_NAME, item(layout, draft.body(layout), undefined=undefined))]


def _group_length(draft: Draft, layout: Layout) -> list[Piece]:
    wrong = draft.draw.choice((0, 8, 0xFFFF)).to_bytes(4, "little" if layout.little else "big")
    return [(0x00100000, element(layout, 0x00100000, "UL", wrong) + draft.name(layout, PATIENT_NAME))]


def _group_length_of_text(draft: Draft, layout: Layout, *, vr: str) -> list[Piece]:
    return [(0x00100000, draft.text(layout, 0x00100000, vr, Scope.WIDE))]


# ---- private blocks -----------------------------------------------------------------------------------------


def _no_creator(draft: Draft, layout: Layout, *, vr: str) -> list[Piece]:
    return [(0x00311001, draft.text(layout, 0x00311001, vr, Scope.WIDE))]


def _no_creator_sequence(draft: Draft, layout: Layout) -> list[Piece]:
    return [(0x00311001, sequence(layout, 0x00311001, [item(layout, draft.body(layout))]))]


def _creator_twice(draft: Draft, layout: Layout) -> list[Piece]:
    creators = element(layout, 0x00310010, "LO", b"ACME") + draft.text(layout, 0x00310010, "LO", Scope.WIDE)
    return [(0x00310010, creators), (0x00311001, draft.text(layout, 0x00311001, "LO", Scope.WIDE))]


def _canary_as_creator(draft: Draft, layout: Layout) -> list[Piece]:
    creator = draft.text(layout, 0x00310010, "LO", Scope.WIDE)
    return [(0x00310010, creator), (0x00311001, element(layout, 0x00311001, "LO", b"x "))]


def _creator_of_nothing(draft: Draft, layout: Layout, *, vr: str) -> list[Piece]:
    return [(0x00310011, draft.text(layout, 0x00310011, vr, Scope.WIDE))]


def _creator_as_sequence(draft: Draft, layout: Layout) -> list[Piece]:
    creator = sequence(layout, 0x00310010, [item(layout, draft.body(layout))])
    return [(0x00310010, creator), (0x00311001, draft.text(layout, 0x00311001, "LO", Scope.WIDE))]


def _creator_behind_block(draft: Draft, layout: Layout) -> list[Piece]:
    creator = element(layout, 0x00310010, "LO", b"ACME")
    return [(0x00311001, draft.text(layout, 0x00311001, "LO", Scope.WIDE) + creator)]


def _private_value(draft: Draft, layout: Layout, *, vr: str, width: int = 1) -> list[Piece]:
    value = swapped(draft.token(Scope.WIDE), width)
    return _private(draft, layout, [(0x00291001, element(layout, 0x00291001, vr, value))])


def _private_low(draft: Draft, layout: Layout, *, tag: int) -> list[Piece]:
    return [(tag, draft.text(layout, tag, "LO", Scope.WIDE))]


# ---- lengths ------------------------------------------------------------------------------------------------


def _odd_length(draft: Draft, layout: Layout, *, vr: str) -> list[Piece]:
    value = draft.token() + b"x"
    return [(PATIENT_NAME, element(layout, PATIENT_NAME, vr, value) + draft.name(layout, 0x00101040))]


def _undefined_length(draft: Draft, layout: Layout, *, vr: str) -> list[Piece]:
    tag = 0x0040A160
    return [(tag, element(layout, tag, vr, draft.token(), length=UNDEFINED))]


def _undefined_length_of_harmless(draft: Draft, layout: Layout, *, vr: str) -> list[Piece]:
    """An attribute that no rule names, of undefined length, before names that may be read as its value."""
    return [(0x0008103E, element(layout, 0x0008103E, vr, b"", length=UNDEFINED) + draft.name(layout, PATIENT_NAME))]


def _longer_than_file(draft: Draft, layout: Layout, *, vr: str) -> list[Piece]:
    return [(_LAST, element(layout, 0x0040A160, vr, draft.token(), length=40_000))]


def _harmless_swallows_name(draft: Draft, layout: Layout, *, vr: str) -> list[Piece]:
    """An attribute that no rule names, with a length that covers a name and goes beyond the end of the file."""
    name = draft.name(layout, PATIENT_NAME)
    return [(0x00180050, element(layout, 0x00180050, vr, b"1.25", length=4 + len(name) + 40_000) + name)]


def _shorter_than_value(draft: Draft, layout: Layout, *, vr: str) -> list[Piece]:
    return [(PATIENT_NAME, element(layout, PATIENT_NAME, vr, draft.token(), length=4))]


def _wrong_width(draft: Draft, layout: Layout, *, vr: str, wide: bool) -> list[Piece]:
    return [(PATIENT_NAME, element(layout, PATIENT_NAME, vr, draft.token(), wide=wide))]


# ---- what holds an object for review ------------------------------------------------------------------------


def _burned_in(draft: Draft, layout: Layout, *, values: tuple[bytes, ...], vr: str) -> list[Piece]:
    draft.burned_in |= draft.depth == 0  # the label looks at the top level
    return [(BURNED_IN, b"".join(element(layout, BURNED_IN, vr, value) for value in values))]


# ---- the table ----------------------------------------------------------------------------------------------

_SEQUENCE_VRS = ("OB", "OW", "OL", "OF", "LO", "SH", "LT", "UT", "UC", "UR", "PN", "CS", "US", "UI", "DS")
_ODD_VRS = {
    "blank": "  ",
    "question marks": "??",
    "zeros": "\0\0",
    "dashes": "--",
    "lower case": "pn",
    "lower case sq": "sq",
    "unknown letters": "ZZ",
    "one letter": "P ",
    "digits": "12",
    "high bytes": "\xff\xff",
}


def _table() -> dict[str, Kind]:
    flags = {False: "defined", True: "undefined"}
    kinds: dict[str, Kind] = {
        "early sequence end, then items": Kind(_early_sequence_end),
        "sequence end before anything": Kind(_sequence_end_first),
        "item end within an item": Kind(_early_item_end),
        "item end within an item of an open sequence": Kind(_early_item_end_in_open_sequence),
        "element behind the last item": Kind(_name_behind_last_item),
        "text behind the last item": Kind(_text_behind_last_item),
        "text instead of items": Kind(_text_instead_of_items),
        "item overruns its sequence": Kind(_item_overruns),
        "item underruns its sequence": Kind(_item_underruns),
        "item ends within an element": Kind(_item_ends_within_element),
        "open item without end": Kind(_item_has_no_end),
        "item with two ends": Kind(_item_has_two_ends),
        "item end with a length": Kind(partial(_end_with_length, of=pen.ITEM_END)),
        "sequence end with a length": Kind(partial(_end_with_length, of=pen.SEQUENCE_END)),
        "sequence longer than its items": Kind(_sequence_longer_than_items),
        "delimiters in a value": Kind(_end_in_value),
        "pixel data of elements": Kind(_pixels_of_elements),
        "element behind fragments": Kind(_name_behind_fragments),
        "VOI LUT, two levels": Kind(_deep_in_protected),
        "name as SQ": Kind(_name_as_sequence),
        "out of order": Kind(_out_of_order),
        "doubled": Kind(_doubled),
        "doubled, far away": Kind(_doubled_far_away),
        "doubled under another VR": Kind(_doubled_under_other_vr, implicit=False),
        "doubled sequence": Kind(_doubled_sequence),
        "wrong group length": Kind(_group_length),
        "sequence without creator": Kind(_no_creator_sequence),
        "creator twice": Kind(_creator_twice),
        "canary as creator": Kind(_canary_as_creator),
        "creator as SQ": Kind(_creator_as_sequence),
        "creator behind its block": Kind(_creator_behind_block),
        "burned in, then not": Kind(partial(_burned_in, values=(b"YES ", b"NO"), vr="CS")),
        "not burned in, then yes": Kind(partial(_burned_in, values=(b"NO", b"YES "), vr="CS")),
        "LO with a long length field": Kind(partial(_wrong_width, vr="LO", wide=True), implicit=False),
        "UT with a short length field": Kind(partial(_wrong_width, vr="UT", wide=False), implicit=False),
    }
    for undefined, length in flags.items():
        kinds |= {
            f"bare elements, {length}": Kind(partial(_bare_elements, undefined=undefined)),
            f"element between items, {length}": Kind(partial(_name_between_items, undefined=undefined)),
            f"good sequence, {length}": Kind(partial(_good_sequence, undefined=undefined)),
            f"stray item, {length}": Kind(partial(_stray_item, undefined=undefined)),
            f"explicit items, {length}": Kind(
                partial(_items_in_other_layout, explicit=True, undefined=undefined), explicit=False
            ),
            f"implicit items, {length}": Kind(
                partial(_items_in_other_layout, explicit=False, undefined=undefined), implicit=False
            ),
            f"items in big endian, {length}": Kind(partial(_in_other_layout, inner=BIG, undefined=undefined)),
            f"unknown sequence as SQ, {length}": Kind(partial(_unknown_sequence, vr="SQ", undefined=undefined)),
            f"unknown sequence as UN, {length}": Kind(
                partial(_unknown_sequence, vr="UN", undefined=undefined), implicit=False
            ),
            f"unknown sequence as OB, {length}": Kind(
                partial(_unknown_sequence, vr="OB", undefined=True) if undefined else _unknown_binary_of_items,
                implicit=False,
            ),
        }
        for name, inner in {"implicit": IMPLICIT, "explicit": EXPLICIT, "big endian": BIG}.items():
            kinds |= {
                f"sequence as UN with {name} items, {length}": Kind(
                    partial(_in_other_layout, inner=inner, vr="UN", undefined=undefined), implicit=False
                ),
                f"private UN with {name} items, {length}": Kind(
                    partial(_private_in_other_layout, inner=inner, vr="UN", undefined=undefined), implicit=False
                ),
                f"private SQ with {name} items, {length}": Kind(
                    partial(_private_in_other_layout, inner=inner, vr="SQ", undefined=undefined)
                ),
            }
        for vr in ("OB", "OW", "LO", "UT"):
            kinds[f"private {vr} with items, {length}"] = Kind(
                partial(_private_same_layout, vr=vr, undefined=undefined), implicit=False
            )
        for vr in ("OB", "OW", "LO", "UT"):
            if undefined:
                kinds[f"sequence as {vr}, undefined"] = Kind(partial(_open_sequence_as, vr=vr), implicit=False)
        for name, tag in {
            "VOI LUT": 0x00283010,
            "modality LUT": 0x00283000,
            "icon": 0x00880200,
            "pixel data as SQ": 0x7FE00010,
            "float pixel data as SQ": 0x7FE00008,
            "palette as SQ": 0x00281201,
            "character set as SQ": 0x00080005,
            "overlay as SQ": 0x60003000,
            "curve as SQ": 0x50003000,
            "waveform as SQ": 0x54001010,
            "spectroscopy as SQ": 0x56000020,
            "document as SQ": 0x00420011,
        }.items():
            # In implicit VR a value of defined length under these tags is what the dictionary says: no items.
            kinds[f"{name} with items, {length}"] = Kind(
                partial(_items_in, tag=tag, undefined=undefined), implicit=undefined or "as SQ" not in name
            )
    for vr in _SEQUENCE_VRS:
        kinds[f"sequence as {vr}"] = Kind(partial(_sequence_as, vr=vr), implicit=False)
        kinds[f"VOI LUT as {vr}"] = Kind(partial(_sequence_as, vr=vr, tag=0x00283010), implicit=False)
        kinds[f"nested sequence as {vr}"] = Kind(partial(_two_levels, vr=vr), implicit=False)
    for name, vr in _ODD_VRS.items():
        kinds |= {
            f"name with a VR of {name}": Kind(partial(_name_as, vr=vr), implicit=False),
            f"harmless with a VR of {name}": Kind(partial(_harmless_as, vr=vr), implicit=False),
            f"sequence with a VR of {name}": Kind(partial(_sequence_as, vr=vr), implicit=False),
        }
    for vr in ("LO", "OB", "UN", "US", "UI", "AT", "DS", "UT", "SQ"):
        kinds[f"name as {vr} of text"] = Kind(partial(_name_as, vr=vr), implicit=False)
    for vr, width in {"OW": 2, "OF": 4, "OL": 4, "OD": 8, "OV": 8}.items():
        kinds[f"name as {vr} of swapped words"] = Kind(partial(_name_in_words, vr=vr, width=width), implicit=False)
        kinds[f"private {vr} of swapped words"] = Kind(partial(_private_value, vr=vr, width=width), implicit=False)
    for vr, scope in {"LO": Scope.WIDE, "UN": Scope.WIDE, "OB": Scope.UNNAMED, "CS": Scope.UNNAMED}.items():
        kinds[f"unknown attribute as {vr}"] = Kind(partial(_unknown, tag=0x00189999, vr=vr, scope=scope))
        kinds[f"attribute of an unknown group as {vr}"] = Kind(partial(_unknown, tag=0x5EEE0010, vr=vr, scope=scope))
        kinds[f"unknown patient attribute as {vr}"] = Kind(partial(_unknown, tag=0x00109999, vr=vr, scope=Scope.WIDE))
    for name, tag, vr in (
        ("group 0000", 0x00000600, "AE"),
        ("group 0001", 0x00010010, "LO"),
        ("group 0002", 0x00020016, "AE"),
        ("group 0003", 0x00030010, "LO"),
        ("group FFFE", 0xFFFE0010, "LO"),
        ("group FFFF", 0xFFFF0010, "LO"),
    ):
        kinds[name] = Kind(partial(_in_group, tag=tag, vr=vr))
        kinds[f"{name} in the midst"] = Kind(partial(_in_group_out_of_order, tag=tag, vr=vr))
    for name, tag in {"item end": pen.ITEM_END, "sequence end": pen.SEQUENCE_END}.items():
        kinds[f"stray {name}"] = Kind(partial(_stray, tag=tag))
    for vr in ("LO", "UN", "UL"):
        kinds[f"group length with text as {vr}"] = Kind(partial(_group_length_of_text, vr=vr))
    for vr in ("LO", "UN", "OB", "US"):
        kinds[f"private without creator as {vr}"] = Kind(partial(_no_creator, vr=vr))
        kinds[f"private value as {vr}"] = Kind(partial(_private_value, vr=vr))
        kinds[f"creator of nothing as {vr}"] = Kind(partial(_creator_of_nothing, vr=vr))
    for tag in (0x00290001, 0x0029000F, 0x00290100, 0x00290FFF):
        kinds[f"private element {tag & 0xFFFF:04X}"] = Kind(partial(_private_low, tag=tag))
    for vr in ("PN", "UT", "UN", "OB"):
        kinds |= {
            f"odd length of {vr}": Kind(partial(_odd_length, vr=vr)),
            f"undefined length of {vr}": Kind(partial(_undefined_length, vr=vr)),
            f"harmless {vr} of undefined length": Kind(partial(_undefined_length_of_harmless, vr=vr)),
            f"{vr} longer than the file": Kind(partial(_longer_than_file, vr=vr)),
            f"harmless {vr} swallows the rest": Kind(partial(_harmless_swallows_name, vr=vr)),
            f"{vr} shorter than its value": Kind(partial(_shorter_than_value, vr=vr)),
        }
    for vr in ("US", "LO", "UN", "OB", "SH"):
        kinds[f"burned in as {vr}"] = Kind(partial(_burned_in, values=(b"YES ",), vr=vr), implicit=False)
    return kinds


KINDS = _table()
