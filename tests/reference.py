"""The language, carried out naively: what a recipe means, as a program to be read.

It walks the tree of a recipe over a data set with nested loops. Nothing is compiled, indexed or remembered, and
nothing is shared with the machine but the tree and the dictionary: where the two differ, one of them is wrong.
"""

from __future__ import annotations

import operator as op
import re
from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import date, time
from fractions import Fraction
from types import SimpleNamespace
from typing import Any

from pydicom import config
from pydicom._uid_dict import UID_dictionary
from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset
from pydicom.multival import MultiValue
from pydicom.sequence import Sequence

from deidc.dicom import dictionary
from deidc.grammar import nodes
from deidc.vocabulary import Comparison, ElementKind, ExpanderKind, Join, ListKind, State
from tests.reference_values import Refusal, fitted, is_date_shaped, shifted, texts_of

# (7FE0,0008-0010), palettes, VOI LUT Sequence, character set, and how the file is encoded.
SYSTEM = {
    0x7FE00008, 0x7FE00009, 0x7FE00010, 0x00281201, 0x00281202, 0x00281203, 0x00281221, 0x00281222, 0x00281223,
    0x00283010, 0x00080005, 0x00020000, 0x00020001, 0x00020010, 0x00020012,
}  # fmt: skip
CHARACTER_SET = 0x00080005
SEVERAL = ("AE", "AS", "CS", "DA", "DS", "DT", "IS", "LO", "PN", "SH", "TM", "UC", "UI")  # have several values of text
OWN_CLASS_UID, OWN_VERSION = "2.25.247239372397278913595852990719726340844", "DEIDC"
# What stays in file meta information: all else is the sender's, or of no edition (PS3.10 table 7.1-1).
WRITTEN = (0x00020000, 0x00020001, 0x00020002, 0x00020003, 0x00020010, 0x00020012, 0x00020013)
TOGETHER = (0x00020100, 0x00020102)
RULED = (
    "AE", "AS", "CS", "DA", "DS", "DT", "IS", "LO", "LT", "PN", "SH", "ST", "TM", "UC", "UI", "UR", "UT", "SQ", "UN",
)  # fmt: skip
LOOSE = ("LO", "SH", "ST", "LT", "UT", "UC", "UN", "IS")
IDENTIFYING = ("UI", "DA", "DT", "TM", "AS", "PN")
NO = ("", "0", "false", "no", "none")


@dataclass(frozen=True)
class Expected:
    """What must come out: the object, what was done where, and the labels that hold."""

    dataset: Dataset
    effects: frozenset[tuple[str, str]]
    flags: tuple[tuple[str, str, bool], ...]


@dataclass(frozen=True, eq=False)
class Spot:
    """A place in the object: an element, or one that ADD wants and the input lacks."""

    level: Dataset
    tag: int
    element: DataElement | None
    above: Spot | None
    item: int | None
    in_meta: bool
    wanted_creator: str | None = None

    @property
    def creator(self) -> str | None:
        if self.wanted_creator is not None:
            return self.wanted_creator
        if not dictionary.is_private(self.tag) or self.tag & 0xFFFF < 0x1000:
            return None
        found = self.level.get((self.tag >> 16, (self.tag & 0xFFFF) >> 8))
        return str(found.value).strip() or None if found is not None else None

    @property
    def vr(self) -> str:
        if self.element is not None:
            return str(self.element.VR)
        if self.creator is not None:
            return dictionary.private_vr(self.tag, self.creator) or "LO"
        known = dictionary.find_tag(self.tag)
        return known.vr.split(" or ")[0] if known is not None else "LO"

    @property
    def way(self) -> list[Spot]:
        return [*(self.above.way if self.above is not None else []), self]

    @property
    def path(self) -> str:
        return (f"{self.above.path}[{self.item}]." if self.above is not None else "") + f"{self.tag:08X}"

    @property
    def is_block(self) -> bool:
        return dictionary.is_private_creator(self.tag)

    @property
    def charset(self) -> str:
        if CHARACTER_SET in self.level:
            return str(self.level[CHARACTER_SET].value or "")
        return self.above.charset if self.above is not None else ""


def interpret(
    recipe: nodes.Recipe,
    dataset: Dataset,
    variables: Mapping[str, object] | None = None,
    functions: Mapping[str, Callable[..., object]] | None = None,
) -> Expected | Refusal:
    """Carry a merged recipe out; `functions` are by the word that calls them, like `func:name`."""
    try:
        return Interpreter(recipe, deepcopy(dataset), dict(variables or {}), dict(functions or {})).run()
    except Refusal as refusal:
        return refusal


