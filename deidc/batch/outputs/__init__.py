"""Where outputs are put and under which name; each is whole or absent."""
