"""The configuration stops on every mistake with the key, the value and what is allowed."""

import copy
import datetime
import json
import re
from pathlib import Path

import pytest
import snakemake.cli
import yaml
from snakemake.common.configfile import load_configfile
from snakemake.utils import update_config

from showergan.config.catalogue import applicable
from showergan.config.keys import read_file, refuse_twice
from showergan.config.kinds import kinds
from showergan.config.methods import Composition, LearningRates
from showergan.config.networks import DiscriminatorNetwork, GeneratorNetwork
from showergan.config.optimisers import RMSprop
from showergan.config.recipes.found import RECIPES
from showergan.config.tasks.found import DEFAULT
from showergan.config.validation import read_json
from showergan.config.whole import parse_config, schema
from showergan.errors import UserError

ROOT = Path(__file__).parents[2]

# What the first lines of each experiment say: how many trainings, and what to type for them, which is files to lay over
# config.yaml in this order.
LAYERS = [
    ([ROOT / name for name in command.split()], int(count))
    for path in sorted((ROOT / "experiments").rglob("*.yaml"))
    for count, command in re.findall(
        r"(\d+) trainings[^:]*:\n#   snakemake .*--configfile (.*)", path.read_text()
    )
]


RATES = {"generator": 1e-3, "discriminator": 1e-4}


@pytest.fixture
def raw():
    return yaml.safe_load((ROOT / "config.yaml").read_text())


@pytest.fixture
def own_rates(raw):
    """The configuration without a search."""
    raw["learning_rate_search"] = None
    for method in raw["methods"].values():
        method["learning_rates"] = dict(RATES)
    raw["training"]["seeds"] = [1, 2, 3]
    return raw


