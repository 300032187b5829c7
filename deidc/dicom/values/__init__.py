"""Values of elements: VRs, character sets, dates, and raw bytes as text (PS3.5 6)."""
