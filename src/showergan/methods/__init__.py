"""Losses and constraints on the discriminator; `config` has a class of the same name with the parameters of each."""
