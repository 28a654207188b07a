"""How a constraint takes hold of a discriminator's layers.

Everything here looks its numbers up on the module it is called with, so a copied, moved or re-loaded
discriminator always uses its own live state.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
