"""Words: recipe text to tree, and tree to text."""
