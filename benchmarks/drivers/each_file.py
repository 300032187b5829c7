"""Run one function on every file of a folder, in one process: what the drivers of the Python libraries share.

This folder is no package: a driver is run by the interpreter of its peer, which has nothing of deidc.
"""

import os
import sys


def each_file(clean):
    """Call `clean(source, target)` for each file of the folder argv[1], targets being in the folder argv[2].

    A file on which it raises is counted, and leaves no target; the process ends with 1 if there was any.
    """
    source, target = sys.argv[1:3]
    failed = 0
    for name in sorted(os.listdir(source)):
        try:
            clean(os.path.join(source, name), os.path.join(target, name))
        except Exception:  # noqa: BLE001 - a library may raise anything on an odd file
            failed += 1
            if os.path.exists(os.path.join(target, name)):
                os.remove(os.path.join(target, name))
    sys.exit(1 if failed else 0)
