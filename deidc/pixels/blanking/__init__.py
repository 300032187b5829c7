"""Blank regions of an object: in pixels, overlays and icons, and update the attributes that describe them."""