def put(raw, path, value):
    *parents, last = path.split(".")
    for key in parents:
        raw = raw[key]
    raw[last] = value


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        ("trainning", {}, ["trainning", "unknown key", "did you mean training"]),
        ("training.batchsize", 3, ["training.batchsize", "did you mean batch_size"]),
        ("training.batch_size", "many", ["training.batch_size = 'many'", "integer"]),
        ("training.batch_size", "6.4", ["training.batch_size = 6.4", "integer"]),
        ("training.batch_size", 7000, ["batch_size = 7000", "larger", "6000"]),
        ("training.seeds", [], ["training.seeds: test = []: give at least one seed"]),
        ("training.seeds", [1, 1], ["training.seeds: names a seed twice: 1;"]),
        ("training.seeds", [2**26], ["training.seeds.test.0 = 67108864", "less than 67108864"]),
        ("training.seeds.test", [2, 11, 1], ["training.seeds: names a seed twice: 1, 2;"]),
        ("training.seeds.baseline", [13], ["names a seed twice: 13; each key"]),
        ("training.seeds.baseline_choose", [1], ["names a seed twice: 1; each key"]),
        ("training.seeds", [1, 2], ["training.seeds.choose: missing", "looks better than it is"]),
        ("training.seeds.choose", [], ["training.seeds.choose: missing", "give seeds: {choose:"]),
        (
            "training.discriminator",
            "small",
            ["training.discriminator = 'small': must be {kind: ...}", "'shower_discriminator'"],
        ),
        ("training.discriminator.size", "huge", ["discriminator.size = 'huge'", "'standard' or"]),
        (
            "training.generator",
            {"kind": "dcgan"},
            ["training.generator.kind = 'dcgan'", "'perceptron'"],
        ),
        (
            "training.generator",
            {"kind": "perceptron", "widht": 3},
            ["training.generator.widht: unknown key; did you mean width?"],
        ),
        (
            "training.optimiser",
            {"kind": "adam", "betas": [0.9, 1]},
            ["training.optimiser.betas.1 = 1", "less than 1"],
        ),
        ("methods.sn.loss", "wasserstein", ["methods.sn.loss = 'wasserstein'", "'least_squares'"]),
        ("training.evaluate.first", 9, ["evaluate.first = 9", "epochs = 3"]),
        ("training.evaluate.every", 0, ["training.evaluate.every = 0", "greater than 0"]),
        (
            "evaluation.partition.bins",
            [0, 3],
            ["evaluation.partition.bins.0 = 0", "greater than 0"],
        ),
        ("evaluation.partition.bins", [3], ["evaluation.partition.bins.1", "missing"]),
        ("evaluation.clusters", 1, ["evaluation.clusters = 1", "greater than or equal to 2"]),
        ("data.negative_energy", "drop", ["= 'drop'", "'clip' or 'error'"]),
        ("data.source", "npz", ["needs a path or URL"]),
        ("data.energy_unit", "keV", ["data.energy_unit = 'keV'", "'MeV' or 'GeV'"]),
        ("data.energy_unit", "GeV", ["source: sample has energy_unit: MeV", "for source: npz"]),
        ("data.length_unit", "mm", ["length_unit: cm; others are for source: npz"]),
        ("data.sha256", "abc", ["data.sha256 = 'abc'", "pattern"]),
        ("run", "a/b", ["run = 'a/b'", "pattern"]),
        ("methods", {}, ["methods = {}", "at least 1"]),
        ("methods.new", {}, ["methods.new.label: missing"]),
        (
            "methods.new",
            {"label": "x", "learning_rates": RATES},
            [
                "methods.new.learning_rates is not used while learning_rate_search is set: remove it, or "
                "set learning_rate_search: null"
            ],
        ),
        (
            "learning_rate_search.discriminator",
            [1e-3, 0.001],
            ["learning_rate_search: names a pair of learning rates twice: 0.001_0.001"],
        ),
        ("methods.sn.normaliser", "sn", ["methods.sn.normaliser = 'sn'"]),
        (
            "methods.sn.normaliser",
            {"kind": "spectral"},
            ["methods.sn.normaliser.kind = 'spectral'", "'spectral_norm'", "'weight_clipping'"],
        ),
        (
            "methods.clipping.normaliser.bound",
            -1,
            ["methods.clipping.normaliser.bound = -1", "greater than 0"],
        ),
        *[
            ("methods.clipping.normaliser.bound", value, [f"normaliser.bound = {value!r}", says])
            for value, says in (
                (True, "valid number"),
                (float("inf"), "finite number"),
                (float("nan"), "finite number"),
            )
        ],
        (
            "training.optimiser",
            {"kind": "adam", "betas": [0.9, False]},
            ["training.optimiser.betas.1 = False", "valid number"],
        ),
        (
            "learning_rate_search.generator",
            [float("inf")],
            ["learning_rate_search.generator.0 = inf", "finite number"],
        ),
        *[
            (
                "methods.abcas.controller.alpha",
                value,
                [
                    f"controller.alpha = {value!r}: {says}",
                    f"controller.alpha = {value!r}: must be 'scaled'",
                ],
            )
            for value, says in ((1, "must be less than 1"), ("scald", "must be a valid number"))
        ],
        ("training.warm_up", 0, ["training.warm_up = 0", "greater than 0"]),
        ("training.generator_average", True, ["training.generator_average = True"]),
        ("methods", {False: {"label": "x"}}, ["methods.False", "put it in quotes"]),
        ("methods", {None: {"label": "x"}}, ["methods.None", "put it in quotes"]),
        ("methods", {False: None}, ["methods.False", "put it in quotes"]),
        (
            "methods.clipping.normaliser.bond",
            1,
            ["methods.clipping.normaliser.bond", "unknown key", "did you mean bound"],
        ),
        (
            "methods.sn.learning_rates",
            {"generator": 0, "discriminator": 1},
            ["methods.sn.learning_rates.generator = 0", "greater than 0"],
        ),
    ],
)
def test_mistake_is_explained(raw, path, value, message):
    put(raw, path, value)
    with pytest.raises(UserError) as error:
        parse_config(raw)
    for part in message:
        assert part in str(error.value)


