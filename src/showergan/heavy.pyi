import numpy
import pandas
import torch as torch

np = numpy
pd = pandas
