"""Figures: what is on them, how they are written, and what broken runs do to them."""

import json

import numpy as np
import pandas as pd
import pytest
from drawn import figure_of, legend_of, of_runs, scores_in, style_of, words
from shower_files import make_showers, write_data_set, write_reference

from showergan.config.catalogue.exhibit import Artefact
from showergan.errors import UserError
from showergan.report.exhibits import load, read_curves, read_examples
from showergan.report.runs import at_chosen_rates, groups
from showergan.report.style import Style

losses = figure_of("losses")
prd_curves = figure_of("prd_curves")
score_over_epochs = figure_of("score_over_epochs")
embedding = figure_of("embedding")
entry_points = figure_of("entry_points")
generated_showers = figure_of("generated_showers")
target_showers = figure_of("target_showers")

LABELS = {"sn": "vanilla SN", "plain": "no normalization", "abcas": "ABCAS"}
SEEDS = (1, 2)
SPACES = ("E", "P", "P_std")


@pytest.fixture
def style():
    return style_of(LABELS)


ANCHORS = ("ceiling", "shuffled", "untrained")


def make_anchors(n_bins=9):
    table = pd.MultiIndex.from_product(
        [ANCHORS, SPACES, [*map(str, range(n_bins)), "all", "mean"]],
        names=["anchor", "space", "bin"],
    ).to_frame(index=False)
    value = table["anchor"].map({"ceiling": 0.9, "shuffled": 0.3, "untrained": 0.0})
    return table.assign(
        metric="prd_auc", value=value, n=300, clusters=20, flagged=table["bin"] == "0"
    )


def make_curves():
    angle = np.linspace(0, np.pi / 2, 11)
    parts = [
        pd.DataFrame({"space": s, "precision": np.sin(angle), "recall": np.cos(angle)})
        for s in SPACES
    ]
    return pd.concat(parts, ignore_index=True)


def make_history():
    rng = np.random.default_rng(0)
    columns = ["score_gap", "discriminator_loss", "generator_loss", "lipschitz_bound"]
    table = pd.DataFrame(rng.lognormal(0, 1, (40, 4)), columns=columns)
    return table.assign(step=10 * np.arange(40), epoch=1)


def make_predictions(targets=("px_GeV", "py_GeV", "pz_GeV", "x_cm", "y_cm")):
    true = np.random.default_rng(0).normal(0, 5, 200)
    return pd.concat(
        pd.DataFrame({"target": t, "true": true, "predicted": true + 1}) for t in targets
    )


def write_runs(folder, name, write, rates=("0.001_1e-05",)):
    paths = []
    for method in LABELS:
        for rate in rates:
            for seed in SEEDS:
                path = folder / "standard" / method / rate / f"seed{seed}" / name
                path.parent.mkdir(parents=True, exist_ok=True)
                write(path)
                paths.append(path)
    return paths


def many_runs(table, methods=LABELS, seeds=SEEDS):
    return of_runs(table, methods, seeds=seeds)


def chosen(runs):
    """Return the grid of learning rates of which all were chosen."""
    return (
        runs[["architecture", "method", "learning_rates"]]
        .drop_duplicates()
        .assign(chosen=True, seeds="1 2")
    )


def over_epochs(style, runs, anchors):
    return score_over_epochs(style, runs, anchors, chosen(runs))


def curves_of(style, runs, anchors):
    return prd_curves(style, runs, anchors, chosen(runs))


def examples_of(energy):
    return pd.DataFrame({"example": range(len(energy)), "energy": list(energy)})


def all_labels(figure):
    return [text for a in figure.axes for text in (a.get_xlabel(), a.get_ylabel())]


