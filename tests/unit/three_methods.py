"""The methods that tests of comparisons share."""

LABELS = {"none": "no normalization", "sn": "vanilla SN", "abcas": "ABCAS, beta = 6"}
