"""Calorimeter showers as a task."""
