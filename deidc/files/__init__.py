"""Clean files and their bytes from Python, under the policies of `deidc run`."""
