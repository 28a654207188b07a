"""Figures of showers alone: functions that the catalogue names."""
