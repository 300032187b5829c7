"""Text in frames: detectors, the regions they find, and the detector that deidc brings."""
