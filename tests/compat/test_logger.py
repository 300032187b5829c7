"""`bot` and progress: deid's messages over Python's logging."""

from __future__ import annotations

import logging
import subprocess
import sys

import pytest

from deidc.compat.logger import Exit, ProgressBar, bot
from deidc.compat.logger.progress import bar


@pytest.fixture
def heard(caplog):
    """What is logged from the lowest level on, as (level, text); the level of the logger is as it was afterwards."""
    logger = logging.getLogger("deidc.compat")
    before = logger.level
    caplog.set_level(logging.DEBUG, "deidc.compat")
    yield lambda: [(one.levelname, one.getMessage()) for one in caplog.records]
    logger.setLevel(before)


def test_each_method_of_deid_is_a_level_of_logging(heard):
    """What deid says loudly is logged as a warning or worse; what few want to know, as debugging."""
    for say in (
        bot.abort,
        bot.error,
        bot.warning,
        bot.log,
        bot.info,
        bot.verbose,
        bot.verbose1,
        bot.verbose2,
        bot.debug,
    ):
        say("x %s")
    bot.verbose3("y")
    bot.flag("z")
    bot.custom(prefix="CLEAN", message="3 files", color="CYAN")
    bot.newline()
    assert heard() == [
        ("CRITICAL", "x %s"), ("ERROR", "x %s"), ("WARNING", "x %s"), ("INFO", "x %s"), ("INFO", "x %s"),
        ("DEBUG", "x %s"), ("DEBUG", "x %s"), ("DEBUG", "x %s"), ("DEBUG", "x %s"), ("DEBUG", "y"),
        ("WARNING", "FLAGGED z"), ("INFO", "CLEAN 3 files"), ("INFO", ""),
    ]  # fmt: skip


def test_exit_raises(heard):
    """Where deid ends the process, an exception is raised that is no SystemExit and has the code."""
    with pytest.raises(Exit, match="no way") as raised:
        bot.exit("no way", 3)
    assert raised.value.return_code == 3
    assert not isinstance(raised.value, SystemExit)
    assert heard() == [("ERROR", "no way")]


@pytest.mark.parametrize(
    ("level", "told"),
    [(0, []), (-5, ["c"]), (-3, ["c", "e"]), (-2, ["c", "e", "w"]), (1, ["c", "e", "w", "i"]), (5, list("cewid"))],
)
def test_level_is_deids_number(heard, level, told):
    """Setting the level tells what deid tells at that level, and reading it tells a number that means the same."""
    bot.level = level
    for say, text in ((bot.abort, "c"), (bot.error, "e"), (bot.warning, "w"), (bot.info, "i"), (bot.debug, "d")):
        say(text)
    assert [text for _, text in heard()] == told
    assert bot.is_quiet() == (level == 0)
    again = bot.level
    bot.level = again
    assert bot.level == again
    assert bot.isEnabledFor(-2) == ("w" in told)


def test_rows_are_messages(heard):
    """A table is a message a row, by key or by number."""
    bot.table({"a": ["1", "2"]}, col_width=3)
    bot.table([["x"], ["y"]])
    assert [text for _, text in heard()] == ["a   1\t2", "1  x", "2  y"]


def test_progress_is_told(heard):
    """Progress is logged at each step that is asked for, and what is iterated comes through."""
    assert list(bar("abcd", label="files ", every=2)) == list("abcd")
    assert [text for _, text in heard()] == ["files 2/4", "files 4/4", "files done: 4"]
    with pytest.raises(ValueError, match="expected_size"):
        ProgressBar().show(1)
    with pytest.raises(TypeError):
        list(bar(iter("ab")))


def test_nothing_is_printed_or_set_up():
    """Importing sets up no logging; warnings reach standard error, as Python does it where nobody listens."""
    script = """
import logging
before = (logging.root.level, list(logging.root.handlers))
from deidc.compat.logger import bot
assert (logging.root.level, list(logging.root.handlers)) == before
assert not logging.getLogger("deidc.compat").handlers and logging.getLogger("deidc.compat").level == 0
bot.info("not told"); bot.warning("told")
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("", "told\n")
