"""Calls of deid's API work on objects through these modules: inputs, fields, targets, rules, outputs."""
