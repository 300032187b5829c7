"""Two recipes that remove what canaries are planted in, and hold what says that it shows text."""

from __future__ import annotations

from functools import cache

from deidc import Machine, compile_recipe
from tests.damaged.draft import Scope

_LABEL = """
FORMAT dicom

%filter blacklist

LABEL Burned in
  contains BurnedInAnnotation YES

%header
"""

# Sequences and private elements stay, so that rules have to reach into them.
NARROW = (
    _LABEL
    + """
REMOVE PatientName
REMOVE AccessionNumber
REMOVE InstitutionName
REMOVE ReferringPhysicianName
REMOVE OperatorsName
REMOVE PatientID
REMOVE PatientBirthDate
REMOVE PatientAddress
REMOVE PatientComments
REMOVE PersonName
REMOVE TextValue
"""
)

# Everything that can be named. What no dictionary knows and has a stated VR beyond text cannot be (`Scope.UNNAMED`).
WIDE = (
    NARROW
    + """
REMOVE select:private
REMOVE select:overlay
REMOVE select:curve
REMOVE select:group:0000
REMOVE select:group:0001
REMOVE select:group:0002
REMOVE select:group:0003
REMOVE select:group:0010
REMOVE select:group:FFFE
REMOVE select:VR:PN|LO|SH|ST|LT|UT|UC|UR|AE|DA|TM|DT|AS|UN
"""
)

# Each recipe, and the canaries that it has to remove.
RECIPES: dict[str, tuple[str, frozenset[Scope]]] = {
    "narrow": (NARROW, frozenset((Scope.NAMED,))),
    "wide": (WIDE, frozenset((Scope.NAMED, Scope.WIDE))),
}


@cache
def machine(recipe: str) -> Machine:
    """Return the machine of one of the recipes."""
    return Machine.link(compile_recipe(RECIPES[recipe][0]))
