"""Effect: a program and an object make an outcome."""