class TestKeyTwice:
    @pytest.mark.parametrize(
        ("text", "says"),
        [
            ("run: a\nrun: b\n", "line 2: the key run stands in line 1 already"),
            ("a:\n  sn: {label: x}\n  'sn': {label: y}", "line 3: the key sn stands in line 2"),
            ("a: [{b: 1, c: &d {e: 1, e: 2}}, *d]", "line 1: the key e stands in line 1"),
            ('{"a": {"b": 1, "b": 2}}', ": the key b stands there twice"),
        ],
    )
    def test_is_refused(self, tmp_path, text, says):
        (tmp_path / "c.yaml").write_text(text)
        with pytest.raises(UserError, match=re.escape(f"{tmp_path}/c.yaml") + ".*" + says):
            refuse_twice([tmp_path / "c.yaml"], [])
        with pytest.raises(UserError, match="the key b stands"):
            refuse_twice([], ["-n", "methods={a: {b: 1, b: 2}}"])

    def test_merged_keys_and_aliases_are_none(self, tmp_path):
        text = "a: &a {x: 1, y: 2}\nb: {<<: *a, x: 3}\nc: [*a, *a]\nd: {<<: *a}\n"
        (tmp_path / "c.yaml").write_text(text)
        assert read_file(tmp_path / "c.yaml") == yaml.safe_load(text)
        refuse_twice([ROOT / "config.yaml", *(ROOT / "experiments").rglob("*.yaml")], ["a=b", "x"])

    @pytest.mark.parametrize("as_file", [True, False])
    def test_is_refused_in_a_recipe(self, tmp_path, as_file):
        text = '{"seed": 1, "seed": 2}'
        (tmp_path / "r.json").write_text(text)
        with pytest.raises(UserError, match="--recipe: the key seed stands there twice"):
            read_json("--recipe", str(tmp_path / "r.json") if as_file else text)


def test_every_mistake_is_listed_at_once(raw):
    put(raw, "training.epochs", 0)
    put(raw, "figures.dpi", 1)
    with pytest.raises(UserError, match=r"(?s)training\.epochs = 0.*figures\.dpi = 1"):
        parse_config(raw)


def test_default_config_says_every_key(raw):
    config = parse_config(copy.deepcopy(raw))
    for section in ("data", "embedding", "training", "evaluation", "figures"):
        assert set(raw[section]) == set(type(getattr(config, section)).model_fields)
    assert set(raw) == set(type(config).model_fields)


def test_method_set_to_null_is_left_out(raw):
    put(raw, "methods.none", None)
    assert list(parse_config(raw).methods) == [m for m in raw["methods"] if m != "none"]


def test_value_that_yaml_should_not_give_is_explained(raw):
    put(raw, "training.epochs", datetime.date(2026, 1, 1))
    with pytest.raises(UserError, match="YAML should not give"):
        parse_config(raw)


