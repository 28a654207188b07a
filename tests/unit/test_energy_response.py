"""Generated showers get the energies of real ones, and what goes wrong with a generator is told as without."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import steps
import torch
from generators import conditioning, network, particles, trained
from scipy import stats

from showergan.errors import UserError
from showergan.evaluation.generator import load_generator, save_generator
from showergan.tasks.showers import dataset
from showergan.tasks.showers.conditions import generated
from showergan.tasks.showers.energy_response import DRAWS, EnergyResponse
from showergan.tasks.showers.reference_statistics import features_of
from showergan.tasks.showers.sample import Particles
from showergan.tasks.showers.task import TASK

CPU = torch.device("cpu")
N = 20_000


def showers_of(response, size):
    """Return images, each of one lit cell, and momenta of some sizes in GeV, with responses in MeV / GeV."""
    energy = np.zeros((len(size), 30, 30), "f4")
    energy[:, 3, 4] = response * size
    momentum = np.outer(size, [0.6, 0, 0.8]).astype("f4")
    return energy, momentum


def draws(n, seed=1):
    return torch.from_numpy(np.random.default_rng(seed).random((n, DRAWS), np.float32))


def drawn(response, energy, momentum, seed=1):
    """Return showers with other energies."""
    tensors = map(torch.from_numpy, (energy, momentum))
    return response(*tensors, draws(len(energy), seed)).numpy()


def resolution(size):
    return 0.08 / np.sqrt(size)


def real(n, seed):
    """Return sizes of momenta, and responses with a Gaussian core and a tail of a few that leak."""
    random = np.random.default_rng(seed)
    size = np.exp(random.uniform(0, np.log(100), n))
    response = random.normal(170 + np.log(size), 170 * resolution(size))
    return size, np.where(random.random(n) < 0.03, response * random.uniform(0.3, 1, n), response)


def test_what_is_drawn_is_distributed_as_in_real_showers():
    """Other real showers are as far from those of the training as drawn ones are (Kolmogorov-Smirnov)."""
    size, response = real(N, seed=1)
    fitted = EnergyResponse.fitted(*showers_of(response, size))
    size, other = real(N, seed=2)
    energy, momentum = showers_of(np.ones(N), size)
    found = drawn(fitted, energy, momentum).sum((1, 2)) / size
    for low, high in ((1, 1.5), (1.5, 4), (4, 10), (10, 30), (30, 70), (70, 100)):
        inside = (size > low) & (size < high)
        told = stats.ks_2samp(found[inside], other[inside])
        assert told.pvalue > 1e-3, (low, told)
        assert found[inside].mean() == pytest.approx(other[inside].mean(), rel=0.005)
        assert found[inside].std() == pytest.approx(other[inside].std(), rel=0.12)


def test_single_values_of_the_table():
    """Of 100 responses 1, 2, ... 100 the 256 levels go from the first to the last, with Hazen's line between them."""
    size = np.full(100, 40.0)
    fitted = EnergyResponse.fitted(*showers_of(np.arange(1, 101), size))
    assert fitted.log_momentum == pytest.approx([np.log(40)])
    [table] = fitted.response
    assert len(table) == 256
    expected = np.interp((np.arange(256) + 0.5) / 256, (np.arange(100) + 0.5) / 100, range(1, 101))
    np.testing.assert_allclose(table, expected, rtol=1e-6)
    assert fitted.threshold_MeV == pytest.approx(40)


def test_equal_momenta_stay_apart():
    """Of a test beam with three momenta, whose responses have nothing in common."""
    size = np.repeat([1.0, 10.0, 50.0], [500, 300, 1000])
    response = np.random.default_rng(1).uniform(1, 2, len(size)) * size
    fitted = EnergyResponse.fitted(*showers_of(response, size))
    assert np.exp(fitted.log_momentum) == pytest.approx([1, 10, 50])
    found = drawn(fitted, *showers_of(np.ones(len(size)), size)).sum((1, 2)) / size
    assert (found >= size * 0.999).all()
    assert (found <= 2.001 * size).all()


def test_beyond_the_training_it_is_that_of_the_nearest():
    size, response = np.geomspace(1, 100, 2000), np.geomspace(100, 200, 2000)
    fitted = EnergyResponse.fitted(*showers_of(response, size))
    fitted = fitted.model_copy(update={"threshold_MeV": 1e-9})
    for far, ends in ((1e-3, fitted.response[0]), (1e5, fitted.response[-1])):
        found = drawn(fitted, *showers_of(np.ones(500), np.full(500, far))).sum((1, 2)) / far
        assert ends[0] * 0.999 < found.min() < found.max() < ends[-1] * 1.001