@dataclass(eq=False)
class Interpreter:
    recipe: nodes.Recipe
    input: Dataset
    variables: dict[str, object]
    functions: dict[str, Callable[..., object]]
    effects: set[tuple[str, str]] = field(default_factory=set)

    def lines(self, section: type, *kinds: type, name: str | None = None) -> list[Any]:
        """All lines of these kinds in all sections of a kind, in order."""
        sections = [one for one in self.recipe.items if isinstance(one, section)]
        return [
            line for one in sections if name is None or one.name == name for line in one.body if isinstance(line, kinds)
        ]

    def run(self) -> Expected:
        declared = self.lines(nodes.Variables, nodes.Variable)
        self.variables = {one.name: one.default for one in declared if one.default is not None} | self.variables
        guarded = [
            (line, [one for one in (section.guard, line.guard) if one is not None])
            for section in self.recipe.items
            if isinstance(section, nodes.Header)
            for line in section.body
            if not isinstance(line, nodes.Comment | nodes.EmptyLine | nodes.Format)
        ]
        if any(name not in self.variables for line, _ in guarded for name in variables_in(line)):
            raise Refusal("DC901")
        lines = [line for line, guards in guarded if all(self.guard_holds(one) for one in guards)]
        self.holding = [line for line in lines if isinstance(line, nodes.Keep | nodes.Descend)]
        self.rules = [line for line in lines if not isinstance(line, nodes.Keep | nodes.Descend)]
        # Check refuses to make a promotion depend on anything; here it does not.
        promotions = [line for line, _ in guarded if self.promotes(line)]
        self.rules = [rule for rule in self.rules if rule not in promotions]
        self.charset = promotions[-1].value.text if promotions else None
        for element in self.input.iterall():
            element.value  # noqa: B018  # everything is decoded before a character set changes
        meta = getattr(self.input, "file_meta", None)
        flags = self.flags()
        out = self.level(self.input, None, None, in_meta=False, sheltered=False)
        new_meta = self.level(meta, None, None, in_meta=True, sheltered=False) if meta is not None else None
        if self.charset is not None:
            self.promote(out)
        if new_meta is not None:
            self.sync(out, meta, new_meta)
        if getattr(out, "preamble", None) and out.preamble.strip(b"\0"):
            out.preamble = bytes(128)
            self.effects.add(("preamble", "synced"))
        return Expected(out, frozenset(self.effects), flags)

    def flags(self) -> tuple[tuple[str, str, str], ...]:
        """Group, label and policy of the labels that fire; groups behind a final one that fires are not asked."""
        told = {one.group: one.word.lower() for one in self.lines(nodes.Pixels, nodes.Policy)}
        final = {one.group for one in self.lines(nodes.Pixels, nodes.Final)}
        known = {"whitelist": "pass", "allowlist": "pass", "blacklist": "flag", "denylist": "flag"}
        flags: list[tuple[str, str, str]] = []
        classes = [
            spot.element for spot in self.everywhere() if spot.above is None and spot.tag in (0x00080016, 0x00020002)
        ]
        if self.rewrites_uids() and any(map(is_unregistered, classes)):
            flags.append(("deidc", "SOP class that no dictionary has", "flag"))
        for section in self.recipe.items:
            if not isinstance(section, nodes.Filter):
                continue
            policy = told.get(section.name, known.get(section.name.lower(), "clean"))
            fired = [one for one in section.body if isinstance(one, nodes.Label) and self.fires(one)]
            flags += [(section.name, one.name, policy) for one in fired]
            if fired and section.name in final:
                break
        return tuple(flags)

    # ---- which elements -------------------------------------------------------------------------------

    def spots(self, dataset: Dataset, above: Spot | None, item: int | None, in_meta: bool) -> Iterator[Spot]:
        """Every element below a level, items included, in document order."""
        for element in dataset:
            spot = Spot(dataset, int(element.tag), element, above, item, in_meta)
            yield spot
            for number, one in enumerate(element.value if element.VR == "SQ" else ()):
                yield from self.spots(one, spot, number, in_meta)

    def everywhere(self) -> Iterator[Spot]:
        yield from self.spots(getattr(self.input, "file_meta", None) or Dataset(), None, None, True)
        yield from self.spots(self.input, None, None, False)

    def selects(self, target: nodes.Target, spot: Spot, *, spares: bool = False) -> bool:
        """Whether a target is about an element; one that spares it goes by the VR in the file alone."""
        match target:
            case nodes.Keyword(text):
                return fits(pattern_of(text), spot.tag)
            case nodes.Tag(digits):
                return fits(digits, spot.tag)
            case nodes.Private(group, creator, element):
                same = spot.creator is not None and spot.creator.strip().lower() == creator.strip().lower()
                return same and fits(f"{group}XX{element}", spot.tag, even_only=False)
            case nodes.Path(steps):
                items = [one.item for one in spot.way[1:]]
                return (
                    len(steps) == len(spot.way)
                    and all(self.selects(step.at, one) for step, one in zip(steps, spot.way, strict=True))
                    and all(step.index in (None, item) for step, item in zip(steps, items, strict=False))
                )
            case nodes.Everything():
                return True
            case nodes.Expander(kind, pattern):
                parents = tuple(dictionary.element_keyword(one.tag) for one in spot.way[:-1])
                names = dictionary.spellings(spot.tag, spot.creator, parents)
                form = {"startswith": f"^(?:{pattern})", "endswith": f"(?:{pattern})$"}.get(kind, pattern)
                found = any(re.search(form, name, re.IGNORECASE) for name in names)
                return found != (kind is ExpanderKind.EXCEPT)
            case nodes.SelectVR(vrs):
                known = dictionary_vr(spot)
                return spot.vr in vrs or (not spares and known in IDENTIFYING and known in vrs)
            case nodes.SelectGroup(group):
                return fits(group + "XXXX", spot.tag)
            case nodes.SelectKind(ElementKind.PRIVATE):
                return dictionary.is_private(spot.tag)
            case nodes.SelectKind(ElementKind.UNKNOWN):
                is_standard = not dictionary.is_private(spot.tag) and spot.tag & 0xFFFF != 0
                return is_standard and dictionary.find_tag(spot.tag) is None
            case nodes.SelectRole(roles):
                role = role_of(spot)
                if role == "uid" and spot.element is not None:
                    return "uid" in roles and is_unregistered(spot.element)
                return role in roles
            case nodes.Excepting(swept, exceptions):
                return self.selects(swept, spot, spares=spares) and not any(
                    self.selects(one, spot, spares=not spares) for one in exceptions
                )
            case nodes.SelectKind(kind):
                return fits({"overlay": "60XXXXXX", "curve": "50XXXXXX"}[kind], spot.tag)
            case nodes.ListRef(ListKind.VALUES, name):
                return self.holds(name, spot)
            case nodes.ListRef(_, name):
                members = self.lines(nodes.Fields, nodes.Field, name=name)
                return spot.element is not None and any(
                    self.selects(line.target, spot, spares=spares) for line in members
                )
        raise AssertionError(target)

    def holds(self, name: str, spot: Spot) -> bool:
        """Whether the input value of an element has a value of a %values list in it."""
        if spot.element is None:
            return False
        for line in self.lines(nodes.Values, nodes.Field, nodes.Split, name=name):
            for source in self.everywhere():
                assert source.element is not None
                if source.vr == "SQ" or not self.selects(line.target, source):
                    continue
                for value in texts_of(source.element):
                    parts = value.split(line.separator) if isinstance(line, nodes.Split) else [value]
                    least = line.minimum if isinstance(line, nodes.Split) else 1
                    is_name = source.vr == "PN" and isinstance(line, nodes.Field)
                    for part in (part.strip() for part in parts):
                        if (
                            part
                            and len(part) >= least
                            and any(is_held(part, is_name, text) for text in texts_of(spot.element))
                        ):
                            return True
        return False

    def is_exact(self, target: nodes.Target) -> bool:
        """Whether a target names one attribute, rather than sweeping over many."""
        match target:
            case nodes.Keyword(text):
                return "X" not in pattern_of(text)
            case nodes.Tag(digits):
                return "X" not in digits
            case nodes.Private(_, _, element):
                return "X" not in element
            case nodes.Path(steps):
                ways = [step.at for step in steps[:-1] if not isinstance(step.at, nodes.Private)]
                return all(self.is_exact(at) for at in (*ways, steps[-1].at))
        return False

    def holders(self, spot: Spot) -> list[nodes.Keep | nodes.Descend]:
        """The KEEP and DESCEND rules that are about an element of the input; DESCEND is about sequences."""
        return [
            one
            for one in self.holding
            if self.selects(one.target, spot, spares=True)
            and (self.all_hold(one.when, spot, spot.element) if isinstance(one, nodes.Keep) else spot.vr == "SQ")
        ]

    def is_kept(self, spot: Spot) -> bool:
        return bool(self.holders(spot))

    def keeps_items(self, spot: Spot) -> bool:
        """Whether what is in a sequence is kept too: the last rule that names it decides, else the last one."""
        holders = self.holders(spot)
        naming = [one for one in holders if self.is_exact(one.target)]
        return bool(holders) and isinstance((naming or holders)[-1], nodes.Keep)

    # ---- what becomes of one level --------------------------------------------------------------------

    def level(
        self, source: Dataset, above: Spot | None, item: int | None, *, in_meta: bool, sheltered: bool
    ) -> Dataset:
        out = deepcopy(source)
        here = [Spot(source, int(one.tag), one, above, item, in_meta) for one in source]
        for spot in here:
            if not spot.is_block:
                self.put(out, spot, sheltered)
        needed: list[tuple[int, str]] = []
        for spot, reserve in self.wanted(out, source, above, item, in_meta):
            if spot.tag in source:
                continue
            self.put(out, spot, False)
            if spot.tag in out and reserve is not None:
                needed.append((reserve, spot.wanted_creator or ""))
                if reserve not in out:
                    out.add_new(reserve, "LO", spot.wanted_creator)
                    self.tell(Spot(source, reserve, None, above, item, in_meta), "added")
        for spot in here:
            if spot.is_block:  # after its block, because it stays while something of the block does
                self.put(out, spot, sheltered)
        for place, name in needed:
            if place not in out:
                out.add_new(place, "LO", name)
                self.tell(Spot(source, place, None, above, item, in_meta), "added")
        return out

    def put(self, out: Dataset, spot: Spot, sheltered: bool) -> None:
        """Put what becomes of an element into a level; items that were made for nothing are as if they never were."""
        before = set(self.effects)
        became = self.fold(spot, sheltered, out)
        if became is not None and became.VR == "SQ":
            made = any(isinstance(one, MadeItem) for one in became.value)
            items = self.items(spot, became, sheltered)
            if made and not any(isinstance(one, MadeItem) for one in items):
                self.effects = before
                became = self.fold(spot, sheltered, out, makes=False)
                items = self.items(spot, became, sheltered) if became is not None else []
            if became is not None:
                became = DataElement(spot.tag, "SQ", Sequence(items))
        if became is not None:
            out[spot.tag] = became
        elif spot.tag in out:
            del out[spot.tag]

    def items(self, spot: Spot, became: DataElement, sheltered: bool) -> list[Dataset]:
        """The items of a sequence: rules reach those of the input, and ADD and APPEND by path set in the others."""
        inside = sheltered or (spot.element is not None and spot.tag not in SYSTEM and self.keeps_items(spot))
        given = list(spot.element.value) if spot.element is not None and spot.element.VR == "SQ" else []
        items: list[Dataset] = []
        before: list[set[tuple[str, str]]] = []
        for number, one in enumerate(became.value):
            before.append(set(self.effects))
            if any(one is its_own for its_own in given):
                items.append(self.level(one, spot, number, in_meta=spot.in_meta, sheltered=inside))
            else:
                items.append(self.furnished(one, spot, number))
        while items and isinstance(items[-1], MadeItem) and len(items[-1]) == 0:
            items.pop()
            self.effects = before[len(items)]
        return items

    def furnished(self, item: Dataset, above: Spot, number: int) -> Dataset:
        """An item that a rule wrote or made, with what other rules set in it."""
        out = deepcopy(item)
        for spot, reserve in self.wanted(out, item, above, number, above.in_meta):
            self.put(out, spot, False)
            if spot.tag in out and reserve is not None and reserve not in out:
                out.add_new(reserve, "LO", spot.wanted_creator)
                self.tell(Spot(item, reserve, None, above, number, False), "added")
        return out

    def wanted(
        self, out: Dataset, source: Dataset, above: Spot | None, item: int | None, in_meta: bool
    ) -> Iterator[tuple[Spot, int | None]]:
        """The elements that ADD and APPEND want at this level, with the creator that must be reserved for them."""
        if above is not None and any(one.tag in SYSTEM for one in above.way):
            return
        way = above.way if above is not None else []
        items = [*(one.item for one in way[1:]), item]
        for rule in self.rules:
            if not isinstance(rule, nodes.Add | nodes.Append):
                continue
            for parents, at in ways_to(rule.target):
                if len(parents) != len(way) or not all(
                    self.selects(step.at, one) and step.index in (None, number)
                    for step, one, number in zip(parents, way, items, strict=False)
                ):
                    continue
                if isinstance(at, nodes.Private) and not in_meta:
                    tag, reserve = private_place(source, out, at)
                    yield Spot(source, tag, None, above, item, in_meta, at.creator), reserve
                elif not isinstance(at, nodes.Private):
                    tag = int(pattern_of(at.text) if isinstance(at, nodes.Keyword) else at.digits, 16)
                    if (tag >> 16 == 2) == in_meta or above is not None:
                        yield Spot(source, tag, None, above, item, in_meta), None

    # ---- what becomes of one element ------------------------------------------------------------------

    def fold(self, spot: Spot, sheltered: bool, out: Dataset, *, makes: bool = True) -> DataElement | None:
        """Carry out every rule that selects the element, one after the other."""
        became = spot.element
        within = any(one.tag in SYSTEM for one in spot.way[:-1])
        if spot.tag in SYSTEM or (within and spot.element is None):
            return became
        if within and spot.tag >> 16 == 0x0028 and spot.element is not None and spot.element.VR not in RULED:
            return became  # of what deidc protects, rules do not reach numbers and bulk values of the image
        sheltered = spot.element is not None and (sheltered or self.is_kept(spot))
        if role_of(spot) == "class" and not spot.in_meta and self.rewrites_uids() and is_unregistered(spot.element):
            self.tell(spot, "unregistered")
        became = self.carried_out(self.rules, spot, sheltered, out, makes=makes)[0]
        shifts = getattr(became, "shifts", [])
        if sum(days for days, _ in shifts) == 0 and (len(shifts) > 1 or not all(literal for _, literal in shifts)):
            raise Refusal("DC937")
        return became

    def carried_out(
        self, rules: list[Any], spot: Spot, sheltered: bool, out: Dataset, *, makes: bool
    ) -> tuple[DataElement | None, bool]:
        """Carry out rules, and tell whether the element is sheltered still.

        A rule that names the element and uses its value finds it as the rules of its own text alone leave it. A rule
        for many elements that derives from their values leaves what a rule of an earlier text wrote by name.
        """
        became = spot.element
        changed: list[str] = []  # the texts that changed the element
        named = ""  # the text that wrote by name what stands
        for number, rule in enumerate(rules):
            text, exact = rule.span.source, self.is_exact(rule.target)
            if derives(rule) and not exact and named not in ("", text):
                continue
            before, was_sheltered = became, sheltered
            alone = (derives(rule) or is_asked(rule)) and exact and any(one != text for one in changed)
            if alone:
                told = set(self.effects)
                own = [one for one in rules[:number] if one.span.source == text]
                before, was_sheltered = self.carried_out(own, spot, sheltered, out, makes=makes)
                self.effects = told
            foreign = any(one != text for one in changed) and not alone
            after, is_sheltered = self.carry_out(rule, spot, before, was_sheltered, out, makes=makes, foreign=foreign)
            if after is not before:
                became, sheltered = after, is_sheltered
                changed.append(text)
                named = text if exact or self.items_needed(rule, spot) else named if named == text else ""
        return became, sheltered

    def carry_out(
        self,
        rule: nodes.Action,
        spot: Spot,
        became: DataElement | None,
        sheltered: bool,
        out: Dataset,
        *,
        makes: bool,
        foreign: bool,
    ) -> tuple[DataElement | None, bool]:
        """Carry out one rule; `foreign` says that another text changed the element before."""
        needs = self.items_needed(rule, spot) if makes else 0
        if needs:
            became = self.with_made_items(spot, became, needs)
        if not self.reaches(rule, spot):
            return became, sheltered
        exact = self.is_exact(rule.target)
        if isinstance(rule, nodes.Add):
            if spot.above is not None and not isinstance(rule.target, nodes.Path):
                return became, sheltered  # a bare attribute is added at the top level
            if not self.all_hold(rule.when, spot, became):
                return became, sheltered
            self.tell(spot, "added" if became is None else "replaced")
            return self.write(spot, became, rule.value), False
        if isinstance(rule, nodes.Append):
            at_place = spot.above is None or isinstance(rule.target, nodes.Path)
            if at_place and self.all_hold(rule.when, spot, became):
                became = self.appended(spot, became, rule.value)
            return became, sheltered
        if sheltered or became is None or (spot.is_block and not exact and not isinstance(rule, nodes.Remove)):
            return became, sheltered
        return self.changed_by(rule, spot, became, out, exact=exact, foreign=foreign), sheltered

    def changed_by(
        self, rule: nodes.Action, spot: Spot, became: DataElement, out: Dataset, *, exact: bool, foreign: bool
    ) -> DataElement | None:
        """What a rule makes of an element that is there."""
        match rule:
            case nodes.Replace() if self.acts(rule, spot, became):
                became = self.write(spot, became, rule.value)
                self.tell(spot, "replaced")
            case nodes.Jitter():
                after = self.jittered(spot, became, rule, exact)
                if after is not None:
                    became = after
                    self.tell(spot, "shifted")
            case nodes.Blank() if self.all_hold(rule.when, spot, became):
                became = DataElement(spot.tag, "SQ", []) if became.VR == "SQ" else element_of(spot, [])
                self.tell(spot, "blanked")
            case nodes.Remove() if self.all_hold(rule.when, spot, became):
                read = spot.element if foreign and exact and spot.element is not None else became
                others = [one for one in self.rules if not self.leaves_named(one, rule)]
                if any(self.spares(one, spot, became, read) for one in others):
                    return became
                if spot.is_block and not exact and block_is_used(out, spot.tag):
                    self.tell(spot, "retained")
                    return became
                self.tell(spot, "removed")
                return None
        return became

    def reaches(self, rule: nodes.Action, spot: Spot) -> bool:
        """Whether a rule is about an element; REPLACE of many elements is also about all that is in private ones."""
        if self.selects(rule.target, spot):
            return True
        if not isinstance(rule, nodes.Replace) or self.is_exact(rule.target):
            return False
        if isinstance(rule.target, nodes.Excepting) and any(
            self.selects(one, spot, spares=True) for one in rule.target.exceptions
        ):
            return False
        return any(dictionary.is_private(one.tag) and self.selects(rule.target, one) for one in spot.way[:-1])

    def leaves_named(self, one: nodes.Action, remover: nodes.Remove) -> bool:
        """Whether a rule for many elements leaves what a rule of an earlier text removes by name."""
        places = [at for at, rule in enumerate(self.rules) if rule is one or rule is remover]
        is_later = len(places) == 2 and self.rules[places[1]] is one and one.span.source != remover.span.source
        return is_later and derives(one) and not self.is_exact(one.target) and self.is_exact(remover.target)

    def rewrites_uids(self) -> bool:
        """Whether some target is about UIDs by their role."""
        sections = (nodes.Header, nodes.Fields, nodes.Values)
        bodies = [section.body for section in self.recipe.items if isinstance(section, sections)]
        lines = [line for body in bodies for line in body if hasattr(line, "target")]
        targets = [getattr(one.target, "swept", one.target) for one in lines]
        return any(isinstance(one, nodes.SelectRole) and "uid" in one.roles for one in targets)

    def items_needed(self, rule: nodes.Action, spot: Spot) -> int:
        """How many items a rule needs in this sequence, to set something in one of them."""
        if not isinstance(rule, nodes.Add | nodes.Append) or not isinstance(rule.target, nodes.Path):
            return 0
        depth, items = len(spot.way), [one.item for one in spot.way[1:]]
        steps = rule.target.steps[:depth]
        is_on_the_way = (
            depth < len(rule.target.steps)
            and all(self.selects(step.at, one) for step, one in zip(steps, spot.way, strict=True))
            and all(step.index in (None, item) for step, item in zip(steps, items, strict=False))
        )
        return (steps[-1].index or 0) + 1 if is_on_the_way and all(map(is_one, steps)) else 0

    def with_made_items(self, spot: Spot, became: DataElement | None, needs: int) -> DataElement | None:
        there = self.items_there(spot, became)
        if len(there) >= needs:
            return became
        self.tell(spot, "extended" if there or became is spot.element is not None else self.set_or_added(became))
        return DataElement(spot.tag, "SQ", Sequence([*there, *(MadeItem() for _ in range(needs - len(there)))]))

    def items_there(self, spot: Spot, became: DataElement | None) -> list[Dataset]:
        known = spot.creator is None or dictionary.private_vr(spot.tag, spot.creator) is not None
        vr = became.VR if became is not None else "SQ" if not known else spot.vr
        if vr != "SQ":
            raise Refusal("DC935")
        return list(became.value) if became is not None else []

    def set_or_added(self, became: DataElement | None) -> str:
        return "added" if became is None else "replaced"

    def appended(self, spot: Spot, became: DataElement | None, by: nodes.Value) -> DataElement | None:
        """One more value behind those of a text, or one more item, unless it is there."""
        if isinstance(by, nodes.Codes):
            there = self.items_there(spot, became)
            lacking = [one for one in by.codes if not any(is_coded(one, item) for item in there)]
            if not lacking:
                return became
            items = [self.coded(one, spot) for one in lacking]
            self.tell(spot, "extended" if there or became is spot.element is not None else self.set_or_added(became))
            return DataElement(spot.tag, "SQ", Sequence([*there, *items]))
        texts = texts_of(became) if became is not None else []
        if not texts:
            self.tell(spot, self.set_or_added(became))
            return self.write(spot, became, by)
        if spot.vr not in SEVERAL:
            raise Refusal("DC936")
        value = self.value_of(by, spot, became)
        if value is None and isinstance(by, nodes.FuncRef | nodes.BuiltinRef):
            raise Refusal("DC903")
        new = [str(one) for one in fitted(str(value), spot.vr, self.charset or spot.charset)]
        lacking = [one for one in dict.fromkeys(new) if one not in texts]
        if not lacking:
            return became
        self.tell(spot, "extended")
        if spot.vr in ("IS", "DS"):
            return element_of(spot, fitted("\\".join([*texts, *lacking]), spot.vr, ""))
        return element_of(spot, [*texts, *lacking])

    def coded(self, code: nodes.Code, spot: Spot) -> Dataset:
        """A new item with a code (PS3.3 section 8)."""
        item = Dataset()
        keyword = "LongCodeValue" if len(code.value) > 16 else "CodeValue"
        keyword = "URNCodeValue" if re.match(r"urn:|\w+://", code.value) else keyword
        setattr(item, keyword, code.value)
        item.CodingSchemeDesignator = code.scheme
        if code.version is not None:
            item.CodingSchemeVersion = code.version
        item.CodeMeaning = str(fitted(code.meaning, "LO", self.charset or spot.charset)[0])
        return item

    def tell(self, spot: Spot, effect: str) -> None:
        self.effects.add((spot.path, effect))

    def acts(self, rule: nodes.Replace, spot: Spot, became: DataElement) -> bool:
        """Whether REPLACE writes the element; text swept over a sequence is for its items."""
        return self.all_hold(rule.when, spot, became) and not (
            became.VR == "SQ" and not isinstance(rule.value, nodes.Codes) and not self.is_named(rule.target, spot)
        )

    def is_named(self, target: nodes.Target, spot: Spot) -> bool:
        """Whether a target, or a line of the list that it is, names the element."""
        if isinstance(target, nodes.Excepting):
            return self.is_named(target.swept, spot)
        if isinstance(target, nodes.ListRef) and target.kind is ListKind.FIELDS:
            lines = self.lines(nodes.Fields, nodes.Field, name=target.name)
            return any(self.is_exact(line.target) and self.selects(line.target, spot) for line in lines)
        return self.is_exact(target)

    def spares(self, rule: nodes.Action, spot: Spot, became: DataElement, read: DataElement) -> bool:
        """Whether a rule anywhere in the recipe writes the element, so that REMOVE leaves it."""
        if isinstance(getattr(rule.target, "swept", rule.target), nodes.ListRef) or not self.reaches(rule, spot):
            return False
        if spot.is_block and not self.is_exact(rule.target):
            return False
        if isinstance(rule, nodes.Jitter):
            dates = spot.vr in LOOSE and any(map(is_date_shaped, texts_of(read)))
            return date_vr(spot) is not None or dates
        return isinstance(rule, nodes.Replace) and self.acts(rule, spot, became)

    def jittered(self, spot: Spot, became: DataElement, rule: nodes.Jitter, exact: bool) -> DataElement | None:
        texts = texts_of(became)
        as_date = date_vr(spot)
        strict = as_date is not None
        if not any(texts):
            if became is spot.element and strict and spot.vr not in ("DA", "DT") and not is_blank(became):
                raise Refusal("DC905")
            return None
        if not strict and not (spot.vr in LOOSE and any(map(is_date_shaped, texts))):
            if exact:
                raise Refusal("DC905")
            return None
        days = self.value_of(rule.days, spot, became)
        try:
            number = int(str(days).strip())
        except ValueError:
            raise Refusal("DC904") from None
        moved = [shifted(one, as_date or spot.vr, number) if strict or is_date_shaped(one) else one for one in texts]
        is_fitted = spot.vr in ("IS", "UN") or as_date not in (None, spot.vr)
        values = fitted("\\".join(moved), spot.vr, "") if is_fitted else moved
        after = element_of(spot, values)
        shift = (number, isinstance(rule.days, nodes.Literal))
        after.shifts = [*getattr(became, "shifts", []), shift]  # a date that is written anew has none
        return after

    def write(self, spot: Spot, became: DataElement | None, by: nodes.Value) -> DataElement:
        value = self.value_of(by, spot, became)
        if value is None and isinstance(by, nodes.FuncRef | nodes.BuiltinRef):
            raise Refusal("DC903")
        is_sequence = spot.vr == "SQ" or (became is not None and became.VR == "SQ")
        if isinstance(by, nodes.Codes):
            if became is None and spot.creator is not None and not dictionary.private_vr(spot.tag, spot.creator):
                return DataElement(spot.tag, "SQ", Sequence(value))
            if not is_sequence:
                raise Refusal("DC904")
            return DataElement(spot.tag, "SQ", Sequence(value))
        if is_sequence:
            raise Refusal("DC908")
        return element_of(spot, fitted(str(value), spot.vr, self.charset or spot.charset))

    # ---- values and conditions ------------------------------------------------------------------------

    def value_of(self, by: nodes.Value, spot: Spot, became: DataElement | None) -> object:
        match by:
            case nodes.Literal(text):
                return text
            case nodes.VarRef(name):
                return self.variables[name]
            case nodes.FromAttribute():
                return "\\".join(self.read(by))
            case nodes.Composed(parts):
                texts = [self.read(one) if isinstance(one, nodes.FromAttribute) else None for one in parts]
                if any(one is not None and len(one) > 1 for one in texts):
                    raise Refusal("DC904")
                return "".join(str(self.value_of(one, spot, became)) for one in parts)
            case nodes.Codes(codes):
                return [self.coded(one, spot) for one in codes]
            case nodes.FuncRef(name, arguments) | nodes.BuiltinRef(name, arguments):
                word = "func" if isinstance(by, nodes.FuncRef) else "deid_func"
                given = {one.key: self.value_of(one.value, spot, became) for one in arguments}
                seen = became if became is not None else element_of(spot, [])
                view = SimpleNamespace(element=seen, value=seen.value, vr=spot.vr, keyword=seen.keyword, path=spot.path)
                try:
                    result = self.functions[f"{word}:{name}"](field=view, **given)
                except Exception:  # noqa: BLE001  # whatever a function raises
                    raise Refusal("DC902") from None
                return result
        raise AssertionError(by)

    def read(self, by: nodes.FromAttribute) -> list[str]:
        """The values of another attribute of the input: one at the top, or where the path leads."""
        found = {
            tuple(texts_of(spot.element)): spot.element
            for spot in self.everywhere()
            if self.selects(by.at, spot) and (spot.above is None or isinstance(by.at, nodes.Path))
        }
        if not found:
            raise Refusal("DC933")
        if len(found) > 1:
            raise Refusal("DC934")
        ((texts, element),) = found.items()
        if not texts and not is_empty(element) and element.VR in ("SQ", "UN", "OB", "OW"):
            raise Refusal("DC904")
        return list(texts)

    def all_hold(self, when: nodes.Conditions, spot: Spot, became: DataElement | None) -> bool:
        return all(self.condition_holds(one, spot, became) for one in when)

    def condition_holds(self, one: nodes.Condition, spot: Spot, became: DataElement | None) -> bool:
        element = spot.element
        match one:
            case nodes.TextCondition(operator, text):
                return compares(operator, text, texts_of(element) if element is not None else [])
            case nodes.StateCondition(State.MISSING):
                return element is None
            case nodes.StateCondition(State.PRESENT):
                return element is not None
            case nodes.StateCondition():
                return element is not None and is_empty(element)
            case nodes.ListCondition(name):
                return self.holds(name, spot)
            case nodes.TruthCondition(by):
                value = self.value_of(by, spot, became)
                if value is None and isinstance(by, nodes.FuncRef | nodes.BuiltinRef):
                    raise Refusal("DC903")
                return value.strip().lower() not in NO if isinstance(value, str) else bool(value)
        raise AssertionError(one)

    def fires(self, label: nodes.Label) -> bool:
        """Whether a label holds, from left to right, line after line."""
        holds = True
        for number, line in enumerate(one for one in label.body if isinstance(one, nodes.CriteriaLine)):
            answer = self.criterion_holds(line.criteria[0])
            for one in line.criteria[1:]:
                other = self.criterion_holds(one)
                answer = answer or other if one.join is Join.OR else answer and other
            if number and line.criteria[0].join is Join.OR:
                holds = holds or answer
            else:
                holds = holds and answer
        return holds

    def criterion_holds(self, one: nodes.Criterion) -> bool:
        at_top = isinstance(one.target, nodes.Keyword | nodes.Tag | nodes.Private)
        found = [
            spot.element
            for spot in self.everywhere()
            if self.selects(one.target, spot) and (spot.above is None or not at_top)
        ]
        match one.operator:
            case State.MISSING:
                return not found
            case State.PRESENT:
                return bool(found)
            case State.EMPTY:
                return any(is_empty(element) for element in found if element is not None)
        read = texts_within if self.is_exact(one.target) else texts_of
        texts = [text for element in found if element is not None for text in read(element)]
        return compares(one.operator, one.value or "", texts)

    def guard_holds(self, guard: nodes.Guard) -> bool:
        """Whether the object is one that a guard lets a rule act on; tests behind a decisive one are not looked at."""
        answers = (self.given_holds(one) for one in guard.tests)
        return any(answers) if guard.join is Join.OR else all(answers)

    def given_holds(self, one: nodes.Given) -> bool:
        operator, value = one.operator, one.value or ""
        vr = vr_in_dictionary(one.target)
        if vr == "UI":
            uids = {row[4]: uid for uid, row in UID_dictionary.items()}
            value = uids.get(value, value)
        kind = KINDS.get(vr)
        signs = {Comparison.EQUALS: "=", Comparison.NOTEQUALS: "!="}
        if isinstance(operator, State | Comparison) and not (operator in signs and kind is not None):
            asked = nodes.Criterion(None, operator, one.target, None if one.value is None else value, span=one.span)
            return self.criterion_holds(asked)
        sign = signs.get(operator, str(operator.value))
        if kind is None:
            how = Comparison.EQUALS if sign == "=" else Comparison.NOTEQUALS
            return self.criterion_holds(nodes.Criterion(None, how, one.target, value, span=one.span))
        at_top = not isinstance(one.target, nodes.Path)
        texts = [
            text.strip()
            for spot in self.everywhere()
            if self.selects(one.target, spot) and (spot.above is None or not at_top) and spot.element is not None
            for text in texts_of(spot.element)
            if text.strip()
        ]
        return ordered(sign, [(measured(text, kind, value), measured(value, kind, value)) for text in texts])

    # ---- around the object ----------------------------------------------------------------------------

    def promotes(self, rule: nodes.Action) -> bool:
        return (
            isinstance(rule, nodes.Add | nodes.Replace)
            and isinstance(rule.value, nodes.Literal)
            and isinstance(rule.target, nodes.Keyword | nodes.Tag)
            and self.selects(rule.target, Spot(self.input, CHARACTER_SET, None, None, None, False))
        )

    def promote(self, out: Dataset) -> None:
        def forget(level: Dataset) -> None:
            if CHARACTER_SET in level:
                del level[CHARACTER_SET]
            for element in level:
                for one in element.value if element.VR == "SQ" else ():
                    forget(one)

        forget(out)
        out.add_new(CHARACTER_SET, "CS", self.charset)
        self.effects.add((f"{CHARACTER_SET:08X}", "transcoded"))

    def lacking(self, tag: int, uid: str, out: Dataset) -> str:
        """A UID that only the file meta information has is treated by the rules for the attribute of the data set."""
        effects = set(self.effects)
        became = self.fold(Spot(self.input, tag, DataElement(tag, "UI", uid), None, None, False), False, out)
        self.effects = effects
        return "" if became is None else str(became.value or "")

    def sync(self, out: Dataset, meta: Dataset, new: Dataset) -> None:
        """File meta information belongs to who writes the file."""
        told = {path for path, effect in self.effects if effect != "removed"}
        wanted: dict[int, tuple[str, str]] = {}
        for tag, follows in ((0x00020002, 0x00080016), (0x00020003, 0x00080018)):
            uid = text_of_value(out[follows]) if follows in out else ""
            if follows not in self.input and not uid and tag in new:
                uid = text_of_value(new[tag])
                if tag in meta and uid == text_of_value(meta[tag]):
                    uid = self.lacking(follows, uid, out)
                uid = uid if len(uid) <= 64 and re.fullmatch(r"[0-9]+(\.[0-9]+)+", uid) else ""
            wanted[tag] = ("UI", uid)
        wanted |= {0x00020012: ("UI", OWN_CLASS_UID), 0x00020013: ("SH", OWN_VERSION)}
        for spot in self.spots(meta, None, None, True):
            if spot.tag not in WRITTEN and spot.path not in told and not self.is_kept(spot):
                wanted[spot.tag] = ("", "")
        if any(tag in wanted or (tag in meta and tag not in new) for tag in TOGETHER):
            wanted |= dict.fromkeys(TOGETHER, ("", ""))
        for tag, (vr, text) in wanted.items():
            has = text_of_value(new[tag]) if tag in new else None
            if text and has != text:
                new[tag] = DataElement(tag, vr, text)
            elif not text and has is not None:
                del new[tag]
            else:
                continue
            self.effects.add((f"{tag:08X}", "synced"))
        out.file_meta = new


