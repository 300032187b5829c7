"""Link each program once; its machine calls the functions that come with each object."""

from __future__ import annotations

import inspect
from collections import OrderedDict
from collections.abc import Callable, Mapping
from threading import Lock

from attrs import define, evolve, field

from deidc.compat.objects.field import DicomField
from deidc.compat.objects.paths import uid_of_path
from deidc.compat.objects.table import get_fields_with_lookup
from deidc.dicom import dictionary
from deidc.ir import ops
from deidc.ir.program import Program
from deidc.ir.signatures import Signature
from deidc.runtime.functions.invocation import FunctionFault, Invocation
from deidc.runtime.functions.registry import Function, Functions
from deidc.runtime.machine import Machine
from deidc.runtime.outcome import OnFailure
from deidc.vocabulary import ListKind

# The name, which no recipe can spell, under which an object's variables have the dictionary they were taken from.
ITEM = ""

_KEPT = 64


@define(eq=False)
class _Machines:
    """The machines of the last few programs, for all threads."""

    _linked: OrderedDict[int, tuple[Program, Machine]] = field(factory=OrderedDict, repr=False)
    _lock: Lock = field(factory=Lock, repr=False)

    def of(self, program: Program) -> Machine:
        """Return the machine of a program; it is the same for the same object."""
        key = id(program)  # unique while the program is kept here
        with self._lock:
            known = self._linked.get(key)
            if known is not None:
                self._linked.move_to_end(key)
                return known[1]
        machine = _link(program)
        with self._lock:
            _, machine = self._linked.setdefault(key, (program, machine))
            while len(self._linked) > _KEPT:
                self._linked.popitem(last=False)
        return machine


_MACHINES = _Machines()


def machine_of(program: Program) -> Machine:
    """Return the machine that runs the header rules of a program; labels are left out.

    Variables and functions come with each object, in one dictionary, as in deid; what is not there takes the element
    out that it was to be written to. `ITEM` in the variables is that dictionary, for functions.
    """
    return _MACHINES.of(program)


def _link(program: Program) -> Machine:
    kept = [
        (op, origin) for op, origin in zip(program.ops, program.origins, strict=True) if not isinstance(op, ops.Mark)
    ]
    header = evolve(program, ops=tuple(op for op, _ in kept), origins=tuple(origin for _, origin in kept))
    called = (one.name for one in program.needs.functions if not one.builtin)
    fields = frozenset(slot.name for slot in program.slots if slot.kind is ListKind.FIELDS)
    functions = Functions.standard().with_(*(_of_the_object(name, fields) for name in called))
    return Machine.link(header, functions, on_failure=OnFailure.WITHDRAW)


def _of_the_object(name: str, fields: frozenset[str]) -> Function:
    """Return the function that calls the one which the object's variables have under a name.

    `fields` are the names of the program's `%fields` lists.
    """

    def call(invocation: Invocation) -> object:
        function = invocation.variables.get(name)
        if not callable(function):
            raise FunctionFault("there is no such function")
        given = _keywords(function)
        offered: dict[str, Callable[[], object]] = {
            "item": lambda: _item(invocation, fields),
            "value": lambda: f"func:{name}",
            "field": lambda: _field(invocation),
            "dicom": lambda: invocation.dataset,
        }
        return function(**{key: value() for key, value in offered.items() if key in given}, **invocation.arguments)

    return Function(Signature(name, (), open=True), call)


def _keywords(function: Callable[..., object]) -> Mapping[str, object] | tuple[str, ...]:
    """Return those of deid's keywords that a function takes, and maybe others."""
    try:
        parameters = inspect.signature(function).parameters
    except (ValueError, TypeError):
        return _DEID_KEYWORDS
    return _DEID_KEYWORDS if any(one.kind is one.VAR_KEYWORD for one in parameters.values()) else parameters


_DEID_KEYWORDS = ("item", "value", "field", "dicom")


def _item(invocation: Invocation, fields: frozenset[str]) -> object:
    """Return the dictionary that the variables were taken from, or one with them and the lists in deid's shape."""
    if ITEM in invocation.variables:
        return invocation.variables[ITEM]
    lists: dict[str, object] = {}
    for name, found in invocation.lists.items():
        if name in fields and isinstance(found, list):
            table = get_fields_with_lookup(invocation.dataset)
            lists[name] = {uid: table[uid] for uid in map(uid_of_path, found) if uid in table}
        else:
            lists[name] = found
    return {**lists, **invocation.variables}


def _field(invocation: Invocation) -> DicomField | str:
    """Return what deid hands over: the field, or for ADD its name in the recipe."""
    view = invocation.field
    uid = uid_of_path(view.path)
    if not invocation.adds:
        return DicomField(view.element, view.name, uid, view.is_filemeta)
    tag = int(view.element.tag)
    return dictionary.element_keyword(tag) or f"{tag:08x}"
