"""Functions that recipes call: the registry, the built-in ones, and how arguments reach them."""
