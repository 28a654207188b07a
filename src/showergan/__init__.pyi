# The types of the names that `__init__.py` imports at their first use.
from showergan.errors import UserError as UserError
from showergan.evaluation.generator import TrainedGenerator as TrainedGenerator
from showergan.evaluation.generator import load_generator as load_generator
from showergan.evaluation.score import score as score
from showergan.methods.constraints.constraint import Constraint as Constraint
from showergan.metrics.prd import prd_auc as prd_auc
from showergan.metrics.prd import prd_curve as prd_curve
from showergan.records.crate import write_crate as write_crate
from showergan.tasks.showers.shower_file import load_showers as load_showers

__version__: str
