from . import dataset as dataset
from .lines import NO_CHARACTER as NO_CHARACTER
from .lines import Lines as Lines
from .lines import write_lines as write_lines
from .metrics import METRICS as METRICS
from .yardstick import TextYardstick as TextYardstick
from .yardstick import features_of as features_of