def constant(threshold):
    """Return a response of 10 MeV / GeV, whatever the momentum, and a threshold in MeV."""
    return EnergyResponse(
        log_momentum=(0.0,), response=((10.0,) * 256,), threshold_MeV=float(np.float32(threshold))
    )


def test_faint_cells_keep_their_mean():
    """Against the binomial distribution, whose mean is that of what comes in."""
    n, threshold = 4000, np.float32(0.1)
    image = np.zeros((30, 30), "f4")
    image[:20] = np.geomspace(1e-4, 5, 600).reshape(20, 30)
    momentum = np.tile(np.array([0, 0, 30], "f4"), (n, 1))
    found = drawn(constant(threshold), np.tile(image, (n, 1, 1)), momentum)
    scaled = image.astype(float) * 300 / image.sum(dtype=float)
    faint = (scaled < threshold) & (scaled > 0)
    assert faint.sum() > 200
    assert set(np.unique(found[:, faint])) == {0, threshold}
    p = scaled[faint] / threshold
    z = (found[:, faint].mean(0) - scaled[faint]) / (threshold * np.sqrt(p * (1 - p) / n))
    assert abs(z).max() < 5
    assert z.std() == pytest.approx(1, abs=0.15)
    # What can be read stays as it is, in every shower, and so does what is dark.
    np.testing.assert_array_equal(found[:, ~faint], np.tile(scaled[~faint].astype("f4"), (n, 1)))
    assert found.sum((1, 2)).mean() == pytest.approx(300, rel=1e-3)


def test_cells_are_drawn_by_themselves():
    image = np.full((2000, 30, 30), 1.0, "f4")
    momentum = np.tile(np.array([0, 0, 4.5], "f4"), (2000, 1))  # 45 MeV in 900 cells
    lit = drawn(constant(0.1), image, momentum).reshape(2000, -1) > 0
    assert lit.mean() == pytest.approx(0.5, abs=0.005)
    correlation = np.corrcoef(lit[:, :300].T)[np.triu_indices(300, 1)]
    assert abs(correlation.mean()) < 1e-3
    assert correlation.std() == pytest.approx(2000**-0.5, rel=0.05)


def test_what_is_nothing_stays_nothing():
    energy, momentum = showers_of(np.ones(4), np.full(4, 5.0))
    energy[0], energy[1, 0, 0] = 0, np.nan
    energy[2], energy[3, 3, 4] = 6e34, 1e-30  # the most that a generator can make, and the least
    found = drawn(constant(0.01), energy, momentum)
    assert (found[0] == 0).all()
    assert np.isnan(found[1]).any()
    np.testing.assert_allclose(found[2:].sum((1, 2)), 50, rtol=1e-5)


def test_showers_without_energy_have_no_response():
    size = np.full(50, 5.0)
    energy, momentum = showers_of(np.where(np.arange(50) < 20, 0, 100), size)
    assert set(EnergyResponse.fitted(energy, momentum).response[0]) == {100}
    with pytest.raises(UserError, match=r"data\.energy.*no training shower has energy.*raw"):
        EnergyResponse.fitted(0 * energy, momentum)


@pytest.fixture(scope="module")
def generators():
    """Return one generator whose output is scaled, and the same without."""
    scaled = trained(network(1, "response"), network(2, "response"), form="response")
    about = scaled.description
    plain = replace(about.conditioning, response=None)
    return scaled, replace(scaled, description=about.model_copy(update={"conditioning": plain}))


def test_the_output_is_the_same_before_and_repeatable(generators):
    scaled, plain = generators
    given = Particles(*particles(600))
    for mode in ("running", "batch"):
        runs = [
            list(generator.sampled(given, 7, CPU, mode)) for generator in (scaled, scaled, plain)
        ]
        for one, again, before in zip(*runs, strict=True):
            np.testing.assert_array_equal(one.energy, again.energy)
            np.testing.assert_array_equal(one.unscaled, before.energy)
            assert before.unscaled is None
            assert not np.array_equal(one.energy, one.unscaled)
            picked = one.select([2, 0])
            np.testing.assert_array_equal(picked.unscaled, one.unscaled[[2, 0]])
    other = scaled.generate(*given, seed=8)
    assert not np.array_equal(other, scaled.generate(*given, seed=7))


