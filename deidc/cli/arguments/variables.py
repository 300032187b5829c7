"""Take the values of variables from a command line, a file, the environment, a descriptor, or a prompt.

A value of `--var` that begins with `file:`, `env:`, `fd:` or `prompt:` says where the value is. Any other is the value
itself, which every user of the machine can read in its list of processes; for a secret, a warning says so.
"""

from __future__ import annotations

import getpass
import os
import re
import secrets
import stat
import sys
import warnings
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

import click
from attrs import define, field

from deidc.batch.job.variables import VariablesError, typed
from deidc.cli.command import DeclaresOption
from deidc.cli.exits import Unusable
from deidc.ir.program import NeededVariable, Program
from deidc.vocabulary import VariableKind

F = TypeVar("F", bound=Callable[..., Any])

_SOURCE = re.compile(r"([A-Za-z]+):(.*)", re.DOTALL)
_SOURCES = "file:PATH, env:NAME, fd:N or prompt:"
# No key, date or code is longer, and a device never ends.
_MOST_BYTES = 1 << 16
_FOR_OTHERS = stat.S_IRGRP | stat.S_IWGRP | stat.S_IROTH | stat.S_IWOTH
_STANDARD_STREAMS = (1, 2)


def assignments_option(option: DeclaresOption = click.option) -> Callable[[F], F]:
    """Return the option `--var`; `option` declares it, as `click.option` does."""
    return option(
        "--var",
        "assignments",
        multiple=True,
        metavar="NAME=VALUE",
        help="Set a variable. VALUE may be file:PATH, env:NAME, fd:N or prompt:.",
    )


def variables_of(assignments: Iterable[str], program: Program) -> dict[str, object]:
    """Return the variables of `NAME=VALUE` texts, each in the type that the program needs it in.

    A variable that the recipe declares and no rule uses is noted on standard error and not read. Environment variables
    that values are taken from are removed from the environment, so that no other process inherits them. Raises
    Unusable for text that is no assignment, a name that the recipe does not have, a value that cannot be read, and one
    that is not of its type.
    """
    reading = _Reading()
    kinds = {one.name: one.kind for one in program.needs.variables}
    variables: dict[str, object] = {}
    try:
        for text in assignments:
            name, value = _split(text, {*kinds, *program.idle_variables})
            if name not in kinds:
                reading.pass_over(value)
                click.echo(f"note: variable {name!r} is not read, because no rule uses it", err=True)
                continue
            if name in variables:
                raise VariablesError(f"variable {name!r} is set twice")
            variables[name] = typed(name, reading.value(name, value, kinds[name]), kinds[name])
    except VariablesError as failure:
        raise Unusable(str(failure)) from None
    finally:
        reading.forget_environment()
    return variables


def with_stand_ins(program: Program, variables: Mapping[str, object], command: str) -> dict[str, object]:
    """Return variables with a stand-in for each secret that was not given, and say so on standard error.

    What a rule does to an element does not depend on a key, only the value that it makes.
    """
    missing = [
        one.name
        for one in program.needs.variables
        if one.kind is VariableKind.SECRET and one.default is None and one.name not in variables
    ]
    if missing:
        names = ", ".join(missing)
        click.echo(f"note: {command} uses a stand-in for the secret {names}; effects do not depend on it", err=True)
    return {**variables, **{name: secrets.token_hex(32) for name in missing}}


def how_to_give_secrets(names: Iterable[str], needed: Iterable[NeededVariable]) -> Iterator[str]:
    """Yield, for each of these variables that is a secret, how to make one and how to give it to a command."""
    kept = {one.name for one in needed if one.kind is VariableKind.SECRET}
    for name in names:
        if name in kept:
            yield f"for {name}, make a key with `deidc keys new PATH`, and pass it with --var {name}=file:PATH"


def _split(text: str, names: Collection[str]) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise VariablesError("write a variable as name=value")
    if name not in names:
        near = get_close_matches(name, sorted(names), 1)
        hint = f"; did you mean {near[0]!r}?" if near else ""
        raise VariablesError(f"the recipe has no variable {name!r}{hint}")
    return name, value


