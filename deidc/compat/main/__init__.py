"""deid's command line has the same words in the same order here, and does what deid's help says."""

from __future__ import annotations

import logging
import sys
from argparse import ArgumentParser
from importlib import import_module

from deidc.compat.version import __version__


def get_parser() -> ArgumentParser:
    """Return the parser of deid's command line. Options of the program stand before the command, as in deid."""
    parser = ArgumentParser(prog="deid", description="Inspect and de-identify DICOM files (deidc in place of deid).")
    parser.add_argument("--quiet", "-q", action="store_true", help="print results only")
    parser.add_argument("--debug", action="store_true", help="log everything")
    parser.add_argument("--version", action="store_true", help="print the version and exit")
    parser.add_argument("--outfolder", "-o", help="folder for outputs; without it, a temporary one")
    parser.add_argument("--format", "-f", default="dicom", choices=["dicom"], help="format of the images")
    parser.add_argument("--overwrite", action="store_true", help="replace files that are there")
    commands = parser.add_subparsers(dest="command", title="commands")
    commands.add_parser("version", help="print the version and exit")
    inspect = commands.add_parser("inspect", help="list files that may have text in their pixels")
    inspect.add_argument("folder", nargs="+", help="folders or files")
    inspect.add_argument("--deid", help="recipe with labels; without it, the default")
    inspect.add_argument("--pattern", help="names of files in folders, like '*.dcm'")
    inspect.add_argument("--save", "-s", action="store_true", help="write a table into the current folder")
    ids = commands.add_parser("identifiers", help="get identifiers, or put new ones")
    ids.add_argument("--deid", help="recipe; without it, the default")
    ids.add_argument("--ids", help="JSON file with variables of each file, which put needs")
    ids.add_argument("--input", help="folder or file; without it, files of deid-data")
    ids.add_argument(
        "--action",
        "-a",
        required=True,
        choices=["get", "put", "all", "inspect"],
        help="get and inspect print identifiers; put and all write cleaned files",
    )
    return parser


def main() -> None:
    """Run the command of the arguments. Raises SystemExit with 1 if something was refused, 2 for a usage error."""
    parser = get_parser()
    args = parser.parse_args()
    if args.version or args.command == "version":
        sys.stdout.write(f"{__version__}\n")
        raise SystemExit(0)
    if args.command is None:
        parser.print_help()
        raise SystemExit(1)
    level = logging.ERROR if args.quiet else logging.DEBUG if args.debug else logging.INFO
    logging.basicConfig(format="%(levelname)s %(message)s")
    logging.getLogger("deidc.compat").setLevel(level)
    import_module(f"deidc.compat.main.{args.command}").main(args, parser)
