"""Generators and discriminators, as modules of PyTorch; their parameters are in `config.networks`."""
