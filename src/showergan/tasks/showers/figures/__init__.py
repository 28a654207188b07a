"""Figures that only the task of showers has: functions that the catalogue names."""
