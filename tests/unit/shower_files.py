"""Files of showers that tests of figures share, as `preprocess` and `reference` write them."""

import h5py
import numpy as np

from showergan.tasks.data_set import SPLITS
from showergan.tasks.showers.sample import Particles, Showers


def make_showers(n=12, softest=1):
    rng = np.random.default_rng(0)
    energy = rng.gamma(0.2, 50, (n, 30, 30)) * (rng.random((n, 30, 30)) < 0.13)
    momentum = rng.normal(0, 1, (n, 3))
    momentum[:, 2] = rng.uniform(softest, 100, n)
    point = rng.normal(0, 2.5, (n, 2))
    return Showers(*(a.astype(np.float32) for a in (energy, point, momentum)), None)


def write_data_set(path, showers, split="test", depth_cm=5.7):
    """Write showers, all of one split, and return the path."""
    with h5py.File(path, "w") as file:
        for name in ("energy", "point", "momentum"):
            file[name] = getattr(showers, name)
        file["split"] = np.full(len(showers), SPLITS[split], np.uint8)
        file.attrs["shower_depth_cm"] = depth_cm
    return path


def write_reference(path, showers, edges=(-9.0, -3.0, 3.0, 9.0)):
    """Write showers as the examples, and their entry points as those held out by turns; return the path."""
    with h5py.File(path, "w") as file:
        for name in ("energy", "point", "momentum"):
            file[f"examples/{name}"] = getattr(showers, name)
        conditions = Particles(showers.point, showers.momentum).as_array
        file["select/conditions"], file["test/conditions"] = conditions[::2], conditions[1::2]
        file.attrs.update(x_edges_cm=edges, y_edges_cm=edges)
    return path
