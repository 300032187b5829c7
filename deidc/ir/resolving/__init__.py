"""Names and what stands behind them: what a recipe calls things, looked up."""
