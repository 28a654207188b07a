from .arrays import np as np
from .arrays import pd as pd
from .pytorch import functional as functional
from .pytorch import nn as nn
from .pytorch import torch as torch
