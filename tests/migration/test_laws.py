"""Laws of migrating, over recipes as people write them for deid, and over any text."""

from __future__ import annotations

from collections import Counter

from hypothesis import example, given
from hypothesis import strategies as st

from deidc import CompileError, Source, compile_recipe
from deidc.grammar import nodes
from deidc.grammar.reader import read
from deidc.ir import ops
from deidc.migration.changes import Migration
from deidc.migration.migrate import migrate_recipe
from tests.strategies.deid_recipes import LINES, deid_recipes, sound_recipes
from tests.strategies.texts import recipe_texts

HEAD = "FORMAT dicom\n\n%fields ids\nFIELD StudyID\n\n%header\n"


def migrated(text: str) -> Migration:
    return migrate_recipe(Source("recipe", unix(text)))


def unix(text: str) -> str:
    """The text as a source has it."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def comments(text: str) -> Counter[str]:
    """Everything behind a word that begins with #, as deidc reads it."""
    recipe, _ = read(Source("recipe", text))
    found: Counter[str] = Counter()
    for item in recipe.items:
        for line in (item, *getattr(item, "body", ())):
            for part in (line, *(getattr(line, "body", ()) if isinstance(line, nodes.Label) else ())):
                said = part.text if isinstance(part, nodes.Comment) else getattr(part, "remark", None)
                if said is not None:
                    found[said] += 1
    return found


@given(deid_recipes() | recipe_texts())
def test_migrating_twice_changes_nothing_more(text):
    """A rewritten recipe is left as it is, and the same is to be decided."""
    once = migrated(text)
    again = migrated(once.text)
    assert again.text == once.text
    assert not again.rewritten
    assert [one.decide for one in again.open] == [one.decide for one in once.open]


@given(deid_recipes() | recipe_texts())
@example("FORMAT dicom\n\n% header\nREMOVE [0010,0010]\n")
@example("FORMAT dicom\n\n% header\nREMOVE Patient\u200bName\n")
@example("FORMAT dicom\n\n%headers\nREMOVE Patient\u200bName\n")
@example("FORMAT dicom\n\n%header\nREMOVE\u00a0PatientName\n")
@example("FORMAT dicom\n\n%labels\nREPLACE ContentSequence ''\n")
def test_what_changed_has_a_reason(text):
    """A line is rewritten only where deid does something else than it says; the text is that of the lines."""
    found = migrated(text)
    told = {one.line: one for one in found.changes}
    assert all(one.reasons for one in found.rewritten)
    lines = unix(text).split("\n")
    assert [one.before for one in found.changes] == [lines[one.line - 1] for one in found.changes]
    after = (told[number].after if number in told else line for number, line in enumerate(lines, 1))
    assert "\n".join(after) == found.text


@given(deid_recipes() | recipe_texts())
def test_a_recipe_compiles_or_somebody_has_to_decide(text):
    """Each error that is left is told at its line; if nothing is left to decide, the recipe compiles."""
    found = migrated(text)
    try:
        compile_recipe(found.text)
    except CompileError as failure:
        assert found.open
        assert not found.settled
        decided = [what for one in found.open for what in one.decide]
        for one in failure.report.errors:
            assert any(what == one.message or what.startswith(f"{one.message}: ") for what in decided)
    else:
        assert found.settled or found.open


@given(deid_recipes() | recipe_texts())
def test_comments_stay(text):
    """No comment is lost, and none is made."""
    assert comments(migrated(text).text) >= comments(unix(text))


@given(deid_recipes())
def test_statements_stay_in_their_order(text):
    """Each line has one statement in its place, with the action or word that it began with, if that is one."""
    for one in migrated(text).rewritten:
        before = [line.split() for line in [one.before] if line.strip() and not line.strip().startswith("#")]
        after = [line.split() for line in one.after.split("\n") if line.strip() and not line.strip().startswith("#")]
        if before and not one.before.startswith("%") and len(after) == len(before):
            allowed = {before[0][0].upper(), "BLANK"} if before[0][0].upper() == "REPLACE" else {before[0][0].upper()}
            assert after[0][0].upper() in allowed
        else:
            # A section line may have had a blank in its word, and the first line may have got FORMAT above it.
            assert len(after) - len(before) in (0, 1)


@given(sound_recipes())
def test_what_both_understand_alike_is_unchanged(text):
    """Nothing is said of a recipe that deid executes as it is written."""
    found = migrated(text)
    assert found.text == text
    assert not found.changes


@given(st.lists(st.sampled_from([one for lines in LINES["header"] for one in lines if one != "%labels"]), max_size=6))
def test_a_rule_that_deid_executes_as_written_keeps_its_op(lines):
    """Mistakes beside it do not change what a sound rule compiles to."""
    text = HEAD + "\n".join(lines) + "\n"
    found = migrated(text)
    try:
        made = set(compile_recipe(found.text).ops)
    except CompileError:
        return
    for line in lines:
        if line in LINES["header"][0]:
            alone = compile_recipe(HEAD + line + "\n").ops
            assert {op for op in alone if not isinstance(op, ops.Gather)} <= made | {ops.Gather}


@given(
    st.text()
    | deid_recipes().flatmap(lambda text: st.integers(0, len(text)).map(lambda at: text[:at] + text[at + 1 :]))
)
@example("FORMAT dicom\n%header\nREMOVE \ud800\n")
@example("%filter\nLABEL\ncoordinates\n+\n||\n")
@example("FORMAT\n\n%values\nSPLIT\n")
@example("\x85FORMAT dicom\n%header\nREMOVE PatientName # c")
def test_migrating_never_fails(text):
    """Any text at all is migrated without an exception, and twice to the same."""
    once = migrated(text)
    assert migrated(once.text).text == once.text
