"""Figures that only showers have."""