def text_of_value(element: DataElement) -> str:
    """The values of an element as the file has them."""
    several = isinstance(element.value, list | MultiValue)
    return "\\".join(map(str, element.value)) if several else str(element.value or "")


class MadeItem(Dataset):
    """An item that was made so that something can be set in it."""


def ways_to(target: nodes.Target) -> list[tuple[tuple[nodes.Step, ...], nodes.Target]]:
    """The sequences on the way to what ADD or APPEND sets, and that itself: each with the steps before it."""
    if not isinstance(target, nodes.Path):
        return [((), target)]
    found = []
    for number, step in enumerate(target.steps):
        found.append((target.steps[:number], step.at))
        if not is_one(step):
            break
    last = (target.steps[:-1], target.steps[-1].at)
    return found if last in found else [*found[:-1], last]


def is_one(step: nodes.Step) -> bool:
    """Whether a step names one attribute."""
    match step.at:
        case nodes.Keyword(text):
            return "X" not in pattern_of(text)
        case nodes.Tag(digits):
            return "X" not in digits
        case nodes.Private(group, _, element):
            return "X" not in group + element


def is_coded(code: nodes.Code, item: Dataset) -> bool:
    values = [str(item.get(one, "") or "") for one in ("CodeValue", "LongCodeValue", "URNCodeValue")]
    said = (str(item.get("CodingSchemeDesignator", "") or ""), str(item.get("CodingSchemeVersion", "") or ""))
    return code.value in values and said == (code.scheme, code.version or "")


