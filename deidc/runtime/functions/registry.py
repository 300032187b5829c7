"""The registry holds the functions that recipes call: deidc's own, the caller's, and those of installed packages."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping
from types import MappingProxyType, ModuleType

from attrs import field, frozen

from deidc.ir import ops
from deidc.ir.builtin_functions import BUILTIN_FUNCTIONS, BUILTINS
from deidc.ir.program import Program
from deidc.ir.signatures import Dependence, Parameter, ParameterType, Signature, Signatures
from deidc.runtime.functions import builtins, moments
from deidc.runtime.functions.invocation import Invocation
from deidc.runtime.functions.modules import imported
from deidc.runtime.functions.packages import ENTRY_POINT_GROUP, BrokenPackage, declared, loaded

_DEID_KEYWORDS = ("item", "value", "field", "dicom")


@frozen
class Function:
    """A function and what it promises; what it raises refuses the object.

    `depends` says what its results depend on, if `varies_with` is no argument of the call; results that depend on
    nothing else may be kept and used again. `own` are functions of deidc, which take only what they need;
    others are given lists and elements whether they look at them or not.
    """

    signature: Signature
    call: Callable[[Invocation], object] = field(repr=False)
    depends: Dependence = Dependence.UNKNOWN
    varies_with: frozenset[str] = frozenset()
    own: bool = False

    def depends_on(self, call: ops.Call) -> Dependence:
        """Return what the result of a call depends on besides its arguments.

        Args:
            call: a call of this function in a program.

        Returns:
            The dependence; UNKNOWN if the call has an argument of `varies_with`.

        """
        if any(one.key in self.varies_with for one in call.arguments):
            return Dependence.UNKNOWN
        return self.depends


def _implementation(name: str) -> Callable[[Invocation], object]:
    """Return the function of deidc's own that a row names."""
    found: Callable[[Invocation], object] = getattr(builtins if hasattr(builtins, name) else moments, name)
    return found


def _as_given(functions: Mapping[str, Function]) -> Mapping[str, Function]:
    return MappingProxyType(dict(functions))


@frozen(eq=False)
class Functions:
    """An immutable collection of the functions that recipes can call.

    Attributes:
        builtin: the functions that `deid_func:` calls, by name.
        supplied: the functions that `func:` calls, by name; a name may be in both.

    Example:
        >>> from deidc import Functions
        >>> def shorten(field, length):
        ...     return str(field.value)[: int(length)]
        >>> functions = Functions.standard().with_function("shorten", shorten)
        >>> sorted(functions.supplied)
        ['shorten']

    """

    builtin: Mapping[str, Function] = field(converter=_as_given, factory=dict, repr=False)
    supplied: Mapping[str, Function] = field(converter=_as_given, factory=dict, repr=False)

    @classmethod
    def standard(cls) -> Functions:
        """Return the functions that are built into deidc."""
        return cls(
            builtin={
                name: Function(
                    one.signature,
                    _implementation(one.implementation),
                    one.depends,
                    one.varies_with,
                    own=True,
                )
                for name, one in BUILTIN_FUNCTIONS.items()
            }
        )

    @classmethod
    def from_entry_points(cls, names: Iterable[str], group: str = ENTRY_POINT_GROUP) -> Functions:
        """Return those of some functions that installed packages declare by entry points.

        Importing an entry point runs code of its package, so only the named ones are imported.

        Args:
            names: the names in the recipe; the name of an entry point is that of its function.
            group: the group of entry points.

        Returns:
            The functions of the packages only, without the built-in ones. An entry point names a function, or a
            mapping, a Functions or a module that has a function of the name.

        Raises:
            BrokenPackage: if the package cannot be imported, or has no such function; with its name.

        """
        found: list[Function] = []
        for name, (value, package) in loaded(names, group).items():
            try:
                offered = _functions_in(value, name)
            except TypeError as failure:
                raise BrokenPackage(package, name, str(failure)) from None
            fitting = [one for one in offered if one.signature.name == name]
            if not fitting:
                raise BrokenPackage(package, name, "what it names has no function of this name")
            found.extend(fitting)
        return cls().with_(*found)

    def for_program(self, program: Program) -> Functions:
        """Return these functions and those of installed packages that a program calls and these lack.

        Args:
            program: a compiled recipe.

        Returns:
            The new collection.

        Raises:
            BrokenPackage: as `from_entry_points`.

        """
        called = {one.name for one in program.needs.functions if not one.builtin}
        return Functions.from_entry_points(called - self.supplied.keys()).with_(self)

    @classmethod
    def from_module(cls, reference: str) -> Functions:
        """Return the functions that a reference names.

        Args:
            reference: `package.module:object` or `folder/file.py:object`, where the object is a Functions, a mapping
                of names to functions, or a function; without the object, every public function that the module
                defines. A file is imported from its path. A module is an installed one, or else the file or package
                of that name in the current folder.

        Returns:
            These functions only, without the built-in ones.

        Raises:
            ImportError: if the module cannot be imported.
            AttributeError: if the module does not have the object.
            TypeError: if the object has another type.

        """
        found, name = imported(reference)
        return cls().with_(*_functions_in(found, name))

    def with_(self, *more: Function | Functions) -> Functions:
        """Return a collection with these functions and more.

        Args:
            *more: functions or collections; of two supplied functions with the same name, the later one is used.

        Returns:
            The new collection.

        """
        builtin, supplied = dict(self.builtin), dict(self.supplied)
        for one in more:
            if isinstance(one, Function):
                supplied[one.signature.name] = one
            else:
                builtin.update(one.builtin)
                supplied.update(one.supplied)
        return Functions(builtin, supplied)

    def with_function(self, name: str, function: Callable[..., object]) -> Functions:
        """Return a collection with these functions and one Python function in deid's form.

        Args:
            name: the name after `func:` in recipes.
            function: a callable that accepts any of the keywords `item`, `value`, `field` and `dicom`. Its other
                parameters are arguments of the recipe, `func:name key=value`.

        Returns:
            The new collection.

        Raises:
            TypeError: if the parameters of the callable are unknown or cannot be passed by keyword.

        """
        return self.with_(deid_shaped(name, function))

    def find(self, name: str, *, builtin: bool) -> Function | None:
        """Return the function with a name.

        Args:
            name: the name in the recipe.
            builtin: whether `deid_func:` calls it; otherwise `func:` does.

        Returns:
            The function, or None if there is no function of this name.

        """
        return self.builtin.get(name) if builtin else self.supplied.get(name) or self.builtin.get(name)

    def __iter__(self) -> Iterator[Function]:
        yield from self.builtin.values()
        yield from self.supplied.values()

    def signatures(self, variables: frozenset[str] | None = None) -> Signatures:
        """Return the signatures of these functions, which the compiler checks recipes against.

        Args:
            variables: the names of variables that the host supplies; None if they are unknown.

        Returns:
            The signatures for `check_recipe` and `compile_recipe`.

        """
        packaged = {name: Signature(name=name, parameters=(), open=True) for name in declared()}
        supplied = {**packaged, **{name: one.signature for name, one in self.supplied.items()}}
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
            raise TypeError(f"{name!r} is not a function, a mapping of functions or a module")


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
        raise TypeError(f"the parameters of {name!r} are unknown") from None
    if any(one.kind is one.POSITIONAL_ONLY and one.default is one.empty for one in parameters):
        raise TypeError(f"{name!r} has a parameter that cannot be passed by keyword")
    return parameters
