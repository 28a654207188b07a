from . import reference_file as reference_file
