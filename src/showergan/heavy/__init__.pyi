import filelock as filelock
import h5py as h5py
import matplotlib.axes
import matplotlib.cm
import matplotlib.collections
import matplotlib.colors
import matplotlib.figure
import matplotlib.image
import matplotlib.lines
import matplotlib.patches
import matplotlib.ticker
import numpy
import numpy.typing
import pandas
import seaborn

from .pytorch import functional as functional
from .pytorch import nn as nn
from .pytorch import torch as torch
from .scikit_learn import ensemble as ensemble
from .scikit_learn import isotonic as isotonic
from .workflow import update_config as update_config

mpl = matplotlib
np = numpy
pd = pandas
sns = seaborn
