"""Select the engine of `deidc run`: processes of this machine, or the workers of a cluster."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping

import click
from click.core import ParameterSource

from deidc.batch.cluster.client import silence_dask
from deidc.cli.terminal import say

MOST_JOBS = 256
_AUTO = "auto"
_ADDRESS = re.compile(r"(?:tcp|tls)://[^\s/]+:\d+")


class Jobs(click.ParamType[int]):
    """A number of worker processes; `auto` is the number of processors that this process may use."""

    name = "jobs"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Return the number."""
        text = str(value)
        if text == _AUTO:
            return min(_processors(), MOST_JOBS)
        if not (text.isascii() and text.isdecimal() and 1 <= int(text) <= MOST_JOBS):
            self.fail(f"{text!r} is not a number of workers; write a number from 1 to {MOST_JOBS}, or auto", param, ctx)
        return int(text)

    def get_metavar(self, param: click.Parameter, ctx: click.Context) -> str:
        """Return what `--help` shows."""
        del param, ctx
        return "N|auto"


def _processors() -> int:
    # Not every system knows which processors a process may use.
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def check_engine(engine: str, scheduler: str | None) -> None:
    """Raise UsageError for options that do not go together."""
    if engine == "local":
        if scheduler is not None:
            raise click.UsageError("--scheduler needs --engine dask")
        return
    if scheduler is None:
        raise click.UsageError("--engine dask needs --scheduler, the address of a Dask scheduler")
    if _ADDRESS.fullmatch(scheduler) is None:
        raise click.UsageError(f"--scheduler {scheduler!r} is not an address like tcp://host:8786 or tls://host:8786")
    if click.get_current_context().get_parameter_source("jobs") is not ParameterSource.DEFAULT:
        raise click.UsageError("--jobs applies only to this machine; with --engine dask, start more workers")


def silence_engine(scheduler: str | None) -> None:
    """Keep Dask silent if files are cleaned by a cluster; what happens there is reported by the command."""
    if scheduler is not None:
        silence_dask()


def tell_declined(declined: Mapping[str, str]) -> None:
    """Say on standard error which workers that came later were handed nothing."""
    for address, told in declined.items():
        say(f"the worker {address} was not used: {told}", err=True)
