"""`DeidRecipe` and the loaders: deid's recipes by path, name, folder, list and dictionary, and edits in place."""

from __future__ import annotations

import copy
import json
import os
import threading
from pathlib import Path

import deid.config.utils as deids
import pytest
from deid.config import standards as standards_of_deid
from pydicom.dataset import Dataset

from deidc import Cleaned, CompileError, Machine
from deidc.compat.config import DeidRecipe, get_deid, load_combined_deid, load_deid, standards
from deidc.compat.config.utils import (
    add_section,
    find_deid,
    parse_config_action,
    parse_filter_group,
    parse_format,
    parse_group_action,
    parse_member,
    split_action_line,
)
from deidc.compat.data import data_base, get_dataset
from deidc.compat.logger import Exit
from deidc.compat.recipes.files import RecipeNotFound
from deidc.ir.library import shipped_recipes
from tests.running import program_as_deid

FIRST = """FORMAT dicom

%values names
FIELD PatientName

%fields ids
FIELD endswith:ID

%header
REMOVE values:names
REPLACE PatientID first

%filter greylist
LABEL One
  contains Modality CT
"""
SECOND = """FORMAT dicom

%values names
FIELD ReferringPhysicianName

%values more
FIELD StudyID

%header
BLANK values:more
REPLACE PatientID second

%labels
KEEP Rows

%filter greylist
LABEL Two
  contains Modality MR
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A current folder with two recipes."""
    (tmp_path / "first.deid").write_text(FIRST, encoding="utf-8")
    (tmp_path / "second.deid").write_text(SECOND, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def named(patient_id: str) -> Dataset:
    made = Dataset()
    made.PatientID = patient_id
    made.PatientName = "Doe^Jane"
    return made


def run(recipe: DeidRecipe, dataset: Dataset) -> Dataset:
    outcome = Machine.link(recipe.program()).run(dataset)
    assert isinstance(outcome, Cleaned)
    return outcome.dataset


def header(recipe: DeidRecipe) -> list[tuple]:
    return [(one["action"], one["field"], one.get("value")) for one in recipe.get_actions()]


# ---- what is found -------------------------------------------------------------------------------------------


def test_without_a_recipe_the_default_is_taken():
    """`DeidRecipe()` is the recipe called dicom, which is the default of deidc."""
    assert DeidRecipe().program() == DeidRecipe("dicom").program() == program_as_deid(shipped_recipes()["default"])


@pytest.mark.parametrize(
    ("name", "recipe"), [("dicom", "default"), ("dicom.ultrasound", "ultrasound"), ("dicom.xray.chest", "xray")]
)
def test_deids_names_are_recipes_of_deidc(name, recipe):
    """Each recipe that comes with deid has a counterpart by its name, as a file too."""
    assert DeidRecipe(name).program() == program_as_deid(shipped_recipes()[recipe])
    assert get_deid(name) == os.path.join(data_base, f"deid.{name}")
    assert load_deid(get_deid(name)) == get_deid(name, load=True) == DeidRecipe(name).deid


def test_names_of_deidc_are_known_too():
    """The recipes of deidc are found by their names."""
    assert DeidRecipe("minimal").program() == program_as_deid(shipped_recipes()["minimal"])
    assert DeidRecipe("deidc:minimal").program() == program_as_deid(shipped_recipes()["minimal"])


@pytest.mark.parametrize("reference", ["dicom.xray", "frist.deid", "no/such/folder", "", "dicom/../x"])
@pytest.mark.parametrize("base", [True, False])
def test_a_recipe_that_is_not_found_is_told(folder, reference, base):
    """A misspelt path or name raises, wherever it stands; deid warns and lets every file through."""
    for deid in (reference, ["first.deid", reference], [reference, "first.deid"]):
        with pytest.raises(RecipeNotFound):
            DeidRecipe(deid, base=base)
    with pytest.raises(RecipeNotFound):
        DeidRecipe("first.deid", base=True, default_base=reference)
    with pytest.raises(RecipeNotFound):
        load_combined_deid([reference])


def test_near_names_are_proposed():
    """A name that is nearly one of a recipe is told."""
    with pytest.raises(RecipeNotFound, match=r"did you mean 'dicom\.xray\.chest'"):
        DeidRecipe("dicom.xray")


def test_get_deid_may_answer_none(folder, caplog):
    """`get_deid` answers None instead where it is asked to, and says so unless told to be quiet."""
    assert get_deid("nope", exit_on_fail=False, quiet=True) is None
    assert not caplog.records
    assert get_deid("nope", exit_on_fail=False) is None
    assert [one.levelname for one in caplog.records] == ["ERROR"]
    with pytest.raises(RecipeNotFound):
        get_deid("nope")
    assert get_deid("first.deid") == str(folder / "first.deid")
    deid = {"format": "dicom"}
    assert get_deid(deid) is deid


def test_folders(folder, caplog):
    """A folder stands for the first of its files that begin with deid; for the default, after a warning, without."""
    sub = folder / "recipes"
    sub.mkdir()
    assert find_deid(str(sub)) == get_deid("dicom")
    assert len(caplog.records) == 1
    (sub / "deid.b").write_text(SECOND, encoding="utf-8")
    (sub / "deid.a").write_text(FIRST, encoding="utf-8")
    (sub / "deid.0").mkdir()
    assert find_deid(str(sub)) == str(sub / "deid.a")
    assert len(caplog.records) == 2
    assert load_deid(sub) == DeidRecipe(sub).deid == load_deid("first.deid")
    os.chdir(sub)
    assert load_deid() == load_deid(sub)
    with pytest.raises(RecipeNotFound):
        load_deid(folder / "nope")


def test_what_is_called_like_a_recipe_does_not_hide_it(folder):
    """A folder of images called dicom is no recipe; one with recipes in it is not guessed at."""
    (folder / "dicom").mkdir()
    assert DeidRecipe().program() == program_as_deid(shipped_recipes()["default"])
    (folder / "dicom" / "deid.x").write_text(FIRST, encoding="utf-8")
    with pytest.raises(RecipeNotFound, match=r"\./dicom"):
        DeidRecipe("dicom")
    assert DeidRecipe("./dicom").deid == DeidRecipe("first.deid").deid


def test_includes_are_found_beside_the_recipe(folder):
    """What a recipe includes from below its folder is in its dictionary; a file elsewhere is not read."""
    (folder / "sub").mkdir()
    (folder / "sub" / "again.deid").write_bytes((folder / "first.deid").read_bytes())
    (folder / "third.deid").write_text('FORMAT dicom\n%include "sub/again.deid"\n', encoding="utf-8")
    assert DeidRecipe("third.deid").deid == DeidRecipe("first.deid").deid
    (folder / "sub" / "third.deid").write_text('FORMAT dicom\n%include "../first.deid"\n', encoding="utf-8")
    with pytest.raises(CompileError, match="DC214"):
        DeidRecipe("sub/third.deid")


def test_what_cannot_be_read_is_told(folder):
    """A recipe with a word that nobody knows is not loaded, in any place; deid leaves the line out."""
    (folder / "bad.deid").write_text(
        "FORMAT dicom\n%header\nREMOVE PatientID\nREPLCE PatientName x\n", encoding="utf-8"
    )
    (folder / "headless.deid").write_text("%header\nREMOVE PatientID\n", encoding="utf-8")
    for name in ("bad.deid", "headless.deid"):
        for deid in (name, [name, "first.deid"], ["first.deid", name]):
            with pytest.raises(CompileError):
                DeidRecipe(deid)
        with pytest.raises(CompileError):
            load_deid(name)


def test_what_means_nothing_is_told_when_it_is_to_be_done(folder):
    """An attribute that does not exist stops the program, and an edit can mend it before."""
    (folder / "bad.deid").write_text("FORMAT dicom\n%header\nREMOVE PatientsName\n", encoding="utf-8")
    recipe = DeidRecipe("bad.deid")
    with pytest.raises(CompileError):
        recipe.program()
    recipe.deid["header"][0]["field"] = "PatientName"
    assert "PatientName" not in run(recipe, named("1"))


# ---- several recipes -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "recipe",
    [
        lambda: DeidRecipe(["first.deid", "second.deid"]),
        lambda: DeidRecipe(("first.deid", Path("second.deid"))),
        lambda: DeidRecipe("second.deid", base=True, default_base="first.deid"),
        lambda: DeidRecipe([load_deid("first.deid"), "second.deid"]),
        lambda: DeidRecipe([load_deid("first.deid"), load_deid("second.deid")]),
    ],
)
def test_recipes_are_laid_together_whole(folder, recipe):
    """Of several recipes all sections are there, and a later one wins; the base is the first."""
    made = recipe()
    assert header(made) == [
        ("REMOVE", "values:names", None),
        ("REPLACE", "PatientID", "first"),
        ("BLANK", "values:more", None),
        ("REPLACE", "PatientID", "second"),
    ]
    assert [one["field"] for one in made.get_values_lists("names")] == ["PatientName", "ReferringPhysicianName"]
    assert made.ls_valuelists() == ["names", "more"]
    assert made.ls_fieldlists() == ["ids"]
    assert [one["name"] for one in made.get_filters("greylist")] == ["LABEL One", "LABEL Two"]
    assert [one["field"] for one in made.get_labels()] == ["Rows"]
    assert run(made, named("1")).PatientID == "second"


