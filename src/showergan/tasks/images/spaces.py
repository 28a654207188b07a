"""The spaces that pictures are measured in; which of them a run has stands beside every number."""

CLASSIFIER, ENCODER = "classifier", "encoder"
PROBABILITIES = "probabilities"  # that a classifier gives to the classes
