"""Frames as they are displayed, and what is drawn of them: pictures, previews, thumbnails."""
