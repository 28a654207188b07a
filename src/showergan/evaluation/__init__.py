"""Generators and samples of them, measured against real samples."""
