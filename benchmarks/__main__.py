"""The command line of the benchmarks; see docs/speed.md."""

from __future__ import annotations

from pathlib import Path

import click
from rich.console import Console

from benchmarks import corpora as corpora_of
from benchmarks import memory as memory_of
from benchmarks import peers as peers_of
from benchmarks.rows import ROWS

FOLDER = click.Path(path_type=Path, file_okay=False)
THERE = click.Path(path_type=Path, file_okay=False, exists=True)


@click.group(invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--quick", is_flag=True, help="Of the figures: fewer rounds and objects.")
@click.pass_context
def benchmarks(context: click.Context, quick: bool) -> None:
    """Measure deidc. Without a command: the figures of compiler and engines, beside deid."""
    if context.invoked_subcommand is None:
        context.invoke(figures, quick=quick)


@benchmarks.command()
@click.option("--quick", is_flag=True, help="Fewer rounds and objects.")
def figures(quick: bool) -> None:
    """Measure compiler and engines in one process."""
    from benchmarks.figures import table_of_figures

    Console(width=110).print(table_of_figures(quick=quick))


@benchmarks.command()
@click.argument("folder", type=FOLDER)
@click.argument("names", nargs=-1, type=click.Choice(sorted(corpora_of.CORPORA)))
@click.option("--small", is_flag=True, help="A few files of each, for a trial.")
def corpora(folder: Path, names: tuple[str, ...], small: bool) -> None:
    """Make corpora below FOLDER: all but `sparse`, or the NAMES."""
    for corpus, made in corpora_of.make_corpora(folder, names, small=small):
        click.echo(f"{corpus.name}: {made.files} files, {made.bytes} bytes, {made.sha256 or 'not digested'}")


@benchmarks.group()
def peers() -> None:
    """Install the tools that deidc is compared with."""


@peers.command()
@click.argument("folder", type=FOLDER)
@click.argument("names", nargs=-1, type=click.Choice(sorted(peers_of.PEERS)))
@click.option("--debian", is_flag=True, help="Install Debian's packages too, with apt-get.")
def install(folder: Path, names: tuple[str, ...], debian: bool) -> None:
    """Make a virtual environment for each peer below FOLDER."""
    for peer, found in peers_of.install(folder, names, debian=debian):
        told = found.version if isinstance(found, peers_of.Ready) else found.why
        click.echo(f"{peer.name}: {told}")


@benchmarks.command()
@click.argument("folder", metavar="CORPORA", type=THERE)
@click.option("--peers", "peers_folder", type=THERE, help="Where `peers install` put them.")
@click.option("--rounds", type=click.IntRange(1), default=5, show_default=True)
@click.option("--only", help=f"Rows to measure, by commas: {', '.join(ROWS)}.")
@click.option("--corpora", "names", help="Corpora to measure on, by commas.")
@click.option("--seed", type=int, default=1, show_default=True, help="Of the order within a round.")
@click.option("--timeout", type=float, default=300.0, show_default=True, help="Seconds that one run may take.")
@click.option("--patience", type=float, default=60.0, show_default=True, help="Slower rows run once only.")
@click.option("--scratch", type=FOLDER, help="Where to work; in RAM if there is room, unless you say.")
@click.option("-o", "--output", type=FOLDER, default=Path("speed"), show_default=True, help="Where results go.")
def compare(
    folder: Path,
    peers_folder: Path | None,
    rounds: int,
    only: str | None,
    names: str | None,
    seed: int,
    timeout: float,
    patience: float,
    scratch: Path | None,
    output: Path,
) -> None:
    """Compare all tools on CORPORA, and write results.json, speed.md and speed.png."""
    from benchmarks.compare import Plan
    from benchmarks.compare import compare as measured
    from benchmarks.results import save

    wanted = _split(only)
    if unknown := [name for name in wanted if name not in ROWS]:
        raise click.UsageError(f"no row {', '.join(unknown)}; there are {', '.join(ROWS)}")
    plan = Plan(rounds, seed, timeout, patience, wanted, _split(names))
    output.mkdir(parents=True, exist_ok=True)
    try:
        results = measured(folder, peers_folder, plan, scratch, lambda line: click.echo(line, err=True))
    except LookupError as failure:
        raise click.UsageError(str(failure.args[0])) from None
    save(results, output / "results.json")
    _write_report(output)


@benchmarks.command()
@click.argument("output", type=THERE)
def report(output: Path) -> None:
    """Write speed.md and speed.png anew from the results in OUTPUT, with what `memory` measured."""
    _write_report(output)


@benchmarks.command()
@click.argument("folder", metavar="CORPORA", type=THERE)
@click.option("--limit", type=click.IntRange(64), default=4096, show_default=True, help="MiB that a run may have.")
@click.option("--scratch", type=FOLDER, help="A folder on a disk that takes holes; in CORPORA unless you say.")
@click.option("-o", "--output", type=FOLDER, default=Path("speed"), show_default=True, help="Where results go.")
def memory(folder: Path, limit: int, scratch: Path | None, output: Path) -> None:
    """Measure peak memory on `big`, `long` and `sparse`, per engine; writes memory.json."""
    peaks = list(memory_of.measure(folder, scratch or folder / "scratch", limit))
    output.mkdir(parents=True, exist_ok=True)
    memory_of.save(peaks, output / "memory.json")
    click.echo(memory_of.table(peaks), nl=False)


@benchmarks.command()
@click.option("--rounds", type=click.IntRange(1), default=5, show_default=True)
@click.option("--frames", type=click.IntRange(2), default=100, show_default=True, help="Of 900 KB each.")
@click.option("--seed", type=int, default=1, show_default=True, help="Of the order within a round.")
@click.option("--scratch", type=FOLDER, default=Path("speed"), show_default=True, help="Where files are for a while.")
def cleaners(rounds: int, frames: int, seed: int, scratch: Path) -> None:
    """Measure what blanking the pixels of a cine takes, by deid's cleaner and by deidc's."""
    from benchmarks import cleaners as cleaners_of

    try:
        click.echo(cleaners_of.table(list(cleaners_of.measure(scratch, rounds, frames, seed))), nl=False)
    except LookupError as failure:
        raise click.ClickException(str(failure.args[0])) from None


@benchmarks.command()
@click.argument("corpus", type=THERE)
@click.option("--recipe", help="A recipe that needs no variables; one of 15 rules unless you say.")
@click.option("--scratch", type=FOLDER, default=Path("speed"), show_default=True, help="Where outputs go for a while.")
def profile(corpus: Path, recipe: str | None, scratch: Path) -> None:
    """Print where the time of `deidc run` goes on the folder CORPUS."""
    from benchmarks.profiling import profile as profiled

    click.echo(profiled(corpus, recipe, scratch))


@benchmarks.command()
@click.option("--pictures", type=click.IntRange(1), default=72, show_default=True, help="With planted text.")
@click.option("--seed", type=int, default=1, show_default=True, help="Of texts and their places.")
def ocr(pictures: int, seed: int) -> None:
    """Measure what the text detector of the extra `ocr` finds of planted text."""
    from benchmarks.ocr import measure, tables

    measured = measure(pictures, seed)
    for table in tables(measured):
        Console(width=110).print(table)


def _write_report(output: Path) -> None:
    from benchmarks.plot import draw
    from benchmarks.results import load
    from benchmarks.tables import page

    results = load(output / "results.json")
    text = page(results, memory_of.load(output / "memory.json"))
    (output / "speed.md").write_text(text, encoding="utf-8")
    draw(results, output / "speed.png")
    click.echo(text)


def _split(names: str | None) -> tuple[str, ...]:
    return tuple(name.strip() for name in names.split(",")) if names else ()


if __name__ == "__main__":
    benchmarks(prog_name="python -m benchmarks")
