"""A run can hand its files to the workers of a Dask cluster."""
