"""What the configuration may say: one file per section of config.yaml.

Light on purpose: the workflow imports this whenever it is parsed. The sections stand below the tasks, the whole above.
"""

import lazy_loader as lazy

__getattr__, __dir__, __all__ = lazy.attach_stub(__name__, __file__)
