"""Frames are found, masked and blanked as they are stored: native or compressed, grey, colour or palette."""
