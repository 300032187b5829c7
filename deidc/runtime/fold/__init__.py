"""What a program does with one element, for both engines: selection, conditions, lists, and the fold over its state."""