def derives(rule: nodes.Action) -> bool:
    """Whether what a rule writes is derived from the element's own value."""
    return isinstance(rule, nodes.Jitter) or takes_own_value(getattr(rule, "value", None))


def is_asked(rule: nodes.Action) -> bool:
    """Whether a condition is a function of the element's own value."""
    conditions = [one.value for one in getattr(rule, "when", ()) if isinstance(one, nodes.TruthCondition)]
    return any(map(takes_own_value, conditions))


def takes_own_value(value: object) -> bool:
    if isinstance(value, nodes.BuiltinRef):
        others = ("basic_uuid", "simple_uuid", "suffix_uuid", "dicom_uuid", "date_shift", "lookup", "age")
        return value.name not in others
    return isinstance(value, nodes.FuncRef)


def date_vr(spot: Spot) -> str | None:
    """DA or DT for what is a date by its VR in the file or by the dictionary."""
    if spot.vr in ("DA", "DT", "SQ"):
        return spot.vr if spot.vr != "SQ" else None
    known = dictionary_vr(spot)
    return known if known in ("DA", "DT") else None


def is_blank(element: DataElement) -> bool:
    return is_empty(element) or (isinstance(element.value, bytes) and not element.value.strip(b" \0"))


def _is_of_vocabulary(uid: str) -> bool:
    """Whether a UID is that of a context group of DICOM, or of a code system that HL7 lists."""
    stem, _, number = uid.rpartition(".")
    return stem in ("1.2.840.10008.6.1", "2.16.840.1.113883.6") and number.isdigit() and 0 < int(number) < 10_000


