"""What can be done, a file each: a recipe, which is everything that changes the result, and the doing.

Light on purpose: the workflow asks every step for its recipe whenever it is parsed.
"""

from showergan.steps.audit import Audit
from showergan.steps.bars import Bars
from showergan.steps.describe import Describe
from showergan.steps.evaluate import Evaluate
from showergan.steps.evaluate_file import EvaluateFile
from showergan.steps.fetch import Fetch
from showergan.steps.make_data import MakeData
from showergan.steps.preprocess import Preprocess
from showergan.steps.reference import Reference
from showergan.steps.scorecard import Scorecard
from showergan.steps.simulate import Simulate
from showergan.steps.step import Step
from showergan.steps.summarise import Summarise
from showergan.steps.train import Train
from showergan.steps.train_embedding import TrainEmbedding
from showergan.steps.verdicts import Verdicts

__all__ = ["STEPS", "Step"]

# In the order of the work.
_ALL: tuple[type[Step], ...] = (
    *(Simulate, Fetch, Preprocess, MakeData, TrainEmbedding, Train, Audit, Describe),
    *(Reference, Evaluate, EvaluateFile, Summarise, Scorecard, Verdicts, Bars),
)
STEPS = {step.name: step for step in _ALL}
