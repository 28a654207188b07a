"""Every metric of a sample of showers against the real ones, as one tidy table."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from showergan.config import Evaluation
from showergan.measurement.prd import measure_prd
from showergan.metrics.distances import separation_power, wasserstein
from showergan.metrics.diversity import diversity
from showergan.metrics.duplicates import duplicates
from showergan.metrics.measured import Measured, mean_relative_difference
from showergan.metrics.neighbours import density_coverage
from showergan.metrics.physics_distance import fpd, kpd
from showergan.metrics.residuals import root_mean_square
from showergan.metrics.two_sample import two_sample
from showergan.tasks.showers.embedding import TARGETS
from showergan.tasks.showers.features import OBSERVABLES, QUANTITIES, Features, Frame
from showergan.tasks.showers.response import response_and_resolution

FARTHEST = 1e8  # in units of the real spread; keeps fourth powers finite

_Array = NDArray[np.floating]
_Row = tuple[str, str, str, Measured]


def measure(real: Features, other: Features, frame: Frame, recipe: Evaluation) -> pd.DataFrame:
    """Return all metrics of a sample.

    Args:
        real: the real showers.
        other: those to judge, each under its own conditions; where they are those of the real ones, in their order.
        frame: what all samples are measured with.
        recipe: settings.

    Returns:
        Columns metric; space, what the metric looks at; bin of the entry point, "all", "mean", "unflagged" (the mean
        without thin bins), or of the momentum;
        value, sd and event_sd (see `Measured`); n; clusters and flagged (PRD only). Metrics that look at the
        embedding are missing where there is none.
    """
    rows = _table(_rows(real, other, recipe.seed))
    return pd.concat([measure_course(real, other, frame, recipe), rows], ignore_index=True)


def measure_course(
    real: Features, other: Features, frame: Frame, recipe: Evaluation
) -> pd.DataFrame:
    """Return what a figure over epochs or the table of failures asks of every epoch; columns as for `measure`.

    That is PRD, the counts of mishaps, and what costs little: means, diversity, duplicates, response and residuals.
    """
    rows = _table(_cheap_rows(real, other, frame, recipe.seed))
    return pd.concat([measure_for_choice(real, other, frame, recipe), rows], ignore_index=True)


def measure_for_choice(
    real: Features, other: Features, frame: Frame, recipe: Evaluation
) -> pd.DataFrame:
    """Return what epochs and learning rates are chosen by: PRD, and the counts of mishaps; columns as for `measure`."""
    counts = (
        (name, "counts", "all", Measured(n, n=len(other))) for name, n in other.counts.items()
    )
    return pd.concat([measure_prd(real, other, frame, recipe), _table(counts)], ignore_index=True)


def _cheap_rows(real: Features, other: Features, frame: Frame, seed: int) -> Iterator[_Row]:
    for index, name in enumerate(QUANTITIES):
        yield "mean", name, "all", _mean(other.quantities[:, index])
    yield from _energy_response(real, other, frame, seed)
    yield "diversity", "high_level", "all", diversity(*_standardised(real, other), seed=seed)
    # Of the images alone, see `duplicates`.
    seen = _standardised(real, other, [QUANTITIES.index(name) for name in OBSERVABLES])
    yield "duplicates", "observables", "all", duplicates(*seen, seed=seed)
    if real.embedding.size:
        yield from _residuals(real, other, seed)


def _rows(real: Features, other: Features, seed: int) -> Iterator[_Row]:
    separations = []
    for index, name in enumerate(QUANTITIES):
        pair = real.quantities[:, index], other.quantities[:, index]
        yield "wasserstein", name, "all", wasserstein(*pair, seed=seed)
        separations.append(separation_power(*pair, seed=seed))
        yield "separation_power", name, "all", separations[-1]
    yield "separation_power", "quantities", "mean", _mean_of(separations)
    yield from _distances("high_level", _standardised(real, other), seed)
    yield from _classifier("high_level", [real.quantities, other.quantities], real, other, seed)
    if real.embedding.size:
        yield from _embedding(real, other, seed)


def _mean(values: _Array) -> Measured:
    defined = values[np.isfinite(values)]
    n = len(defined)
    if n < 2:
        return Measured(defined.mean() if n else np.nan, n=n)
    # The closed form of the bootstrap of a mean.
    return Measured(float(defined.mean()), event_sd=float(defined.std() / np.sqrt(n)), n=n)


def _mean_of(parts: list[Measured]) -> Measured:
    # The quantities are those of the same events: fully correlated at worst.
    return Measured(
        float(np.mean([part.value for part in parts])),
        event_sd=float(np.mean([part.event_sd for part in parts])),
        n=min(part.n for part in parts),
    )


def _energy_response(real: Features, other: Features, frame: Frame, seed: int) -> Iterator[_Row]:
    names = ("response", "resolution")
    measured: list[list[list[Measured]]] = []  # by sample, bin, name
    for sample in (real, other):
        energy = sample.quantities[:, QUANTITIES.index("total_energy_MeV")]
        momentum = sample.momentum_GeV
        bins = frame.energy_bins(sample)
        measured.append(
            [
                list(response_and_resolution(energy[b], momentum[b], seed=seed))
                for b in bins.values()
            ]
        )
    for i, name in enumerate(names):
        values = [[m[i] for m in sample] for sample in measured]
        for label, value in zip(bins, values[1], strict=True):
            yield name, "energy", label, value
        yield f"{name}_error", "energy", "all", mean_relative_difference(values[1], values[0])


def _residuals(real: Features, other: Features, seed: int) -> Iterator[_Row]:
    values = [
        [root_mean_square(column, seed=seed) for column in sample.residuals.T]
        for sample in (real, other)
    ]
    for target, value in zip(TARGETS, values[1], strict=True):
        yield "residual_rms", target, "all", value
    yield "residual_error", "conditions", "all", mean_relative_difference(values[1], values[0])


def _standardised(
    real: Features, other: Features, columns: Sequence[int] = range(len(QUANTITIES))
) -> list[_Array]:
    """Return quantities of both samples on the scale of the real ones, complete."""
    pair = [sample.quantities[:, list(columns)] for sample in (real, other)]
    centre, scale = np.nanmean(pair[0], axis=0), np.nanstd(pair[0], axis=0)
    scale[scale == 0] = 1
    return [_complete((quantities - centre) / scale) for quantities in pair]


def _embedding(real: Features, other: Features, seed: int) -> Iterator[_Row]:
    centre = real.embedding.mean(axis=0, dtype=np.float64)
    # One for all directions, so that no rotation of the embedding changes a distance.
    scale = np.sqrt(real.embedding.var(axis=0, dtype=np.float64).mean()) or 1.0
    pair = []
    for sample in (real, other):
        standardised = (sample.embedding - centre) / scale
        finite = np.isfinite(standardised).all(axis=1)
        pair.append(np.clip(standardised[finite], -FARTHEST, FARTHEST))
    yield from _distances("E", pair, seed)
    yield from _classifier("E", [real.embedding, other.embedding], real, other, seed)


def _distances(space: str, pair: list[_Array], seed: int) -> Iterator[_Row]:
    density, coverage = density_coverage(*pair, seed=seed)
    yield "fpd", space, "all", fpd(*pair, seed=seed)
    yield "kpd", space, "all", kpd(*pair, seed=seed)
    yield "density", space, "all", density
    yield "coverage", space, "all", coverage


def _classifier(
    space: str, pair: list[_Array], real: Features, other: Features, seed: int
) -> Iterator[_Row]:
    """Let the classifier see the conditions too, so that a shower must fit its own."""
    seen = [np.hstack([f, s.conditions]) for f, s in zip(pair, (real, other), strict=True)]
    auc, jsd = two_sample(*seen, seed=seed)
    yield "classifier_auc", space, "all", auc
    yield "classifier_jsd", space, "all", jsd


def _complete(standardised: _Array) -> _Array:
    """Replace what is undefined by the centre and say so in further columns, so that no shower is left out."""
    undefined = ~np.isfinite(standardised)
    values = np.clip(np.where(undefined, 0, standardised), -FARTHEST, FARTHEST)
    return np.hstack([values, undefined])


def _table(rows: Iterable[_Row]) -> pd.DataFrame:
    records: list[dict[str, Any]] = [
        {"metric": metric, "space": space, "bin": label, **measured._asdict()}
        for metric, space, label, measured in rows
    ]
    return pd.DataFrame(records)
