"""Figures that only pictures have."""
