"""The checks of what rules write: codes, values from elsewhere, and arguments of functions about time and text."""
