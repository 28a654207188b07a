"""Constraints on the discriminator, as they act during training."""
