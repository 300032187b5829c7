"""The peers: which they are, how each is installed into an environment of its own, and which version is there."""

from __future__ import annotations

import shutil
import subprocess
import sys
import venv
from collections.abc import Iterator, Mapping
from pathlib import Path

from attrs import evolve, frozen

from deidc.version import __version__

HERE = Path(__file__).parent


@frozen
class FromPyPI:
    """A peer that is a Python package, in a virtual environment of its own."""

    name: str
    requirement: str

    @property
    def package(self) -> str:
        """The name of the package, without its version."""
        return self.requirement.partition("==")[0]


@frozen
class FromDebian:
    """A peer that is a program of a Debian package, found on the path."""

    name: str
    program: str
    package: str


@frozen
class Ours:
    """deidc as it is in this folder, installed as users install it: without what tests and benchmarks need."""

    name: str


Peer = FromPyPI | FromDebian | Ours

PEERS: Mapping[str, Peer] = {
    one.name: one
    for one in (
        Ours("deidc"),
        FromDebian("cp", "cp", "coreutils"),
        FromPyPI("pydicom", "pydicom==3.0.2"),
        FromPyPI("deid", "deid==0.4.13"),
        FromPyPI("dcmanon", "dcmanon==0.3.1"),
        FromPyPI("fw-file-rs", "fw-file-rs==0.9.1"),
        FromPyPI("dicom-anonymizer", "dicom-anonymizer==2.1.0"),
        FromPyPI("dicognito", "dicognito==0.19.0"),
        FromDebian("dcmodify", "dcmodify", "dcmtk"),
        FromDebian("gdcmanon", "gdcmanon", "libgdcm-tools"),
    )
}


@frozen
class Ready:
    """A peer that can be measured: the interpreter that runs its driver, and its version."""

    interpreter: str
    version: str


@frozen
class Absent:
    """A peer that cannot be measured, and why."""

    why: str


Found = Ready | Absent


def find(peer: Peer, folder: Path | None) -> Found:
    """Return whether a peer is installed, those of PyPI below a folder."""
    match peer:
        case Ours(name=name):
            interpreter = _interpreter(folder, name)
            if interpreter is None:
                return _NOT_INSTALLED
            if not _is_this_folder(interpreter):
                return Absent("what is installed is not what is in this folder: install it again")
            found = _python_version("pydicom", interpreter)
            return (
                evolve(found, version=f"{__version__}, pydicom {found.version}") if isinstance(found, Ready) else found
            )
        case FromDebian(program=program, package=package):
            if shutil.which(program) is None:
                return Absent(f"not installed: Debian's package {package} has it")
            return Ready(sys.executable, _debian_version(package))
        case FromPyPI(name=name):
            interpreter = _interpreter(folder, name)
            return _NOT_INSTALLED if interpreter is None else _python_version(peer.package, interpreter)


_NOT_INSTALLED = Absent("not installed: `python -m benchmarks peers install FOLDER` does it")


def _interpreter(folder: Path | None, name: str) -> Path | None:
    interpreter = folder / name / "bin" / "python" if folder is not None else None
    return interpreter if interpreter is not None and interpreter.exists() else None


def _is_this_folder(interpreter: Path) -> bool:
    """Whether the deidc that an interpreter imports has the sources of this folder."""
    text = "import deidc, pathlib; print(pathlib.Path(deidc.__file__).parent)"
    done = subprocess.run([str(interpreter), "-P", "-c", text], capture_output=True, text=True, check=False)
    return not done.returncode and _sources(Path(done.stdout.strip())) == _sources(HERE.parent / "deidc")


def _sources(package: Path) -> dict[str, bytes]:
    """Return the sources of a package that are not recipes, which lie elsewhere where it is installed."""
    return {
        path.relative_to(package).as_posix(): path.read_bytes()
        for path in package.rglob("*")
        if path.suffix in (".py", ".lark")
    }


def install(folder: Path, names: tuple[str, ...], *, debian: bool) -> Iterator[tuple[Peer, Found]]:
    """Install peers, all if none is named, and say how each ended; programs of Debian only if `debian` asks for it."""
    for peer in (PEERS[name] for name in names or PEERS):
        match peer:
            case FromPyPI(requirement=requirement):
                trouble = _install_package(folder / peer.name, requirement)
            case Ours():
                trouble = _install_package(folder / peer.name, str(HERE.parent))
            case FromDebian(program=program, package=package) if debian and shutil.which(program) is None:
                trouble = _run("apt-get", "install", "-y", "--no-install-recommends", package)
            case _:
                trouble = None
        yield peer, Absent(f"not installed: {trouble}") if trouble else find(peer, folder)


def _install_package(place: Path, *requirement: str) -> str | None:
    venv.create(place, with_pip=True, clear=True)
    return _run(str(place / "bin" / "python"), "-m", "pip", "install", "--quiet", *requirement)


def _run(*command: str) -> str | None:
    """Return None if a command ended well, and how it did not otherwise."""
    try:
        done = subprocess.run(command, capture_output=True, check=False, stdin=subprocess.DEVNULL)
    except OSError:
        return f"{command[0]} cannot be run"
    return None if done.returncode == 0 else f"{Path(command[0]).name} ended with {done.returncode}"


def _python_version(package: str, interpreter: Path) -> Found:
    text = f"import importlib.metadata as m; print(m.version({package!r}))"
    done = subprocess.run([str(interpreter), "-c", text], capture_output=True, text=True, check=False)
    if done.returncode:
        return Absent("not installed: its environment has no such package")
    return Ready(str(interpreter), done.stdout.strip())


def _debian_version(package: str) -> str:
    if shutil.which("dpkg-query") is None:
        return "of unknown version"
    form = "-f=${Version}"
    done = subprocess.run(["dpkg-query", "-W", form, package], capture_output=True, text=True, check=False)
    return done.stdout.strip() or "of unknown version"
