"""Run one command and note what it took: LAUNCHER RESULT SECONDS MIB COMMAND...

A process of its own, of the standard library and nothing else: what Linux calls the peak memory of a child begins
with that of the process it was forked from. Writes seconds (wall, user, system), the KiB of the largest process and
the exit status to RESULT. The command gets SECONDS, and MIB of memory of its own if that is not 0.
"""

from __future__ import annotations

import os
import resource
import signal
import sys
import time


def main() -> None:
    """Fork, wait, write."""
    result, seconds, mib = sys.argv[1], float(sys.argv[2]), int(sys.argv[3])
    command = sys.argv[4:]
    start = time.perf_counter()
    child = os.fork()
    if child == 0:
        _become(command, mib)
    for number in (signal.SIGALRM, signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: os.killpg(child, signal.SIGKILL))
    signal.setitimer(signal.ITIMER_REAL, seconds)
    _, status, usage = os.wait4(child, 0)
    wall = time.perf_counter() - start
    signal.setitimer(signal.ITIMER_REAL, 0)
    with open(result, "w", encoding="ascii") as file:
        code = os.waitstatus_to_exitcode(status)
        file.write(f"{wall} {usage.ru_utime} {usage.ru_stime} {usage.ru_maxrss} {code}\n")


def _become(command: list[str], mib: int) -> None:
    try:
        os.setsid()
        if mib:
            # Of private memory: files that are mapped to be read do not count.
            resource.setrlimit(resource.RLIMIT_DATA, (mib << 20, mib << 20))
        silence = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(silence, stream)
        os.execvp(command[0], command)
    finally:
        os._exit(127)


main()
