"""`import deid` means deidc: by `install()`, and for whole programs by `python -m deidc.compat`."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest


def python(*arguments: str, folder: Path | None = None) -> subprocess.CompletedProcess:
    return subprocess.run([sys.executable, *arguments], capture_output=True, text=True, check=False, cwd=folder)


def ran(script: str, folder: Path | None = None) -> str:
    done = python("-W", "error", "-c", script, folder=folder)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def test_modules_of_deid_are_those_of_deidc():
    """After `install`, each module of deid is the very module of deidc, however it is imported, and reloads."""
    ran("""
import importlib, sys
import deidc.compat
deidc.compat.install()
import deid
import deid.config.utils as utils
from deid.config import DeidRecipe
from deid import logger
assert deid is deidc.compat and sys.modules["deid.config"] is deidc.compat.config
assert utils is sys.modules["deidc.compat.config.utils"] and logger.bot is deidc.compat.logger.bot
assert DeidRecipe is deidc.compat.config.DeidRecipe
assert deid.config.__name__ == deid.config.__spec__.name == "deidc.compat.config"
before = list(sys.meta_path)
deidc.compat.install()
assert sys.meta_path == before
assert importlib.reload(deid.config.standards).formats == ["dicom"]
""")


def test_what_deidc_does_not_have_is_not_there():
    """A module that deidc has no counterpart of is not found, even if deid is installed."""
    ran("""
import deidc.compat
deidc.compat.install()
for name in ("deid.nope", "deid.logger.spinner"):
    try:
        __import__(name)
    except ModuleNotFoundError as failure:
        assert failure.name == name
    else:
        raise AssertionError(name)
""")


def test_two_deids_are_not_mixed():
    """Installing after the other deid was imported raises."""
    ran("""
import deid.version
import deidc.compat
try:
    deidc.compat.install()
except ImportError:
    pass
else:
    raise AssertionError
""")


def test_importing_loads_and_changes_nothing():
    """Importing loads no more than it must and leaves pydicom as it is; submodules are loaded when asked for."""
    ran("""
import sys
import pydicom
before = {name: id(one) for name, one in vars(pydicom.Dataset).items()}
loaded = set(sys.modules)
import deidc.compat as deid
assert {name for name in set(sys.modules) - loaded if name.startswith("deidc")} == {
    "deidc", "deidc.version", "deidc.compat", "deidc.compat.installation", "deidc.compat.version"
}
assert deid.config.DeidRecipe and deid.logger.bot and deid.utils.to_int and deid.data.data_base
assert deid.__version__ == deid.version.__version__ == "0.4.13"
assert "config" in dir(deid)
assert not {name.partition(".")[0] for name in set(sys.modules) - loaded} & {"numpy", "matplotlib", "PIL"}
assert {name: id(one) for name, one in vars(pydicom.Dataset).items()} == before
try:
    deid.nope
except AttributeError:
    pass
""")


def test_it_works_in_a_folder_that_is_gone(tmp_path):
    """A deleted current folder keeps nobody from importing, and from taking a recipe by name."""
    gone = tmp_path / "gone"
    gone.mkdir()
    ran(
        """
import os
os.rmdir(os.getcwd())
import deidc.compat
deidc.compat.install()
from deid.config import DeidRecipe
DeidRecipe("dicom").program()
""",
        folder=gone,
    )


def test_threads_may_import_at_once():
    """Eight threads that import at once all get the modules."""
    ran("""
import threading, sys
import deidc.compat
deidc.compat.install()
found, together = [], threading.Barrier(8)
def load():
    together.wait()
    from deid.config import DeidRecipe
    import deid.utils.actions
    found.append((DeidRecipe, sys.modules["deid.utils"]))
threads = [threading.Thread(target=load) for _ in range(8)]
for one in threads: one.start()
for one in threads: one.join()
assert len(found) == 8 and len(set(found)) == 1
""")


@pytest.fixture
def script(tmp_path):
    """A program for deid, with a module beside it."""
    (tmp_path / "beside.py").write_text("from deid.config import DeidRecipe\n", encoding="utf-8")
    path = tmp_path / "script.py"
    path.write_text(
        "import sys, beside, deid\n"
        "if __name__ == '__main__':\n"
        "    print(deid.__name__, beside.DeidRecipe.__module__, sys.argv[1:], __file__ == sys.argv[0])\n"
        "    sys.exit(7)\n",
        encoding="utf-8",
    )
    return path


def test_programs_run_with_deidc_in_place_of_deid(script):
    """The script runs as the main program, with its arguments, its neighbours and its exit code."""
    done = python("-m", "deidc.compat", str(script), "--x", "1")
    assert (done.returncode, done.stderr) == (7, "")
    assert done.stdout == "deidc.compat deidc.compat.config.recipe ['--x', '1'] True\n"


def test_without_a_script_the_use_is_told():
    """No script, or an option in its place, is misuse."""
    for arguments in ((), ("--help",)):
        done = python("-m", "deidc.compat", *arguments)
        assert (done.returncode, done.stdout) == (1, "")
        assert "usage: python -m deidc.compat SCRIPT.py" in done.stderr
