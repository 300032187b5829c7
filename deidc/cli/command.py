"""Commands as deidc has them: options in sections, and former spellings of options that still work."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])


class DeclaresOption(Protocol):
    """As `click.option`: takes the names and attributes of an option, and returns a decorator."""

    def __call__(self, *declarations: str, **attributes: Any) -> Callable[[F], F]:  # noqa: ANN401 # as click.option
        """Return a decorator that adds the option to a command."""
        ...


class SectionedOption(click.Option):
    """An option that `--help` lists in a section.

    Attributes:
        section: the title of the section.

    """

    def __init__(self, *args: Any, section: str, **attributes: Any) -> None:  # noqa: ANN401 # as click.Option
        self.section = section
        super().__init__(*args, **attributes)


def section(title: str) -> DeclaresOption:
    """Return `click.option` for the options of one section of `--help`.

    Sections are listed in the order in which their first options are declared.

    Example:
        >>> inputs = section("Inputs")
        >>> callable(inputs("--archives", is_flag=True))
        True

    """

    def option(*declarations: str, **attributes: Any) -> Callable[[F], F]:  # noqa: ANN401 # as click.option
        return click.option(*declarations, cls=SectionedOption, section=title, **attributes)

    return option


class Command(click.Command):
    """A command with options in sections, which still understands former spellings of its options.

    Attributes:
        former: options that have another name now, each with the words that replace it.

    """

    def __init__(
        self,
        *args: Any,  # noqa: ANN401 # as click.Command
        former: Mapping[str, str] | None = None,
        **attributes: Any,  # noqa: ANN401 # as click.Command
    ) -> None:
        self.former = dict(former or {})
        super().__init__(*args, **attributes)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse the words of a command, former spellings replaced; each is reported on standard error."""
        return super().parse_args(ctx, self._today(args))

    def _today(self, args: list[str]) -> list[str]:
        words: list[str] = []
        for at, word in enumerate(args):
            if word == "--":
                return [*words, *args[at:]]
            name, equals, value = word.partition("=")
            now = self.former.get(name)
            if now is None:
                words.append(word)
                continue
            click.echo(f"warning: {name} is deprecated; write {now}", err=True)
            words.extend([*now.split(), *([value] if equals else [])])
        return words

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options by section; those without a section come last."""
        sections: dict[str, list[tuple[str, str]]] = {}
        others: list[tuple[str, str]] = []
        for one in self.get_params(ctx):
            record = one.get_help_record(ctx)
            if record is None or isinstance(one, click.Argument):
                continue
            rows = sections.setdefault(one.section, []) if isinstance(one, SectionedOption) else others
            rows.append(record)
        for title, rows in (*sections.items(), ("Other options" if sections else "Options", others)):
            with formatter.section(title):
                formatter.write_dl(rows)
