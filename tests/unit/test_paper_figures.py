"""Figures of the paper: what is on them, and what they say when there is nothing to show."""

import numpy as np
import pandas as pd
import pytest
from drawn import RATES, figure_of, legend_of, of_runs, scores_in, style_of, words
from shower_files import make_showers, write_data_set

from showergan.config.networks import ShowerDiscriminator, ShowerGenerator
from showergan.networks.description import architectures, describe
from showergan.report.figures.architectures import architecture, layers_of
from showergan.report.texts import fitted
from showergan.tasks.showers.figures.task import on_paper
from showergan.tasks.showers.task import TASK

abcas = figure_of("abcas")
discriminator_architecture = figure_of("discriminator_architecture")
generator_architecture = figure_of("generator_architecture")
learning_rate_grid = figure_of("learning_rate_grid")
lipschitz = figure_of("lipschitz")
layer_multipliers = figure_of("layer_multipliers")
multipliers = figure_of("multipliers")
update_cosine = figure_of("update_cosine")
conditional_scores = figure_of("conditional_scores")
task = figure_of("task")

LABELS = {"sn": "vanilla SN", "coef": "SN * coef", "coefs": "SN * coefs", "abcas": "ABCAS"}
LAYERS = [f"convolutions.{i}" for i in (0, 2, 4, 6)] + [f"head.{i}" for i in (0, 2, 4)]
STEPS = 20


SIZES = (TASK.sample_shape, TASK.n_conditions, TASK.further_networks())


@pytest.fixture
def style():
    return style_of(LABELS)


@pytest.fixture(scope="module")
def table():
    return architectures(ShowerGenerator(), ShowerDiscriminator(), *SIZES)


def history(**columns):
    return pd.DataFrame({"step": 10 * np.arange(STEPS) + 1, "score_gap": 0.5, **columns})


def histories(methods=tuple(LABELS), rates=(RATES,)):
    """Return the histories of two seeds as they are read: columns that a run lacks are empty."""
    rising = np.linspace(1, 100, STEPS)
    columns = {
        "sn": {},
        "coef": {"multiplier": rising},
        "coefs": {f"multiplier_{name}": rising**0.1 for name in LAYERS} | {"multiplier": rising},
        "abcas": {"abcas_r": np.linspace(0, 2, STEPS), "abcas_clipped": 0.0},
    }
    return pd.concat(
        [of_runs(history(**columns[m]), [m], rates) for m in methods], ignore_index=True
    )


def metrics(methods=("sn", "abcas"), rates=(RATES,)):
    return of_runs(scores_in("E", "P", n=300), methods, rates)


def anchors():
    return pd.DataFrame(
        {
            "anchor": "ceiling",
            "metric": "prd_auc",
            "space": ["E", "P"],
            "bin": "mean",
            "value": [0.9, np.nan],
        }
    )


def grid(rates):
    rows = [
        {"method": m, "generator_rate": a, "discriminator_rate": b, "select_mean": 0.5 + a + b}
        for m in LABELS
        for a in rates
        for b in rates
    ]
    table = pd.DataFrame(rows).assign(score="bins-E", n_seeds=5, n_diverged=0)
    return table.assign(
        chosen=(table["generator_rate"] == rates[0]) & (table["discriminator_rate"] == rates[-1])
    )


def norms(gradient=0.5):
    layers = pd.DataFrame({"layer": [*LAYERS, "total"], "flattened": 4.0, "operator": 5.0})
    for place in ("real", "fake", "between"):
        layers[f"gradient_{place}"] = np.where(layers["layer"] == "total", gradient, np.nan)
    return of_runs(layers, LABELS)


class TestDescribe:
    @pytest.mark.parametrize(
        ("network", "size", "parameters"),
        [
            ("generator", "standard", 162_321),
            ("discriminator", "standard", 406_849),
            ("discriminator", "small", 107_969),
            ("embedding", "standard", 134_936),
        ],
    )
    def test_parameters(self, network, size, parameters):
        rows = architectures(ShowerGenerator(), ShowerDiscriminator(size=size), *SIZES)
        assert rows.loc[rows["network"] == network, "parameters"].sum() == parameters

    def test_rows(self, table):
        rows = table[table["network"] == "discriminator"].set_index("layer")
        assert list(rows.index[:2]) == ["image", "condition"]
        assert rows.index[-1] == "output"
        first = rows.loc["convolutions.0"]
        assert (first["kind"], first["takes"]) == ("Conv2d 3x3 /2", "1x30x30")
        assert first["shape"] == "32x15x15"
        assert rows.loc["head.0", "takes"] == "263"
        assert list(rows["order"]) == list(range(len(rows)))

    def test_module_is_left_as_it_was(self):
        torch = pytest.importorskip("torch")
        module = torch.nn.Sequential(torch.nn.BatchNorm1d(3), torch.nn.Linear(3, 2))
        rows = describe(module, input=torch.ones(4, 3))
        assert [r["name"] for r in rows] == ["input", "0", "1", "output"]
        assert module.training
        assert module[0].num_batches_tracked == 0
        assert not module[0]._forward_hooks


