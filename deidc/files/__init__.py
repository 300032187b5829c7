"""The front door: files and their bytes cleaned from Python, under the policies of `deidc run`."""
