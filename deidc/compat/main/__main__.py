"""`python -m deidc.compat.main`: deid's command line."""

from deidc.compat.main import main

main()
