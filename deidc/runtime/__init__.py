"""The runtime executes a program on an object and returns an outcome."""
