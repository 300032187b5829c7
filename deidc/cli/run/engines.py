"""Select the engine of `deidc run`: processes of this machine, or the workers of a cluster."""

from __future__ import annotations

import re
from collections.abc import Mapping

import click
from click.core import ParameterSource

from deidc.batch.cluster.client import silence_dask

_ADDRESS = re.compile(r"(?:tcp|tls)://[^\s/]+:\d+")


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
        click.echo(f"the worker {address} was not used: {told}", err=True)
