"""The page of a run: one HTML file that needs nothing else, with counts, a list of files and pictures."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Sequence
from importlib.resources import files
from importlib.util import find_spec

from attrs import field, frozen

from deidc.errors import MissingExtra
from deidc.visible import visible

# The first bytes by which the page of a run is recognized.
MARK = "<!-- a page of deidc run -->"
_OPENING = f"<!doctype html>\n{MARK}\n"


def require_extra() -> None:
    """Raise MissingExtra if no page can be made here; to be asked before the first object."""
    if any(find_spec(name) is None for name in ("jinja2", "numpy", "PIL")):
        raise MissingExtra("a report needs the extra `report`: pip install 'deidc[report]'")


@frozen
class OutcomeCount:
    """How many files ended in one way, and what it means."""

    name: str
    count: int
    meaning: str


@frozen
class Reason:
    """Why files were not written: a rule, the words of the fault, and the line of the recipe, if one is to blame."""

    code: str
    title: str
    message: str
    line: str
    count: int


@frozen
class LabelCount:
    """In how many files a label fired, and in how many of them something was blanked."""

    name: str
    policy: str
    line: str
    count: int
    blanked: int


@frozen
class RuleCount:
    """How many elements a line of the recipe had an effect on, all together and by attribute."""

    line: str
    effect: str
    count: int
    attributes: tuple[tuple[str, int], ...]


@frozen
class PagePicture:
    """A PNG file with what it shows, in words; without one, the words say why there is none."""

    png: bytes | None = field(repr=False)
    shows: str


@frozen
class FileRow:
    """One file: its number, its outcome, labels, reasons and picture as places in the page's, and what was done."""

    number: int
    outcome: int
    labels: tuple[int, ...]
    reasons: tuple[int, ...]
    frames: int
    effects: int
    picture: int | None


@frozen
class Page:
    """The content of a report page.

    Attributes:
        warnings, notes: sentences for the top, the first kind to be seen by everybody.
        facts: what cleaned the files, in pairs of name and value.
        rows_told, pictures_told: what is in the two lists and what was left out; no pictures without the second.
        slowly: why files went through the Dataset engine, and how many.

    """

    headline: str
    warnings: tuple[str, ...]
    notes: tuple[str, ...]
    facts: tuple[tuple[str, str], ...]
    outcomes: tuple[OutcomeCount, ...]
    reasons: tuple[Reason, ...]
    labels: tuple[LabelCount, ...]
    rules: tuple[RuleCount, ...]
    idle: tuple[str, ...]
    slowly: tuple[tuple[str, int], ...]
    rows: Sequence[FileRow] = field(repr=False)
    rows_told: str
    pictures: Sequence[PagePicture] = field(repr=False)
    pictures_told: str


def rendered(page: Page) -> str:
    """Return the HTML of a page. Nothing in it is fetched from anywhere, and its own policy forbids it."""
    from jinja2 import Environment, PackageLoader, StrictUndefined
    from markupsafe import Markup

    environment = Environment(
        loader=PackageLoader("deidc.render", "run_page"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        # Names are text from elsewhere; what deidc wrote itself is marked as markup.
        finalize=lambda one: visible(one) if isinstance(one, str) and not isinstance(one, Markup) else one,
    )
    style, script = _text("page.css"), _text("page.js")
    # Both are files of deidc, and the data is JSON in which no character can end the element that it is in.
    return environment.get_template("page.html.jinja").render(
        page=page,
        mark=Markup(MARK),  # noqa: S704
        policy=_policy(style, script),
        style=Markup(style),  # noqa: S704
        script=Markup(script),  # noqa: S704
        data=Markup(_as_data(page)),  # noqa: S704
    )


def is_page(beginning: bytes) -> bool:
    """Whether a file that begins so is a page that `rendered` made."""
    return beginning.startswith(_OPENING.encode())


def _text(name: str) -> str:
    return files("deidc.render.run_page").joinpath(name).read_text(encoding="utf-8")


def _policy(style: str, script: str) -> str:
    """Return a Content Security Policy under which nothing runs and nothing is loaded but what the page has."""
    return "; ".join(
        (
            "default-src 'none'",
            "img-src data:",
            f"style-src '{_digest(style)}'",
            f"script-src '{_digest(script)}'",
            "base-uri 'none'",
            "form-action 'none'",
        )
    )


def _digest(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


def _as_data(page: Page) -> str:
    """Return what the script of the page draws, as JSON."""
    document = {
        "outcomes": [visible(one.name) for one in page.outcomes],
        "labels": [visible(one.name) for one in page.labels],
        "reasons": [visible(f"{one.code} {one.message}") for one in page.reasons],
        "pictures": [
            {"png": base64.b64encode(one.png).decode() if one.png is not None else None, "shows": visible(one.shows)}
            for one in page.pictures
        ],
        "rows": [
            (
                one.number,
                one.outcome,
                one.labels,
                one.reasons,
                one.frames,
                one.effects,
                -1 if one.picture is None else one.picture,
            )
            for one in page.rows
        ],
    }
    text = json.dumps(document, ensure_ascii=True, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
