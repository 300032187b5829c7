"""`deidc explain` prints the page of a complaint."""

from __future__ import annotations

from difflib import get_close_matches

import click

from deidc.cli.command import Command
from deidc.cli.exits import Unusable
from deidc.codes import CATALOGUE
from deidc.diagnostics import Rule
from deidc.visible import json_text, visible


@click.command("explain", cls=Command)
@click.argument("code", required=False)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def command(code: str | None, form: str) -> None:
    """Print the explanation of a complaint; without CODE, list all codes."""
    found = tuple(CATALOGUE.values()) if code is None else (_named(code),)
    if form == "json":
        click.echo(json_text({"version": 1, "complaints": [_document(one) for one in found]}))
    elif code is None:
        for rule in found:
            click.echo(f"{rule.code} {rule.severity.value:7} {rule.name:24} {rule.title}")
    else:
        click.echo(page(found[0]), nl=False)


def _named(code: str) -> Rule:
    found = CATALOGUE.get(code.upper())
    if found is None:
        near = get_close_matches(code.upper(), CATALOGUE, 1)
        guess = f"did you mean {near[0]}? " if near else ""
        raise Unusable(f"no code is named {code}; {guess}run `deidc explain` to list all codes")
    return found


def _document(rule: Rule) -> dict[str, str]:
    texts = {one: getattr(rule, one) for one in ("code", "name", "title", "why", "bad", "good")}
    return {**texts, "severity": rule.severity.value}


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