def test_a_list_is_not_changed(folder):
    """The list of recipes that was given stays as it was; deid appends the base to it."""
    given = ["first.deid"]
    DeidRecipe(given, base=True, default_base="second.deid")
    assert given == ["first.deid"]


def test_load_lays_behind(folder):
    """`load` adds a recipe that wins, to one that was edited, too; deid raises AttributeError."""
    recipe = DeidRecipe("first.deid")
    recipe.deid["header"].append({"action": "REPLACE", "field": "PatientID", "value": "edited"})
    assert run(recipe, named("1")).PatientID == "edited"
    recipe.load("second.deid")
    assert [value for *_, value in header(recipe) if value] == ["first", "edited", "second"]
    assert run(recipe, named("1")).PatientID == "second"


def test_an_empty_recipe_does_nothing_before_it_is_loaded(folder):
    """An empty recipe has no program, so nothing passes by it; deid fails later."""
    recipe = DeidRecipe([])
    assert not recipe.has_actions()
    with pytest.raises(CompileError):
        recipe.program()
    recipe.load("first.deid")
    assert run(recipe, named("1")).PatientID == "first"


def test_a_recipe_is_for_a_format(folder):
    """A recipe for another format than is asked for raises."""
    with pytest.raises(Exit):
        DeidRecipe("first.deid", format="nifti")


