"""Samples from trained generators."""