def test_chunks_do_not_matter():
    """A network-free one: what rounds is left out."""
    random = np.random.default_rng(3)
    output = torch.from_numpy(random.exponential(1, (100, 1, 30, 30)).astype("f4"))
    given, response = Particles(*particles(100)), conditioning("response")

    def in_chunks(size):
        drawing = np.random.default_rng(5)
        parts = []
        for first in range(0, 100, size):
            rows = slice(first, first + size)
            part = Particles(*(values[rows] for values in given))
            parts.append(generated(output[rows], part, response, drawing).energy)
        return np.concatenate(parts)

    for size in (1, 33):
        np.testing.assert_array_equal(in_chunks(size), in_chunks(100))


def test_mean_total_energies_follow_the_particles(generators):
    scaled, _ = generators
    given = Particles(*particles(1000))
    total = scaled.generate(*given, seed=1).sum((1, 2))
    response = np.mean(scaled.description.conditioning.response.response)
    assert total / given.momentum_GeV == pytest.approx(response, rel=0.6)
    assert (total / given.momentum_GeV).mean() == pytest.approx(response, rel=0.02)


def test_features_tell_what_was_before(generators):
    scaled, plain = generators
    given = Particles(*particles(300))
    seen, before = (
        features_of(g.sampled(given, 1, CPU), None, "corrected", 5.7, CPU) for g in (scaled, plain)
    )
    assert before.unscaled is None
    assert seen.counts == before.counts
    for name, values in before.quantities.items():
        np.testing.assert_array_equal(seen.unscaled.quantities[name], values)
    assert not np.array_equal(seen.quantities["occupancy"], before.quantities["occupancy"])
    some = seen.take(np.array([3, 1]))
    np.testing.assert_array_equal(
        some.unscaled.quantities["occupancy"], before.quantities["occupancy"][[3, 1]]
    )


@pytest.mark.parametrize(
    ("key", "change", "told"),
    [
        ("log_momentum", lambda v: v[::-1], "does not increase"),
        ("log_momentum", lambda v: [*v, 9.0], "other bins than response"),
        ("response", lambda v: [r[:-1] for r in v], "at least 256"),
        ("response", lambda v: [[0.0, *r[1:]] for r in v], "greater than 0"),
        ("threshold_MeV", lambda v: 0.0, "threshold_MeV = 0.0: must be greater than 0"),
    ],
)
def test_files_with_another_table_are_refused(tmp_path, key, change, told):
    made = trained(network(1, "response"), form="response")
    size, response = real(500, seed=1)
    found = EnergyResponse.fitted(*showers_of(response, size))
    about = replace(made.description.conditioning, response=found)
    description = made.description.model_copy(update={"conditioning": about})
    save_generator(description, made.states, tmp_path / "g.pt")
    assert load_generator(tmp_path / "g.pt").description == description
    content = torch.load(tmp_path / "g.pt", weights_only=True)
    held = content["conditioning"]["response"]
    held[key] = change(held[key])
    torch.save(content, tmp_path / "g.pt")
    with pytest.raises(UserError, match=told):
        load_generator(tmp_path / "g.pt")


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """Return a folder of two runs, which differ in nothing but that the energy of one is scaled, and conditionings."""
    folder = tmp_path_factory.mktemp("runs")
    data, real = folder / "showers.h5", folder / "real.h5"
    source = steps.write_source(folder / "source.npz")
    steps.run("preprocess", source=source, out=data, recipe={})
    anchors, model = folder / "anchors.csv", folder / "model.pt"
    steps.save_model(model)
    made_of = {"data": data, "embedding": model}
    steps.run("reference", **made_of, out=real, anchors=anchors, curves=folder / "c.csv",
              recipe=steps.EVALUATION)  # fmt: skip
    plain = TASK.training_set(data, "scaled", CPU, {"frame": "particle"})
    scaled = TASK.training_set(data, "scaled", CPU, {"frame": "particle", "energy": "response"})
    found = {"raw": plain.conditioning, "response": scaled.conditioning}
    assert torch.equal(plain.samples, scaled.samples)
    wild = network(2, "particle")
    with torch.no_grad():
        wild.upsample[-2].bias += 9  # of absurd energies
    for name, own in found.items():
        own_folder = folder / name
        metrics = []
        for method, made in {"sn": network(1, "particle"), "none": wild}.items():
            where = own_folder / "evaluate" / "small" / method / "0.0001_0.0001" / "seed1"
            where.mkdir(parents=True)
            generator = trained(made, made, form="particle")
            about = generator.description.model_copy(update={"conditioning": own})
            save_generator(about, generator.states, where / "generator.pt")
            metrics.append(where / "metrics.csv")
            scored = {"metrics": metrics[-1], "curves": where / "curves.csv"}
            steps.run("evaluate", generator=where / "generator.pt", reference=real, embedding=model,
                      **scored, examples=where / "e.npz",
                      recipe=steps.EVALUATION | steps.CHOICE)  # fmt: skip
        told = {"anchors": anchors, "summary": own_folder / "summary.csv"}
        steps.summarised(metrics, anchors, own_folder / "summary.csv", own_folder / "grid.csv")
        written = {n: own_folder / f"{n}.csv" for n in ("agreement", "failures")}
        steps.run("scorecard", *metrics, **told, **written, out=own_folder / "scorecard.csv",
                  recipe=steps.CHOICE)  # fmt: skip
    return folder, found


