"""The account of a run is its lock, its journal and its manifest; a later run continues from them."""
