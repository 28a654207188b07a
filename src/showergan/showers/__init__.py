"""Calorimeter showers: simulation, input files and the data set."""
