"""Recipes as deid's API holds them: its dictionary of a recipe, its words, and programs made of them."""
