"""`python -m deidc`: the same as the command `deidc`."""

import os
import sys


def _search_current_folder_last() -> None:
    """Take the folder that `python -m` searches first off the path: libraries are never imported from among data.

    Where deidc itself is in that folder, it is searched last.
    """
    folder = os.path.realpath(os.getcwd())
    if sys.flags.safe_path or not sys.path or os.path.realpath(sys.path[0]) != folder:
        return
    del sys.path[0]
    if os.path.dirname(os.path.dirname(os.path.realpath(__file__))) == folder:
        sys.path.append(folder)


if __name__ == "__main__":
    _search_current_folder_last()
    from deidc.cli import main  # click is imported from the path as it is now

    main()
