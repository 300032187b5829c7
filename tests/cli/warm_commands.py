"""Runs `python -m deidc` many times without importing it anew: each command is a process forked from one that has.

A command has its own working directory, arguments, environment and standard streams, as one that a shell starts;
only its imports are done before. What imports depend on (variables of Python and of the dynamic linker) cannot change
that late: `WarmCommands.suits` says so, and then a command is started from nothing. Tests that are about the process,
its memory or its end start one by themselves. `test_warm_commands.py` holds both ways equal.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import pkgutil
import runpy
import signal
import socket
import subprocess
import sys
import threading
import traceback
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryFile

from attrs import define, field

ROOT = Path(__file__).parents[2]
BEFORE_MAIN = ("LD_", "PYTHON", "FAKETIME", "COVERAGE_")  # what variables begin with that are looked at before `main`
SECONDS = 120
LONGEST = 1 << 20  # bytes of a request


def loader_variables() -> dict[str, str]:
    """Return the variables that take effect while a process starts."""
    return {name: value for name, value in os.environ.items() if name.startswith(BEFORE_MAIN)}


@define(eq=False)
class WarmCommands:
    """A process that has imported deidc, and starts commands; it is started with the first of them."""

    _here: socket.socket | None = None
    _server: subprocess.Popen[bytes] | None = None
    _variables: Mapping[str, str] = field(factory=loader_variables)
    _one_at_a_time: threading.Lock = field(factory=threading.Lock)

    def suits(self) -> bool:
        """Whether this system can, and a command would be started with the environment that this process had."""
        return sys.platform == "linux" and self._variables == loader_variables()

    def run(self, arguments: Sequence[str], cwd: Path, data: bytes | None) -> subprocess.CompletedProcess[bytes]:
        """Run a command to its end; what it wrote is in the answer. Raises TimeoutExpired after two minutes."""
        with self._one_at_a_time, TemporaryFile() as stdin, TemporaryFile() as stdout, TemporaryFile() as stderr:
            stdin.write(data or b"")
            stdin.seek(0)
            request = {"arguments": arguments, "cwd": str(cwd), "environment": dict(os.environ)}
            code = self._answer(json.dumps(request).encode(), [one.fileno() for one in (stdin, stdout, stderr)])
            stdout.seek(0)
            stderr.seek(0)
            return subprocess.CompletedProcess(["deidc", *arguments], code, stdout.read(), stderr.read())

    def end(self) -> None:
        """End the process."""
        if self._here is not None and self._server is not None:
            self._here.close()
            self._server.wait(timeout=30)

    def _answer(self, request: bytes, streams: Sequence[int]) -> int:
        assert len(request) < LONGEST
        here = self._here or self._started()
        socket.send_fds(here, [request], list(streams))
        pid = int(here.recv(64))
        here.settimeout(SECONDS)
        try:
            return int(here.recv(64))
        except TimeoutError:
            os.kill(pid, signal.SIGKILL)
            raise subprocess.TimeoutExpired("deidc", SECONDS) from None
        finally:
            here.settimeout(None)

    def _started(self) -> socket.socket:
        here, there = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        here.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, LONGEST)
        with there:
            self._server = subprocess.Popen(
                [sys.executable, "-m", "tests.cli.warm_commands", str(there.fileno())],
                cwd=ROOT,
                pass_fds=[there.fileno()],
                # A process with threads is not to be forked, and numpy's library for matrices has some.
                env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},
            )
        self._here = here
        return here


def serve(requests: socket.socket) -> None:
    """Fork a process for each command, and answer with its number, and with its exit code when it has ended."""
    _import_all()
    gc.collect()
    gc.freeze()
    while True:
        text, streams, _, _ = socket.recv_fds(requests, LONGEST, 3)
        if not text:
            return
        pid = os.fork()
        if pid == 0:
            requests.close()
            _become(json.loads(text), streams)
        for one in streams:
            os.close(one)
        requests.send(str(pid).encode())
        _, status = os.waitpid(pid, 0)
        requests.send(str(os.waitstatus_to_exitcode(status)).encode())


def _import_all() -> None:
    """Import deidc as far as the commands may need it; what asks for more, when it is asked, does so in the command."""
    import deidc

    for module in pkgutil.walk_packages(deidc.__path__, "deidc."):
        if not module.name.startswith(("deidc.compat", "deidc.__main__")):
            importlib.import_module(module.name)


def _become(request: Mapping[str, object], streams: Sequence[int]) -> None:
    """Be `python -m deidc` to the end of this process."""
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    os.chdir(str(request["cwd"]))
    os.environ.clear()
    os.environ.update(request["environment"])  # type: ignore[call-overload] # JSON has no types
    sys.path[0] = os.getcwd()
    sys.argv = ["deidc", *request["arguments"]]  # type: ignore[misc] # JSON has no types
    code: object = 0
    try:
        runpy.run_module("deidc", run_name="__main__", alter_sys=True)
    except SystemExit as end:
        code = end.code
    except BaseException:  # noqa: BLE001 # as the interpreter does with what is not caught
        traceback.print_exc()
        code = 1
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
    # Not `sys.exit`: this process is not to go on as the one that it is a copy of.
    os._exit(code if isinstance(code, int) else 0 if code is None else 1)


if __name__ == "__main__":
    serve(socket.socket(fileno=int(sys.argv[1])))
