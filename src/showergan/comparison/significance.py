"""When a difference is called one. Light, for the recipe of `verdicts` and its figures name it too."""

LEVEL = 0.05  # of tests; intervals have the probability 1 - LEVEL
FLOORS = 2.0  # of noise, up to which a mean difference is within it
