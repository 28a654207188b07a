"""Figures and tables, as functions from data frames."""