class TestRuns:
    def test_keys_come_from_the_path(self, tmp_path):
        write = scores_in(*SPACES, n=2250).to_csv
        paths = write_runs(tmp_path, "metrics.csv", lambda p: write(p, index=False))
        runs = load(Artefact("", of_runs=True), paths)
        keys = runs[["architecture", "method", "learning_rates", "seed"]].drop_duplicates()
        assert len(keys) == len(LABELS) * len(SEEDS)
        assert tuple(keys.iloc[0]) == ("standard", "sn", "0.001_1e-05", "1")
        assert set(runs["bin"]) == {"0", "all", "mean"}

    def test_curves_are_numbered(self, tmp_path):
        make_curves().to_csv(tmp_path / "curves.csv", index=False)
        curves = read_curves(tmp_path / "curves.csv")
        assert (curves.groupby("space")["point"].max() == 10).all()

    def test_examples(self, tmp_path):
        energy = make_showers().energy
        np.savez(tmp_path / "examples.npz", energy=energy)
        table = read_examples(tmp_path / "examples.npz")
        np.testing.assert_array_equal(np.stack(table["energy"]), energy)

    def test_groups_follow_the_labels(self, style):
        found = groups(style, many_runs(make_history()))
        assert [g.label for g in found] == list(LABELS.values())
        assert len({g.colour for g in found}) == len(LABELS)
        assert [len(g.seeds) for g in found] == [2, 2, 2]

    def test_several_learning_rates_stand_in_the_label(self, style):
        runs = many_runs(make_history(), ["sn"])
        both = pd.concat([runs, runs.assign(learning_rates="0.001_0.001")])
        found = groups(style, pd.concat([both, many_runs(make_history(), ["abcas"])]))
        assert [g.label for g in found] == [
            "vanilla SN (0.001, 0.001)",
            "vanilla SN (0.001, 1e-05)",
            "ABCAS",
        ]
        assert found[0].colour == found[1].colour
        assert found[0].dashes != found[1].dashes

    def test_only_chosen_learning_rates(self):
        runs = many_runs(make_history(), ["sn", "abcas"])
        both = pd.concat([runs, runs.assign(learning_rates="0.001_0.001")])
        keys = both[["architecture", "method", "learning_rates"]].drop_duplicates()
        small = keys["learning_rates"] == "0.001_1e-05"
        kept = at_chosen_rates(
            both, keys.assign(chosen=small == (keys["method"] == "sn"), seeds="1 2")
        )
        found = kept[["method", "learning_rates"]].drop_duplicates().to_numpy().tolist()
        assert sorted(found) == [["abcas", "0.001_0.001"], ["sn", "0.001_1e-05"]]
        assert len(kept) == len(runs)

    def test_several_architectures_stand_in_the_label(self, style):
        runs = many_runs(make_history(), ["sn"])
        both = pd.concat([runs, runs.assign(architecture="small")])
        assert [g.label for g in groups(style, both)] == ["vanilla SN small", "vanilla SN standard"]


class TestStyle:
    def test_it_is_read_from_a_text_or_a_file(self, style, tmp_path):
        text = json.dumps({"figures": {"dpi": 50, "context": "paper"}, "labels": LABELS})
        assert Style.read(text) == style
        assert list(Style.read(text).labels) == list(LABELS)
        (tmp_path / "style.json").write_text(text)
        assert Style.read(str(tmp_path / "style.json")) == style

    @pytest.mark.parametrize(
        ("text", "told"),
        [
            ('{"labels": {}, "figures": {"dpy": 3}}', "figures.dpy: unknown key; did you mean dpi"),
            ("{'labels': {}}", "--style is not JSON"),
        ],
    )
    def test_a_mistake_in_it_is_told(self, text, told):
        with pytest.raises(UserError, match=told):
            Style.read(text)

    def test_same_figure_same_bytes(self, style, tmp_path):
        contents = []
        for number in (1, 2):
            figure = curves_of(
                style,
                many_runs(make_curves().assign(point=0)),
                make_curves().assign(anchor="ceiling"),
            )
            png, pdf = tmp_path / f"{number}.png", tmp_path / f"{number}.pdf"
            style.save(figure, png, pdf)
            contents.append((png.read_bytes(), pdf.read_bytes()))
        assert contents[0] == contents[1]
        assert contents[0][0].startswith(b"\x89PNG")
        assert contents[0][1].startswith(b"%PDF")
        assert len(list(tmp_path.iterdir())) == 4

    def test_theme_does_not_leak(self, style):
        import matplotlib as mpl

        before = dict(mpl.rcParams)
        curves_of(
            style, many_runs(make_curves().assign(point=0)), make_curves().assign(anchor="ceiling")
        )
        assert dict(mpl.rcParams) == before


