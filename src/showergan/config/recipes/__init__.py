"""Recipes of all steps, which the workflow reads; the functions of the steps are in `cli.steps`."""
