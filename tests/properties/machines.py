"""Machines for drawn recipes, and pictures of objects to compare."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from pydicom.dataset import Dataset

from deidc import Cleaned, Functions, Machine, Outcome, Program
from deidc.grammar import nodes
from deidc.grammar.reader import read
from deidc.grammar.writer import write
from deidc.ir.builtin_functions import BUILTINS
from deidc.ir.lower import lower
from deidc.ir.resolving.names import resolve
from deidc.ir.signatures import Signatures
from deidc.ir.verify import verify
from deidc.source import Source
from tests.strategies.rules import VARIABLES


def shout(field):
    """The value in capitals, or as much of it as many VRs can hold."""
    return str(field.value or "").upper()[:16]


def echo(text):
    return text


def nothing():
    return None


def broken(field):
    raise RuntimeError(f"what nobody may read: {field.value}")


def long(field):
    return len(str(field.value or "")) > 6


def age_cap(field, max: str) -> str:  # noqa: A002  # the name of the argument in recipes
    """What deid_func:age_cap does, in other words."""
    if field.vr == "SQ":
        return ""
    texts = [field.value] if isinstance(field.value, str) else [str(one) for one in field.value or ()]
    if any(one and not re.fullmatch(r"\d{3}[DWMY]", one) for one in texts):
        raise ValueError
    capped = f"{int(max) + 1:03d}Y"
    return "\\".join(capped if one.endswith("Y") and int(one[:3]) > int(max) else one for one in texts)


def sub(field, pattern: str, **arguments: str) -> str:
    """What deid_func:sub does, in other words."""
    if field.vr == "SQ":
        return ""
    value = field.value
    texts = [value] if isinstance(value, str) or not hasattr(value, "__iter__") else list(value)
    if field.vr == "PN":
        texts = [value] if hasattr(value, "components") else list(value or ())
    made = []
    for one in texts:
        text = "" if one is None else one.rstrip(b" \0").decode("latin-1") if isinstance(one, bytes) else str(one)
        made.append(re.sub(pattern, arguments["with"], text.strip(" "), flags=re.IGNORECASE) if text else "")
    return "\\".join(made)


SUPPLIED: Mapping[str, Callable[..., object]] = {
    "shout": shout,
    "echo": echo,
    "nothing": nothing,
    "broken": broken,
    "long": long,
}


def without_field(function: Callable[..., object]) -> Callable[..., object]:
    """A function that is given the element although it does not ask for it."""
    return lambda field, **arguments: function(**arguments)


# The same functions as the reference calls them: always with the element, by the words of the recipe.
FOR_REFERENCE: Mapping[str, Callable[..., object]] = {
    "func:shout": shout,
    "func:echo": without_field(echo),
    "func:nothing": without_field(nothing),
    "func:broken": broken,
    "func:long": long,
    "deid_func:age_cap": age_cap,
    "deid_func:sub": sub,
}


def functions(**others: Callable[..., object]) -> Functions:
    """deidc's functions with those that drawn recipes call."""
    found = Functions.standard()
    for name, function in {**SUPPLIED, **others}.items():
        found = found.with_function(name, function)
    return found


def program_of(recipe: nodes.Recipe) -> Program:
    """The program of a drawn tree, by way of its text.

    The checks are passed by: what they refuse must end well all the same, for a program may come from elsewhere.
    """
    source = Source("<recipe>", write(recipe))
    resolved, _ = resolve(read(source)[0], Signatures(BUILTINS), (source,))
    return verify(lower(resolved, (source,)))


def machine_of(recipe: nodes.Recipe, **others: Callable[..., object]) -> Machine:
    return Machine.link(program_of(recipe), functions(**others), variables=VARIABLES)


def elements(dataset: Dataset, path: str = "") -> Iterator[tuple[str, str, object]]:
    """Path, VR and value of every element, items included; of sequences how many items they have."""
    for element in dataset:
        here = f"{path}{int(element.tag):08X}"
        if element.VR == "SQ":
            yield here, "SQ", len(element.value)
            for number, item in enumerate(element.value):
                yield from elements(item, f"{here}[{number}].")
        else:
            yield here, str(element.VR), plain(element.value)


def plain(value: object) -> object:
    """A value without the kinds that pydicom wraps it in; all empty values are one."""
    if value is None or value == "" or value == b"" or value == []:
        return None
    if isinstance(value, int | float | bytes):
        return repr(value)
    if isinstance(value, str):
        return value
    return (
        [plain(one) or "" for one in value]
        if hasattr(value, "__len__") and not hasattr(value, "components")
        else str(value)
    )


def picture(dataset: Dataset) -> dict[str, tuple[str, object]]:
    """An object with its file meta information and preamble, ready to be compared."""
    found = {path: (vr, value) for path, vr, value in elements(dataset)}
    meta = getattr(dataset, "file_meta", None)
    found |= {path: (vr, value) for path, vr, value in elements(meta if meta is not None else Dataset())}
    return {**found, "preamble": ("", getattr(dataset, "preamble", None))}


def effects(outcome: Outcome) -> frozenset[tuple[str, str]]:
    assert isinstance(outcome, Cleaned)
    return frozenset((event.path, event.effect.value) for event in outcome.events)
