"""What only pictures need: the network that they are measured with."""
