"""Meaning: tree to program, and program to text."""
