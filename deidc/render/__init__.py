"""Reports for people and for machines: text, JSON, SARIF 2.1.0, and annotations of GitHub."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from deidc.diagnostics import Report
from deidc.render.github import render_github
from deidc.render.json_report import render_json
from deidc.render.sarif import render_sarif
from deidc.render.text import render_text

RENDERERS: Mapping[str, Callable[[Report], str]] = MappingProxyType(
    {"text": render_text, "json": render_json, "sarif": render_sarif, "github": render_github}
)
