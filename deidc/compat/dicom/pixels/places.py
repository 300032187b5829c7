"""Name the outputs of a cleaner: `cleaned-` and the name of the input, in a folder."""

from __future__ import annotations

import os
import re
import secrets
import tempfile
from pathlib import Path

from deidc.compat.objects.inputs import Input
from deidc.compat.objects.outputs import exists


def temporary_folder() -> str:
    """Return the path of a temporary folder that is not there yet."""
    return os.path.join(tempfile.gettempdir(), f"clean-{secrets.token_hex(8)}")


def place_of(given: Input, folder: str | os.PathLike[str], extension: str, mode: int, *, overwrite: bool) -> Path:
    """Return where an output goes, by a number if the input has no name.

    The folder is made, with the permissions `mode` but for the umask. Raises OutputExists and OSError.
    """
    os.makedirs(folder, mode=mode, exist_ok=True)
    if given.place is None:
        number = 1
        while (place := Path(folder, f"cleaned-object-{number}.{extension}")).exists():
            number += 1
        return place
    # Wherever in the name they stand, as deid has it.
    name = re.sub("[.]dicom|[.]dcm", "", given.place.name)
    place = Path(folder, f"cleaned-{name}.{extension}")
    if not overwrite and os.path.lexists(place):
        raise exists(place)
    return place