def table(runs, run, name):
    return pd.read_csv(runs[0] / run / f"{name}.csv", dtype={"bin": str})


def test_the_response_is_that_of_the_training_showers(runs):
    folder, found = runs
    train = dataset.load(folder / "showers.h5", "train")
    expected = EnergyResponse.fitted(train.energy, train.momentum)
    assert found["response"].response == expected
    assert expected.threshold_MeV == train.energy[train.energy > 0].min()
    assert found["response"] == replace(found["raw"], response=expected)


def test_failures_are_the_same(runs):
    raw, scaled = (table(runs, name, "failures") for name in ("raw", "response"))
    pd.testing.assert_frame_equal(raw, scaled)
    told = scaled.set_index("method")["failure"]
    assert "exploding" in told["none"]


def test_metrics_hold_both(runs):
    key = ["epoch", "split", "metric", "space", "bin"]
    raw, scaled = (
        pd.read_csv(path, dtype={"bin": str}).set_index(key)["value"]
        for name in ("raw", "response")
        for path in (runs[0] / name).glob("evaluate/small/none/*/seed1/metrics.csv")
    )
    further = scaled.index.difference(raw.index).to_frame(index=False)
    assert raw.index.isin(scaled.index).all()
    assert set(zip(further["metric"], further["space"], strict=True)) == {
        *((m, "unscaled_total_energy_MeV") for m in ("mean", "wasserstein")),
        *((m, "unscaled_energy") for m in ("response", "response_error")),
        *((m, "unscaled_energy") for m in ("resolution", "resolution_error")),
        ("diversity", "unscaled_high_level"),
        ("duplicates", "unscaled_observables"),
    }
    before = further.assign(space=further["space"].str.removeprefix("unscaled_"))
    np.testing.assert_array_equal(
        scaled[pd.MultiIndex.from_frame(further)], raw[pd.MultiIndex.from_frame(before)]
    )
    counts = raw[raw.index.get_level_values("space") == "counts"]
    np.testing.assert_array_equal(scaled[counts.index], counts)
    last = scaled.sort_index().loc[2, "test"]
    assert last["response_error", "energy", "all"] < 0.1
    assert last["response_error", "unscaled_energy", "all"] > 10


def test_the_scorecard_shows_both(runs):
    raw, scaled = (table(runs, name, "scorecard") for name in ("raw", "response"))
    titles = [t for t in scaled["title"].unique() if t.endswith(", unscaled")]
    assert titles == [
        f"{title}, unscaled"
        for title in ("duplicates", "W1 of total energy [MeV]", "energy response error",
                      "energy resolution error")
    ]  # fmt: skip
    assert not raw["title"].str.contains("unscaled").any()
    of = ["method", "title"]
    numbers = ["value", "position", "ceiling", "ceiling_sd", "shuffled", "untrained", "n"]
    plain = raw.set_index(of)[numbers]
    for title in titles:
        rows = scaled[scaled["title"] == title].set_index("method")
        expected = plain.xs(title.removesuffix(", unscaled"), level="title")
        pd.testing.assert_frame_equal(rows[numbers], expected)
    order = list(scaled["title"].unique())
    assert order.index("energy response error, unscaled") == (
        order.index("energy response error") + 1
    )
