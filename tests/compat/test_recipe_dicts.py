"""deid's dictionaries of recipes: what they show, and that nothing is lost or gained on the way to a program."""

from __future__ import annotations

import copy
import pickle
from contextlib import suppress

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from deidc import CompileError, Source, compile_recipe
from deidc.compat.recipes.dicts import dicts_of, program_of, source_of
from deidc.compat.recipes.words import LiteralText
from deidc.diagnostics import Severity
from deidc.grammar import nodes
from deidc.grammar.reader import read
from deidc.grammar.writer import write
from deidc.ir import ops
from deidc.ir.library import FileLibrary, shipped_recipes
from deidc.ir.load import load
from tests.running import program_as_deid
from tests.strategies.texts import recipe_texts
from tests.strategies.trees import SYLLABLES, recipes

WHOLE = """FORMAT dicom

%vars
VAR key secret default="a b"

%values names
FIELD PatientName
SPLIT PatientID by="^";minlength=4

%fields ids
FIELD endswith:ID

%header
ADD PatientIdentityRemoved YES
REPLACE PatientName "two  blanks" # why
REPLACE 00100020 func:hash length=12 if contains:Smith
REPLACE StudyID "var:key"
JITTER StudyDate var:days
BLANK (0033, "MITRA OBJECT", 1E) empty:
REMOVE fields:ids func:is_curve
KEEP Rows

%labels
REMOVE Columns

%filter greylist
LABEL Censor Top Left
  contains Modality CT|MR + equals Rows 512
  || missing PatientName
  coordinates 0,0,100,250
  ctpkeepcoordinates 1,2,3,4
  keepcoordinates from:SequenceOfUltrasoundRegions

%pixels
CLEAN greylist
FINAL greylist
STORE native
"""
SHOWN = {
    "format": "dicom",
    "vars": [{"name": "key", "type": "secret", "default": "a b"}],
    "values": {
        "names": [
            {"action": "FIELD", "field": "PatientName"},
            {"action": "SPLIT", "field": "PatientID", "value": 'by="^";minlength=4'},
        ]
    },
    "fields": {"ids": [{"action": "FIELD", "field": "endswith:ID"}]},
    "header": [
        {"action": "ADD", "field": "PatientIdentityRemoved", "value": "YES"},
        {"action": "REPLACE", "field": "PatientName", "value": "two  blanks"},
        {"action": "REPLACE", "field": "00100020", "value": "func:hash length=12", "if": "contains:Smith"},
        {"action": "REPLACE", "field": "StudyID", "value": LiteralText("var:key")},
        {"action": "JITTER", "field": "StudyDate", "value": "var:days"},
        {"action": "BLANK", "field": '(0033, "MITRA OBJECT", 1E)', "if": "empty:"},
        {"action": "REMOVE", "field": "fields:ids", "value": "func:is_curve"},
        {"action": "KEEP", "field": "Rows"},
    ],
    "labels": [{"action": "REMOVE", "field": "Columns"}],
    "filter": {
        "greylist": [
            {
                "filters": [
                    {
                        "action": ["contains", "equals"],
                        "field": ["Modality", "Rows"],
                        "operator": None,
                        "InnerOperators": ["and"],
                        "value": ["CT|MR", "512"],
                    },
                    {
                        "action": ["missing"],
                        "field": ["PatientName"],
                        "operator": "or",
                        "InnerOperators": [],
                        "value": [],
                    },
                ],
                "coordinates": [[0, "0,0,100,250"], [1, "1,2,4,6"], [1, "from:SequenceOfUltrasoundRegions"]],
                "name": "LABEL Censor Top Left",
            }
        ]
    },
    "pixels": [
        {"policy": "CLEAN", "group": "greylist"},
        {"policy": "FINAL", "group": "greylist"},
        {"policy": "STORE", "storage": "native"},
    ],
}


def shown(text: str, name: str = "<recipe>") -> dict:
    source = Source(name, text.replace("\r\n", "\n"))
    return dicts_of(read(source)[0], [source])


def header(*entries: dict) -> dict:
    return {"format": "dicom", "header": list(entries)}


