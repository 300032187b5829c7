"""Functions that recipes call: deidc's own, the caller's, and those that installed packages offer."""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Callable, Iterator, Mapping
from importlib.metadata import entry_points
from types import MappingProxyType, ModuleType

from attrs import field, frozen

from deidc.ir import ops
from deidc.ir.builtin_functions import BUILTIN_FUNCTIONS, BUILTINS
from deidc.ir.signatures import Dependence as Dependence  # noqa: PLC0414  # deidc.runtime.stream has it from here
from deidc.ir.signatures import Parameter, ParameterType, Signature, Signatures
from deidc.runtime.functions import builtins
from deidc.runtime.functions.invocation import Invocation

ENTRY_POINT_GROUP = "deidc.functions"
_DEID_KEYWORDS = ("item", "value", "field", "dicom")


@frozen
class Function:
    """A function and what it promises; what it raises refuses the object.

    `depends` says what its results depend on, if `varies_with` is no argument of the call; results that depend on
    nothing else may be kept and used again. `own` are functions of deidc, which ask for nothing they do not need;
    others are given lists and elements whether they look at them or not.
    """

    signature: Signature
    call: Callable[[Invocation], object] = field(repr=False)
    depends: Dependence = Dependence.UNKNOWN
    varies_with: frozenset[str] = frozenset()
    own: bool = False

    def depends_on(self, call: ops.Call) -> Dependence:
        """Return what the result of this call depends on besides its arguments."""
        if any(one.key in self.varies_with for one in call.arguments):
            return Dependence.UNKNOWN
        return self.depends


def _as_given(functions: Mapping[str, Function]) -> Mapping[str, Function]:
    return MappingProxyType(dict(functions))


@frozen(eq=False)
class Functions:
    """An immutable collection of functions.

    `builtin` are those that `deid_func:` calls, `supplied` those that `func:` calls; a name may be in both.
    """

    builtin: Mapping[str, Function] = field(converter=_as_given, factory=dict, repr=False)
    supplied: Mapping[str, Function] = field(converter=_as_given, factory=dict, repr=False)

    @classmethod
    def standard(cls) -> Functions:
        """Return deidc's own functions."""
        return cls(
            builtin={
                name: Function(
                    one.signature,
                    getattr(builtins, one.implementation),
                    one.depends,
                    one.varies_with,
                    own=True,
                )
                for name, one in BUILTIN_FUNCTIONS.items()
            }
        )

    @classmethod
    def from_entry_points(cls, group: str = ENTRY_POINT_GROUP) -> Functions:
        """Return the functions that installed packages declare as entry points of `group`, and no others.

        What an entry point names is taken as `from_module` takes objects. Importing runs code of the package.
        """
        found: list[Function] = []
        for point in sorted(entry_points(group=group), key=lambda one: (one.name, one.value)):
            found.extend(_functions_in(point.load(), point.name))
        return cls().with_(*found)

    @classmethod
    def from_module(cls, reference: str) -> Functions:
        """Return the functions that `package.module:object` refers to, and no others.

        The object is a Functions, a mapping of names to functions, or a function; without `:object` it is
        every public function that the module defines. Raises ImportError, AttributeError, and TypeError for
        an object that is none of these.
        """
        module_name, _, attribute = reference.partition(":")
        found: object = importlib.import_module(module_name)
        for part in filter(None, attribute.split(".")):
            found = getattr(found, part)
        return cls().with_(*_functions_in(found, attribute.rpartition(".")[2]))

    def with_(self, *more: Function | Functions) -> Functions:
        """Return these functions and more; of two supplied functions with one name the later counts."""
        builtin, supplied = dict(self.builtin), dict(self.supplied)
        for one in more:
            if isinstance(one, Function):
                supplied[one.signature.name] = one
            else:
                builtin.update(one.builtin)
                supplied.update(one.supplied)
        return Functions(builtin, supplied)

    def with_function(self, name: str, function: Callable[..., object]) -> Functions:
        """Return these functions and one in the shape that deid calls: `function(item, value, field, dicom)`.

        Only the keywords that the function accepts are given. Further parameters are arguments of the recipe,
        `func:name key=value`.
        """
        return self.with_(deid_shaped(name, function))

    def find(self, name: str, *, builtin: bool) -> Function | None:
        """Return the function that `deid_func:name` (`builtin`) or `func:name` calls, if there is one."""
        return self.builtin.get(name) if builtin else self.supplied.get(name) or self.builtin.get(name)

    def __iter__(self) -> Iterator[Function]:
        yield from self.builtin.values()
        yield from self.supplied.values()

    def signatures(self, variables: frozenset[str] | None = None) -> Signatures:
        """Return what a compiler needs to know of these functions.

        `variables` are the names that the host will supply, or None if it does not say.
        """
        supplied = {name: one.signature for name, one in self.supplied.items()}
        return Signatures(BUILTINS, supplied, variables)


def _functions_in(found: object, name: str) -> list[Function]:
    match found:
        case Function():
            return [found]
        case Functions():
            return list(found.supplied.values())
        case Mapping():
            return [function for key, one in found.items() for function in _functions_in(one, str(key))]
        case ModuleType():
            return [
                deid_shaped(key, one)
                for key, one in vars(found).items()
                if not key.startswith("_") and inspect.isfunction(one) and one.__module__ == found.__name__
            ]
        case _ if callable(found) and not inspect.isclass(found):
            return [deid_shaped(name, found)]
        case _:
            raise TypeError(f"{name!r} is no function, no mapping of functions and no module")


def deid_shaped(name: str, function: Callable[..., object]) -> Function:
    """Return a Function for a callable that takes deid's keywords and arguments of the recipe.

    Raises TypeError for a callable whose parameters cannot be given by name.
    """
    parameters = _parameters(name, function)
    takes_all = any(one.kind is one.VAR_KEYWORD for one in parameters)
    named = {one.name: one for one in parameters if one.kind in (one.KEYWORD_ONLY, one.POSITIONAL_OR_KEYWORD)}
    given = _DEID_KEYWORDS if takes_all else tuple(one for one in _DEID_KEYWORDS if one in named)

    def call(invocation: Invocation) -> object:
        offered: dict[str, object] = {
            "item": {**invocation.lists, **invocation.variables},
            "value": f"func:{name}",
            "field": invocation.field,
            "dicom": invocation.dataset,
        }
        return function(**{one: offered[one] for one in given}, **invocation.arguments)

    signature = Signature(
        name=name,
        parameters=tuple(
            Parameter(one.name, ParameterType.TEXT, required=one.default is one.empty)
            for one in named.values()
            if one.name not in _DEID_KEYWORDS
        ),
        open=takes_all,
    )
    return Function(signature, call)


def _parameters(name: str, function: Callable[..., object]) -> list[inspect.Parameter]:
    try:
        parameters = list(inspect.signature(function).parameters.values())
    except ValueError:
        raise TypeError(f"the parameters of {name!r} are not known") from None
    if any(one.kind is one.POSITIONAL_ONLY and one.default is one.empty for one in parameters):
        raise TypeError(f"{name!r} has a parameter that cannot be given by name")
    return parameters
