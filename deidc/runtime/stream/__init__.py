"""The stream engine: edits the bytes of a file without decoding what no rule names."""