class TestShowers:
    def drawn(self, style, folder, showers):
        return target_showers(style, write_data_set(folder / "showers.h5", showers))

    def beside(self, style, folder, showers, runs):
        reference = write_reference(folder / "features.h5", showers)
        return generated_showers(style, reference, runs, chosen(runs))

    def test_target_showers(self, style, tmp_path):
        figure = self.drawn(style, tmp_path, make_showers())
        assert len(figure.axes) == 8 + 1
        assert {"x [cm]", "y [cm]", "Energy deposit [MeV]"} <= set(all_labels(figure))
        assert words(figure).count("|p| = ") == 8
        assert legend_of(figure) == ["entry point", "5.7 cm below, where the energy is centred"]

    def test_circle_lies_at_the_depth_on_the_way_of_the_particle(self, style, tmp_path):
        showers = make_showers(1)
        panel = self.drawn(style, tmp_path, showers).axes[0]
        (circle,) = [line for line in panel.lines if line.get_marker() == "o"]
        slope = showers.momentum[0, :2] / showers.momentum[0, 2]
        expected = showers.point[0] + 5.7 * slope
        np.testing.assert_allclose(np.ravel(circle.get_data()), expected, rtol=1e-5)

    @pytest.mark.parametrize("n", [1, 3])
    def test_few_showers_leave_no_empty_panel(self, style, n, tmp_path):
        assert len(self.drawn(style, tmp_path, make_showers(n)).axes) == n + 1

    def test_generated_beside_real(self, style, tmp_path):
        showers = make_showers(8)
        figure = self.beside(style, tmp_path, showers, many_runs(examples_of(showers.energy)))
        assert len(figure.axes) == (1 + len(LABELS)) * 6 + 1
        assert [t.replace("\n", " ") for t in all_labels(figure) if t and "[" not in t] == [
            "real",
            *LABELS.values(),
        ]
        assert "Energy deposit [MeV]" in all_labels(figure)
        scales = {tuple(i.get_clim()) for a in figure.axes for i in a.images}
        assert len(scales) == 1

    def test_rows_are_of_the_same_shower(self, style, tmp_path):
        """A generator that copies the real showers has equal columns."""
        showers = make_showers(8)
        shuffled = many_runs(examples_of(showers.energy), ["sn"], [1]).sample(
            frac=1, random_state=1
        )
        figure = self.beside(style, tmp_path, showers, shuffled)
        images = [a.images[0].get_array() for a in figure.axes[:12]]
        for real_image, copy in zip(images[:6], images[6:], strict=True):
            np.testing.assert_array_equal(real_image, copy)

    def test_broken_energies_are_named(self, style, tmp_path):
        showers = make_showers(8)
        energy = np.full_like(showers.energy, 1e7)
        energy[:4, 3, 3] = np.nan
        figure = self.beside(style, tmp_path, showers, many_runs(examples_of(energy), ["sn"], [1]))
        assert "not a number" in words(figure)
        assert r"9.0 \times 10^{6}" in words(figure)
        style.save(figure, tmp_path / "f.png", tmp_path / "f.pdf")


class TestEntryPoints:
    def test_bins_and_counts(self, style, tmp_path):
        showers = make_showers(400)
        data = write_data_set(tmp_path / "showers.h5", showers, "train")
        reference = write_reference(tmp_path / "features.h5", showers)
        figure = entry_points(style, data, reference, make_anchors())
        density, table, _ = figure.axes
        assert "x of the entry point [cm]" in all_labels(figure)
        assert not density.texts  # they would hide the data
        texts = [t.get_text() for t in table.texts]
        assert len(texts) == 9
        middle = (np.abs(showers.point) < 3).all(axis=1)
        counts = f"select {middle[::2].sum()}", f"test {middle[1::2].sum()}"
        assert texts[4].split("\n")[:2] == list(counts)
        assert ["THIN" in t for t in texts] == [True] + [False] * 8


