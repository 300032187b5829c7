"""Evaluate the labels of a recipe: which match an object, and the regions of its pixels that they name."""
