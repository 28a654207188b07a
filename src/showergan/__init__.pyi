from .constraints import Constraint as Constraint
from .crate import write_crate as write_crate
from .errors import UserError as UserError
from .inference import TrainedGenerator as TrainedGenerator
from .inference import load_generator as load_generator
from .measurement.score import score as score
from .metrics.prd import prd_auc as prd_auc
from .metrics.prd import prd_curve as prd_curve

__version__: str
