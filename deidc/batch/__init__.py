"""A batch cleans many files: each input ends in one outcome, and each output is whole or absent."""
