"""Physics statistics of shower images: centre, asymmetries, widths, and the depth at which the energy is centred."""

from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from showergan.errors import UserError
from showergan.metrics.samples import ROUNDING
from showergan.tasks.showers.sample import CELL_CM, IMAGE_SHAPE, Showers

STATISTICS = (
    *("longitudinal_asymmetry", "transverse_asymmetry"),
    *("longitudinal_width", "transverse_width"),
)
OBSERVABLES = ("total_energy_MeV", "occupancy", "centre_x_cm", "centre_y_cm")
FLAGS = (
    *("empty_image", "zero_transverse_momentum"),
    *("missed_longitudinal_line", "missed_transverse_line", "infinite_arc_factor"),
)
# Centres of the cells along either axis.
CELLS_CM = (np.arange(IMAGE_SHAPE[0]) - (IMAGE_SHAPE[0] - 1) / 2) * CELL_CM
OCCUPANCY_THRESHOLD_MEV = 0.1  # hit cells are above; networks leave lower energies in all cells
PUBLISHED_DEPTH_CM = 25.0  # of the impact point in Egorov & Rogachev (2023)
_CHUNK = 32  # showers, whose arrays stay in the cache

Form = Literal["published", "corrected"]
_Array = NDArray[np.float64]


class PhysicsStatistics(NamedTuple):
    """Four numbers per event, and reasons for which they are undefined."""

    # (..., n, 4) in the order of `STATISTICS`; asymmetries have no unit, widths are in cm
    values: _Array
    flags: NDArray[np.bool_]  # (..., n, 5) in the order of `FLAGS`


def physics_statistics(
    energy: ArrayLike, point: ArrayLike, momentum: ArrayLike, form: Form, depth_cm: float
) -> PhysicsStatistics:
    """Measure the asymmetries and widths of showers about their impact points.

    The impact point is where the particle would be at a depth z behind the entry point: x0 = X + z px/pz. Both forms
    use moments of the energy in two passes and float64 throughout.

    `corrected` takes the direction u = pT/|pT| and the coordinates t = u . d along and v = ux dy - uy dx across it
    (positive to the left of the particle). The asymmetries are those of the signs of t and v. The longitudinal width is
    the standard deviation of t over the cells that the line v = 0 crosses, the transverse width that of v over the
    cells that t = 0 crosses; a line crosses a cell when it meets the unit square. Undefined entries are NaN: all four
    for empty images and for |pT| = 0 up to rounding, as normal incidence has no direction along or across; one width
    where no energy lies on its line.

    `published` gives the numbers of the code behind Egorov & Rogachev (2023), which is that of the MLHEP-2019
    competition (calogan_metrics.py), in a division-free form that equals it away from px = 0 and py = 0. Its transverse
    asymmetry is oriented along +y, its width lines have mirrored axes and the wrong arc factor |pT|/|px|. Undefined
    entries are what that code gives: the asymmetries of empty images are NaN, those at |pT| = 0 are 1, and the widths
    are 0 for empty images, for lines without energy and for px = 0.

    Events with a cell that is not finite have values that are not finite, in both forms.

    Args:
        energy: (..., n, 30, 30) energy deposits [MeV], not negative; row = y, column = x. Several images of each
            shower are measured with little more work than one.
        point: (n, 2) entry points x, y [cm].
        momentum: (n, 3) px, py, pz [GeV].
        form: Which of the two definitions.
        depth_cm: z; see `PUBLISHED_DEPTH_CM`, and `DepthFit` for the one that belongs to `corrected`.

    Raises:
        UserError: If the shapes disagree, the form is unknown or an impact point is not finite.
    """
    images, points, momenta = (np.asarray(a) for a in (energy, point, momentum))
    n = len(points)
    if images.shape[-3:] != (n, 30, 30) or points.shape != (n, 2) or momenta.shape != (n, 3):
        raise UserError(
            f"physics statistics: energy {images.shape}, point {points.shape} and momentum "
            f"{momenta.shape} must have the shapes (..., n, 30, 30), (n, 2) and (n, 3)"
        )
    if form not in _FORMS:
        raise UserError(f"physics statistics: form {form!r} is not one of {sorted(_FORMS)}")

    points, momenta = points.astype(np.float64), momenta.astype(np.float64)
    if form == "corrected":
        inclined = np.linalg.norm(momenta[:, :2], axis=1) > ROUNDING * np.abs(momenta[:, 2])
        momenta[:, :2] *= inclined[:, None]
    with np.errstate(divide="ignore", invalid="ignore"):
        impact = points + depth_cm * momenta[:, :2] / momenta[:, 2:]
    if not np.isfinite(impact).all():
        raise UserError("physics statistics: pz = 0 or non-finite conditions have no impact point")

    shape = images.shape[:-2]
    values, flags = np.empty((*shape, len(STATISTICS))), np.empty((*shape, len(FLAGS)), bool)
    for start in range(0, n, _CHUNK):
        part = slice(start, start + _CHUNK)
        values[..., part, :], flags[..., part, :] = _measure(
            images[..., part, :, :].astype(np.float64), impact[part], momenta[part, :2], form
        )
    return PhysicsStatistics(values, flags)


