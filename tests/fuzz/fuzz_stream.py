"""Fuzzes the stream engine: `python -m tests.fuzz.fuzz_stream [arguments of atheris]`.

Bytes that a fuzzer makes are cleaned as a file. The engine may say that they are damaged, not whole or not for it; it
may raise nothing else, and not go on for longer than `SECONDS`. What it cleans the Dataset engine cleans too, and both
make the same elements of it, as `tests/properties/test_engines.py` compares them; through small windows it makes the
same bytes as through one that holds the file.

Without a folder of inputs among the arguments the fuzzer begins with `tests/fuzz/corpus` and with small files that
pydicom ships, and keeps what it finds in a temporary folder that it names. atheris is no dependency of the tests, which
replay the corpus without it.
"""

from __future__ import annotations

import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

SECONDS = 10
SMALL = 4096  # bytes: longer inputs make a fuzzer slow
INPUTS_A_REPORT = 5_000


class Hung(Exception):
    """An input took longer than it may."""


def _hung(*_: object) -> None:
    raise Hung


def _seeds(folder: Path) -> None:
    """Fill a folder with what a fuzzer is to begin with."""
    from tests.files import FOLDER

    corpus = Path(__file__).parent / "corpus"
    for number, path in enumerate(sorted([*corpus.glob("*.dcm"), *FOLDER.rglob("*.dcm")])):
        if path.stat().st_size <= SMALL:
            shutil.copy(path, folder / f"{number}-{path.name}")


def main() -> None:
    """Fuzz for as long as the arguments say."""
    import atheris

    # Before anything of deidc is imported: coverage is counted in what is imported here.
    with atheris.instrument_imports(include=["deidc.runtime"]):
        from tests.fuzz import streams

    streams.quiet()
    machines = streams.machines()
    ends: Counter[str] = Counter()
    begun = time.monotonic()

    def one_input(data: bytes) -> None:
        signal.alarm(SECONDS)
        try:
            ends[streams.check(machines[len(data) % len(machines)], data)] += 1
        finally:
            signal.alarm(0)
        if ends.total() % INPUTS_A_REPORT == 0:
            told = ", ".join(f"{count} {end}" for end, count in ends.most_common())
            sys.stderr.write(f"{time.monotonic() - begun:.0f} s: {told}\n")

    signal.signal(signal.SIGALRM, _hung)
    arguments = sys.argv[1:]
    if not any(Path(one).is_dir() for one in arguments):
        found, begin = tempfile.mkdtemp(prefix="fuzz-found-"), Path(tempfile.mkdtemp(prefix="fuzz-seeds-"))
        _seeds(begin)
        sys.stderr.write(f"what is found goes to {found}\n")
        arguments = [*arguments, found, str(begin)]
    atheris.Setup([sys.argv[0], f"-max_len={SMALL}", *arguments], one_input)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