@pytest.mark.parametrize(
    ("argument", "path", "expected"),
    [
        ("run=abc", "run", "abc"),
        ("choose_by=E", "choose_by", "E"),
        ("data={n_showers: 5000}", "data.n_showers", 5000),
        ("data={sha256: null}", "data.sha256", None),
        ("training={seeds: {test: [3,4]}}", "training.seeds.test", (3, 4)),
        ("training={evaluate: {first: 2}}", "training.evaluate.first", 2),
        ("evaluation={partition: {bins: [2, 1]}}", "evaluation.partition.bins", (2, 1)),
        ("evaluation={empty_bins: nan}", "evaluation.empty_bins", "nan"),
        ("methods={sn: {label: x}}", "methods.sn.label", "x"),
        ("methods={sn: {label: 12}}", "methods.sn.label", "12"),
        ("methods={sn: {label: no}}", "methods.sn.label", "no"),
        ("methods={sn: {normaliser: null}}", "methods.sn.normaliser", None),
        (
            "methods={clipping: {normaliser: {bound: 1e-2}}}",
            "methods.clipping.normaliser.bound",
            0.01,
        ),
        ("methods={abcas: {controller: {alpha: 5e-1}}}", "methods.abcas.controller.alpha", 0.5),
        (
            "methods={abcas: {controller: {alpha: scaled}}}",
            "methods.abcas.controller.alpha",
            "scaled",
        ),
        ("training={discriminator: {size: standard}}", "training.discriminator.name", "standard"),
        (
            "training={discriminator: {kind: perceptron, size: null, width: 64}}",
            "training.discriminator.name",
            "perceptron_3x64",
        ),
        (
            "training={optimiser: {kind: adam, betas: [0, 0.9]}}",
            "training.optimiser.betas",
            (0.0, 0.9),
        ),
        (
            "methods={sn: {penalty: {kind: gradient, one_sided: true}}}",
            "methods.sn.penalty.one_sided",
            True,
        ),
        (
            "learning_rate_search={generator: [1e-3, 2.0e-3], discriminator: [.5]}",
            "learning_rate_search.generator",
            (1e-3, 2e-3),
        ),
    ],
)
def test_snakemakes_command_line_changes_one_value(raw, argument, path, expected):
    """Its own functions read the argument and lay it over the file."""
    config = overridden(raw, argument)
    value = config
    for key in path.split("."):
        value = value[key] if isinstance(value, dict) else getattr(value, key)
    assert value == expected
    assert type(value) is type(expected)
    # Everything beside it stays.
    assert config.figures == parse_config(raw).figures
    assert list(config.methods) == list(parse_config(raw).methods)


@pytest.mark.parametrize("nothing", ["null", ""])
def test_snakemakes_command_line_gives_methods_rates_of_their_own(own_rates, nothing):
    own_rates["learning_rate_search"] = {"generator": [1], "discriminator": [1]}
    own_rates["training"]["seeds"] = {"choose": [1], "test": [2]}
    told = [f"learning_rate_search={nothing}", "methods={sn: {learning_rates: {generator: 1e-4}}}"]
    told.append("training={seeds: [1]}")
    update_config(own_rates, snakemake.cli.parse_config(told))
    config = parse_config(own_rates)
    assert config.learning_rate_search is None
    assert [pair.name for pair in config.learning_rates("sn")] == ["0.0001_0.0001"]


def test_snakemakes_command_line_leaves_a_method_out(raw):
    assert "none" in raw["methods"]
    assert "none" not in overridden(raw, "methods={none: null}").methods


def overridden(raw, argument):
    raw = copy.deepcopy(raw)
    update_config(raw, snakemake.cli.parse_config([argument]))
    return parse_config(raw)


def test_texts_from_the_command_line_are_still_judged(raw):
    with pytest.raises(UserError) as error:
        overridden(raw, "training={seeds: [1, 1.5], epoks: 3}")
    assert "training.seeds.test.1 = 1.5: must be a valid integer" in str(error.value)
    assert "training.epoks: unknown key; did you mean epochs?" in str(error.value)


def test_yaml_1_1_texts_are_numbers(own_rates):
    spelt = yaml.safe_load("{generator: 1e-3, discriminator: 1e-5}")
    put(own_rates, "methods.sn.learning_rates", spelt)
    rates = parse_config(own_rates).methods["sn"].learning_rates
    assert (rates.generator, rates.discriminator) == (1e-3, 1e-5)
    assert rates.name == "0.001_1e-05"


def test_frame_and_energy_are_for_trainings_alone(own_rates):
    def recipes():
        config = parse_config(own_rates)
        wildcards = {"architecture": "small", "method": "sn", "rates": "0.001_0.0001", "seed": "1"}
        return {
            name: RECIPES[name].of(config, **wildcards).whole()
            for name in (
                "simulate",
                "preprocess",
                "train_embedding",
                "reference",
                "evaluate",
                "train",
            )
        }

    own_rates["data"] |= {"frame": "detector", "energy": "raw"}
    before = recipes()
    assert before["train"]["representation"] == {"frame": "detector", "energy": "raw"}
    own_rates["data"] |= {"frame": "particle", "energy": "response"}
    after = recipes()
    changed = {"representation": {"frame": "particle", "energy": "response"}}
    assert after == before | {"train": before["train"] | changed}
    assert RECIPES["train"].read(json.dumps(after["train"])).whole() == after["train"]
    put(own_rates, "data.frame", "particel")
    with pytest.raises(UserError, match=r"data.frame = 'particel': must be 'detector' or"):
        parse_config(own_rates)


