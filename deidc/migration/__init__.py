"""Recipes written for pydicom/deid in the form that their authors meant, and what deid 0.4.13 did with them."""
