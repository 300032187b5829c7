"""Words of the recipe language, by the names under which deid has them."""

from __future__ import annotations

from deidc.grammar import nodes

formats = ["dicom"]
sections = ["header", "labels", "filter", "values", "fields"]
actions = ("ADD", "BLANK", "JITTER", "KEEP", "REPLACE", "REMOVE", "LABEL")
groups = [kind.value for kind in nodes.ListKind]
group_actions = ("FIELD", "SPLIT")
value_filters = tuple(operator.value for operator in nodes.TextOperator)
filters = (*value_filters, *(operator.value for operator in nodes.StateOperator))
