"""Many files: each ends in one outcome, and outputs are whole or absent."""
