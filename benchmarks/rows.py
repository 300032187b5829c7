"""The rows of the comparison: a tool told to do one thing, as the command that a shell would be given."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

from attrs import frozen

from benchmarks.peers import PEERS, Absent, Ready, find

HERE = Path(__file__).parent


@frozen
class Row:
    """One line of the tables.

    Words of `command` may name {python} (the interpreter of the peer), {drivers}, {actions} (a folder, see
    `actions.write_all`), {input} and {output} (folders; the output is there and empty).
    """

    name: str
    peer: str
    about: str
    command: tuple[str, ...]
    copies: bool = False  # what it writes may be what it read, so a file that is the same has been done all the same

    def words(self, ready: Ready, source: Path, target: Path, actions: Path) -> list[str]:
        """Return the command for one input and one output folder."""
        return [
            word.format(
                python=ready.interpreter, drivers=HERE / "drivers", actions=actions, input=source, output=target
            )
            for word in self.command
        ]


def _deidc(name: str, about: str, recipe: str, *options: str) -> Row:
    run = ("{python}", "-P", "-m", "deidc", "run", recipe, "{input}", "-o", "{output}", "--quiet")
    return Row(name, "deidc", about, (*run, *options))


def _driven(name: str, peer: str, about: str, driver: str, *arguments: str, copies: bool = False) -> Row:
    command = ("{python}", "{drivers}/" + driver, "{input}", "{output}", *arguments)
    return Row(name, peer, about, command, copies)


def _shell(name: str, peer: str, about: str, script: str, arguments: str) -> Row:
    return Row(name, peer, about, ("sh", "{drivers}/" + script, "{input}", "{output}", arguments))


_KEY = ("--var", "key=benchmark")
_IN_PLACE = "changes files where they are, so a copy of the folder is part of its work"

ROWS: Mapping[str, Row] = {
    one.name: one
    for one in (
        Row("cp", "cp", "`cp -r`: nothing is faster", ("cp", "-r", "{input}/.", "{output}"), copies=True),
        _driven("pydicom", "pydicom", "read and save, untouched", "pydicom_untouched.py", copies=True),
        _deidc("deidc-15", "`deidc run`, 15 rules", "{actions}/deidc-15.deid", "--jobs", "1"),
        _deidc("deidc-15-jobs-2", "the same with `--jobs 2`", "{actions}/deidc-15.deid", "--jobs", "2"),
        _deidc("deidc-600", "`deidc run`, 600 rules, a sixth of them patterns", "{actions}/deidc-600.deid"),
        _deidc("deidc-minimal", "`deidc run minimal`", "minimal", *_KEY),
        _deidc("deidc-default", "`deidc run default --flagged write`", "default", "--flagged", "write"),
        _driven(
            "deidc-dataset", "deidc", "its Dataset engine, 15 rules", "deidc_dataset.py", "{actions}/deidc-15.deid"
        ),
        _driven("deid-default", "deid", "its default recipe", "deid_recipe.py"),
        _driven("deid-10", "deid", "10 actions", "deid_recipe.py", "{actions}/10.deid"),
        _driven("deid-300", "deid", "300 actions", "deid_recipe.py", "{actions}/300.deid"),
        _driven("dcmanon", "dcmanon", "its default settings (Rust)", "dcmanon_default.py"),
        _driven(
            "fw-file-rs-10", "fw-file-rs", "10 actions (Rust)", "flywheel_profile.py", "{actions}/10.flywheel.json"
        ),
        _driven(
            "fw-file-rs-300", "fw-file-rs", "300 actions (Rust)", "flywheel_profile.py", "{actions}/300.flywheel.json"
        ),
        _shell("dcmodify-10", "dcmodify", f"10 actions (C++); {_IN_PLACE}", "dcmodify.sh", "{actions}/10.dcmodify"),
        _shell("dcmodify-300", "dcmodify", "300 actions (C++)", "dcmodify.sh", "{actions}/300.dcmodify"),
        _shell("gdcmanon-10", "gdcmanon", "10 actions at the top level (C++)", "gdcmanon.sh", "{actions}/10.gdcmanon"),
        _driven("dicom-anonymizer", "dicom-anonymizer", "its default actions", "dicom_anonymizer_default.py"),
        _driven("dicognito", "dicognito", "its default anonymizer", "dicognito_default.py"),
    )
}

# What a Python process takes that has done nothing: the interpreter of deidc, and no import.
IDLE = (sys.executable, "-c", "pass")


def ready_rows(names: tuple[str, ...], peers: Path | None) -> tuple[dict[str, Ready], dict[str, Absent]]:
    """Return which of these rows, all if none is named, can be measured, and which cannot and why."""
    ready: dict[str, Ready] = {}
    absent: dict[str, Absent] = {}
    for name in names or ROWS:
        match find(PEERS[ROWS[name].peer], peers):
            case Ready() as found:
                ready[name] = found
            case Absent() as missing:
                absent[name] = missing
    return ready, absent
