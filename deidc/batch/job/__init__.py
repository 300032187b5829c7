"""A job cleans one file; workers do the jobs of many files."""
