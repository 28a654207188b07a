"""The exact distance of optimal transport in the plane."""

from showergan.metrics.transport import wasserstein_2_in
from showergan.tasks.toys.points import PLANE

WASSERSTEIN_2 = wasserstein_2_in(PLANE)
