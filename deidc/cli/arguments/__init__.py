"""Arguments that several commands take alike: recipes, programs, files as deid finds them."""
