"""DC120: literals in the form that other languages give to variables and functions."""

from __future__ import annotations

import re
from collections.abc import Iterator

from deidc.codes.words import LIKE_A_REFERENCE
from deidc.diagnostics import Diagnostic
from deidc.grammar import nodes
from deidc.ir.builtin_functions import BUILTIN_FUNCTIONS
from deidc.ir.resolving.resolved import Resolved

_AS_TEXT = "quote it to write the text"
# What a literal looks like, and what its author may mean.
_FORMS = (
    (re.compile(r"\$(?:[A-Za-z_]\w*|\{[A-Za-z_]\w*\})\Z"), "a variable of a shell", "write var:NAME"),
    (re.compile(r"%[A-Za-z_]\w*%\Z"), "a variable of a shell", "write var:NAME"),
    (re.compile(r"<[A-Za-z_]\w*>\Z"), "a placeholder", "write var:NAME"),
    (re.compile(r"var[.=]\s*[A-Za-z_]\w*\Z", re.I), "a reference to a variable", "write var:NAME"),
    (re.compile(r"(?:deid_)?func[.=]\s*[A-Za-z_]\w*", re.I), "a reference to a function", "write func:NAME"),
    (
        re.compile(r".*[^\w\s](?:var|func|deid_func|from):[A-Za-z_]\w*"),
        "text around a reference",
        'compose it in quotation marks, as in "SITE-{var:NAME}"',
    ),
)
_CALL = re.compile(r"([A-Za-z_]\w*)\(.*\)\Z")


def references(resolved: Resolved) -> Iterator[Diagnostic]:
    """DC120: a literal without quotation marks is meant as text."""
    for rule in resolved.rules:
        value = nodes.value_of(rule.statement)
        if not isinstance(value, nodes.Literal) or _is_quoted(value, resolved):
            continue
        call = _CALL.match(value.text)
        if call is not None and call[1] in BUILTIN_FUNCTIONS:
            hint = f"write deid_func:{call[1]} with arguments as key=value"
            yield Diagnostic(LIKE_A_REFERENCE, f"the text is a call of {call[1]}", value.span, hint)
            continue
        for form, like, hint in _FORMS:
            if form.match(value.text):
                yield Diagnostic(LIKE_A_REFERENCE, f"the text looks like {like}", value.span, f"{hint}; {_AS_TEXT}")
                break


def _is_quoted(value: nodes.Literal, resolved: Resolved) -> bool:
    source = resolved.sources.get(value.span.source)
    return source is not None and source.text[value.span.start : value.span.start + 1] in ("'", '"')
