"""Masks over pixel data: which regions of an image are to be blanked, and the image without them."""
