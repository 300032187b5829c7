"""Inputs are found and opened here: files, archives, media, path lists and URLs."""