# ---- the live dictionary -------------------------------------------------------------------------------------


def test_every_edit_counts_at_the_next_run(folder):
    """The dictionary may be changed in any way and at any time; the next run does what it says then."""
    recipe = DeidRecipe("first.deid")
    assert run(recipe, named("1")).PatientID == "first"
    recipe.deid["header"][1]["value"] = "second"
    assert run(recipe, named("1")).PatientID == "second"
    recipe.deid["header"] = [{"action": "REMOVE", "field": "PatientID"}]
    recipe.deid["values"].clear()
    cleaned = run(recipe, named("1"))
    assert ("PatientID" in cleaned, "PatientName" in cleaned) == (False, True)
    recipe.deid = {"format": "dicom", "header": [{"action": "BLANK", "field": "PatientName"}]}
    assert run(recipe, named("1")).PatientName == ""
    recipe.deid["header"].append({"action": "REPLACE", "field": "PatientID"})
    with pytest.raises(CompileError):
        recipe.program()


def test_a_dictionary_is_taken_itself():
    """A dictionary that is given is the recipe's own, so edits from either side are seen."""
    deid = {"format": "dicom", "header": [{"action": "REMOVE", "field": "PatientID"}]}
    recipe = DeidRecipe(deid)
    assert recipe.deid is deid
    assert load_combined_deid([deid]) is deid
    deid["header"].append({"action": "REMOVE", "field": "PatientName"})
    assert not run(recipe, named("1"))


