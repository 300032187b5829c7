"""Convert between recipes and the dictionaries of deid's API, and compile them."""
