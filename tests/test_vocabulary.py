"""The vocabulary: each closed set of words is declared once, and the action table states what actions do."""

from __future__ import annotations

import ast
from collections import defaultdict
from pathlib import Path
from typing import get_args

import attrs
import pytest
from pydicom.dataset import Dataset

import deidc
from deidc.grammar import nodes
from deidc.grammar.reader import read
from deidc.ir import ops
from deidc.ir.compile import compile_recipe
from deidc.runtime.machine import Machine
from deidc.source import Source
from deidc.vocabulary import ACTIONS, ActionWord

LINES = get_args(nodes.Action)
DATE = "20200301"
ATTRIBUTE = "DateOfLastCalibration"  # which may have several values, so that APPEND can give it one more
# What a line with each word says behind its target in the cases below, and what becomes of the date: None is absent.
WRITTEN = {
    ActionWord.ADD: ("20210101", "20210101", "20210101"),
    ActionWord.APPEND: ("20210101", f"{DATE}\\20210101", "20210101"),
    ActionWord.BLANK: ("", "", None),
    ActionWord.JITTER: ("-1", "20200229", None),
    ActionWord.KEEP: ("", DATE, None),
    ActionWord.REPLACE: ("20210101", "20210101", None),
    ActionWord.REMOVE: ("", None, None),
}


def fields(kind: type) -> set[str]:
    return {one.name for one in attrs.fields(kind)}


def date_after(word: ActionWord, before: str | None, condition: str = "") -> str | None:
    dataset = Dataset()
    dataset.SOPInstanceUID = "1.2"
    if before is not None:
        setattr(dataset, ATTRIBUTE, before)
    line = f"{word} {ATTRIBUTE} {WRITTEN[word][0]}{condition}"
    after = Machine.link(compile_recipe(f"FORMAT dicom\n\n%header\n{line}\n")).run(dataset).dataset
    if ATTRIBUTE not in after:
        return None
    value = after[ATTRIBUTE].value
    return str(value) if isinstance(value, str) else "\\".join(value)


def test_no_two_enumerations_have_the_same_members():
    """A closed set of words is declared in one place."""
    declared: dict[frozenset[str], list[str]] = defaultdict(list)
    for path in Path(deidc.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef) and any("Enum" in ast.unparse(base) for base in node.bases):
                members = [one.targets[0] for one in node.body if isinstance(one, ast.Assign)]
                declared[frozenset(ast.unparse(one).lower() for one in members)].append(node.name)
    assert [names for names in declared.values() if len(names) > 1] == []


def test_every_word_has_its_row_its_line_and_its_op():
    """A word has one row in the table, one kind of line and one kind of op; nothing else has an action."""
    assert list(ACTIONS) == list(ActionWord)
    assert all(row.word is word for word, row in ACTIONS.items())
    assert sorted(line.action.word for line in LINES) == sorted(ActionWord)
    acting = [op for op in ops.OPS if hasattr(op, "action") and op not in (ops.MakeItems, ops.Report)]
    assert ops.MakeItems.action is ACTIONS[ActionWord.ADD], "it is a part of what ADD by path does"
    assert ops.Report.action is ACTIONS[ActionWord.KEEP], "it leaves what it reports"
    assert {*acting, ops.MakeItems, ops.Report} == {*ops.ELEMENT_OPS, ops.Protect, ops.Descend}
    assert sorted(op.action.word for op in acting) == sorted(ActionWord)
    assert ops.Protect.action.keeps
    assert ops.Descend.action.enters
    assert [word for word in ActionWord if word not in WRITTEN] == [ActionWord.DESCEND], "which is about sequences"


