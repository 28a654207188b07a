from .anchors import anchors as anchors
from .file import evaluate_file as evaluate_file
from .generated import evaluate as evaluate
from .reference import load_reference as load_reference
from .reference import make_reference as make_reference
from .reference import origin_of as origin_of
from .reference import save_reference as save_reference
