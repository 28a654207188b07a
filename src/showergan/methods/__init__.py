"""Methods: losses, optimisers and constraints on the discriminator."""
