from .embedding import prediction_table as prediction_table
from .embedding import r2 as r2
from .embedding import targets_of as targets_of
from .embedding import train_embedding as train_embedding
from .loop import Trainer as Trainer
from .progress import Progress as Progress
from .provenance import provenance as provenance
from .scale_audit import scale_audit as scale_audit
