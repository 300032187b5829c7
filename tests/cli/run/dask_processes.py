"""A Dask scheduler and workers as processes of their own, as an administrator starts them."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

from attrs import define, field

_TOLD = re.compile(r"Scheduler at:\s+(tcp://\S+)")


@define(eq=False)
class DaskProcesses:
    """A scheduler and its workers; their logs are in `folder`, and workers import modules that lie there."""

    folder: Path
    environment: dict[str, str] = field(factory=dict)
    processes: list[subprocess.Popen[bytes]] = field(factory=list)
    address: str = ""

    def start(self, workers: int = 2) -> None:
        """Start a scheduler and workers; return when they know each other."""
        self._started("scheduler", "-m", "distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", "0",
                      "--no-dashboard", "--no-show")  # fmt: skip
        self.address = self._awaited("scheduler", _TOLD)[0]
        for number in range(workers):
            self.worker(f"worker-{number}", wait=False)
        for number in range(workers):
            self.registered(f"worker-{number}")

    def worker(
        self, name: str, *options: str, before: str = "", threads: int = 1, wait: bool = True
    ) -> subprocess.Popen[bytes]:
        """Start a worker that a nanny starts anew when it dies; `before` is Python that runs first, without nanny."""
        program = ["-m", "distributed.cli.dask_worker"]
        if before:
            program = ["-c", f"{before}; from distributed.cli.dask_worker import main; main()"]
            options = (*options, "--no-nanny")
        process = self._started(name, *program, self.address, "--nthreads", str(threads), "--no-dashboard",
                                "--local-directory", str(self.folder), *options)  # fmt: skip
        if wait:
            self.registered(name)
        return process

    def registered(self, name: str) -> None:
        """Wait until a worker is known to the scheduler."""
        self._awaited(name, re.compile("Registered to"))

    def log(self) -> str:
        """Return all that the processes said."""
        return "".join(path.read_text(errors="replace") for path in sorted(self.folder.glob("*.log")))

    def end(self) -> None:
        """End all processes."""
        for process in reversed(self.processes):
            stop(process)

    def _started(self, name: str, *arguments: str) -> subprocess.Popen[bytes]:
        with (self.folder / f"{name}.log").open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, *arguments], cwd=self.folder, stdout=log, stderr=log, start_new_session=True,
                env={**os.environ, **self.environment, "PYTHONPATH": str(self.folder)},
            )  # fmt: skip
        self.processes.append(process)
        return process

    def _awaited(self, name: str, told: re.Pattern[str]) -> list[str]:
        end = time.monotonic() + 60
        while not (found := told.findall((self.folder / f"{name}.log").read_text(errors="replace"))):
            assert time.monotonic() < end, self.log()
            time.sleep(0.05)
        return found


def stop(process: subprocess.Popen[bytes]) -> None:
    """Kill a process and those that it started."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait(timeout=30)
