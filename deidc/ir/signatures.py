"""What a function that a recipe calls promises: its parameters, and what may be done with its result."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import Enum, StrEnum, auto

from attrs import field, frozen


class ParameterType(StrEnum):
    """How the text of an argument is read."""

    TEXT = "text"
    INT = "int"
    NUMBER = "number"
    FLAG = "flag"  # true or false
    SECRET = "secret"  # must come from a variable, so that no key stands in a recipe
    PATTERN = "pattern"  # a regular expression, which stands in the recipe, so that it can be judged
    ATTRIBUTE = "attribute"  # the keyword of an attribute
    TABLE = "table"  # must come from a variable of type table


class Result(StrEnum):
    """What a function gives back, as far as the checker can use it."""

    TEXT = "text"
    UID = "uid"
    DATE = "date"
    DAYS = "days"
    ANY = "any"


class Dependence(Enum):
    """What the result of a function depends on besides its arguments.

    ELEMENT: the element. LEVEL: the element and others at its level. OBJECT: the object, and not the element. UNKNOWN:
    it is not known.
    """

    ELEMENT = auto()
    LEVEL = auto()
    OBJECT = auto()
    UNKNOWN = auto()

    @property
    def is_of_element(self) -> bool:
        """Whether the result is made from the value that the element has."""
        return self in (Dependence.ELEMENT, Dependence.LEVEL)


@frozen
class Parameter:
    """A named parameter; `default` None with `required` False means the function knows what to do without."""

    name: str
    type: ParameterType
    required: bool = False
    default: str | None = None
    about: str = ""


@frozen
class Signature:
    """The promise of one function.

    `open` says that it takes any argument (a caller's function whose parameters are not known).
    `random` says that two calls with the same input differ.
    """

    name: str
    parameters: tuple[Parameter, ...] = ()
    result: Result = Result.ANY
    random: bool = False
    open: bool = False
    about: str = ""

    def parameter(self, name: str) -> Parameter | None:
        """Return the parameter with a name.

        Args:
            name: the name, as a recipe has it.

        Returns:
            The parameter, or None if there is none of that name.

        """
        return next((one for one in self.parameters if one.name == name), None)


@frozen
class Signatures:
    """The functions a compiler knows of.

    `builtin` are deidc's own (`deid_func:`). `supplied` are those the host says it will supply (`func:`), or
    None when the host has declared none; then any `func:` name is accepted, and needed at link time.
    """

    builtin: Mapping[str, Signature] = field(repr=False)
    supplied: Mapping[str, Signature] | None = None
    variables: frozenset[str] | None = None  # names the host will supply; None: it has not said

    def __iter__(self) -> Iterator[str]:
        yield from self.builtin
        yield from self.supplied or ()
