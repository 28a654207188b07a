"""Figures of text alone: functions that the catalogue names."""
