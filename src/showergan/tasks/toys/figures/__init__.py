"""Figures that only toys have."""
