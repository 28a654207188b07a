"""Generator, discriminator and embedding network."""
