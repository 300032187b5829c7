"""One file cleaned, and many files handed to workers."""
