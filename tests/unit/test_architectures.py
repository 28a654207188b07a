"""Architectures as an axis: named, drawn at random, and kept apart in all that follows."""

from collections import Counter

import pandas as pd
import pytest
from matplotlib.figure import Figure
from scipy import stats

from showergan.config.architectures import RandomArchitectures
from showergan.config.recipes.found import RECIPES
from showergan.config.whole import parse_config
from showergan.errors import UserError
from showergan.report.exhibits import of_first
from showergan.report.style import Style

RATES = {"generator": 1e-4, "discriminator": 1e-4}
RAW = {
    "task": "toys",
    "training": {"discriminator": {"kind": "perceptron", "width": 8}},
    "methods": {
        "gan": {"label": "GAN", "learning_rates": RATES, "loss": {"kind": "gan"}},
        "wgan_gp": {
            "label": "WGAN-GP",
            "learning_rates": RATES,
            "penalty": {"kind": "gradient"},
            "normalisation": "layer",
            "n_critic": 5,
        },
    },
}
TWO = {
    "deep": {
        "label": "20 layers",
        "generator": {"kind": "convolutional", "depth": 20},
        "discriminator": {"kind": "convolutional", "depth": 20},
    },
    "flat": {
        "label": "perceptrons",
        "generator": {"kind": "perceptron"},
        "discriminator": {"kind": "perceptron"},
    },
}


def train_step(config, architecture, method):
    keys = {"architecture": architecture, "method": method}
    return RECIPES["train"].of(config, **keys, rates="0.0001_0.0001", seed="1")


def test_one_architecture_is_called_like_its_discriminator():
    config = parse_config(RAW)
    assert list(config.compared) == ["perceptron_3x8"]
    assert train_step(config, "perceptron_3x8", "gan").discriminator.width == 8


def test_named_architectures_are_in_place_of_those_of_training():
    config = parse_config(RAW | {"architectures": TWO})
    assert {name: a.label for name, a in config.compared.items()} == {
        "deep": "20 layers",
        "flat": "perceptrons",
    }
    assert train_step(config, "deep", "gan").discriminator.normalisation == "batch"
    penalised = train_step(config, "deep", "wgan_gp")
    assert (penalised.discriminator.normalisation, penalised.n_critic) == ("layer", 5)
    assert penalised.discriminator.depth == 20
    assert train_step(config, "flat", "wgan_gp").discriminator.kind == "perceptron"
    for step in ("describe", "audit"):
        assert RECIPES[step].of(config).discriminator == config.compared["deep"].discriminator


def test_a_penalty_on_batch_norm_is_refused_in_any_architecture():
    bare = {**RAW["methods"]["wgan_gp"], "normalisation": None}
    with pytest.raises(UserError, match=r"methods\.wgan_gp: the constraint gradient"):
        parse_config(RAW | {"architectures": TWO, "methods": {"wgan_gp": bare}})
    flat = {"flat": TWO["flat"]}
    assert parse_config(RAW | {"architectures": flat, "methods": {"wgan_gp": bare}})


def test_only_one_way_to_name_them():
    both = {"architectures": TWO, "random_architectures": {"number": 2, "seed": 1}}
    with pytest.raises(UserError, match="give one of the two"):
        parse_config(RAW | both)
    with pytest.raises(UserError, match=r"architectures\.a b"):
        parse_config(RAW | {"architectures": {"a b": TWO["flat"]}})


def test_random_architectures_are_those_of_their_seed():
    raw = RAW | {"random_architectures": {"number": 12, "seed": 7}}
    drawn = parse_config(raw).compared
    assert list(drawn)[:2] == ["random_001", "random_002"] and len(drawn) == 12
    assert drawn == RandomArchitectures(number=12, seed=7).draw()
    more = RandomArchitectures(number=200, seed=7).draw()
    assert {name: more[name] for name in drawn} == drawn
    assert drawn != RandomArchitectures(number=12, seed=8).draw()
    # Another version of Python, or of this code, draws the same.
    assert drawn["random_001"].label == "G LeakyReLU 4 x 64 BN; D softplus 8 x 32"


def test_every_choice_is_uniform_and_independent():
    n = 6000
    drawn = RandomArchitectures(number=n, seed=3).draw().values()
    choices = {
        f"{of}.{field}": [getattr(getattr(a, of), field) for a in drawn]
        for of in ("generator", "discriminator")
        for field in ("nonlinearity", "depth", "filters", "normalisation")
    }
    sizes = {"nonlinearity": 4, "depth": 4, "filters": 3, "normalisation": 2}
    for name, values in choices.items():
        counts = Counter(values)
        assert len(counts) == sizes[name.split(".")[1]], name
        assert stats.chisquare(list(counts.values())).pvalue > 1e-3, name
    names = list(choices)
    for i, a in enumerate(names):
        for b in names[:i]:
            table = pd.crosstab(pd.Series(choices[a]), pd.Series(choices[b]))
            assert stats.chi2_contingency(table).pvalue > 1e-4, (a, b)


@pytest.mark.parametrize("several", [False, True])
def test_figures_show_the_first_of_several_and_say_so(several):
    seen = []

    def draw(style, table, other):
        seen.append((table, other))
        figure = Figure()
        figure.suptitle("of its own")
        return figure

    labels = {"deep": "20 layers", "flat": "perceptrons"} if several else {}
    style = Style(labels={"gan": "GAN"}, architectures=labels)
    table = pd.DataFrame({"architecture": ["flat", "deep", None], "value": [1, 2, 3]})
    figure = of_first(draw, style, table, "as it is")
    ((rows, other),) = seen
    assert rows["value"].tolist() == ([2, 3] if several else [1, 2, 3])
    assert other == "as it is"
    said = "20 layers, the first of 2 architectures\nof its own" if several else "of its own"
    assert figure.get_suptitle() == said


def test_a_method_may_be_trained_on_some_of_them_alone():
    methods = RAW["methods"] | {"gan": RAW["methods"]["gan"] | {"architectures": ["flat"]}}
    config = parse_config(RAW | {"architectures": TWO, "methods": methods})
    assert config.trained == [("deep", "wgan_gp"), ("flat", "gan"), ("flat", "wgan_gp")]


def test_a_method_on_an_architecture_that_there_is_not():
    methods = {"gan": RAW["methods"]["gan"] | {"architectures": ["round"]}}
    with pytest.raises(
        UserError, match=r"gan.architectures: there is no 'round'; there are deep, flat"
    ):
        parse_config(RAW | {"architectures": TWO, "methods": methods})