class TestScores:
    def test_over_epochs(self, style):
        figure = over_epochs(style, many_runs(scores_in(*SPACES, n=2250)), make_anchors())
        assert [a.get_title().split(":")[0] for a in figure.axes] == ["bins-E", "bins-P", "E", "P"]
        assert "n = 2250, K = 20" in figure.axes[2].get_title()
        assert {"Epoch", "PRD-AUC on test"} <= set(all_labels(figure))
        # Per method a line for each seed and one for the mean; then the ceiling and the floors.
        assert len(figure.axes[0].lines) == len(LABELS) * (len(SEEDS) + 1) + 3
        labels = legend_of(figure)
        assert labels[:3] == list(LABELS.values())
        assert [label.split("(")[-1] for label in labels[3:]] == ["ceiling)", "floor)", "floor)"]
        thin, mean = (figure.axes[0].lines[i] for i in (0, 2))
        assert list(thin.get_xdata()) == [25, 30, 35]
        assert mean.get_linewidth() > thin.get_linewidth()
        assert [line.get_marker() for line in (thin, mean)] == ["", "o"]
        ends = [line.get_ydata()[0] for line in figure.axes[0].lines[-3:]]
        assert ends == [0.9, 0.3, 0.0]

    def test_small_bins_are_told(self, style):
        metrics = scores_in(*SPACES, n=2250)
        mean = metrics["bin"] == "mean"
        small = metrics.assign(
            n=metrics["n"].mask(mean, 8), clusters=metrics["clusters"].mask(mean, 6)
        )
        figure = over_epochs(style, many_runs(small), make_anchors())
        assert "n \N{GREATER-THAN OR EQUAL TO} 8 per bin, K = 6 to 20" in figure.axes[0].get_title()
        assert "n = 2250, K = 20" in figure.axes[3].get_title()

    def test_mean_is_over_seeds(self, style):
        table = scores_in(*SPACES, n=2250)
        runs = pd.concat(
            [
                many_runs(table.assign(value=0.2), ["sn"], [1]),
                many_runs(table.assign(value=0.6), ["sn"], [2]),
            ]
        )
        mean = over_epochs(style, runs, make_anchors()).axes[0].lines[2]
        np.testing.assert_allclose(mean.get_ydata(), 0.4)

    def test_prd_curves(self, style):
        curves = make_curves().assign(point=[*range(11)] * 3)
        figure = curves_of(style, many_runs(curves), make_curves().assign(anchor="ceiling"))
        assert len(figure.axes) == 2
        assert {"Recall", "Precision"} <= set(all_labels(figure))
        assert all(len(a.lines) == len(LABELS) * (len(SEEDS) + 1) + 1 for a in figure.axes)
        np.testing.assert_allclose(figure.axes[0].lines[2].get_xdata(), curves["recall"][:11])
        assert legend_of(figure) == [*LABELS.values(), "real against real (ceiling)"]


class TestTraining:
    def test_losses(self, style):
        runs = many_runs(make_history())
        figure = losses(style, runs, chosen(runs))
        assert len(figure.axes) == 3 * len(
            LABELS
        )  # of a Wasserstein loss the gap is the mirror image
        assert {"Generator step", "Generator loss", "Lipschitz bound"} <= set(all_labels(figure))
        assert all(len(a.lines) == 2 * len(SEEDS) for a in figure.axes)
        titles = [a.get_title(loc="left") for a in figure.axes[::3]]
        assert titles == list(LABELS.values())

    @pytest.mark.parametrize(("largest", "scale"), [(29, "linear"), (31, "log")])
    def test_a_narrow_range_of_bounds_is_on_a_linear_axis(self, style, largest, scale):
        """Ticks of a logarithmic axis between 1 and 2 crowd: 1.1 x 10^0, 1.2 x 10^0, ..."""
        runs = many_runs(make_history().assign(lipschitz_bound=np.linspace(1, largest, 40)))
        assert losses(style, runs, chosen(runs)).axes[2].get_yscale() == scale


class TestEmbedding:
    def test_one_panel_per_target(self, style):
        r2 = {"px_GeV": 0.971, "pz_GeV": 0.5}
        figure = embedding(style, make_predictions(), {"r2": r2})
        assert len(figure.axes) == 5 + 1
        assert "True $p_z$ [GeV]" in all_labels(figure)
        assert "Predicted x [cm]" in all_labels(figure)
        assert "$R^2$ = 0.971" in words(figure)
        scales = {tuple(c.get_clim()) for a in figure.axes[:5] for c in a.collections}
        assert len(scales) == 1
