"""Rules that changed nothing in a whole run, and labels that never fired: what only the data can show."""

from __future__ import annotations

from collections.abc import Collection

from attrs import frozen

from deidc.batch.account.manifest import line_of
from deidc.dicom import dictionary
from deidc.ir import ops
from deidc.ir.program import OWN_ACCOUNT, Program
from deidc.ir.writer import write_selector

_BUNDLED = "deidc:"  # begins the names of recipes that come with deidc


@frozen
class IdleRule:
    """A rule that had no effect on any object.

    Attributes:
        recipe: the name of the recipe that has the rule; empty for a program without remarks on its origins.
        line: where the rule is written, `recipe:line`.
        target: the keyword of the attribute, or the selector as programs print it.
        own: whether the rule is in the user's own text, not in a base or an included recipe.

    """

    recipe: str
    line: str
    target: str
    own: bool


@frozen
class Idle:
    """What never acted in a run, in the order of the program."""

    rules: tuple[IdleRule, ...] = ()
    labels: tuple[tuple[str, str], ...] = ()

    @property
    def own(self) -> tuple[IdleRule, ...]:
        """The rules of the user's own text."""
        return tuple(rule for rule in self.rules if rule.own)


def idle_in(program: Program, acted: Collection[int], fired: Collection[tuple[str, str]]) -> Idle:
    """Return the rules and labels that never acted.

    Args:
        program: the program of the run.
        acted: the indexes of the ops that had an effect on some object.
        fired: the group and name of each label that fired for some object.

    Returns:
        One rule for each line of the recipe, and each label once.

    """
    busy = {line_of(program, at) for at in acted}
    rules: dict[str, IdleRule] = {}
    labels: dict[tuple[str, str], None] = {}
    for at, op in enumerate(program.ops):
        match op:
            case ops.Mark(group, label) if (group, label) not in fired:
                labels.setdefault((group, label))
            case ops.MakeItems() | ops.Report():
                pass
            case ops.Add() | ops.Append() | ops.Replace() | ops.Jitter() | ops.Remove() | ops.Blank():
                line = line_of(program, at)
                if line not in busy and not _is_own_account(program, at):
                    rules.setdefault(line, IdleRule(_recipe(program, at), line, _target(op.at), _is_own(program, at)))
            case _:
                pass
    return Idle(tuple(rules.values()), tuple(labels))


def _is_own_account(program: Program, at: int) -> bool:
    return at < len(program.origins) and program.origins[at] == OWN_ACCOUNT


def _recipe(program: Program, at: int) -> str:
    return program.origins[at].recipe if at < len(program.origins) else ""


def _is_own(program: Program, at: int) -> bool:
    """Whether a rule is in the text that the user named; bases and includes come before it."""
    recipe = _recipe(program, at)
    is_last = not program.recipes or recipe == program.recipes[-1][0]
    return is_last and not recipe.startswith(_BUNDLED)


def _target(selector: ops.Selector) -> str:
    keyword = dictionary.pattern_keyword(selector.pattern) if isinstance(selector, ops.Tagged) else ""
    return keyword or write_selector(selector)
