"""JPEG images are blanked block by block, without decoding the other blocks (ITU-T T.81, the baseline process)."""