def statements(deid: dict) -> list[nodes.Action] | None:
    """The lines of the header that a dictionary is text of; None if it is refused, as text or by the reader."""
    try:
        source = source_of(deid)
    except CompileError:
        return None
    recipe, said = read(source)
    if any(one.severity is Severity.ERROR for one in said):
        return None
    lines = (line for item in recipe.items if isinstance(item, nodes.Header) for line in item.body)
    return [line for line in lines if not isinstance(line, nodes.EmptyLine)]


def test_every_part_of_a_recipe_is_shown_as_deid_shows_it():
    """Entries have deid's keys; fields stand as written, values as they are meant, ctp boxes as corners."""
    assert shown(WHOLE) == SHOWN


def test_what_is_shown_is_text_again():
    """The text of a dictionary is shown by the same dictionary."""
    assert shown(source_of(SHOWN).text) == SHOWN


@given(recipes())
def test_a_dictionary_is_shown_by_its_text(tree):
    """Dictionary -> text -> dictionary changes nothing, whatever the recipe was."""
    tree = nodes.Recipe(tuple(item for item in tree.items if not isinstance(item, nodes.Include)))
    deid = shown(write(tree))
    assert shown(source_of(deid).text) == deid
    assert dicts_of(read(source_of(dicts_of(tree)))[0]) == dicts_of(tree)


@given(recipe_texts())
def test_the_dictionary_of_a_text_compiles_to_the_program_of_the_text(text):
    """Text -> dictionary -> program is text -> program, for the dictionary and for any copy of it."""
    deid = shown(text)
    try:
        wanted = program_as_deid(text)
    except CompileError:
        with pytest.raises(CompileError):
            program_of(deid)
        return
    assert program_of(deid) == wanted
    assert program_of(pickle.loads(pickle.dumps(copy.deepcopy(deid)))) == wanted


def test_what_nobody_sees_is_not_shown():
    """A field with an invisible character is shown as it is read, without it."""
    deid = shown("FORMAT dicom\n%header\nREMOVE Patient\u200bName\nREMOVE contains:a\u00a0\n")
    assert [one["field"] for one in deid["header"]] == ["PatientName", "contains:a"]


@pytest.mark.parametrize("name", [one for one in shipped_recipes() if not one.startswith("examples/")])
def test_recipes_of_deidc_survive_being_a_dictionary(name):
    """A recipe that comes with deidc has the same program by way of its dictionary, includes laid."""
    library = FileLibrary()
    source = library.find(f"deidc:{name}", None).source
    loaded = load(source, library)
    assert program_of(dicts_of(loaded.recipe, loaded.sources)).digest == program_as_deid(source).digest


STUMBLING = (*SYLLABLES, "\n", "\t", "var:x", "\u00a0", "\u200b", '\\"')
texts = st.text() | st.lists(st.sampled_from(STUMBLING), max_size=6).map("".join)


@given(texts)
@example("var:x")
@example("ends with a backslash \\")
@example("x # y")
@example('"quoted"')
@example("REPLACE\n%header\nREMOVE all")
def test_a_value_is_precisely_that_literal_or_refused(text):
    """Any text as a value is written as it is, or the recipe is refused; as a LiteralText a reference is text too."""
    for value in (text, LiteralText(text)):
        lines = statements(header({"action": "REPLACE", "field": "PatientName", "value": value}))
        if lines is None or (value.startswith(("var:", "func:", "deid_func:")) and type(value) is str):
            continue
        (line,) = lines
        assert isinstance(line, nodes.Replace)
        assert line.value.text == text
        assert (line.when, line.remark) == ((), None)


@pytest.mark.parametrize(
    "text", ["", " ", "a", "two  blanks", "it's", '"', "O'Brien # 2", "#", "if contains:x", "+", "VAR:x"]
)
def test_usual_values_are_not_refused(text):
    """What a line can hold is taken as it is."""
    (line,) = statements(header({"action": "REPLACE", "field": "PatientName", "value": text}))
    assert line.value.text == text


