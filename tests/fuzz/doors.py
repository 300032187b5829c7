"""The public doors of the compiler, and what must hold of whatever they are given."""

from __future__ import annotations

from deidc import CompileError, Program, Report, Source, check_recipe, compile_recipe, format_recipe
from deidc.diagnostics import Diagnostic
from deidc.grammar.reader import decode, read
from deidc.source import Span


def assert_inside(span: Span, sources: tuple[Source, ...]) -> None:
    """A place is one in a source of the report."""
    source = next((one for one in sources if one.name == span.source), None)
    assert source is not None
    assert 0 <= span.start <= span.end <= len(source.text)


def assert_well_said(said: Diagnostic, sources: tuple[Source, ...]) -> None:
    """A complaint and its fix and labels are about places that are there, and it is one line of text."""
    assert said.message
    assert "\n" not in said.message
    for span in (said.span, *(label.span for label in said.labels)):
        if span is not None:
            assert_inside(span, sources)
    for edit in said.fix.edits if said.fix is not None else ():
        assert_inside(edit.span, sources)


def read_bytes(data: bytes) -> Source:
    """Decode and read; the tree is there and every complaint has its place."""
    source, said = decode(data, "<broken>")
    recipe, complaints = read(source)
    for one in (*said, *complaints):
        assert_well_said(one, (source,))
        assert len(one.message) < 200
        assert len(one.hint or "") < 200
    assert all(item.span.start <= item.span.end <= len(source.text) for item in recipe.items)
    return source


def check(source: Source) -> Report:
    """Check; every complaint has its place."""
    report = check_recipe(source)
    for one in report.diagnostics:
        assert_well_said(one, report.sources)
    return report


def compile_or_complain(source: Source) -> Program | None:
    """Compile; what is not compiled has an error in its report."""
    try:
        return compile_recipe(source)
    except CompileError:
        return None


def format_or_complain(source: Source) -> str | None:
    """Format; what is formatted is formatted again to itself."""
    try:
        text = format_recipe(source)
    except CompileError:
        return None
    assert format_recipe(Source(source.name, text)) == text
    return text


def through_every_door(data: bytes) -> None:
    """Lead bytes through all doors: no exception but CompileError, and the doors agree."""
    source = read_bytes(data)
    report = check(source)
    program = compile_or_complain(source)
    assert (program is None) == bool(report.errors)
    text = format_or_complain(source)
    if program is not None and text is not None:
        again = compile_or_complain(Source(source.name, text))
        assert again is not None
        assert again.digest == program.digest
