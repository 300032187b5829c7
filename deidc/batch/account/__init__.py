"""The account of a run: lock, journal, manifest, and what a later run finds in them."""
