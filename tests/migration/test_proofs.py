"""What a migration says of deid is so: deid 0.4.13 itself runs the recipes, in a process of its own."""

from __future__ import annotations

import re
from typing import Any

import pytest

from deidc import Cleaned, CompileError, Functions, LinkError, Machine, Source, compile_recipe
from deidc.migration.behaviours import CATALOGUE, Did
from deidc.migration.migrate import migrate_recipe
from tests.deid.callables import CALLABLES, VARIABLES
from tests.deid.objects import Elements, dump
from tests.migration.proofs import (
    CRASHES,
    FIRED,
    INVALID_UIDS,
    KEPT_PIXELS,
    LEAKS,
    LOSSES,
    SOUND,
    Proof,
)
from tests.migration.worker import answers_of_deid, prepared

ALL = (*LEAKS, *LOSSES, *INVALID_UIDS, *FIRED, *KEPT_PIXELS, *CRASHES)
# These are about bytes or several recipes, and are proved below.
ELSEWHERE = {"byte-order-mark", "base-lists"}


def name_of(proof: Proof) -> str:
    return f"{proof.behaviour}: {proof.recipe.splitlines()[-1]}"


@pytest.fixture(scope="module")
def answers() -> dict[int, dict[str, Any]]:
    """What deid made of every recipe."""
    return {id(proof): answer for proof, answer in zip(ALL, answers_of_deid([one.task for one in ALL]), strict=True)}


def told(proof: Proof) -> set[str]:
    """The behaviours that a migration tells of."""
    return {
        reason.behaviour.name
        for one in migrate_recipe(Source("recipe", proof.recipe)).changes
        for reason in one.reasons
    }


def before(proof: Proof) -> Elements:
    return dump(prepared(proof.task))


def after(proof: Proof) -> Cleaned | None:
    """What deidc makes of the object by the migrated recipe; None if it does not begin."""
    functions = Functions.standard()
    for name, function in CALLABLES.items():
        functions = functions.with_function(name, function)
    try:
        program = compile_recipe(migrate_recipe(Source("recipe", proof.recipe)).text)
        outcome = Machine.link(program, functions, variables=VARIABLES).run(prepared(proof.task))
    except (CompileError, LinkError):
        return None
    return outcome if isinstance(outcome, Cleaned) else None


@pytest.mark.parametrize("proof", ALL, ids=name_of)
def test_a_migration_tells_what_the_recipe_shows(proof: Proof):
    """The behaviour is told of the recipe that shows it."""
    assert proof.behaviour in told(proof)


def test_every_behaviour_that_harms_is_proved():
    """Each behaviour by which data leaks or is lost, or deid stops, has a recipe that shows it."""
    harmful = {one.name for one in CATALOGUE if one.did in (Did.LEAKED, Did.LOST, Did.CRASHED)}
    assert harmful == {one.behaviour for one in ALL} | ELSEWHERE
    assert len({one.name for one in CATALOGUE}) == len(CATALOGUE)


@pytest.mark.parametrize("proof", [one for one in LEAKS if one.kind == "header"], ids=name_of)
def test_what_is_said_to_leak_leaks_under_deid(proof: Proof, answers):
    """deid leaves the value of the object, or writes it elsewhere."""
    left = answers[id(proof)]["elements"][proof.path][1]
    assert left == before(proof)[proof.path][1] if proof.spoilt is None else proof.spoilt in left


@pytest.mark.parametrize("proof", [one for one in LEAKS if one.kind == "header"], ids=name_of)
def test_what_leaks_under_deid_does_not_under_deidc(proof: Proof):
    """The migrated recipe takes the value away or is refused, or a person has to decide."""
    cleaned = after(proof)
    if cleaned is None or migrate_recipe(Source("recipe", proof.recipe)).open:
        return
    value = before(proof)[proof.path][1] if proof.spoilt is None else proof.spoilt
    assert value not in dump(cleaned.dataset).get(proof.path, ["", ""])[1]


