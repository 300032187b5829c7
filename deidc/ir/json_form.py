"""A program as JSON: every op with its kind and fields, for programs that inspect programs."""

from __future__ import annotations

from enum import Enum

import attrs

from deidc.ir.program import Program


def program_json(program: Program) -> dict[str, object]:
    """Return a program as plain data: facts become objects with a `kind`, in the order of their fields."""
    return {
        "deidc program": 1,
        "digest": program.digest,
        "format": program.format.value,
        "needs": _plain(program.needs),
        "lists": [_plain(slot) for slot in program.slots],
        "ops": [
            {**_fields(op), "origin": _plain(program.origins[number]) if program.origins else None}
            for number, op in enumerate(program.ops)
        ],
        "recipes": [{"recipe": name, "sha256": digest} for name, digest in program.recipes],
    }


def _fields(fact: attrs.AttrsInstance) -> dict[str, object]:
    named = {one.name: _plain(getattr(fact, one.name)) for one in attrs.fields(type(fact))}
    return {"kind": type(fact).__name__, **{key: value for key, value in named.items() if key != "kind"}} | (
        {"which": named["kind"]} if "kind" in named else {}
    )


def _plain(value: object) -> object:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    if attrs.has(type(value)):
        return _fields(value)  # type: ignore[arg-type]  # the line above
    return value