def test_the_same_recipe_is_the_same_program(folder):
    """As long as nothing is edited the very program is returned, by its terms; an edit taken back is the same again."""
    recipe = DeidRecipe("first.deid")
    program = recipe.program()
    assert recipe.program() is program
    with_first = recipe.program(["REMOVE select:private"])
    assert with_first is recipe.program(("REMOVE select:private",)) is not program
    assert with_first != program
    assert recipe.program(protected=()) not in (program, with_first)
    removed = recipe.deid["header"].pop()
    assert recipe.program() != program
    recipe.deid["header"].append(removed)
    assert recipe.program() == program


def test_ops_have_the_lines_of_the_files(folder):
    """Ops of a recipe that was not edited say where in its files they come from."""
    program = DeidRecipe(["first.deid", "second.deid"]).program(["REMOVE select:private"])
    lines = {(Path(one.recipe).name, one.line) for one in program.origins}
    assert {("first.deid", 11), ("second.deid", 11)} <= lines


def test_what_was_read_before_is_only_as_good_as_its_files(folder):
    """A recipe that is read again says what its files say by then, included ones too; edits of another are not seen."""
    (folder / "third.deid").write_text('FORMAT dicom\n%include "first.deid"\n', encoding="utf-8")
    one = DeidRecipe("third.deid")
    one.deid["header"].clear()
    again = DeidRecipe("third.deid")
    assert run(again, named("1")).PatientID == "first"
    assert again.program() is DeidRecipe("third.deid").program()
    (folder / "first.deid").write_text(FIRST.replace("PatientID first", "PatientID changed"), encoding="utf-8")
    for name in ("first.deid", "third.deid", "third.deid"):
        assert run(DeidRecipe(name), named("1")).PatientID == "changed"
    assert run(again, named("1")).PatientID == "first"
    (folder / "first.deid").unlink()
    with pytest.raises(CompileError):
        DeidRecipe("third.deid")


def test_text_and_dictionary_are_told_apart():
    """A reference in quotation marks is text, and stays so in the dictionary until it is replaced by a reference."""
    recipe = DeidRecipe({"format": "dicom", "header": []})
    recipe.deid["header"] = parse_config_action("header", 'REPLACE PatientID "var:id"', {"header": []})["header"]
    assert run(recipe, named("1")).PatientID == "var:id"
    assert run(copy.deepcopy(recipe), named("1")).PatientID == "var:id"
    recipe.deid["header"][0]["value"] = "var:id"
    assert [one.name for one in recipe.program().needs.variables] == ["id"]


def test_programs_may_be_asked_for_from_many_threads(folder):
    """Eight threads that ask for the program at once get equal ones."""
    recipe = DeidRecipe("first.deid")
    together = threading.Barrier(8)
    programs = []

    def ask():
        together.wait()
        programs.append(recipe.program())

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert len(programs) == 8
    assert len({one.digest for one in programs}) == 1


# ---- accessors -----------------------------------------------------------------------------------------------


def test_accessors(folder):
    """What is in a recipe is told in deid's shapes: None for sections it has not, an empty list for names."""
    recipe = DeidRecipe(["first.deid", "second.deid"])
    assert recipe.get_format() == "dicom"
    assert recipe.get_actions("replace", "patientid") == [
        {"action": "REPLACE", "field": "PatientID", "value": "first"},
        {"action": "REPLACE", "field": "PatientID", "value": "second"},
    ]
    assert recipe.get_actions() is recipe.deid["header"]
    assert set(recipe.get_filters()) == {"greylist"}
    assert recipe.get_filters("nope") == recipe.get_values_lists("nope") == recipe.get_fields_lists("nope") == []
    assert recipe.ls_filters() == recipe.listof("filter") == ["greylist"]
    assert (recipe.has_actions(), recipe.has_fields_lists(), recipe.has_values_lists()) == (True, True, True)
    assert str(recipe) == repr(recipe) == "[deid]"
    bare = DeidRecipe({"format": "dicom"})
    assert bare.get_filters() is bare.get_values_lists() is bare.get_fields_lists() is None
    assert bare.get_actions() == bare.ls_filters() == bare.ls_valuelists() == bare.ls_fieldlists() == []
    assert (bare.has_actions(), bare.has_fields_lists(), bare.has_values_lists()) == (False, False, False)


