"""The JSON schemas of what commands print with `--format json`, one file for each."""