def is_unregistered(element: DataElement | None) -> bool:
    if element is None or is_empty(element):
        return False
    texts = texts_of(element)
    return not texts or any(one not in UID_dictionary and not _is_of_vocabulary(one) for one in texts if one)


def dictionary_vr(spot: Spot) -> str | None:
    if dictionary.is_private(spot.tag):
        return dictionary.private_vr(spot.tag, spot.creator) if spot.creator else None
    attribute = dictionary.find_tag(spot.tag)
    return attribute.vr if attribute is not None else None


def role_of(spot: Spot) -> str | None:
    """The role that the dictionary gives an attribute; if it gives none, the one of its VR in the file."""
    keyword = dictionary.element_keyword(spot.tag)
    if re.search("SOPClass|TransferSyntax", keyword):
        return "class"
    if keyword in ("PatientID", "AccessionNumber", "StudyID"):
        return "identifier"
    known = dictionary_vr(spot)
    by_vr = {"UI": "uid", "DA": "date", "DT": "date", "TM": "time", "PN": "person"}
    return by_vr.get(known or "") or by_vr.get(spot.vr)


NUMERIC = ("IS", "DS", "US", "SS", "UL", "SL", "UV", "SV", "FL", "FD", "US or SS")
KINDS = {**dict.fromkeys(NUMERIC, "number"), "DA": "date", "DT": "date", "TM": "time", "AS": "age"}


