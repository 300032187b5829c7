"""Outputs get their place, their name and their bytes here; each is whole or absent."""
