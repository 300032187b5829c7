"""`deidc explain`: the page of a complaint."""

from __future__ import annotations

import click

from deidc.codes import CATALOGUE
from deidc.diagnostics import Rule


@click.command("explain")
@click.argument("code", required=False)
def command(code: str | None) -> None:
    """Print the page of a complaint, or the list of all."""
    if code is None:
        for rule in CATALOGUE.values():
            click.echo(f"{rule.code} {rule.severity.value:7} {rule.name:24} {rule.title}")
        return
    found = CATALOGUE.get(code.upper())
    if found is None:
        raise click.UsageError(f"there is no code {code}; `deidc explain` lists all")
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
            parts.extend(["", f"{title}:", "", *(f"    {line}".rstrip() for line in _visible(text).splitlines())])
    return "\n".join(parts) + "\n"


def _visible(text: str) -> str:
    return "".join(one if one.isprintable() or one == "\n" else f"<U+{ord(one):04X}>" for one in text)