@pytest.mark.parametrize("experiment", ["paper", "small_discriminator", "reference_code"])
def test_what_is_published_names_frame_and_energy(experiment):
    data = yaml.safe_load((ROOT / f"experiments/{experiment}.yaml").read_text())["data"]
    assert (data["frame"], data["energy"]) == ("detector", "raw")


def test_a_method_may_have_an_optimiser_of_its_own(raw):
    put(raw, "methods.sn.optimiser", {"kind": "adam", "betas": [0, 0.9]})
    config = parse_config(raw)
    assert config.optimiser("sn").betas == (0, 0.9)
    assert config.optimiser("none") == config.training.optimiser == RMSprop()
    for method, kind in (("sn", "adam"), ("none", "rmsprop")):
        assert config.setting(method)["training"]["optimiser"]["kind"] == kind
        step = RECIPES["train"].of(
            config, architecture="small", method=method, rates="0.001_0.0001", seed="1"
        )
        assert step.optimiser.kind == kind


def test_names_of_networks_can_stand_in_paths():
    for base in (GeneratorNetwork, DiscriminatorNetwork):
        for network in kinds(base).values():
            assert re.fullmatch("[a-z0-9_]+", network().name)


def test_schema_is_in_step_with_the_models():
    written = yaml.safe_load((ROOT / "workflow/schemas/config.schema.yaml").read_text())
    assert written == schema(), "run: showergan schema > workflow/schemas/config.schema.yaml"


def test_every_experiment_says_how_to_run_it():
    assert {files[-1] for files, _ in LAYERS} == set((ROOT / "experiments").rglob("*.yaml"))
    commands = "".join(p.read_text() for p in (ROOT / "experiments").rglob("*.yaml"))
    assert len(LAYERS) == commands.count("--configfile")


@pytest.mark.parametrize(
    ("files", "count"), LAYERS, ids=["+".join(p.stem for p in files) for files, _ in LAYERS]
)
def test_experiments_are_valid_and_train_as_often_as_they_say(files, count):
    config = laid_over_the_default(files)
    assert config.run != "default"
    trained = sum(
        len(config.learning_rates(name)) * len(config.tried_seeds(name))
        + len(config.chosen_seeds(name))
        for _, name in config.trained
    )
    assert trained == count


def laid_over_the_default(files):
    """As the Snakefile does: what is of another task is laid over nothing."""
    given, raw = {}, {}
    for path in files:
        update_config(given, load_configfile(path))
    if given.get("task", DEFAULT) == DEFAULT:
        update_config(raw, load_configfile(ROOT / "config.yaml"))
    update_config(raw, given)
    return parse_config(raw)


def test_the_study_has_the_published_methods_and_the_rates_of_its_endpoint():
    study, published = (
        laid_over_the_default([ROOT / f"experiments/{name}.yaml"])
        for name in ("study", "all_methods")
    )
    for name in published.methods.keys() - {
        "sn_null"
    }:  # the noise between equal methods says nothing here
        assert study.methods[name].label == published.methods[name].label
        assert study.methods[name].composition == published.methods[name].composition
    further = {name: study.methods[name] for name in study.methods.keys() - published.methods}
    losses = {name: method.loss.kind for name, method in further.items()}
    assert losses == {
        **dict.fromkeys(("gan", "dragan", "r1"), "gan"),
        **dict.fromkeys(("sn_hinge", "gradient_normalisation"), "hinge"),
        **dict.fromkeys(("wgan_gp", "abcas_published"), "wasserstein"),
    }
    assert study.methods["abcas"].controller.alpha == "scaled"
    assert further["abcas_published"].controller.alpha == 0.9999
    rates = [pair.discriminator for pair in study.learning_rate_search.pairs]
    assert rates == [3e-5, 1e-4, 3e-4, 1e-3, 3e-3]


