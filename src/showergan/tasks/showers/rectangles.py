"""Rectangular bins of the plane of entry points, the Y_i of the conditional metrics."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from showergan.errors import UserError
from showergan.metrics.samples import distinct
from showergan.tasks.showers.sample import CELL_CM


@dataclass(frozen=True)
class Rectangles:
    """A grid of rectangles; bin (ix, iy) has the number ix + nx * iy.

    Bins are closed on the left and open on the right, except that the last bin includes its right edge. Points outside
    the grid belong to the nearest edge bin.
    """

    x_edges: tuple[float, ...]  # nx + 1 increasing edges, cm
    y_edges: tuple[float, ...]

    def __post_init__(self) -> None:
        for axis, edges in (("x", self.x_edges), ("y", self.y_edges)):
            if len(edges) < 2 or not (np.diff(edges) > 0).all():
                raise UserError(f"rectangles: the {axis} edges {edges} do not increase")

    @property
    def n_bins(self) -> int:
        """Number of rectangles."""
        return (len(self.x_edges) - 1) * (len(self.y_edges) - 1)

    def assign(self, points: ArrayLike) -> NDArray[np.int64]:
        """Return the number of the bin, in [0, n_bins), of points (n, 2) [cm].

        Raises:
            UserError: If the points do not have this shape or are not finite.
        """
        x, y = _coordinates(points)
        row = np.searchsorted(self.y_edges[1:-1], y, side="right")
        return np.searchsorted(self.x_edges[1:-1], x, side="right") + (len(self.x_edges) - 1) * row


def rectangles_of(
    points: ArrayLike, kind: Literal["rectangles", "quantiles"], bins: tuple[int, int]
) -> Rectangles:
    """Divide the smallest rectangle that holds entry points (n, 2) [cm] into bins along x and y.

    They are fewer where edges coincide, as for a beam that enters at one or a few points. A bin without width gets that
    of a cell. Points are those of the training set in Egorov & Rogachev 2023, section 5.1.

    Args:
        points: the entry points.
        kind: rectangles: equal bins, as there; quantiles: edges at the quantiles of x and of y, so that every row and
            column of bins has equally many points.
        bins: numbers of bins along x and y.

    Raises:
        UserError: If points are misshapen or not finite.
    """

    def edges(values: NDArray[np.float64], n: int) -> tuple[float, ...]:
        quantiles = np.quantile(values, np.linspace(0, 1, n + 1))
        equal = np.linspace(values.min(), values.max(), n + 1)
        found = distinct(quantiles if kind == "quantiles" else equal)
        if len(found) == 1:
            return found[0] - CELL_CM / 2, found[0] + CELL_CM / 2
        return tuple(found)

    x, y = _coordinates(points)
    return Rectangles(edges(x, bins[0]), edges(y, bins[1]))


def _coordinates(points: ArrayLike) -> NDArray[np.float64]:
    array = np.asarray(points, dtype=np.float64)
    if array.ndim != 2 or array.shape[1] != 2 or not np.isfinite(array).all():
        raise UserError(
            f"rectangles: entry points of shape {array.shape}, expected (n, 2), all finite"
        )
    return array.T
