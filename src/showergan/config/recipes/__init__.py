"""Recipes of all steps, which the workflow reads; what the steps do is in `cli.steps`."""
