"""Training of the embedding network and of the GANs."""
