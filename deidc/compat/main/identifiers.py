"""`deid identifiers` prints identifiers, or cleans files by a recipe."""

from __future__ import annotations

import sys
import tempfile
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator

from deidc.batch.job.workers import silence_pydicom
from deidc.compat.data import get_dataset
from deidc.compat.dicom.utils import get_files
from deidc.compat.dicom.validate import FileName
from deidc.compat.identification import Failed, Had, IdsError, as_json, get, put, read_ids
from deidc.compat.logger import bot
from deidc.compat.main.reporting import recipe_for
from deidc.visible import visible


def main(args: Namespace, parser: ArgumentParser) -> None:
    """Print identifiers as JSON (`get`, `inspect`), or write cleaned files (`put` by `--ids`, `all`).

    Raises SystemExit with 1 if a file was refused.
    """
    if args.action == "put" and args.ids is None:
        parser.error("put needs --ids, a JSON file with the variables of each file")
    silence_pydicom()
    given = args.input
    if given is None:
        bot.info("no input is given, files of deid-data are taken")
        given = get_dataset("dicom-cookies")
    failed = _get(list(get_files(given))) if args.action in ("get", "inspect") else _put(args, parser, given)
    for one in failed:
        bot.error(f"{one.path}: {one.reason}")
    if failed:
        raise SystemExit(1)


def _get(files: list[FileName]) -> list[Failed]:
    failed: list[Failed] = []

    def had() -> Iterator[Had]:
        for one in get(files):
            if isinstance(one, Had):
                yield one
            else:
                failed.append(one)

    sys.stdout.writelines(as_json(had()))
    return failed


def _put(args: Namespace, parser: ArgumentParser, given: str) -> list[Failed]:
    recipe = recipe_for(args, parser)
    try:
        ids = read_ids(args.ids) if args.ids is not None else {}
    except (IdsError, OSError) as failure:
        parser.error(f"{args.ids}: {failure}")
    folder = args.outfolder or tempfile.mkdtemp()
    try:
        outcomes = list(put(list(get_files(given)), recipe, ids, folder, overwrite=args.overwrite))
    except ValueError as failure:
        parser.error(str(failure))
    failed = [one for one in outcomes if isinstance(one, Failed)]
    if not args.quiet:
        sys.stdout.write(f"{len(outcomes) - len(failed)} {args.format} files at {visible(str(folder))}\n")
    return failed
