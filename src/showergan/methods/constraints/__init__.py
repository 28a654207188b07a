"""Constraints on the discriminator: what they do during training."""
