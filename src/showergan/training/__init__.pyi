from .checkpoint import Checkpoints as Checkpoints
from .loop import Trainer as Trainer
from .scale_audit import scale_audit as scale_audit
