"""The words that deidc does not use in texts for people, and the texts that people read.

Each word has a better one, and each exception its reason. A text is found with its file and its line.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import click
from attrs import frozen

from deidc.cli import COMMANDS, main
from deidc.codes import CATALOGUE

ROOT = Path(__file__).parents[2]
CODE = ROOT / "deidc"

WORDS = {
    r"tells?|told|telling": "report, print, state or declare",
    r"parted": "separated",
    r"la(?:y|id|ys) (?:against|before|behind|together)": "matched against, applied before",
    r"comes? to": "evaluates to, becomes, yields",
    r"(?:is|are|was|were) to go": "is removed",
    r"as (?:it|they) (?:is|are|was|were)": "unchanged",
    r"mend(?:s|ed|ing)?": "fix",
    r"misuses?": "usage error",
    r"(?:is|are|was|were) asked|ask(?:s|ed)? for": "needs, is evaluated",
    r"of no concern": "irrelevant",
    r"(?:held|holds?|holding) (?:(?:it|them|an object|objects) )?back": "held for review",
    r"without a word": "by default, silently",
    r"nobody|somebody|whoever": "the user, the reader, the operator",
    r"such as (?:are|is)": "that you supply",
    r"killed run": "interrupted run",
}
"""What is not written, as an expression, and the better word."""

ALLOWED = {
    r"far as (?:it|they) (?:is|are|was|were)": "the idiom for an extent",
    r"as (?:it|they) (?:is|are|was|were) (?=\w+ed\b|written|spelt|found|read|met)": "a passive verb follows",
    r"(?:is|are) asked for (?:a|the) (?:passphrase|password|key|confirmation)": "the operator at a prompt is asked",
    r"comes? to (?=(?:an|its|their|the) end\b)": "the idiom for a run that ends",
}
"""What is written nevertheless, with the reason."""


def _any_of(words: Iterable[str]) -> re.Pattern[str]:
    """Return an expression for any of these, also across the end of a line; group `w0` is the first."""
    named = (f"(?P<w{at}>{word})" for at, word in enumerate(words))
    return re.compile("|".join(named).replace(" ", r"\s+"), re.IGNORECASE)


_NOT_WRITTEN = _any_of(rf"\b(?:{word})\b" for word in WORDS)
_WRITTEN = _any_of(ALLOWED)
_BETTER = tuple(WORDS.values())


@frozen
class Text:
    """A text that a person reads, where it begins, and what kind of text it is."""

    path: Path
    line: int
    text: str

    @property
    def key(self) -> str:
        """The file, without the rooms of a package: a module that moves to another room keeps its key."""
        parts = self.path.relative_to(ROOT).parts
        return "/".join((*parts[:2], parts[-1])) if len(parts) > 2 and parts[0] == "deidc" else "/".join(parts)


def findings(one: Text) -> Iterator[str]:
    """Yield each word that is not used, with its file, its line and the better word."""
    text = _WRITTEN.sub(lambda found: re.sub(r"\S", "#", found[0]), one.text)
    for found in _NOT_WRITTEN.finditer(text):
        line = one.line + text.count("\n", 0, found.start())
        better = _BETTER[int(str(found.lastgroup)[1:])]
        yield f"{one.path.relative_to(ROOT)}:{line}: {' '.join(found[0].split())!r}; write: {better}"


def _line_of(path: Path, needle: str) -> int:
    return next((at for at, line in enumerate(path.read_text(encoding="utf-8").split("\n"), 1) if needle in line), 1)


def rules() -> Iterator[Text]:
    """Yield the title and the explanation of every rule in the catalogue."""
    homes = {code: path for path in sorted((CODE / "codes").glob("*.py")) for code in CATALOGUE if _has(path, code)}
    for code, rule in CATALOGUE.items():
        yield Text(homes[code], _line_of(homes[code], f'"{code}"'), f"{rule.title} {rule.why}")


def _has(path: Path, code: str) -> bool:
    return f'    "{code}",' in path.read_text(encoding="utf-8")


def commands(group: click.Group = main) -> Iterator[click.Command]:
    """Yield every command of the command line, commands of groups included."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        yield command
        if isinstance(command, click.Group):
            yield from commands(command)


def help_texts() -> Iterator[Text]:
    """Yield the help of each command and of each of its options, and the overview."""
    overview = CODE / "cli" / "__init__.py"
    for _, about in COMMANDS.values():
        yield Text(overview, _line_of(overview, about), about)
    for command in commands():
        assert command.callback is not None
        path = Path(command.callback.__code__.co_filename)
        texts = [command.help or "", *(getattr(one, "help", None) or "" for one in command.params)]
        for text in texts:
            yield Text(path, _line_of(path, text.split("\n")[0][:40]), text)


def pages() -> list[Path]:
    """Return the README and the pages of the documentation."""
    return [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]


def page(path: Path) -> Text:
    """Return a page as one text."""
    return Text(path, 1, path.read_text(encoding="utf-8"))


def modules() -> list[Path]:
    """Return the modules of deidc."""
    return sorted(CODE.rglob("*.py"))


def docstrings(path: Path) -> Iterator[Text]:
    """Yield the docstrings of a module, those of attributes included."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            yield Text(path, node.lineno, node.value.value)


def messages(path: Path) -> Iterator[Text]:
    """Yield the strings of a module that have words in them: messages, hints, titles of fixes, summaries."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    skipped = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if not isinstance(node, ast.Constant) or not isinstance(node.value, str) or id(node) in skipped:
            continue
        if " " in node.value.strip():
            yield Text(path, node.lineno, node.value)
