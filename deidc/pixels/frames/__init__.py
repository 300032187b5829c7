"""Frames as they are stored: native and compressed, their palettes, masks over them, and what black is."""
