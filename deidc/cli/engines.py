"""By what `deidc run` cleans: processes of this machine, or the workers of a cluster."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import click
from click.core import ParameterSource

from deidc.batch.cluster.client import Cluster, ClusterError, cluster_at, silence_dask
from deidc.batch.cluster.engine import engine_on
from deidc.batch.job.workers import Engine, Work

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


@contextmanager
def cluster_for(scheduler: str) -> Iterator[Cluster]:
    """Give the cluster at an address, looked over. Raises UsageError."""
    silence_dask()
    with ExitStack() as stack:
        try:
            cluster = stack.enter_context(cluster_at(scheduler))
        except ClusterError as failure:
            raise click.UsageError(str(failure)) from None
        yield cluster


@contextmanager
def engine_for(cluster: Cluster, work: Work) -> Iterator[Engine]:
    """Give the engine of a run on a cluster. Raises UsageError if its workers cannot take it on."""
    with ExitStack() as stack:
        try:
            engine = stack.enter_context(engine_on(cluster, work))
        except ClusterError as failure:
            raise click.UsageError(str(failure)) from None
        yield engine


def tell_declined(cluster: Cluster) -> None:
    """Say on standard error which workers that came later were handed nothing."""
    for address, told in cluster.declined.items():
        click.echo(f"the worker {address} was not used: {told}", err=True)
