"""What a migration is: the rewritten recipe, and for each line what deid did with it, and what is left to decide."""

from __future__ import annotations

from attrs import field, frozen

from deidc.diagnostics import Report
from deidc.migration.behaviours import Behaviour, Did
from deidc.source import Source


@frozen
class Reason:
    """One thing that deid 0.4.13 does with a line, in words about that line; they quote recipe text only."""

    behaviour: Behaviour
    text: str


@frozen
class Change:
    """What is to be said of one line of the original recipe.

    Attributes:
        line: its number, counted from 1.
        before: its text.
        after: what stands in its place, which may be several lines; equal to `before` where deidc does what the line
            says as it stands, or where a person has to decide.
        reasons: what deid did with it; each is true of the line if nothing else were wrong with it.
        decide: what a person has to decide before the line does what is meant, a sentence each.

    """

    line: int
    before: str
    after: str
    reasons: tuple[Reason, ...]
    decide: tuple[str, ...]

    @property
    def did(self) -> Did | None:
        """The worst that deid did; None if nothing is known but that deidc refuses the line."""
        return min((one.behaviour.did for one in self.reasons), key=lambda did: did.weight, default=None)

    @property
    def rewritten(self) -> bool:
        """Whether other text stands in the place of the line."""
        return self.after != self.before


@frozen
class MigrationNeeds:
    """What a recipe takes from its caller, by name. Where one is missing, deid leaves the original."""

    variables: tuple[str, ...]
    functions: tuple[str, ...]


@frozen
class Migration:
    """A converted recipe, with the changes to its lines and the reasons for them.

    Attributes:
        source: the original recipe.
        text: the converted recipe; it compiles if `settled` is true.
        changes: the changed and the undecided lines, in their order.
        notes: remarks about the recipe as a whole, or about its bases.
        needs: the variables and functions that the caller must supply.
        report: the report of `check_recipe` about `text`.

    """

    source: Source
    text: str = field(repr=False)
    changes: tuple[Change, ...]
    notes: tuple[Reason, ...]
    needs: MigrationNeeds
    report: Report

    @property
    def rewritten(self) -> tuple[Change, ...]:
        """The lines whose text changed."""
        return tuple(one for one in self.changes if one.rewritten)

    @property
    def open(self) -> tuple[Change, ...]:
        """The lines that the author of the recipe has to decide on."""
        return tuple(one for one in self.changes if one.decide)

    @property
    def settled(self) -> bool:
        """Whether no decision is left; the converted recipe then compiles."""
        return not self.open and not self.report.errors

    def did(self, what: Did) -> tuple[Change, ...]:
        """Return the lines whose worst effect in deid was this one.

        Args:
            what: the effect.

        Returns:
            The lines, in their order.

        """
        return tuple(one for one in self.changes if one.did is what)
