"""NumPy and pandas."""

import numpy as np
import pandas as pd

__all__ = ["np", "pd"]
