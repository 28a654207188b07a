"""A step's recipe: the same text for the same content, from the configuration, the command line or a file."""

import json
import re
from importlib import import_module
from pathlib import Path

import h5py
import pytest
import yaml
from typer.testing import CliRunner

from showergan.cli import OTHERS, app
from showergan.cli.options import options_of
from showergan.config.recipes.data import SAMPLE_SHA256
from showergan.config.recipes.found import OF_ANY_TASK, OF_TASK, RECIPES
from showergan.config.whole import parse_config
from showergan.errors import UserError
from showergan.records.verification import findings

ROOT = Path(__file__).parents[2]

SMALL = {"discriminator": {"kind": "shower_discriminator", "size": "small"}}
TRAINING = {
    "seed": 1,
    **SMALL,
    "learning_rates": {"generator": 1e-3, "discriminator": 3e-4},
    "method": {"normaliser": {"kind": "spectral_norm"}},
    "evaluated_epochs": [1],
}


@pytest.fixture
def raw():
    return yaml.safe_load((ROOT / "config.yaml").read_text())


def training(config):
    return RECIPES["train"].of(
        config, architecture="small", method="sn", rates="0.001_0.0001", seed="1"
    )


def test_a_recipe_that_is_a_file_is_an_input_of_the_record(tmp_path):
    recipe, out, kept = (tmp_path / n for n in ("recipe.json", "acceptance.csv", "provenance.json"))
    recipe.write_text(json.dumps({"sha256": SAMPLE_SHA256}))
    arguments = ["sample", "--recipe", recipe, "--out", out, "--provenance", kept]
    done = CliRunner().invoke(app, list(map(str, arguments)), catch_exceptions=False)
    assert done.exit_code == 0
    assert set(json.loads(kept.read_text())["inputs"]) == {"recipe.json"}
    assert findings(tmp_path) == []
    recipe.write_text("{}")
    assert [(f.kind, f.path) for f in findings(tmp_path)] == [("altered", recipe)]


def help_of(command):
    shown = CliRunner().invoke(app, [command, "--help"], env={"COLUMNS": "200"})
    assert shown.exit_code == 0
    return shown.output


@pytest.mark.parametrize("name", [name for name in RECIPES if name != "train"])
def test_the_recipe_of_the_configuration_is_read_back(raw, name):
    raw["data"] |= {"source": "npz", "path": "https://there/s.npz"}
    raw["embedding"] |= {"file": "model.pt", "sha256": "0" * 64}
    (task,) = [task for task, steps in OF_TASK.items() if name in steps] or ["showers"]
    another = {"task": task, "methods": raw["methods"]}
    another["learning_rate_search"] = raw["learning_rate_search"]
    another["training"] = {"seeds": raw["training"]["seeds"]}
    step = RECIPES[name].of(parse_config(raw if task == "showers" else another))
    assert RECIPES[name].read(step.canonical()) == step
    assert json.loads(step.canonical())["recipe_version"] == RECIPES[name].version


def test_the_recipe_of_a_training_is_read_back(raw):
    step = training(parse_config(raw))
    assert step.read(step.canonical()) == step
    assert (step.seed, step.learning_rates.name) == (1, "0.001_0.0001")
    assert step.method == parse_config(raw).methods["sn"].composition
    assert step.evaluated_epochs == parse_config(raw).training.evaluated_epochs


def test_the_text_ignores_order_and_sees_swaps(raw):
    """Snakemake compares texts."""
    text = training(parse_config(raw)).canonical()
    turned = {key: raw[key] for key in reversed(raw)}
    turned["methods"] = {key: raw["methods"][key] for key in reversed(raw["methods"])}
    turned["training"] = {key: raw["training"][key] for key in reversed(raw["training"])}
    config = parse_config(turned)
    assert training(config).canonical() == text
    assert RECIPES["acceptance"].of(config) == RECIPES["acceptance"].of(parse_config(raw))
    step = RECIPES["train"].read(json.dumps(TRAINING))
    swapped = {"generator": 3e-4, "discriminator": 1e-3}
    other = RECIPES["train"].read(json.dumps(TRAINING | {"learning_rates": swapped}))
    assert step.canonical() != other.canonical()


def test_the_recipe_is_text_or_a_file(tmp_path):
    path = tmp_path / "recipe.json"
    step = RECIPES["train"].read(json.dumps(TRAINING))
    path.write_text(json.dumps(step.whole()))
    assert RECIPES["train"].read(str(path)) == step
    assert step.whole() == json.loads(step.canonical())


@pytest.mark.parametrize(
    ("recipe", "message"),
    [
        ("{", "not JSON"),
        ("{}", "seed: missing"),
        (json.dumps(TRAINING | {"epoks": 1}), "epoks: unknown key; did you mean epochs"),
        ("nothing.json", "nothing.json: give JSON text, or a JSON file"),
        ("[" * 5000, "give JSON text, or a JSON file"),
        (str(ROOT), "give JSON text, or a JSON file"),
        (str(ROOT / "config.yaml"), "not JSON"),
    ],
)
def test_mistakes_are_explained(recipe, message):
    with pytest.raises(UserError, match=message):
        RECIPES["train"].read(recipe)