@pytest.mark.parametrize("taking", ["REMOVE all", "BLANK select:VR:SQ", "REMOVE contains:Study"])
def test_descend_leaves_a_sequence_and_lets_rules_reach_its_items(taking: str):
    """DESCEND holds off every rule that would take the sequence, and none that is about what is in it."""
    item = Dataset()
    item.ReferencedSOPInstanceUID, item.StudyDate = "1.2", DATE
    dataset = Dataset()
    dataset.SOPInstanceUID, dataset.ReferencedStudySequence = "1.2", [item]
    rules = f"DESCEND ReferencedStudySequence\n{taking}\nREPLACE ReferencedSOPInstanceUID 1.9\n"
    after = Machine.link(compile_recipe(f"FORMAT dicom\n\n%header\n{rules}")).run(dataset).dataset
    [left] = after.ReferencedStudySequence
    assert left.ReferencedSOPInstanceUID == "1.9"
    assert ("StudyDate" in left) == (taking == "BLANK select:VR:SQ")


@pytest.mark.parametrize("line", LINES, ids=lambda line: line.__name__)
def test_a_row_says_what_a_line_takes(line: type):
    """Lines and ops have a value and conditions where the row of their word says so."""
    row = line.action
    op = next(one for one in ops.OPS if getattr(one, "action", None) is row and one is not ops.MakeItems)
    assert row.takes_value == bool(fields(line) & {"value", "days"}) == ("by" in fields(op))
    assert row.takes_conditions == ("when" in fields(line)) == ("when" in fields(op))


@pytest.mark.parametrize("word", ActionWord)
def test_a_line_is_read_with_what_its_row_allows(word: ActionWord):
    """A line with the value and the condition that its row allows is read; without the value it is not."""
    row = ACTIONS[word]
    rest = (" 1" if row.takes_value else "") + (" if" if row.takes_value and row.takes_conditions else "")
    text = f"FORMAT dicom\n\n%header\n{word} StudyDate{rest}{' present:' if row.takes_conditions else ''}\n"
    tree, said = read(Source("<recipe>", text))
    assert not said
    line = tree.items[-1].body[0]
    assert line.action is row
    assert (nodes.value_of(line) is not None) == row.takes_value
    assert len(nodes.conditions_of(line)) == row.takes_conditions
    _, said = read(Source("<recipe>", f"FORMAT dicom\n\n%header\n{word} StudyDate\n"))
    assert bool(said) == row.takes_value


@pytest.mark.parametrize("word", WRITTEN)
def test_a_row_says_what_becomes_of_an_element(word: ActionWord):
    """Kept, written, shifted, emptied or removed: what the row of a word says is what is done, with and without one."""
    row = ACTIONS[word]
    value, there, absent = WRITTEN[word]
    assert date_after(word, DATE) == there
    assert date_after(word, None) == absent
    assert row.keeps == (there == DATE)
    assert row.writes == bool(value and there == value)
    assert row.appends == (there == f"{DATE}\\{value}")
    assert row.shifts == bool(value and there != value and not row.appends)
    assert row.empties == (there == "")
    assert row.removes == (there is None)
    assert row.creates == (absent is not None)
    assert row.takes_away == (not there)


@pytest.mark.parametrize("word", [one for one in ActionWord if ACTIONS[one].takes_conditions])
def test_a_condition_that_does_not_hold_keeps_the_element(word: ActionWord):
    """A line whose conditions do not hold does nothing."""
    condition = " if equals:19990101" if ACTIONS[word].takes_value else "equals:19990101"
    assert date_after(word, DATE, condition) == DATE


@pytest.mark.parametrize("word", WRITTEN)
def test_what_rewrites_holds_off_remove(word: ActionWord):
    """REMOVE all spares an element that a line rewrites or keeps, and no other; ADD does not spare it."""
    dataset = Dataset()
    dataset.SOPInstanceUID, dataset.DateOfLastCalibration = "1.2", DATE
    text = f"FORMAT dicom\n\n%header\n{word} {ATTRIBUTE} {WRITTEN[word][0]}\nREMOVE all\n"
    after = Machine.link(compile_recipe(text)).run(dataset).dataset
    row = ACTIONS[word]
    assert (ATTRIBUTE in after) == (row.rewrites or row.keeps)