@given(texts)
@example("PatientName func:f")
@example('contains:a"b c')
@example("PatientName\nREMOVE all")
@example("#")
def test_a_field_never_reaches_into_what_follows(text):
    """Any text as a field is one target, or refused: the value behind it stays what it is."""
    lines = statements(header({"action": "REPLACE", "field": text, "value": "NEW"}))
    if lines is not None:
        (line,) = lines
        assert isinstance(line, nodes.Replace)
        assert (line.value.text, line.when, line.remark) == ("NEW", (), None)


@given(texts)
@example("contains:x # y")
@example("contains:x\nKEEP all")
def test_conditions_stay_in_their_line(text):
    """Any text as the condition of REMOVE is read as conditions, or refused; none of it is taken for a remark."""
    lines = statements(header({"action": "REMOVE", "field": "PatientName", "value": text}))
    if lines is not None:
        (line,) = lines
        assert isinstance(line, nodes.Remove)
        assert line.remark is None
        assert bool(line.when) == bool(text.strip())


@given(texts, texts)
def test_names_stay_names(group, label):
    """Any text as the name of a group or label is that name, or refused."""
    deid = {"format": "dicom", "filter": {group: [{"name": label, "filters": [], "coordinates": [[0, "all"]]}]}}
    try:
        recipe, said = read(source_of(deid))
    except CompileError:
        return
    if any(one.severity is Severity.ERROR for one in said):
        return
    (section,) = (item for item in recipe.items if isinstance(item, nodes.Filter))
    read_label = section.body[0]
    assert section.name == group.strip()
    assert read_label.name == (label.strip().removeprefix("LABEL ") if label.strip() != "LABEL" else "")
    assert [type(one) for one in (*section.body, *read_label.body)] == [nodes.Label, nodes.RegionLine, nodes.EmptyLine]


things = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.sampled_from(("REMOVE", "PatientID", "all", "x y", "")),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ("format", "header", "filter", "values", "vars", "labels", "action", "field", "value", "name")
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(things)
def test_anything_at_all_is_a_recipe_or_refused(thing):
    """Whatever is given in place of a dictionary, the answer is a text or a CompileError."""
    with suppress(CompileError):
        assert source_of(thing).name


REFUSED = {
    "an unknown section": {"format": "dicom", "haeder": []},
    "an unknown action": header({"action": "DELETE", "field": "PatientID"}),
    "a misspelt key": header({"action": "REPLACE", "field": "PatientID", "vlaue": "x"}),
    "no value": header({"action": "REPLACE", "field": "PatientID"}),
    "a value that is None": header({"action": "ADD", "field": "PatientID", "value": None}),
    "a function as value": header({"action": "REPLACE", "field": "PatientID", "value": print}),
    "a list as value": header({"action": "REPLACE", "field": "PatientID", "value": ["a", "b"]}),
    "a value for KEEP": header({"action": "KEEP", "field": "PatientID", "value": "x"}),
    "a value for BLANK": header({"action": "BLANK", "field": "PatientID", "value": "x"}),
    "a condition for JITTER": header({"action": "JITTER", "field": "StudyDate", "value": "1", "if": "missing:"}),
    "no field": header({"action": "REMOVE"}),
    "a header that is a dictionary": {"format": "dicom", "header": {}},
    "an entry that is text": {"format": "dicom", "header": ["REMOVE PatientID"]},
    "more values than criteria with one": {
        "format": "dicom",
        "filter": {
            "g": [{"filters": [{"action": ["missing"], "field": ["Rows"], "InnerOperators": [], "value": ["GE"]}]}]
        },
    },
    "fewer values than criteria with one": {
        "format": "dicom",
        "filter": {"g": [{"filters": [{"action": ["equals"], "field": ["Rows"], "InnerOperators": [], "value": []}]}]},
    },
    "a region of one part": {"format": "dicom", "filter": {"g": [{"coordinates": [["0,0,1,1"]]}]}},
}


@pytest.mark.parametrize("deid", REFUSED.values(), ids=REFUSED)
def test_what_is_not_of_deids_shape_is_refused(deid):
    """A part of the dictionary that would do nothing is told, by place, and nothing of its value is."""
    with pytest.raises(CompileError) as raised:
        program_of(deid)
    assert [one.code for one in raised.value.report.errors] == ["DC960"]


