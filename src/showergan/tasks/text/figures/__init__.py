"""Figures that only text has."""
