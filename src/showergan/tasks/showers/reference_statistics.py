"""Features of showers, and the scales and bins for their metrics, which the real training showers determine."""

import math
import warnings
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

import h5py
import numpy as np
import torch
from numpy.typing import NDArray

from showergan.config.evaluation import Evaluation
from showergan.io.files import say
from showergan.metrics.features import EMBEDDING, NOT_FINITE, Features, ReferenceStatistics
from showergan.tasks.showers import dataset
from showergan.tasks.showers.embedding import EmbeddingRegressor, predict
from showergan.tasks.showers.rectangles import Rectangles, rectangles_of
from showergan.tasks.showers.sample import CONDITIONS, Particles, Showers
from showergan.tasks.showers.statistics import (
    FLAGS,
    OBSERVABLES,
    PUBLISHED_DEPTH_CM,
    STATISTICS,
    DepthFit,
    Form,
    observables,
    physics_statistics,
)

QUANTITIES = (*STATISTICS, *OBSERVABLES)
COUNTS = ("n_clipped_cells", NOT_FINITE, *(f"n_{flag}" for flag in FLAGS))

LARGEST_ENERGY_MEV = 1e7  # per cell; energies above are set to it, and counted
ENERGY_BINS = 5

_Array = NDArray[np.float64]


@dataclass(frozen=True)
class Scale:
    """Centre and scale of the physics statistics of the real training showers, each of shape (4,).

    The median, and half the distance between the 16 % and 84 % quantiles: one sd for a Gaussian.
    """

    centre: _Array
    scale: _Array

    @classmethod
    def of(cls, statistics: NDArray[np.floating]) -> "Scale":
        """Return the scale of statistics of shape (n, 4); undefined ones are NaN and left out."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)  # statistics undefined for all showers
            low, centre, high = np.nanquantile(statistics, [0.158655, 0.5, 0.841345], axis=0)
        return cls(centre, np.where(high > low, (high - low) / 2, 1.0))

    def __call__(self, statistics: NDArray[np.floating]) -> _Array:
        """Return standardised statistics."""
        return (statistics - self.centre) / self.scale


@dataclass(frozen=True)
class ShowerReferenceStatistics(ReferenceStatistics):
    """The scales and bins that all samples of showers are measured with."""

    impact_depth_cm: float  # of the impact point of the physics statistics
    scale: Scale  # of the physics statistics
    rectangles: Rectangles  # bins of the entry point
    energy_edges_GeV: tuple[float, ...]  # of the bins of the size of the momentum, increasing

    observables = OBSERVABLES

    @property
    def summary(self) -> str:
        """Depth of the impact point, and a note on bins that hold all showers."""
        text = f"Physics statistics: impact point at a depth of {self.impact_depth_cm:.2f} cm"
        if self.n_bins == 1:
            text += ". One bin holds all entry points: bins-E and its like are the scores of all showers"
        if len(self.energy_edges_GeV) == 2:
            text += f". One bin holds all momenta, of {_range(*self.energy_edges_GeV)}"
        return text

    @property
    def n_bins(self) -> int:
        """Number of rectangles."""
        return self.rectangles.n_bins

    def spaces(self, features: Features) -> dict[str, NDArray[np.floating]]:
        """Return E, P and P_std, the physics statistics on the scale of the training showers."""
        return {**features.spaces, "P_std": self.scale(features.spaces["P"])}

    def bins(self, features: Features) -> NDArray[np.int64]:
        """Return the rectangle of each entry point."""
        return self.rectangles.assign(Particles.from_array(features.conditions).point)

    def energy_bins(self, features: Features) -> dict[str, NDArray[np.bool_]]:
        """Return which showers are in each bin of momentum; those beyond the edges are in the nearest bin."""
        edges = self.energy_edges_GeV
        momentum = Particles.from_array(features.conditions).momentum_GeV
        index = np.searchsorted(edges[1:-1], momentum, side="right")
        return {_range(*ends): index == i for i, ends in enumerate(pairwise(edges))}

    def write(self, file: h5py.File) -> None:
        """Write it to the file of a reference."""
        file.attrs["x_edges_cm"] = self.rectangles.x_edges
        file.attrs["y_edges_cm"] = self.rectangles.y_edges
        file.attrs["energy_edges_GeV"] = self.energy_edges_GeV
        file.attrs["impact_depth_cm"] = self.impact_depth_cm
        file["scale/centre"], file["scale/scale"] = self.scale.centre, self.scale.scale

    @classmethod
    def read(cls, file: h5py.File) -> "ShowerReferenceStatistics":
        """Read it from the file of a reference."""
        names = ("x_edges_cm", "y_edges_cm", "energy_edges_GeV")
        x, y, energy = (tuple(file.attrs[name].tolist()) for name in names)
        scale = Scale(file["scale/centre"][:], file["scale/scale"][:])
        if {scale.centre.shape, scale.scale.shape} != {(len(STATISTICS),)}:
            raise ValueError(f"scale is not of {len(STATISTICS)} statistics")
        if not np.isfinite(energy).all() or len(energy) < 2 or (np.diff(energy) < 0).any():
            raise ValueError("energy_edges_GeV do not increase")
        return cls(float(file.attrs["impact_depth_cm"]), scale, Rectangles(x, y), energy)


def reference_statistics(
    path: Path, recipe: Evaluation, device: torch.device
) -> tuple[ShowerReferenceStatistics, Features]:
    """Return the statistics that the training showers of a data set fix, and the features of these, without E."""
    return _fixed_by(dataset.stream(path, "train"), impact_depth_cm(path, recipe), recipe, device)


def reference_statistics_of(
    read: Callable[[], Iterable[Showers]], recipe: Evaluation, device: torch.device
) -> ShowerReferenceStatistics:
    """Return the statistics that showers fix, all that `read` yields whenever it is called."""
    depth_cm = PUBLISHED_DEPTH_CM
    if recipe.statistics != "published":
        fit = DepthFit()
        for showers in read():
            fit.add(showers)
        depth_cm = fit.depth_cm
    return _fixed_by(read(), depth_cm, recipe, device)[0]


def _fixed_by(
    chunks: Iterable[Showers], impact_depth_cm: float, recipe: Evaluation, device: torch.device
) -> tuple[ShowerReferenceStatistics, Features]:
    train = features_of(chunks, None, recipe.statistics, impact_depth_cm, device)
    particles, partition = Particles.from_array(train.conditions), recipe.partition
    rectangles = rectangles_of(particles.point, partition.kind, partition.bins)
    if (n := rectangles.n_bins) < math.prod(partition.bins):
        wanted = " x ".join(map(str, partition.bins))
        say(f"Bins of the entry point: {n} in place of {wanted}, whose edges coincide")
    scale, edges_GeV = Scale.of(train.spaces["P"]), energy_edges(particles.momentum_GeV)
    return ShowerReferenceStatistics(impact_depth_cm, scale, rectangles, edges_GeV), train


def impact_depth_cm(path: Path, recipe: Evaluation) -> float:
    """Return the depth of the impact point: as published, or that of the real training showers in `path`."""
    if recipe.statistics == "published":
        return PUBLISHED_DEPTH_CM
    return dataset.shower_depth_cm(path)


def energy_edges(momentum_GeV: _Array) -> tuple[float, ...]:
    """Return quantiles of momenta in GeV; fewer if they are equal to three digits, as in a test beam."""
    edges = np.quantile(momentum_GeV, np.linspace(0, 1, ENERGY_BINS + 1)).tolist()
    distinct = sorted({f"{edge:.3g}": edge for edge in reversed(edges)}.values())
    return tuple(distinct if len(distinct) > 1 else (edges[0], edges[-1]))


def _range(low: float, high: float) -> str:
    """Return the label of a bin in tables."""
    return f"{'-'.join(dict.fromkeys((f'{low:.3g}', f'{high:.3g}')))} GeV"


def features_of(
    chunks: Iterable[Showers],
    regressor: EmbeddingRegressor | None,
    form: Form,
    impact_depth_cm: float,
    device: torch.device,
) -> Features:
    """Return the features of showers that come in chunks; the images are not kept.

    The spaces are E, the 64 numbers of the embedding, and P, the four physics statistics; the quantities `QUANTITIES`,
    the conditions those of `Particles`, the counts `COUNTS`; `own` has the residuals: conditions that the network
    predicts from the shower, minus the true values, in GeV and cm. Without a network, E and residuals are missing. For
    showers whose energy was scaled, counts are from before, and so are P and quantities in `unscaled`.
    """

    def of(showers: Showers) -> Features:
        conditions = showers.conditions.as_array
        made = showers.energy if showers.unscaled is None else showers.unscaled
        images = [clipped(e) for e in (showers.energy, showers.unscaled) if e is not None]
        values, flags = physics_statistics(images, *showers.conditions, form, impact_depth_cm)

        def physics(energy: NDArray[np.float32], values: _Array) -> Features:
            quantities = dict(zip(STATISTICS, values.T, strict=True)) | observables(energy)
            return Features({"P": values}, quantities, conditions, {}, {})

        seen, *unscaled = map(physics, images, values)
        if unscaled:
            seen = replace(seen, unscaled=unscaled[0])
        if regressor is not None:
            energy = torch.from_numpy(images[0]).unsqueeze(1).to(device)
            embedding, targets = (part.cpu().numpy() for part in predict(regressor, energy))
            # NaN for conditions that do not differ in training, which the network does not predict.
            residuals = np.full(conditions.shape, np.nan, np.float32)
            if read := [CONDITIONS.index(name) for name in regressor.targets if name in CONDITIONS]:
                residuals[:, read] = targets - conditions[:, read]
            spaces = {EMBEDDING: embedding, **seen.spaces}
            seen = replace(seen, spaces=spaces, own={"residuals": residuals})
        counts = (
            (made > LARGEST_ENERGY_MEV).sum(),
            (~np.isfinite(made)).any(axis=(1, 2)).sum(),
            *flags[-1].sum(axis=0),
        )
        return replace(seen, counts=dict(zip(COUNTS, map(int, counts), strict=True)))

    first, *others = map(of, chunks)
    return first.followed_by(*others)


def clipped(energy: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return energies in MeV, at most `LARGEST_ENERGY_MEV`; NaN stays NaN."""
    return np.minimum(energy, np.float32(LARGEST_ENERGY_MEV))
