from . import no_conditions as no_conditions
from . import showers as showers
from .found import DEFAULT as DEFAULT
from .found import TASKS as TASKS
from .found import named as named
from .found import of_file as of_file
from .task import Task as Task