@pytest.mark.parametrize("name", ["dicom", "dicom.ultrasound", "dicom.xray.chest"])
def test_recipes_of_deid_are_shown_as_deid_shows_them(name):
    """The dictionary of deid's own recipes is the one deid makes, but for a blank among coordinates."""
    path = os.path.join(deids.data_base, f"deid.{name}")
    wanted = json.dumps(deids.load_deid(path)).replace("450,0,672, 85", "450,0,672,85")
    assert load_deid(path) == json.loads(wanted)


def test_standards_are_deids():
    """Words of the language are listed under deid's names."""
    for name in ("formats", "sections", "actions", "groups", "group_actions", "filters", "value_filters"):
        assert getattr(standards, name) == getattr(standards_of_deid, name)


LINES = [
    'KEEP (0033,"MITRA OBJECT UTF8 ATTRIBUTES 1.0",1E)',
    "REPLACE PatientName func:f a=1",
    "REMOVE  contains:'a b'\tfunc:x",
    'SPLIT PatientID by=" ";minlength=4',
]


@pytest.mark.parametrize("line", LINES)
def test_words_of_a_line_are_deids(line):
    """A line is split at blanks that are not in quotation marks, which stay."""
    assert split_action_line(line) == deids.split_action_line(line)


def test_a_lone_apostrophe_parts_nothing():
    """An apostrophe in a word is part of it; deid takes it for a blank."""
    assert split_action_line("REPLACE PatientName O'Brien it's") == ["REPLACE", "PatientName", "O'Brien", "it's"]


MEMBERS = [
    ("contains Modality CT", None),
    ("contains Modality CT + equals Rows 512 || missing PatientName", "and"),
    ("empty ImageType", "or"),
]


@pytest.mark.parametrize(("member", "operator"), MEMBERS)
def test_criteria_are_deids(member, operator):
    """A line of criteria is shown as deid shows it."""
    assert parse_member(member, operator) == deids.parse_member(member, operator)


def test_parts_of_recipes_are_deids():
    """Sections, labels, groups and actions are added to a dictionary as deid adds them."""
    sides = []
    for side in (deids, None):
        config = {}
        functions = side or __import__("deidc.compat.config.utils", fromlist=["x"])
        functions.add_section(config, "header")
        functions.add_section(config, "filter", "greylist")
        functions.add_section(config, "values", "names")
        functions.add_section(config, "values", "names")
        functions.parse_config_action("header", "REPLACE PatientID var:id", config)
        functions.parse_config_action("header", "REMOVE PatientName", config)
        functions.parse_group_action("values", 'SPLIT PatientName by="^";minlength=4', config, "names")
        spec = ["contains Modality CT", "coordinates 0,0,9,9", "LABEL next", "missing Rows"]
        members = functions.parse_filter_group(spec)
        assert spec == ["LABEL next", "missing Rows"]
        functions.parse_label("filter", config, "greylist", members, label="LABEL One")
        functions.parse_label("filter", config, "greylist", ["missing Rows"])
        assert members == []
        sides.append(json.loads(json.dumps(config)))
    assert sides[0] == sides[1]


def test_parts_that_are_wrong_are_told():
    """A line that is no line of a recipe raises; nothing is added for it."""
    assert parse_format("FORMAT dicom") == "dicom"
    config = {"header": [], "values": {"names": []}}
    for wrong in (
        lambda: parse_format("FORMAT nifti"),
        lambda: parse_config_action("header", "REPLCE PatientID x", config),
        lambda: parse_group_action("values", "SPLITS PatientID", config, "names"),
        lambda: parse_member("contains Modality"),
    ):
        with pytest.raises(CompileError):
            wrong()
    for section in ((None,), ("heading",), ("filter",)):
        with pytest.raises(Exit):
            add_section(config, *section)
    assert config == {"header": [], "values": {"names": []}}
    assert parse_filter_group([]) == []


def test_data_sets_of_deid_data():
    """Folders of deid-data are found by name, and None for other names."""
    assert os.path.isdir(get_dataset("dicom-cookies"))
    assert get_dataset("other-cookies") is None