class TestPairsOfLearningRates:
    def test_paper_has_those_of_its_figures(self):
        """Egorov & Rogachev 2023: what the captions of the tables and of figures 3 to 6 say."""
        config = laid_over_the_default(
            [ROOT / "experiments/all_methods.yaml", ROOT / "experiments/paper.yaml"]
        )
        kinds = {
            name: getattr(method.multiplier, "kind", None)
            for name, method in config.methods.items()
        }
        for name, kind in kinds.items():
            pairs = [pair.name for pair in config.learning_rates(name)]
            assert config.own_learning_rates[name] == pairs[0]
            if kind in ("trainable", "trainable_per_layer"):  # figures 3 and 4
                assert "0.001_0.0001" in pairs
        assert set(kinds.values()) >= {"trainable", "trainable_per_layer"}
        sn, abcas = (
            {(pair.generator, pair.discriminator) for pair in config.learning_rates(name)}
            for name in ("sn", "abcas")
        )
        # Figures 5 and 6: the discriminator's rate over decades, the generator's unchanged.
        assert sn == abcas == {(g, d) for g in (1e-3, 1e-4) for d in (1e-3, 1e-4, 1e-5)}

    def test_one_place_says_them(self, raw):
        assert parse_config(raw).own_learning_rates is None
        assert len(parse_config(raw).learning_rates("sn")) == 3
        raw["learning_rate_search"] = None
        with pytest.raises(UserError, match=r"methods\.sn\.learning_rates: missing; give"):
            parse_config(raw)
        for key, given in (("learning_rates", RATES), ("further_learning_rates", [RATES])):
            both = copy.deepcopy(raw) | {"learning_rate_search": {k: [1.0] for k in RATES}}
            put(both, f"methods.sn.{key}", given)
            with pytest.raises(UserError, match=f"sn.{key} is not used while learning_rate_search"):
                parse_config(both)

    def test_own_pair_is_the_first(self, own_rates):
        further = [{"generator": 1e-4, "discriminator": 1e-4}]
        put(own_rates, "methods.sn.further_learning_rates", further)
        config = parse_config(own_rates)
        names = [pair.name for pair in config.learning_rates("sn")]
        assert names == ["0.001_0.0001", "0.0001_0.0001"]
        assert config.own_learning_rates["sn"] == "0.001_0.0001"

    def test_a_pair_twice_is_a_mistake(self, own_rates):
        put(own_rates, "methods.sn.further_learning_rates", [dict(RATES)])
        with pytest.raises(UserError, match=r"methods\.sn: names a pair of learning rates twice"):
            parse_config(own_rates)

    @pytest.mark.parametrize(
        ("rate", "name"),
        [
            *[(1e-3, "0.001"), (1e-05, "1e-05"), (0.2, "0.2"), (1.0, "1"), (300.0, "300")],
            *[(0.00012345678, "0.00012345678"), (0.0001234567, "0.0001234567")],
            *[(0.1 + 0.2, "0.30000000000000004"), (1234567.0, "1234567.0")],
        ],
    )
    def test_names_are_exact(self, rate, name):
        assert LearningRates(generator=rate, discriminator=1e-4).name == f"{name}_0.0001"
        assert float(name) == rate

    def test_changes_no_recipe_of_a_training(self, own_rates):
        raw = own_rates
        before = parse_config(raw).methods["sn"].composition
        put(raw, "methods.sn.further_learning_rates", [{"generator": 1, "discriminator": 1}])
        put(raw, "methods.sn.label", "another")
        assert parse_config(raw).methods["sn"].composition == before
        assert type(before) is Composition


