"""Functions of users and packages in a run: where they are imported from, and what they can and cannot stop."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.cli.run.outcomes import outcome_of
from tests.files import copy_of

CALLING = "FORMAT dicom\n\n%header\nREPLACE PatientName func:call\n"
RUN = ("-m", "deidc", "run", "my.deid", "scans", "--functions", "mine.py")
TRAP = "import pathlib\npathlib.Path('{ran}').touch()\n"
EXITS = ("SystemExit(0)", "KeyboardInterrupt", "GeneratorExit", "RecursionError", "MemoryError", "BaseException('DOE')")


@pytest.fixture
def scans(tmp_path):
    """Make three files, one of them for a function to fail on."""
    for name in ("a", "b", "c"):
        copy_of("rtplan.dcm", tmp_path / "scans" / f"{name}.dcm", PatientID=name)
    return tmp_path / "scans"


@pytest.mark.parametrize("jobs", ["1", "2"])
@pytest.mark.parametrize("what", EXITS)
@pytest.mark.usefixtures("scans")
def test_what_a_function_raises_refuses_its_object_only(deidc, recipe, tmp_path, what, jobs):
    """Also an exit, which would end the run with code 0, and what is no error of Python's."""
    (tmp_path / "mine.py").write_text(
        f"def call(dicom):\n    if dicom.PatientID == 'b':\n        raise {what}\n    return 'x'\n"
    )
    recipe(CALLING)
    done = deidc("run", "my.deid", "scans", "-o", "out", "--functions", "mine.py", "--jobs", jobs)
    assert done.returncode == 1
    assert outcome_of(done) == "2 written, 1 refused"
    assert "scans/b.dcm: refused: DC902" in done.stderr
    assert "DOE" not in done.stderr + done.stdout
    assert sorted(one.name for one in (tmp_path / "out").glob("*.dcm")) == ["a.dcm", "c.dcm"]


@pytest.mark.usefixtures("scans")
def test_a_signal_stops_a_run_whose_function_catches_everything(recipe, tmp_path):
    """Ctrl-C ends the run behind the file, and not never."""
    (tmp_path / "mine.py").write_text(
        "import pathlib, time\n"
        "def call(dicom):\n"
        "    pathlib.Path(f'at-{dicom.PatientID}').touch()\n"
        "    try:\n"
        "        time.sleep(3)\n"
        "    except BaseException:\n"
        "        pass\n"
        "    return 'x'\n"
    )
    recipe(CALLING)
    command = [sys.executable, *RUN, "-o", "out"]
    process = subprocess.Popen(command, cwd=tmp_path, stderr=subprocess.PIPE)
    while not (tmp_path / "at-a").exists():
        assert process.poll() is None
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130, said
    assert not (tmp_path / "at-c").exists()


@pytest.mark.parametrize("name", ["jinja2", "yaml", "click", "numpy", "attrs"])
@pytest.mark.parametrize("place", [".", "scans"])
@pytest.mark.usefixtures("scans")
def test_no_library_is_imported_from_among_data(recipe, tmp_path, name, place):
    """A file in the current folder or in that of the data takes the place of no library, whatever it is called."""
    ran = tmp_path / "ran"
    (tmp_path / place / f"{name}.py").write_text(TRAP.format(ran=ran))
    (tmp_path / "mine.py").write_text("def call(dicom):\n    import jinja2\n    return 'x'\n")
    recipe(CALLING)
    for jobs in ("1", "2"):
        subprocess.run(
            [sys.executable, *RUN, "-o", f"out-{jobs}", "--jobs", jobs, "--report", f"page-{jobs}.html"],
            cwd=tmp_path,
            check=False,
            capture_output=True,
        )
    assert not ran.exists()


def test_functions_that_lie_beside_a_library_of_the_same_name_are_those(deidc, recipe, scans, tmp_path):
    """A file is imported from its path, whatever its name; its neighbours are found while it is imported."""
    folder = tmp_path / "functions"
    folder.mkdir()
    (folder / "click.py").write_text("import near\ndef call():\n    return near.TEXT\n")
    (folder / "near.py").write_text("TEXT = 'by a neighbour'\n")
    recipe(CALLING)
    done = deidc("run", "my.deid", "scans", "-o", "out", "--functions", Path("functions") / "click.py")
    assert done.returncode == 0, done.stderr
    assert b"by a neighbour" in (tmp_path / "out" / "a.dcm").read_bytes()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("raise SystemExit(0)\n", "SystemExit"),
        ("import no_such_module\n", "no_such_module"),
        (None, "there is no file ./mine.py"),
    ],
)
@pytest.mark.usefixtures("scans")
def test_functions_that_cannot_be_imported_are_an_error_of_usage(deidc, recipe, tmp_path, text, said):
    """Nothing is written, and the message names the reference and the reason."""
    if text is not None:
        (tmp_path / "mine.py").write_text(text)
    recipe(CALLING)
    done = deidc("run", "my.deid", "scans", "-o", "out", "--functions", "./mine.py")
    assert done.returncode == 2
    assert "--functions ./mine.py" in done.stderr
    assert said in done.stderr
    assert not (tmp_path / "out").exists()


@pytest.fixture
def packages(tmp_path, monkeypatch):
    """Install two packages: one that gives functions, and one that cannot be imported."""
    site = tmp_path / "site"
    for name, text, points in (
        ("good", "def shorten(field):\n    return str(field.value)[:3]\n", "shorten = good:shorten"),
        ("bad", TRAP.format(ran=tmp_path / "ran") + "raise RuntimeError('DOE')\n", "worse = bad:worse"),
    ):
        info = site / f"{name}-1.dist-info"
        info.mkdir(parents=True)
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}-package\nVersion: 1\n")
        (info / "entry_points.txt").write_text(f"[deidc.functions]\n{points}\n[deidc.text_detectors]\n{points}\n")
        (site / f"{name}.py").write_text(text)
    monkeypatch.setenv("PYTHONPATH", f"{site}:{Path(__file__).parents[3]}")
    return site


@pytest.mark.parametrize("jobs", ["1", "2"])
@pytest.mark.usefixtures("scans", "packages")
def test_packages_are_imported_for_the_functions_that_a_recipe_calls(deidc, recipe, tmp_path, jobs):
    """A package whose functions no rule names runs no code, broken or not."""
    recipe(CALLING.replace("func:call", "func:shorten"))
    done = deidc("run", "my.deid", "scans", "-o", "out", "--jobs", jobs)
    assert done.returncode == 0, done.stderr
    assert not (tmp_path / "ran").exists()


@pytest.mark.usefixtures("scans", "packages")
def test_a_broken_package_is_named(deidc, recipe, tmp_path):
    """The run does not begin; the text of the exception is not printed."""
    recipe(CALLING.replace("func:call", "func:worse"))
    done = deidc("run", "my.deid", "scans", "-o", "out")
    assert done.returncode == 2
    assert (
        "the package bad-package declares the function worse, but importing bad:worse raises RuntimeError"
        in done.stderr
    )
    assert "DOE" not in done.stderr
    assert not (tmp_path / "out").exists()
