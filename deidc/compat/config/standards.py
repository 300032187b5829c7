"""Words of the recipe language have deid's names here."""

from __future__ import annotations

from deidc.vocabulary import Comparison, ListKind, State

formats = ["dicom"]
sections = ["header", "labels", "filter", "values", "fields"]
actions = ("ADD", "BLANK", "JITTER", "KEEP", "REPLACE", "REMOVE", "LABEL")
groups = [kind.value for kind in ListKind]
group_actions = ("FIELD", "SPLIT")
value_filters = tuple(operator.value for operator in Comparison)
filters = (*value_filters, *(operator.value for operator in State))