def cells_of(figure):
    """Return the texts of the table of a figure, row by row."""
    found = figure.axes[0].tables[0].get_celld()
    n_rows, n_columns = (max(places) + 1 for places in zip(*found, strict=True))
    texts = [[found[i, j].get_text().get_text() for j in range(n_columns)] for i in range(n_rows)]
    return [[text.replace("\N{NO-BREAK SPACE}", " ") for text in row] for row in texts]


class TestArchitecture:
    def test_layers(self, table):
        found = layers_of(table[table["network"] == "generator"])
        assert list(found["layer"][:2]) == ["noise", "condition"]
        assert list(found["out"][:2]) == ["50", "7"]
        assert found["modules"][3].split(", ")[1:] == ["BatchNorm2d", "ReLU"]
        assert len(found) == 2 + 5 + 1

    def test_condition_enters_at_the_head(self, table):
        found = layers_of(table[table["network"] == "discriminator"])
        names = list(found["layer"])
        assert names[:2] == ["image", "convolutions.0"]
        assert names[names.index("condition") + 1] == "head.0"
        assert list(found["out"][found["modules"] == "input"]) == ["1x30x30", "7"]

    @pytest.mark.parametrize(
        ("network", "n_rows", "total"),
        [
            ("generator", 2 + 5 + 1, "162 321"),
            ("discriminator", 2 + 7 + 1, "406 849"),
            ("embedding", 14, "134 936"),
        ],
    )
    def test_rows_and_total(self, style, table, network, n_rows, total, tmp_path):
        table.to_csv(tmp_path / "a.csv", index=False)  # empty shapes come back as NaN
        with style.theme():
            figure = architecture(pd.read_csv(tmp_path / "a.csv"), network)
        head, *rows, last = cells_of(figure)
        assert head == ["layer", "modules", "in", "out", "parameters"]
        assert len(rows) == n_rows and last[-1] == total
        assert figure.axes[0].get_title() == network.capitalize()
        style.save(figure, tmp_path / "f.png", tmp_path / "f.pdf")

    def test_each_network_has_its_figure(self, style, table):
        assert cells_of(generator_architecture(style, table))[-1][-1] == "162 321"
        shown = cells_of(discriminator_architecture(style, table))
        assert shown[-1][-1] == "406 849"
        assert shown[2][:2] == ["convolutions.0", "Conv2d 3\N{MULTIPLICATION SIGN}3 /2, LeakyReLU"]


class TestTask:
    def test_labels(self, style, tmp_path):
        figure = task(style, write_data_set(tmp_path / "showers.h5", make_showers(softest=5)))
        space, image, bar = figure.axes
        assert "GeV" in words(figure)
        assert "front face" in words(figure)
        assert image.get_xlabel() == "x [cm]"
        assert bar.get_xlabel() == "Energy deposit [MeV]"
        # The image behind the calorimeter is the image beside it.
        meshes = [
            next(c for c in a.collections if c.get_array() is not None) for a in (space, image)
        ]
        np.testing.assert_array_equal(*(m.get_array().filled(0) for m in meshes))
        style.save(figure, tmp_path / "f.png", tmp_path / "f.pdf")

    def test_projection(self):
        u, v = on_paper(0, 3, 5)
        assert (float(u), float(v)) == (5, 3)

    def test_no_shower(self, style, tmp_path):
        data = write_data_set(tmp_path / "showers.h5", make_showers(0))
        assert "no showers" in words(task(style, data))


def with_offsets(style, **offsets):
    return style.model_copy(update={"offsets": offsets})