def vr_in_dictionary(target: nodes.Target) -> str | None:
    match target:
        case nodes.Path(steps):
            return vr_in_dictionary(steps[-1].at)
        case nodes.Keyword(text):
            found = dictionary.find_keyword(text) or dictionary.find_name(text)
            return found.vr if found is not None else None
        case nodes.Tag(digits) if "X" not in digits:
            found = dictionary.find_tag(int(digits, 16))
            return found.vr if found is not None else None
    return None


def measured(text: str, kind: str, to: str) -> Fraction | tuple[int, ...]:
    """What a text is as a number, an age in days, or a moment cut to as many parts as the text `to` has."""
    if kind == "number":
        if not re.fullmatch(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,4})?", text, re.ASCII):
            raise Refusal("DC904")
        return Fraction(text)
    if kind == "age":
        if not re.fullmatch(r"\d{1,3}[DWMY]", text, re.ASCII):
            raise Refusal("DC905")
        return (
            int(text[:-1]) * {"D": 1, "W": 7, "M": Fraction("30.4375"), "Y": Fraction("365.25")}[text[-1]] * Fraction(1)
        )
    parts, wanted = (moment(one, kind) for one in (text, to))
    filled = [
        one if one is not None else least
        for one, least in zip(parts, (1, 1, 1, 0, 0, 0, 0)[-len(parts) :], strict=True)
    ]
    return tuple(filled[: sum(one is not None for one in wanted)])


