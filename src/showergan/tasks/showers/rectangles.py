"""Rectangular bins of the plane of entry points, the Y_i of the conditional metrics."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from showergan.errors import UserError


@dataclass(frozen=True)
class Rectangles:
    """A grid of rectangles; bin (ix, iy) has the number ix + nx * iy.

    Bins are closed on the left and open on the right, except that the last bin includes its right
    edge. Points outside the grid belong to the nearest edge bin; `outside` counts them.

    Attributes:
        x_edges: nx + 1 increasing edges [cm].
        y_edges: ny + 1 increasing edges [cm].
    """

    x_edges: tuple[float, ...]
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
        """Number the bin of every point.

        Args:
            points: (n, 2) entry points [cm].

        Returns:
            (n,) bin numbers in [0, n_bins).

        Raises:
            UserError: If the points do not have this shape or are not finite.
        """
        x, y = _coordinates(points)
        return _index(self.x_edges, x) + (len(self.x_edges) - 1) * _index(self.y_edges, y)

    def outside(self, points: ArrayLike) -> NDArray[np.bool_]:
        """Mark the points that lie outside every rectangle, as (n,) booleans.

        Args:
            points: (n, 2) entry points [cm].

        Raises:
            UserError: If the points do not have this shape or are not finite.
        """
        x, y = _coordinates(points)
        in_x = (x >= self.x_edges[0]) & (x <= self.x_edges[-1])
        in_y = (y >= self.y_edges[0]) & (y <= self.y_edges[-1])
        return ~(in_x & in_y)


def equal_rectangles(rectangle: Sequence[float], nx: int = 3, ny: int = 3) -> Rectangles:
    """Cut a rectangle into nx x ny equal ones (Egorov & Rogachev 2023, section 5.1).

    Args:
        rectangle: x_min, x_max, y_min, y_max [cm]; the paper takes the minimal rectangle that holds
            the entry points of the training set.
        nx: Number of bins along x.
        ny: Number of bins along y.

    Raises:
        UserError: If the rectangle has no area.
    """
    x_min, x_max, y_min, y_max = rectangle
    return Rectangles(
        tuple(np.linspace(x_min, x_max, nx + 1).tolist()),
        tuple(np.linspace(y_min, y_max, ny + 1).tolist()),
    )


def quantile_rectangles(points: ArrayLike, nx: int = 3, ny: int = 3) -> Rectangles:
    """Cut the minimal rectangle of the points at the quantiles of x and of y.

    Unlike equal rectangles, no row or column of bins is thin where the points are rare.

    Args:
        points: (n, 2) entry points [cm].
        nx: Number of bins along x.
        ny: Number of bins along y.

    Raises:
        UserError: If two quantiles coincide, or the points are misshapen or not finite.
    """
    x, y = _coordinates(points)
    return Rectangles(
        tuple(np.quantile(x, np.linspace(0, 1, nx + 1)).tolist()),
        tuple(np.quantile(y, np.linspace(0, 1, ny + 1)).tolist()),
    )


def _coordinates(points: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    array = np.asarray(points, dtype=np.float64)
    if array.ndim != 2 or array.shape[1] != 2:
        raise UserError(f"rectangles: entry points have shape {array.shape}, expected (n, 2)")
    if not np.isfinite(array).all():
        raise UserError("rectangles: some entry points are not finite")
    return array[:, 0], array[:, 1]


def _index(edges: tuple[float, ...], values: NDArray[np.float64]) -> NDArray[np.int64]:
    return np.searchsorted(edges[1:-1], values, side="right").astype(np.int64)