@pytest.mark.parametrize(
    ("path", "expected"), [("~/x.npz", "/home/me/x.npz"), ("a~/~x.npz", "a~/~x.npz")]
)
def test_a_path_below_the_home_folder(raw, monkeypatch, path, expected):
    monkeypatch.setenv("HOME", "/home/me")
    raw["data"] = {"source": "npz", "path": path}
    assert parse_config(raw).data.path == expected


def test_a_home_folder_that_is_not_there(raw):
    raw["data"] = {"source": "npz", "path": "~nobody_of_this_name/x.npz"}
    with pytest.raises(UserError, match=r"data\.path: '~nobody_of_this_name/x\.npz'"):
        parse_config(raw)


def unbounded(part, place=""):
    """Yield the places in a schema of whole numbers that may be as large as one likes."""
    if isinstance(part, dict):
        bounds = {"maximum", "exclusiveMaximum"}
        if part.get("type") == "integer" and not bounds & set(part):
            yield place
        for key, value in part.items():
            yield from unbounded(value, f"{place}.{key}")
    elif isinstance(part, list):
        for number, value in enumerate(part):
            yield from unbounded(value, f"{place}.{number}")


def test_every_size_has_an_upper_bound():
    """Else one more digit than was meant would compute for years, or fill the memory."""
    assert list(unbounded(schema())) == []
    for name, step in RECIPES.items():
        assert (name, list(unbounded(step.model_json_schema()))) == (name, [])


class TestBaseline:
    def verdicts(self, raw):
        recipe = RECIPES["verdicts"].of(parse_config(raw))
        return recipe.baseline, recipe.null

    def test_that_of_the_configuration_is_compared_with(self, raw):
        assert self.verdicts(raw) == ("sn", "sn_null")
        del raw["compare"]
        assert self.verdicts(raw) == ("sn", "sn_null")
        raw["compare"] = {"baseline": "none"}
        assert self.verdicts(raw) == ("none", "none_null")
        raw["compare"]["null_method"] = "clipping"
        assert self.verdicts(raw) == ("none", "clipping")

    @pytest.mark.parametrize("key", ["baseline", "null_method"])
    def test_one_that_is_named_must_be_a_method(self, raw, key):
        raw["compare"][key] = "nonne"
        with pytest.raises(
            UserError, match=rf"compare\.{key} = 'nonne': .* are none, clipping, sn, "
        ):
            parse_config(raw)

    def test_margins_and_positions_reach_the_recipe(self, raw):
        raw["compare"] |= {"margins": {"bins-E": "0.02"}, "positions": ["energy resolution error"]}
        recipe = RECIPES["verdicts"].of(parse_config(raw))
        assert recipe.margins == {"bins-E": 0.02}
        assert recipe.positions == ("energy resolution error",)
        raw["compare"]["margins"] = {"bins-E": 0.02, "position: energy resolution error": 0.1}
        parse_config(raw)
        for wrong in ({"bins-E": 0}, {"bins-E": -0.01}, 0.02, {"bins_E": 0.02}, {"position: x": 1}):
            raw["compare"]["margins"] = wrong
            with pytest.raises(UserError, match=r"compare\.margins"):
                parse_config(raw)

    def test_a_run_without_the_usual_one_has_nothing_to_show_of_it(self, raw):
        assert applicable.baseline(parse_config(raw))
        raw["methods"]["sn"] = None
        assert self.verdicts(raw) == ("sn", "sn_null")
        assert not applicable.baseline(parse_config(raw))


def test_the_baseline_may_have_more_seeds(raw):
    raw["training"]["seeds"] = {"choose": [1], "test": [2], "baseline": [3], "baseline_choose": [4]}
    config = parse_config(raw)
    assert (config.tried_seeds("sn"), config.chosen_seeds("sn")) == ((1, 4), (2, 3))
    assert (config.tried_seeds("none"), config.chosen_seeds("none")) == ((1,), (2,))
