"""`deid inspect` lists files that may have text in their pixels."""

from __future__ import annotations

import datetime
import os
import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path

from deidc.batch.job.workers import silence_pydicom
from deidc.compat.dicom.utils import get_files
from deidc.compat.inspection import inspect
from deidc.compat.logger import bot
from deidc.compat.main.reporting import recipe_for, write_table
from deidc.visible import visible


def main(args: Namespace, parser: ArgumentParser) -> None:
    """Inspect the files, print how many there are of each kind, and with `--save` write a table of them.

    Raises SystemExit with 1 if a file could not be judged; flagged files are no failure, as in deid.
    """
    recipe = recipe_for(args, parser)
    silence_pydicom()
    found = inspect(get_files(args.folder, pattern=args.pattern), recipe)
    if not args.quiet:
        sys.stdout.write("\nSUMMARY ================================\n\n")
        if found.clean:
            sys.stdout.write(f"CLEAN {len(found.clean)} files\n")
        for group, count in found.groups.items():
            sys.stdout.write(f"FLAGGED {visible(group)} {count} files\n")
    for one in found.not_judged:
        bot.error(f"{one.path}: {one.reason}")
    if args.save:
        folders = "-".join(os.path.basename(os.path.normpath(folder)) for folder in args.folder)
        place = Path(f"pixel-flag-results-{folders}-{datetime.datetime.now():%y-%m-%d}.tsv")
        write_table(place, found, parser, overwrite=args.overwrite)
        sys.stdout.write(f"Result written to {visible(str(place))}\n")
    if found.not_judged:
        raise SystemExit(1)
