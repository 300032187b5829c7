"""The version of deid whose API this is; the version of deidc is in `deidc.version`."""

__version__ = "0.4.13"
