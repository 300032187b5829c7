"""What pydicom/deid 0.4.13 does with a recipe: with each line as it is written, and with lines because of others."""