def test_another_version_is_told(capsys):
    RECIPES["train"].read(json.dumps(TRAINING | {"recipe_version": RECIPES["train"].version}))
    assert capsys.readouterr().err == ""
    RECIPES["train"].read(json.dumps(TRAINING | {"recipe_version": 0}))
    assert "version 0" in capsys.readouterr().err


def test_a_step_is_repeated_from_its_record(tmp_path):
    runner, kept = CliRunner(), tmp_path / "provenance.json"
    first, second = tmp_path / "first.csv", tmp_path / "second.csv"
    showers = tmp_path / "showers.h5"
    h5py.File(showers, "w").close()  # of the default task, whose samples are always alike
    for recipe, out in ((json.dumps(SMALL), first), (kept, second)):
        files = ["--data", showers, "--out", out, "--provenance", kept]
        arguments = ["describe", "--recipe", recipe, *files]
        done = runner.invoke(app, list(map(str, arguments)), catch_exceptions=False)
        assert done.exit_code == 0, done.output
    assert first.read_text() == second.read_text()
    assert RECIPES["describe"].read(str(kept)).discriminator.name == "small"


def test_a_step_that_fails_leaves_no_record(tmp_path):
    kept = tmp_path / "provenance.json"
    arguments = [
        "acceptance",
        "--recipe",
        '{"bounded": [], "fewest": 1}',
        "--provenance",
        str(kept),
    ]
    files = ("scorecard", "failures", "anchors", "out")
    options = [word for name in files for word in (f"--{name}", str(tmp_path / name))]
    assert CliRunner().invoke(app, arguments + options).exit_code == 1
    assert not kept.exists()


@pytest.mark.parametrize("step", RECIPES.values(), ids=RECIPES)
def test_help_tells_every_option_and_every_key(step):
    told = help_of(step.name.replace("_", "-"))
    module = import_module(step.__module__.replace("config.recipes", "cli.steps"))
    for option in options_of(getattr(module, step.name)):
        assert f"--{option.name.replace('_', '-')} " in told or f"{option.name}..." in told
    for name, field in step.model_fields.items():
        assert f"- {name}" in told
        if field.description and f"- {name}:" in told:  # of a section its keys are told
            assert field.description[:30] in " ".join(told.split())


def test_help_lists_every_subcommand():
    """Of modules that it does not import."""
    told = CliRunner().invoke(app, ["--help"], env={"COLUMNS": "200"}).output
    for name in (*RECIPES, *OTHERS, "schema"):
        assert f"│ {name.replace('_', '-')} " in told
    for name, (_, summary) in OTHERS.items():
        assert summary.rstrip(".") in told
        assert summary.rstrip(".") in " ".join(help_of(name).replace("│", "").split())


def test_help_tells_what_may_stand_in_a_recipe():
    told = help_of("train")
    assert "- epochs: integer, default 150; passes of generator steps" in told
    assert "- seed: integer, needed" in told
    assert '- batches: shuffled | replayed, default "shuffled"; of the discriminator' in told
    assert "- learning_rates.generator: number, needed" in told
    assert "- generator_average: number | null, default null" in told
    assert "- evaluated_epochs: array of integer, needed" in told
    assert "- method.penalty: dragan | gradient | power | r1 | null, default null" in told
    assert "- method.normaliser.bound: number, default 0.1; c: weights stay in [-c, c]" in told


RULES = [
    rule
    for path in (ROOT / "workflow/rules").rglob("*.smk")
    for rule in re.split(r"^ *rule ", path.read_text(), flags=re.MULTILINE)
]


@pytest.mark.parametrize("name", [name for name in RECIPES if name != "evaluate_file"])
def test_the_workflow_asks_every_step_for_its_recipe_and_for_a_record(name):
    command = f"showergan {name.replace('_', '-')} "
    (rule,) = (rule for rule in RULES if command in rule)
    assert f'recipe=recipe_of("{name}"' in rule
    record, recipe = (
        re.findall(rf'^ *{key}=f?"results/(.*){key}\.json",$', rule, re.MULTILINE)
        for key in ("provenance", "recipe")
    )
    assert record == recipe and len(recipe) == 1  # beside each other
    assert "with_recipe(" in rule
    assert "--recipe {output.recipe:q}" in rule
    assert "--provenance {output.provenance:q}" in rule


@pytest.mark.parametrize("task", OF_TASK)
def test_no_two_rules_write_one_record(task):
    """But for those that never stand together: showers have one source and one embedding. Nor do rules of two tasks."""
    folder = ROOT / "workflow/rules"
    read = [*folder.glob("*.smk"), *folder.glob(f"tasks/{task}*.smk")]
    places = re.findall(
        r'"(results/.*provenance\.json)"', "".join(path.read_text() for path in read)
    )
    steps = {*OF_ANY_TASK, *OF_TASK[task], "figure", "table", "conclusion"} - {"evaluate_file"}
    assert len(places) == len(steps)
    assert len(set(places)) == len(places) - 4 * (task == "showers")
    assert len(RECIPES) == len(OF_ANY_TASK) + sum(map(len, OF_TASK.values()))  # no two of one name
