"""deid: the recipe argv[3], or its default one."""

import os
import sys
import warnings

os.environ["MESSAGELEVEL"] = "0"  # it tells nothing, so that it is not measured talking

from deid.config import DeidRecipe
from deid.dicom import replace_identifiers
from each_file import each_file

warnings.simplefilter("ignore")
recipe = DeidRecipe(sys.argv[3]) if len(sys.argv) > 3 else DeidRecipe()


def clean(source, target):
    """Clean one file."""
    replace_identifiers(source, deid=recipe, save=True, overwrite=True, output_folder=os.path.dirname(target))


each_file(clean)
