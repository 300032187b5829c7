"""Frames are displayed as a viewer shows them, and drawn as pictures, previews and thumbnails."""
