"""Where the time of `deidc run` goes, function by function, in one process."""

from __future__ import annotations

import cProfile
import io
import pstats
from pathlib import Path

from benchmarks import actions
from benchmarks.running import emptied, working_folder
from deidc.cli import main

MOST = 25


def profile(corpus: Path, recipe: str | None, scratch: Path) -> str:
    """Run a corpus twice, so that imports are done, and return the functions that took most time in the second."""
    with working_folder(scratch) as work:
        told = emptied(work / "actions")
        actions.write_all(told)
        words = ["run", recipe or str(told / "deidc-15.deid"), str(corpus), "--quiet", "-o"]
        _call([*words, str(work / "first")], None)
        profiler = cProfile.Profile()
        _call([*words, str(work / "second")], profiler)
    text = io.StringIO()
    pstats.Stats(profiler, stream=text).strip_dirs().sort_stats("tottime").print_stats(MOST)
    return text.getvalue()


def _call(words: list[str], profiler: cProfile.Profile | None) -> None:
    """Call the command; it exits 1 where a file was refused, which is no concern of a profile."""
    try:
        if profiler is None:
            main(words, standalone_mode=False)
        else:
            profiler.runcall(main, words, standalone_mode=False)
    except SystemExit as ended:
        if ended.code not in (0, 1):
            raise