def moment(text: str, kind: str) -> list[int | None]:
    """Year, month, day (of dates), hours, minutes, seconds and millionths; None where the text says nothing."""
    text = re.sub(r"^(\d{4})([.-])(\d\d)\2(\d\d)", r"\1\3\4", text)
    day = r"(\d{4})(?:(\d\d)(\d\d)?)?" if kind == "date" else ""
    gap = "[T ]?" if kind == "date" else ""
    form = day + rf"(?:{gap}(\d\d)(?::?(\d\d)(?::?(\d\d)(?:\.(\d{{1,6}}))?)?)?)?(?:[+-]\d{{4}})?"
    found = re.fullmatch(form, text, re.ASCII)
    if found is None or not text:
        raise Refusal("DC905")
    *whole, fraction = found.groups()
    parts = [int(one) if one is not None else None for one in whole]
    try:
        if kind == "date":
            date(parts[0] or 0, *(1 if one is None else one for one in parts[1:3]))
        hours, minutes, seconds = (one or 0 for one in parts[-3:])
        time(hours, minutes, 59 if seconds == 60 else seconds)  # PS3.5 6.2: 60 is a leap second
    except ValueError:
        raise Refusal("DC905") from None
    return [*parts, int(fraction.ljust(6, "0")) if fraction else None]


