"""DICOM itself is here (PS3.5, PS3.6, PS3.10): dictionary, VRs, values, and how data elements lie in bytes."""