def observables(energy: NDArray[np.floating]) -> dict[str, _Array]:
    """Measure the `OBSERVABLES` of showers (n, 30, 30) [MeV], each of shape (n,).

    Occupancy is the fraction of cells above `OCCUPANCY_THRESHOLD_MEV`; the centre of energy is NaN for empty images.
    """
    total = energy.sum(axis=(1, 2), dtype=np.float64)
    occupancy = (energy > OCCUPANCY_THRESHOLD_MEV).mean(axis=(1, 2))
    values = (total, occupancy, *energy_centre(energy).T)
    return dict(zip(OBSERVABLES, values, strict=True))


def energy_centre(energy: NDArray[np.floating]) -> NDArray[np.float64]:
    """Return the energy-weighted mean x, y (n, 2) [cm] of images (n, 30, 30); NaN where there is no energy."""
    total = energy.sum(axis=(1, 2), dtype=np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        x = energy.sum(axis=1, dtype=np.float64) @ CELLS_CM / total
        y = energy.sum(axis=2, dtype=np.float64) @ CELLS_CM / total
    return np.column_stack([x, y])


class DepthFit:
    """The depth z of the energy centre behind the entry points, from showers that come in chunks.

    A particle that enters at p with the slopes s = (px/pz, py/pz) is at p + z s at the depth z, so the centre of energy
    c is there on average, with no intercept. Least squares through the origin, in x and y together and with equal
    weights for all n showers, minimises sum |c - p - z s|^2 and gives z = sum (c - p) . s / sum |s|^2. Two sums are
    kept, so memory does not grow. Showers without energy have no centre; they are left out and counted.
    """

    def __init__(self) -> None:
        self.n_without_energy = 0
        self._n, self._projected, self._squares = 0, 0.0, 0.0

    def add(self, showers: Showers) -> None:
        """Add some showers to the fit."""
        filled = showers.energy.max(axis=(1, 2)) > 0
        self.n_without_energy += int(np.count_nonzero(~filled))
        kept = showers.select(filled)
        self._n += len(kept)
        slope = kept.momentum[:, :2].astype(np.float64) / kept.momentum[:, 2:]
        self._projected += float(((energy_centre(kept.energy) - kept.point) * slope).sum())
        self._squares += float((slope**2).sum())

    @property
    def depth_cm(self) -> float:
        """The depth z; 0 if showers with energy are inclined by rounding at most: then no place depends on it."""
        inclined = self._squares > self._n * ROUNDING**2
        return self._projected / self._squares if inclined else 0.0


def _measure(energy: _Array, impact: _Array, pt: _Array, form: Form) -> PhysicsStatistics:
    dx = CELLS_CM - impact[:, 0, None, None]
    dy = CELLS_CM[:, None] - impact[:, 1, None, None]
    px, py = pt[:, 0, None, None], pt[:, 1, None, None]
    total = _sum(energy)
    with np.errstate(divide="ignore", invalid="ignore"):
        values, on_line = _FORMS[form](energy, total, dx, dy, px, py)

    empty = total == 0
    zero_pt = (pt == 0).all(axis=1)
    missed = (on_line == 0) & ~(empty | zero_pt)[..., None]
    infinite = (form == "published") & (pt[:, 0] == 0) & ~zero_pt
    of_particle = [np.broadcast_to(flag, empty.shape) for flag in (zero_pt, infinite)]
    flags = empty, of_particle[0], missed[..., 0], missed[..., 1], of_particle[1]
    return PhysicsStatistics(values, np.stack(flags, axis=-1))


def _published(
    energy: _Array, total: _Array, dx: _Array, dy: _Array, px: _Array, py: _Array
) -> tuple[_Array, _Array]:
    # The code orients "above the line" by the sign of px; at px = 0 it would divide by zero.
    orientation = np.where(px < 0, -1.0, 1.0)
    arc_factor = (np.hypot(px, py) / np.abs(px))[:, 0, 0]
    longitudinal = _line_by_sign_change(px * dx - py * dy >= 0)
    transverse = _line_by_sign_change(orientation * (px * dy + py * dx) >= 0)
    widths, on_line = [], []
    for line in (longitudinal, transverse):
        of_line, mean, variance = _moments(line * energy, CELLS_CM)
        # The code divides by (total + 1e-5), which shrinks both of its raw moments by this factor.
        shrink = of_line / (of_line + 1e-5)
        width = arc_factor * np.sqrt(shrink * (variance + (1 - shrink) * mean**2))
        widths.append(np.where((of_line == 0) | ~np.isfinite(arc_factor), 0.0, width))
        on_line.append(of_line)
    along = _asymmetry(energy, total, px * dx + py * dy >= 0)
    across = _asymmetry(energy, total, orientation * (px * dy - py * dx) >= 0)
    return np.stack([along, across, *widths], axis=-1), np.stack(on_line, axis=-1)


def _corrected(
    energy: _Array, total: _Array, dx: _Array, dy: _Array, px: _Array, py: _Array
) -> tuple[_Array, _Array]:
    norm = np.hypot(px, py)
    ux, uy = px / norm, py / norm
    along, across = ux * dx + uy * dy, ux * dy - uy * dx
    # Half the extent of a unit square along u, which is also its half extent across u.
    reach = (np.abs(ux) + np.abs(uy)) / 2
    on_axis, _, longitudinal = _moments(np.where(np.abs(across) <= reach, energy, 0.0), along)
    on_normal, _, transverse = _moments(np.where(np.abs(along) <= reach, energy, 0.0), across)
    asymmetries = (_asymmetry(energy, total, side >= 0) for side in (along, across))
    values = np.stack([*asymmetries, np.sqrt(longitudinal), np.sqrt(transverse)], axis=-1)
    values[..., norm[:, 0, 0] == 0, :] = np.nan
    return values, np.stack([on_axis, on_normal], axis=-1)


_FORMS = {"published": _published, "corrected": _corrected}


def _sum(images: _Array) -> _Array:
    return images.sum(axis=(-2, -1))


def _asymmetry(energy: _Array, total: _Array, positive: NDArray[np.bool_]) -> _Array:
    return _sum(energy * (2.0 * positive - 1)) / total


def _moments(weight: _Array, coordinate: NDArray[np.floating]) -> tuple[_Array, _Array, _Array]:
    """Sum the weights and take mean and variance, NaN where the sum is zero."""
    total = _sum(weight)
    mean = _sum(weight * coordinate) / total
    variance = _sum(weight * (coordinate - mean[..., None, None]) ** 2) / total
    return total, mean, variance


def _line_by_sign_change(positive: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Mark the cells whose right or lower neighbour lies on the other side."""
    line = np.zeros_like(positive)
    line[:, :, :-1] = positive[:, :, 1:] != positive[:, :, :-1]
    line[:, :-1] |= positive[:, 1:] != positive[:, :-1]
    return line