def test_all_that_is_wrong_is_told_at_once():
    """Each entry that cannot be written is one error, with its place in the dictionary."""
    deid = header(
        {"action": "X", "field": "a"}, {"action": "REMOVE", "field": "Rows"}, {"action": "ADD", "field": "PatientName"}
    )
    with pytest.raises(CompileError) as raised:
        source_of(deid)
    assert [one.message.partition(":")[0] for one in raised.value.report.errors] == ["header[0]", "header[2]"]


def test_what_is_quoted_in_a_call_is_no_remark():
    """A `#` in the quotation marks of an argument or a condition stays, whatever stands before it."""
    for value, canonical in (
        ('func:f a=" \\" b=" # "', 'func:f a=" \\" b=" # "'),
        ('contains:"a \\" # b" func:f a=" # "', 'contains:\'a " # b\' func:f a=" # "'),
    ):
        text = f"FORMAT dicom\n%header\nREMOVE PatientName {value}\n"
        assert shown(text)["header"][0]["value"] == canonical
        assert program_of(shown(text)) == compile_recipe(text)


def test_numbers_are_written_in_digits():
    """A number is its digits, and numbers that are equal are written alike."""
    for value, text in ((5, "5"), (5.0, "5"), (-3, "-3"), (0.25, "0.25")):
        (line,) = statements(header({"action": "JITTER", "field": "StudyDate", "value": value}))
        assert line.days.text == text


def test_names_of_the_dictionary_can_be_fields():
    """An attribute may be called by its name, with blanks and an apostrophe, as deid's users can in dictionaries."""
    deid = header({"action": "REMOVE", "field": "Patient's Name"}, {"action": "REMOVE", "field": "Patient ID"})
    assert program_of(deid) == compile_recipe("FORMAT dicom\n%header\nREMOVE PatientName\nREMOVE PatientID\n")


def test_a_pattern_with_blanks_needs_no_quotation_marks():
    """The pattern of an expander may have blanks in a dictionary."""
    deid = header({"action": "REMOVE", "field": "contains:Institution Name"})
    assert program_of(deid) == compile_recipe('FORMAT dicom\n%header\nREMOVE contains:"Institution Name"\n')


def test_rules_can_be_laid_before():
    """`first` comes before the recipe, so that its KEEP and its later rules win, and is in the program."""
    deid = header({"action": "KEEP", "field": "PatientName"}, {"action": "BLANK", "field": "PatientID"})
    text = "FORMAT dicom\n%header\nREMOVE select:private\nREMOVE PatientID\nKEEP PatientName\nBLANK PatientID\n"
    assert program_of(deid, ("REMOVE select:private", "REMOVE PatientID")) == compile_recipe(text)


def test_a_recipe_with_includes_is_not_shown():
    """What a recipe includes is laid before it is shown, else it would be missing."""
    recipe, _ = read(Source("<recipe>", 'FORMAT dicom\n%include "default"\n'))
    with pytest.raises(ValueError, match="includes"):
        dicts_of(recipe)


@pytest.mark.parametrize("text", ["from:Modality", 'code:1,99X,"One"', "{Modality}", "a {Modality} {{b}}", "a } b"])
def test_texts_that_deidc_alone_reads_otherwise_are_literal(text):
    """A text of deid's dictionary is written as it stands, also where deidc has a word that looks like it."""
    deid = {"format": "dicom", "header": [{"action": "ADD", "field": "PatientComments", "value": text}]}
    (op,) = (one for one in program_of(deid).ops if isinstance(one, ops.Add))
    assert op.by == ops.Text(text)


def test_values_that_deid_does_not_have_are_shown_and_read_back():
    """Values of other attributes, composed text and codes stay in a dictionary what they are in the recipe."""
    text = (
        "FORMAT dicom\n\n%header\nAPPEND ImageType from:Modality if present:\n"
        'REPLACE PatientComments "{Modality} {{x}}"\nAPPEND ViewCodeSequence code:1,99X,"One"\n'
    )
    deid = shown(text)
    assert [one["action"] for one in deid["header"]] == ["APPEND", "REPLACE", "APPEND"]
    assert program_of(deid) == compile_recipe(text)
