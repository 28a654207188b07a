"""Files of anybody: damage becomes a message, and what claims more than its file can hold is refused unread."""

import lazy_loader as lazy

__getattr__, __dir__, __all__ = lazy.attach_stub(__name__, __file__)
