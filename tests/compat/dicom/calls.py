"""The same calls to deid and to deidc.compat: what users write, with plain data in and out."""

from __future__ import annotations

import json
import tempfile
import warnings
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from pathlib import Path
from typing import Any

from pydicom import dcmread

from tests.deid.apart import answers_of, serve
from tests.deid.callables import CALLABLES, VARIABLES
from tests.deid.objects import _text, dump, load


def shown(field: Any) -> list[str]:
    """Return what identifies a field, and its value as text."""
    element = field.element
    value = str(len(element.value)) if element.VR == "SQ" else _text(element.value)
    return [field.name, field.tag, field.stripped_tag, str(element.VR), value, str(field.is_filemeta)]


def identifiers(package: str, task: dict[str, Any]) -> object:
    found = import_module(f"{package}.dicom").get_identifiers(task["file"], **task.get("options", {}))
    (fields,) = found.values()
    return {uid: shown(field) for uid, field in fields.items()}


def expanded(package: str, task: dict[str, Any]) -> object:
    expand = import_module(f"{package}.dicom.fields").expand_field_expression
    return sorted(expand(task["target"], dcmread(task["file"])))


def values(package: str, task: dict[str, Any]) -> object:
    extract = import_module(f"{package}.dicom.groups").extract_values_list
    return sorted({_text(one) for one in extract(dcmread(task["file"]), task["actions"])})


def fields(package: str, task: dict[str, Any]) -> object:
    extract = import_module(f"{package}.dicom.groups").extract_fields_list
    return sorted(extract(dcmread(task["file"]), task["actions"]))


def filters(package: str, task: dict[str, Any]) -> object:
    apply = import_module(f"{package}.dicom.filter").apply_filter
    dataset = dcmread(task["file"])
    return [apply(dataset, *question) for question in task["questions"]]


def methods(package: str, task: dict[str, Any]) -> object:
    module = import_module(f"{package}.dicom.filter")
    dataset = dcmread(task["file"])
    return [getattr(module, name)(dataset, field, value) for name, field, value in task["questions"]]


def tags(package: str, task: dict[str, Any]) -> object:
    module = import_module(f"{package}.dicom.tags")
    dataset = dcmread(task["file"])
    return {
        "get_tag": {one: str(module.get_tag(one)) for one in task["keywords"]},
        "find_tag": {one: sorted(map(str, module.find_tag(one))) for one in task["keywords"]},
        "private": sorted({str(element.tag) for element in module.get_private(dataset)}),
    }


def replaced(package: str, task: dict[str, Any]) -> object:
    """Clean an object by a recipe in a file: a path is given, or the object if elements were put in."""
    recipe = Path(task["folder"]) / "deid.recipe"
    recipe.write_text(task["recipe"], encoding="utf-8")
    given = load(task["file"], task["overlay"]) if task["overlay"] else task["file"]
    ids = {task["file"]: {**VARIABLES, **CALLABLES}}
    dicom = import_module(f"{package}.dicom")
    (cleaned,) = dicom.replace_identifiers(given, ids=ids, deid=str(recipe), **task.get("options", {}))
    return dump(cleaned)


CALLS: dict[str, Callable[[str, dict[str, Any]], object]] = {
    one.__name__: one for one in (identifiers, expanded, values, fields, filters, methods, tags, replaced)
}


def answer(package: str, task: dict[str, Any]) -> dict[str, object]:
    """Make one call; what it stumbles over is an answer, too."""
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return {"found": json.loads(json.dumps(CALLS[task["call"]](package, {**task, "folder": folder})))}
        # SystemExit included.
        except BaseException as failure:  # noqa: BLE001
            report = getattr(failure, "report", None)
            codes = sorted({one.code for one in report.errors}) if report is not None else []
            return {"error": type(failure).__name__, "codes": codes}


def by_deid(tasks: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return what deid answers."""
    return answers_of("tests.compat.dicom.calls", tasks)


def by_both(tasks: Sequence[dict[str, Any]]) -> list[tuple[dict[str, Any], dict[str, Any], dict[str, Any]]]:
    """Return each task with what deidc.compat answers, and what deid does. The two work at once."""
    with ThreadPoolExecutor(1) as pool:
        theirs = pool.submit(by_deid, tasks)
        ours = [answer("deidc.compat", task) for task in tasks]
    return list(zip(tasks, ours, theirs.result(), strict=True))


if __name__ == "__main__":
    serve(lambda task: answer("deid", task))
