"""Showers in a calorimeter: sources, data set, features."""
