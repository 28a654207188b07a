"""Access of a constraint to the layers of a discriminator.

Everything here looks its numbers up on the module it is called with, so a copied, moved or re-loaded
discriminator always uses its own live state.
"""