@pytest.mark.parametrize("proof", [one for one in (*LEAKS, *FIRED) if one.kind == "flags"], ids=name_of)
def test_labels_fire_under_deid_when_they_are_not_meant_to_and_the_reverse(proof: Proof, answers):
    """deid passes an object that the label is meant for, or masks other pixels, or flags what is not meant."""
    answer = answers[id(proof)]
    match proof.behaviour:
        case "region-skipped" | "finds-no-region":
            assert not any(box for _, box in answer["coordinates"])
        case "regions-of-first":
            assert answer["coordinates"] == [[0, ["0,0,10,10"]]]
        case _:
            assert answer["flagged"] is not proof.fires


@pytest.mark.parametrize("proof", [one for one in (*LEAKS, *FIRED) if one.kind == "flags"], ids=name_of)
def test_labels_fire_under_deidc_as_they_are_meant_to(proof: Proof):
    """The migrated label flags the object it is meant for and no other, or a person has to decide."""
    cleaned = after(proof)
    if cleaned is None or migrate_recipe(Source("recipe", proof.recipe)).open:
        return
    assert bool(cleaned.flags) is proof.fires


def test_a_rectangle_without_area_masks_nothing(answers):
    """deid leaves every pixel."""
    (proof,) = (one for one in LEAKS if one.behaviour == "region-empty")
    assert answers[id(proof)] == {"masked": 0}


@pytest.mark.parametrize("proof", LOSSES, ids=name_of)
def test_what_is_said_to_be_lost_is_lost_under_deid(proof: Proof, answers):
    """deid takes away what was to stay, or writes what nobody meant."""
    elements = answers[id(proof)]["elements"]
    match proof.spoilt:
        case "":
            assert proof.path not in elements
        case "blank":
            assert elements[proof.path][1] == ""
        case "ST":
            assert elements[proof.path][0] == "ST"
        case text:
            assert elements[proof.path][1] == text


@pytest.mark.parametrize("proof", LOSSES, ids=name_of)
def test_what_is_lost_under_deid_is_not_under_deidc(proof: Proof, answers):
    """The migrated recipe has another outcome, or is refused, or a person has to decide."""
    cleaned = after(proof)
    if cleaned is None or migrate_recipe(Source("recipe", proof.recipe)).open:
        return
    assert dump(cleaned.dataset).get(proof.path) != answers[id(proof)]["elements"].get(proof.path)


@pytest.mark.parametrize("proof", INVALID_UIDS, ids=name_of)
def test_uids_that_are_said_to_be_none_are_none(proof: Proof, answers):
    """deid writes letters where digits and points belong; deidc does not."""
    assert re.search("[a-z]", answers[id(proof)]["elements"][proof.path][1])
    cleaned = after(proof)
    assert cleaned is None or re.fullmatch(r"[\d.]+", dump(cleaned.dataset)[proof.path][1])


@pytest.mark.parametrize("proof", CRASHES, ids=name_of)
def test_what_is_said_to_stop_deid_stops_it(proof: Proof, answers):
    """deid ends with an exception or exits."""
    assert "error" in answers[id(proof)]


@pytest.mark.parametrize("proof", KEPT_PIXELS, ids=name_of)
def test_regions_that_are_to_be_kept_are_not_found(proof: Proof, answers):
    """deid knows no region to keep."""
    assert answers[id(proof)]["coordinates"] == [[1, []]]


def test_a_byte_order_mark_stops_deid():
    """deid does not see the FORMAT line behind it."""
    proof = Proof("byte-order-mark", "\ufeffFORMAT dicom\n%header\nREMOVE PatientName\n", kind="saved")
    (answer,) = answers_of_deid([proof.task])
    assert answer == {"error": "KeyError"}
    notes = migrate_recipe(Source("recipe", proof.recipe.removeprefix("\ufeff")), marked=True).notes
    assert [one.behaviour.name for one in notes] == ["byte-order-mark"]


def test_deid_does_what_is_sound():
    """Recipes without any of these mistakes work in deid, and a migration says nothing of them."""
    removed, saved, flags, masks = answers_of_deid([one.task for one in SOUND])
    assert "00100010" not in removed["elements"]
    assert saved["elements"]["00101020"] == ["DS", "1.8"]
    assert flags == {"flagged": True, "coordinates": [[0, "0,0,10,10"]]}
    assert masks["masked"] > 0
    assert not any(told(one) for one in SOUND)
