"""Recipes call functions: the registry, the built-in ones, and how arguments reach them."""
