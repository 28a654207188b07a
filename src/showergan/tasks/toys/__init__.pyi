from . import dataset as dataset
from . import fixed_generator as fixed_generator
from .metrics import METRICS as METRICS
from .points import Points as Points
from .points import write_points as write_points
from .yardstick import PlaneYardstick as PlaneYardstick
from .yardstick import features_of as features_of
