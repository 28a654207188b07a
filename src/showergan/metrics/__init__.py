"""Scores of generated showers."""
