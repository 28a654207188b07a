"""Figures of images alone: functions that the catalogue names."""
