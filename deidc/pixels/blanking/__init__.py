"""Regions of an object blanked: pixels, overlays, icons, and the attributes that describe them."""