class TestMultipliers:
    def test_of_the_output(self, style):
        figure = multipliers(with_offsets(style, coef=2.0, coefs=0.5), histories())
        (axes,) = figure.axes
        assert len(axes.lines) == 2 + 1  # two seeds and the offset
        assert axes.get_yscale() == "log"
        assert legend_of(figure) == ["SN * coef", "offset of the penalty"]
        assert "2" in words(figure)

    def test_a_panel_per_pair_of_rates(self, style):
        """Figure 3 of the paper is the panel of its pair, whatever pair the tables have."""
        runs = pd.concat(
            [histories(["coef"]), histories(["sn", "coef", "abcas"], ["0.001_0.0001"])]
        )
        large, small = multipliers(style, runs).axes
        assert large.get_title(loc="left").endswith("generator 0.001, discriminator 0.0001")
        assert small.get_title(loc="left").endswith("generator 0.001, discriminator 1e-05")
        assert len(large.lines) == len(small.lines) == 2
        lines = (*large.lines, *small.lines)
        assert len({(line.get_color(), line.get_marker()) for line in lines}) == 1

    def test_a_panel_has_the_scale_of_its_own(self, style):
        """At one pair the multiplier grows to 100, at the other it stays at 2: no line at the bottom of a panel."""
        runs = histories(["coef"], ["0.001_0.001", "0.001_0.0001"])
        flat = runs["learning_rates"] == "0.001_0.0001"
        runs["multiplier"] = runs["multiplier"].mask(flat, 2 + runs["multiplier"] / 1000)
        grown, still = multipliers(style, runs).axes
        assert grown.get_yscale() == "log" and grown.get_ylim()[1] > 100
        assert still.get_yscale() == "linear" and still.get_ylim()[1] < 2.2

    def test_legend_of_several_pairs(self, style):
        runs = histories(["coef"], ["0.001_0.001", "0.001_0.0001"])
        assert legend_of(multipliers(style, runs)) == ["SN * coef"]

    def test_narrow_range_is_linear(self, style):
        narrow = histories().assign(multiplier=lambda t: t["multiplier"].clip(upper=2))
        assert multipliers(style, narrow).axes[0].get_yscale() == "linear"

    def test_of_the_layers(self, style, tmp_path):
        figure = layer_multipliers(with_offsets(style, coefs=0.5), histories())
        each, product = figure.axes
        assert len(each.lines) == 2 * len(LAYERS)
        assert len(product.lines) == 2 + 1
        assert legend_of(figure)[:7] == LAYERS
        assert len({line.get_color() for line in each.lines}) == len(LAYERS)
        style.save(figure, tmp_path / "f.png", tmp_path / "f.pdf")

    @pytest.mark.parametrize("draw", [multipliers, layer_multipliers])
    def test_nothing_to_show(self, style, draw, tmp_path):
        figure = draw(with_offsets(style, coef=2.0), histories(["sn"]))
        assert "No method of this run" in words(figure)
        assert not figure.legends
        style.save(figure, tmp_path / "f.png", tmp_path / "f.pdf")


class TestAbcas:
    def test_one_pair_of_rates_has_the_colour_of_the_method(self, style):
        figure = abcas(style, histories())
        lines = [line for line in figure.axes[0].lines if len(line.get_xdata()) == STEPS]
        assert [line.get_color() for line in lines] == [style.line("abcas").colour] * 2
        assert figure.axes[0].get_title(loc="left") == ""

    def test_several_pairs_have_their_colours(self, style):
        figure = abcas(style, histories(rates=(RATES, "0.001_0.0001")))
        assert len({t.get_color() for t in figure.axes[0].lines[:4]}) == 2
        assert legend_of(figure) == [
            "ABCAS (0.001, 0.0001): 0.810 at the end",
            "ABCAS (0.001, 1e-05): 0.810 at the end",
        ]

    def test_the_factor_is_on_the_right_axis(self, style):
        """0.9^2 = 0.81 at the end of both runs; no panel of its own, in which every point lies at 1."""
        figure = abcas(style, histories())
        axes, right = figure.axes
        assert right.get_ylim() == axes.get_ylim()
        assert right.yaxis.get_major_formatter()(2.0) == "0.81"
        assert legend_of(figure) == ["ABCAS: 0.810 at the end"]

    def test_a_large_r(self, style, tmp_path):
        large = histories(["abcas"]).assign(abcas_r=lambda t: t["abcas_r"] * 50)
        figure = abcas(style, large)
        assert {a.get_yscale() for a in figure.axes} == {"symlog"}
        style.save(figure, tmp_path / "f.png", tmp_path / "f.pdf")

    def test_a_controller_that_never_acted_is_told(self, style):
        """0.9^0.09 = 0.9906 leaves the weights as they are; 0.9^0.1 = 0.9895 does not quite."""
        idle = histories(["abcas"]).assign(abcas_r=lambda t: t["abcas_r"] * 0.09 / 2)
        busy = histories(["abcas"], ["0.001_0.001"]).assign(
            abcas_r=lambda t: t["abcas_r"] * 0.1 / 2
        )
        told = words(abcas(style, pd.concat([idle, busy])))
        assert "ABCAS never acted in 2 of 4 runs: $0.9^r$ stayed above 0.99" in told
        assert "never acted" not in words(abcas(style, busy))

    def test_clipping_is_told(self, style):
        runs = histories()
        runs.loc[runs.index[-5:], "abcas_clipped"] = [1, 2, 3, 3, 3]
        assert "q clipped below 1 in 3 steps, in 1 of 2 runs" in words(abcas(style, runs))

    def test_nothing_to_show(self, style):
        assert "No method of this run has ABCAS" in words(abcas(style, histories(["sn"])))


