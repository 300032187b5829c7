"""Load a recipe with the texts that it builds on: its bases, then what it includes, then the recipe itself."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from attrs import define, field, frozen

from deidc.codes import names as codes
from deidc.diagnostics import Diagnostic, Label
from deidc.grammar import nodes
from deidc.grammar.reader import read
from deidc.ir.library import FileLibrary, FoundRecipe, Library, NotFound, identity_of
from deidc.source import Source, Span

DEEPEST = 40


@frozen
class Loaded:
    """One recipe made of several, with all their sources in the order of their rules."""

    recipe: nodes.Recipe
    sources: tuple[Source, ...]
    said: tuple[Diagnostic, ...]

    @property
    def digests(self) -> tuple[tuple[str, str], ...]:
        """The name and SHA-256 of each text."""
        return tuple((source.name, text_digest(source)) for source in self.sources)


def text_digest(source: Source) -> str:
    """Return the SHA-256 of a recipe's text in UTF-8 with Unix line ends, in hexadecimal digits."""
    return hashlib.sha256(source.text.encode("utf-8", "surrogatepass")).hexdigest()


def concatenated(recipes: Sequence[nodes.Recipe]) -> nodes.Recipe:
    """Return recipes one after the other as one recipe, without their includes, which are loaded already."""
    return nodes.Recipe(
        tuple(item for recipe in recipes for item in recipe.items if not isinstance(item, nodes.Include))
    )


def load(source: Source, library: Library, bases: Sequence[str] = ()) -> Loaded:
    """Read a recipe with its bases and everything that they include; each text is loaded once.

    A base comes first, so that the recipe's own rules come after it and win by file order (deid 0.4.13 has the
    opposite order, and loses the lists of all recipes but the first).
    """
    loading = _Loading(_allowing(library, source.name))
    loading.done.add(identity_of(source.name))  # a base that is or includes the recipe adds nothing to it
    for base in bases:
        loading.add_reference(base, None, None, None, ())
    loading.add(source, (), ())
    loading.complain_of_formats()
    return Loaded(concatenated(loading.recipes), tuple(loading.sources), tuple(loading.said))


def _allowing(library: Library, name: str) -> Library:
    """Return a library in which a recipe that the caller names may include what lies below its folder."""
    return library.allowing(name) if isinstance(library, FileLibrary) else library


@define(eq=False)
class _Loading:
    library: Library
    recipes: list[nodes.Recipe] = field(factory=list)
    sources: list[Source] = field(factory=list)
    said: list[Diagnostic] = field(factory=list)
    done: set[str] = field(factory=set)

    def add(self, source: Source, said: tuple[Diagnostic, ...], inside: tuple[tuple[str, Span | None], ...]) -> None:
        """Add what a recipe includes, then the recipe."""
        recipe, complaints = read(source)
        self.said.extend((*said, *complaints))
        self.done.add(identity_of(source.name))
        for item in recipe.items:
            if isinstance(item, nodes.Include):
                self.add_reference(
                    item.reference, item.digest, item.span, source.name, (*inside, (source.name, item.span))
                )
        self.recipes.append(recipe)
        self.sources.append(source)

    def add_reference(
        self,
        reference: str,
        digest: str | None,
        span: Span | None,
        beside: str | None,
        inside: tuple[tuple[str, Span | None], ...],
    ) -> None:
        """Add the recipe that a reference stands for."""
        match self.library.find(reference, beside):
            case NotFound(reason, hint, ambiguous):
                rule = codes.AMBIGUOUS_RECIPE if ambiguous else codes.RECIPE_NOT_FOUND
                self.said.append(Diagnostic(rule, reason, span, hint))
            case FoundRecipe(source, said):
                if beside is None:  # a base, which the caller names
                    self.library = _allowing(self.library, source.name)
                identity = identity_of(source.name)
                if any(identity == identity_of(name) for name, _ in inside):
                    self._complain_of_cycle(source.name, span, inside)
                    return
                if digest is not None and text_digest(source) != digest:
                    message = f"{reference!r} has another digest than the pinned one"
                    hint = f"if the change is intended, pin sha256:{text_digest(source)}"
                    self.said.append(Diagnostic(codes.PIN_MISMATCH, message, span, hint))
                if identity in self.done:
                    return
                if len(inside) > DEEPEST:
                    message = f"{reference!r} is included through more than {DEEPEST} levels"
                    self.said.append(Diagnostic(codes.INCLUDED_TOO_DEEP, message, span))
                    return
                self.add(source, said, inside)

    def _complain_of_cycle(self, name: str, span: Span | None, inside: tuple[tuple[str, Span | None], ...]) -> None:
        labels = tuple(
            Label(place, f"{which} includes the next one") for which, place in inside[:-1] if place is not None
        )
        self.said.append(
            Diagnostic(codes.INCLUDE_CYCLE, f"{name!r} includes itself through this line", span, None, None, labels)
        )

    def complain_of_formats(self) -> None:
        """Complain of recipes for different formats."""
        told = [
            line
            for recipe in self.recipes
            for item in recipe.items
            for line in ((item,) if isinstance(item, nodes.Format) else getattr(item, "body", ()))
            if isinstance(line, nodes.Format)
        ]
        for line in told[1:]:
            first = told[0]
            if line.name != first.name and line.span.source != first.span.source:
                label = Label(first.span, f"the other has format {first.name[:40]}")
                message = f"this recipe has format {line.name[:40]}"
                self.said.append(Diagnostic(codes.FORMAT_MISMATCH, message, line.span, None, None, (label,)))