@define(eq=False)
class _Reading:
    """The values that one command line names, as they are read one after the other."""

    _environment: set[str] = field(factory=set, init=False)
    _descriptors: set[int] = field(factory=set, init=False)

    def value(self, name: str, text: str, kind: VariableKind) -> str:
        """Return the value that a text is, or names the source of. Raises VariablesError."""
        found = _SOURCE.fullmatch(text)
        if found is not None and found[1] == "text":
            _warn_of_literal(name, kind)
            return found[2]
        if found is not None and found[1] in _READERS:
            return _READERS[found[1]](self, name, found[2], kind)
        if kind is VariableKind.SECRET:
            _refuse_mistaken(name, text, found[1] if found is not None else None)
            _warn_of_literal(name, kind)
        return text

    def from_file(self, name: str, path: str, kind: VariableKind) -> str:
        """Return the text of a file without the newline at its end."""
        if kind is VariableKind.TABLE:  # whose value is the path of the file
            return path
        try:
            with open(path, "rb") as file:
                if kind is VariableKind.SECRET:
                    _warn_of_readers(name, path, os.fstat(file.fileno()))
                data = file.read(_MOST_BYTES + 1)
        except OSError as failure:
            raise VariablesError(f"the file of variable {name!r} cannot be read: {failure.strerror}") from None
        except ValueError:
            raise VariablesError(f"the file of variable {name!r} cannot be read: its name has a NUL") from None
        return _text(name, data)

    def from_environment(self, name: str, key: str, kind: VariableKind) -> str:
        """Return the value of an environment variable, unchanged."""
        del kind
        value = os.environ.get(key) if key else None
        if value is None:
            raise VariablesError(f"the environment variable for variable {name!r} is not set")
        self._environment.add(key)
        return value

    def from_descriptor(self, name: str, number: str, kind: VariableKind) -> str:
        """Return what can be read from a file descriptor without the newline at its end; it is closed then."""
        del kind
        if not (number.isascii() and number.isdecimal()) or len(number) > len(str(1 << 16)):
            raise VariablesError(f"the file descriptor of variable {name!r} is not a number")
        descriptor = int(number)
        if descriptor in self._descriptors:
            raise VariablesError(f"the file descriptor of variable {name!r} is used twice")
        if descriptor in _STANDARD_STREAMS:
            raise VariablesError(f"the file descriptor of variable {name!r} is an output")
        self._descriptors.add(descriptor)
        try:
            with os.fdopen(descriptor, "rb", buffering=0, closefd=descriptor != 0) as file:
                data = b""
                while len(data) <= _MOST_BYTES and (piece := file.read(_MOST_BYTES)):
                    data += piece
        except OSError as failure:
            raise VariablesError(
                f"the file descriptor of variable {name!r} cannot be read: {failure.strerror}"
            ) from None
        return _text(name, data)

    def from_prompt(self, name: str, rest: str, kind: VariableKind) -> str:
        """Return what the user types, which is not shown."""
        del kind
        if rest:
            raise VariablesError(f"variable {name!r}: write prompt: without a text behind it")
        try:
            with warnings.catch_warnings():
                # Where there is no terminal, the text would be shown.
                warnings.simplefilter("error", getpass.GetPassWarning)
                return getpass.getpass(f"value of {name}: ")
        except (getpass.GetPassWarning, EOFError, OSError):
            raise VariablesError(f"there is no terminal to type variable {name!r} on") from None
        except KeyboardInterrupt:
            raise click.Abort from None

    def pass_over(self, text: str) -> None:
        """Take note of the environment variable that a text names, whose value is not needed."""
        found = _SOURCE.fullmatch(text)
        if found is not None and found[1] == "env":
            self._environment.add(found[2])

    def forget_environment(self) -> None:
        """Remove the environment variables that were named, and their values with them."""
        for key in self._environment:
            os.environ.pop(key, None)


_READERS: Mapping[str, Callable[[_Reading, str, str, VariableKind], str]] = MappingProxyType(
    {
        "file": _Reading.from_file,
        "env": _Reading.from_environment,
        "fd": _Reading.from_descriptor,
        "prompt": _Reading.from_prompt,
    }
)


def _text(name: str, data: bytes) -> str:
    """Return text without the one newline at its end, which editors and `echo` put there."""
    if len(data) > _MOST_BYTES:
        raise VariablesError(f"the value of variable {name!r} has more than {_MOST_BYTES} bytes")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        raise VariablesError(f"the value of variable {name!r} is not in UTF-8") from None
    return text.removesuffix("\n").removesuffix("\r") if text.endswith("\n") else text


def _refuse_mistaken(name: str, text: str, word: str | None) -> None:
    """Raise VariablesError for the literal value of a secret that was meant as the name of its source."""
    if text.startswith("@"):
        raise VariablesError(f"the value of variable {name!r} begins with @; write {name}=file:PATH")
    if word is not None:
        raise VariablesError(
            f"variable {name!r} has an unknown source; write {_SOURCES}, or text: before a value with a colon"
        )
    try:
        is_file = Path(text).is_file()
    except (OSError, ValueError):
        return
    if is_file:
        raise VariablesError(f"the value of variable {name!r} is the name of a file; write {name}=file:PATH")


def _warn_of_literal(name: str, kind: VariableKind) -> None:
    if kind is VariableKind.SECRET:
        message = (
            f"warning: the secret {name} is on the command line, where other users and the shell's history can see it; "
            f"write --var {name}=file:PATH, {name}=env:NAME, {name}=fd:N or {name}=prompt:"
        )
        click.echo(message, err=True)


def _warn_of_readers(name: str, path: str, found: os.stat_result) -> None:
    if sys.platform != "win32" and stat.S_ISREG(found.st_mode) and found.st_mode & _FOR_OTHERS:
        mode = f"{stat.S_IMODE(found.st_mode):04o}"
        click.echo(
            f"warning: other users can open the file of the secret {name} (mode {mode}); chmod 600 {path}", err=True
        )
