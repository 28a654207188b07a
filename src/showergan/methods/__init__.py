"""Methods: losses, optimisers and constraints on the discriminator, which act as their parameters in `config` say."""
