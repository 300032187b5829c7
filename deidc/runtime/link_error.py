"""The error of a program that cannot be linked: what it lacks, and secrets that are easy to guess."""

from __future__ import annotations

from deidc.errors import DeidcError
from deidc.runtime.functions.secret_strength import weak_secret_message


class LinkError(DeidcError):
    """A program needs variables or functions that were not supplied, or a secret is easy to guess.

    Attributes:
        variables: the names of all missing variables.
        functions: the names of all missing functions.
        weak: the names of variables of type `secret` whose values are no secrets, each with the reason.

    """

    def __init__(
        self, variables: tuple[str, ...], functions: tuple[str, ...], weak: tuple[tuple[str, str], ...] = ()
    ) -> None:
        self.variables = variables
        self.functions = functions
        self.weak = weak
        missing = [
            f"{kind} {', '.join(names)}"
            for kind, names in (("variables", variables), ("functions", functions))
            if names
        ]
        said = [f"the program needs {' and '.join(missing)}, which were not supplied"] if missing else []
        super().__init__("; ".join([*said, *(weak_secret_message(name, reason) for name, reason in weak)]))

    def __reduce__(self) -> tuple[object, ...]:
        return (LinkError, (self.variables, self.functions, self.weak))
