"""PyTorch."""

import torch
from torch import nn
from torch.nn import functional

__all__ = ["functional", "nn", "torch"]
