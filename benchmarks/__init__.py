"""Measurements of deidc, beside deid 0.4.13 in the same run. `python -m benchmarks` prints them."""
