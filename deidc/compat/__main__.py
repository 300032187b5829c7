"""`python -m deidc.compat SCRIPT.py ARGUMENTS`: run a program that imports deid, with deidc in its place."""

from __future__ import annotations

import os
import runpy
import sys

from deidc.compat.installation import install


def main() -> None:
    """Run the script that the first argument names, as `python SCRIPT.py` would."""
    if len(sys.argv) < 2 or sys.argv[1].startswith("-"):
        raise SystemExit("usage: python -m deidc.compat SCRIPT.py [ARGUMENTS]")
    install()
    del sys.argv[0]
    sys.path[0] = os.path.dirname(os.path.abspath(sys.argv[0]))
    runpy.run_path(sys.argv[0], run_name="__main__")


if __name__ == "__main__":
    main()
