from .description import Description as Description
from .description import conditions_of as conditions_of
from .description import description_of as description_of
from .export import export_file as export_file
from .generate_file import generate_file as generate_file
from .generator_file import load_generator as load_generator
from .generator_file import save_generator as save_generator
from .trained import TrainedGenerator as TrainedGenerator
