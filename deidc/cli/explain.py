"""`deidc explain` prints the page of a complaint."""

from __future__ import annotations

from difflib import get_close_matches

import click

from deidc.cli.exits import Unusable
from deidc.codes import CATALOGUE
from deidc.diagnostics import Rule
from deidc.render.visible import visible


@click.command("explain")
@click.argument("code", required=False)
def command(code: str | None) -> None:
    """Print the explanation of a complaint; without CODE, list all codes."""
    if code is None:
        for rule in CATALOGUE.values():
            click.echo(f"{rule.code} {rule.severity.value:7} {rule.name:24} {rule.title}")
        return
    found = CATALOGUE.get(code.upper())
    if found is None:
        near = get_close_matches(code.upper(), CATALOGUE, 1)
        guess = f"did you mean {near[0]}? " if near else ""
        raise Unusable(f"no code is named {code}; {guess}run `deidc explain` to list all codes")
    click.echo(page(found), nl=False)


def page(rule: Rule) -> str:
    """Return the page of a rule."""
    parts = [
        f"{rule.code} {rule.name} ({rule.severity.value})",
        "",
        rule.title,
        "",
        click.wrap_text(rule.why, 100),
    ]
    for title, text in (("Bad", rule.bad), ("Good", rule.good)):
        if text:
            parts.extend(["", f"{title}:", "", *(f"    {visible(line)}".rstrip() for line in text.split("\n"))])
    return "\n".join(parts) + "\n"