class TestConditionalScores:
    def test_a_row_per_pair_of_rates(self, style):
        both = metrics(["sn", "abcas", "coef"], ["0.001_1e-05", "0.001_0.001"])
        figure = conditional_scores(style, both, anchors())
        assert len(figure.axes) == 2 * 2
        # Two methods with two runs and a mean each; only E has a ceiling.
        assert [len(a.lines) for a in figure.axes] == [7, 6, 7, 6]
        assert "discriminator 0.001" in figure.axes[0].get_title(loc="left")
        assert "300 per bin, K = 20" in figure.axes[0].get_title(loc="left")
        assert legend_of(figure) == ["vanilla SN", "ABCAS", "real against real (ceiling)"]

    def test_mean_runs_over_three_epochs(self, style):
        figure = conditional_scores(style, metrics(["sn"]), anchors())
        thick = figure.axes[0].lines[2]
        np.testing.assert_allclose(thick.get_ydata(), [0.55, 0.6, 0.65])

    def test_nothing_to_show(self, style):
        figure = conditional_scores(style, metrics(["coef"]), anchors())
        assert "vanilla SN or ABCAS" in words(figure).replace("\n", " ")


class TestLearningRates:
    @pytest.mark.parametrize("rates", [[1e-3, 1e-5], [1e-3, 1e-4, 1e-5]])
    def test_cells(self, style, rates, tmp_path):
        figure = learning_rate_grid(style, grid(rates), anchors())
        *panels, bar = figure.axes
        assert len(panels) == len(LABELS)
        assert all(len(a.texts) == len(rates) ** 2 for a in panels)
        assert all(len(a.patches) == 1 for a in panels)
        assert panels[0].patches[0].get_xy() == (0, 0)  # the largest rate on top, the smallest left
        assert bar.get_ylabel() == "bins-E on select, mean of 5 seeds"
        style.save(figure, tmp_path / "f.png", tmp_path / "f.pdf")

    def test_pairs_that_were_not_tried_stay_blank(self, style):
        whole = grid([1e-3, 1e-4])
        few = whole[(whole["method"] == "sn") | whole["chosen"] | (whole.index == 4)]
        *panels, _ = learning_rate_grid(style, few, anchors()).axes
        # With one pair there is nothing to compare.
        assert [(a.get_title(), len(a.texts)) for a in panels] == [
            ("vanilla SN", 4),
            ("SN * coef", 2),
        ]

    def test_nothing_to_show(self, style):
        assert "No learning rates" in words(learning_rate_grid(style, grid([1e-3]), anchors()))


def bounds_of(style, norms):
    keys = ["architecture", "method", "learning_rates"]
    return lipschitz(style, norms, norms[keys].drop_duplicates().assign(chosen=True, seeds="1 2"))


class TestLipschitz:
    def test_bounds_against_gradients(self, style):
        figure = bounds_of(style, norms())
        (axes,) = figure.axes
        assert axes.get_xscale() == "log"
        assert len(axes.lines) == 5 * len(LABELS)
        assert [t.get_text() for t in axes.get_yticklabels()] == list(LABELS.values())
        assert words(figure).count("\N{MULTIPLICATION SIGN} 10.0") == len(LABELS)

    @pytest.mark.parametrize("gradient", [0.0, np.nan, np.inf])
    def test_unusable_gradients(self, style, gradient, tmp_path):
        figure = bounds_of(style, norms(gradient))
        assert "unknown" in words(figure)
        style.save(figure, tmp_path / "f.png", tmp_path / "f.pdf")

    def test_nothing_to_show(self, style):
        assert "No Lipschitz" in words(bounds_of(style, norms().iloc[:0]))


class TestUpdateCosine:
    def test_a_line_per_change(self, style, tmp_path):
        parts = {"output times 4": 0.0, "sigma detached": 0.1}
        table = pd.concat(
            pd.DataFrame({"change": c, "step": range(5), "cosine": 1 - d, "relative_difference": d})
            for c, d in parts.items()
        )
        figure = update_cosine(style, table)
        left, right = figure.axes
        assert len(left.lines) == 2 + 1
        assert len(right.lines) == 2
        assert legend_of(figure) == list(parts)
        style.save(figure, tmp_path / "f.png", tmp_path / "f.pdf")
        assert "No change" in words(update_cosine(style, table.iloc[:0]))


def test_formulas_count_as_short_words():
    label = r"SN * coef, $\ell_2^{\mathrm{offset}}$ reg, offset 2"
    assert fitted(label, 40) == label
    assert fitted(label, 26).split("\n")[0] == r"SN * coef, $\ell_2^{\mathrm{offset}}$ reg,"
