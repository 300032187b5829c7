"""JPEG images blanked block by block, without decoding the others (ITU-T T.81, the baseline process)."""
