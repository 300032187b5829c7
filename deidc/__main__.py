"""`python -m deidc`: the same as the command `deidc`."""

from deidc.cli import main

if __name__ == "__main__":
    main()
