"""Text detectors search frames for text; one of them comes with deidc."""
