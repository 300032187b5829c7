"""Apply a program to one element, for both engines: selection, conditions, lists, and the fold over its state."""