def ordered(sign: str, pairs: list[tuple[Any, Any]]) -> bool:
    """Whether one value is ordered so; `!=` holds where none is equal."""
    if sign == "!=":
        return all(one != other for one, other in pairs)
    how = {"=": op.eq, "<": op.lt, "<=": op.le, ">": op.gt, ">=": op.ge}[sign]
    return any(how(one, other) for one, other in pairs)


def pattern_of(keyword: str) -> str:
    found = dictionary.find_keyword(keyword) or dictionary.find_name(keyword)
    assert found is not None, keyword
    return found.pattern


def fits(pattern: str, tag: int, *, even_only: bool = True) -> bool:
    """Whether a tag has these digits; X is any, and in a group any that makes an even number."""
    same = all(want in ("X", digit) for want, digit in zip(pattern, f"{tag:08X}", strict=True))
    return same and not (even_only and "X" in pattern[:4] and dictionary.is_private(tag))


def variables_in(rule: nodes.Action) -> Iterator[str]:
    """The names of all variables that a rule uses."""
    conditions = [one.value for one in getattr(rule, "when", ()) if isinstance(one, nodes.TruthCondition)]
    for value in (getattr(rule, "value", None), getattr(rule, "days", None), *conditions):
        inside = (*(argument.value for argument in getattr(value, "arguments", ())), *getattr(value, "parts", ()))
        for one in (value, *inside):
            if isinstance(one, nodes.VarRef):
                yield one.name


def compares(operator: Comparison, text: str, texts: list[str]) -> bool:
    """Whether any value fits; the negated forms hold where the plain ones do not."""
    if operator in (Comparison.CONTAINS, Comparison.NOTCONTAINS):
        found = any(re.search(text, one, re.IGNORECASE) for one in texts)
    else:
        found = any(text.strip().casefold() == one.strip().casefold() for one in texts)
    return found == (operator in (Comparison.CONTAINS, Comparison.EQUALS))


def texts_within(element: DataElement) -> list[str]:
    """The text of each value; of a sequence, of each value in its items."""
    if element.VR != "SQ":
        return texts_of(element)
    return [text for item in element.value for one in item for text in texts_within(one)]


def is_empty(element: DataElement) -> bool:
    return len(element.value) == 0 if element.VR == "SQ" else bool(element.is_empty)


def is_held(value: str, is_name: bool, text: str) -> bool:
    """Whether a collected value is a text as a whole, or stands in it between characters that are no words."""
    if value.casefold() == text.strip().casefold():
        return True
    words = [value] if len(value) >= 2 else []
    if is_name:
        words += [part.strip() for part in re.split(r"[\^=]", value) if len(part.strip()) >= 3]
    return any(re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text, re.IGNORECASE) for word in words)


def element_of(spot: Spot, values: list[object]) -> DataElement:
    value = values if len(values) > 1 else values[0] if values else None
    return DataElement(spot.tag, spot.vr, [] if spot.vr == "SQ" else value, validation_mode=config.IGNORE)


def block_is_used(level: Dataset, creator: int) -> bool:
    first = creator & 0xFFFF0000 | (creator & 0xFF) << 8
    return any(first <= int(tag) <= first | 0xFF for tag in level.keys())


def private_place(source: Dataset, out: Dataset, at: nodes.Private) -> tuple[int, int]:
    """The tag of a private element in its creator's block, or in the first free one, and the tag of the creator."""
    group = int(at.group, 16) << 16
    blocks = range(group | 0x10, group | 0x100)
    names = {tag: str((source if tag in source else out)[tag].value) for tag in blocks if tag in source or tag in out}
    own = [tag for tag, name in names.items() if name.strip().lower() == at.creator.strip().lower()]
    block = own[0] if own else next(tag for tag in blocks if tag not in names)
    return group | (block & 0xFF) << 8 | int(at.element, 16), block
