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
import sklearn as sklearn

from .pytorch import functional as functional
from .pytorch import nn as nn
from .pytorch import torch as torch

mpl = matplotlib
np = numpy
pd = pandas
sns = seaborn
