"""`deidc run`: its arguments, what is shown meanwhile, and what is reported."""
