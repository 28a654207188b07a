"""Configurations and recipes: read, or refused by key; no name leads out of results/, no text is taken for more."""

import copy
import json
import re
import shlex
import subprocess
from pathlib import Path

import pytest
import yaml
from attack import examples, places
from hypothesis import given
from hypothesis import strategies as st

from showergan.config.recipes.found import RECIPES
from showergan.config.recipes.recipe import Recipe
from showergan.config.whole import Config, parse_config
from showergan.errors import UserError
from showergan.io.braces import folded
from showergan.report.style import Style

ROOT = Path(__file__).parents[2]
VALID = {
    name: yaml.safe_load((ROOT / name).read_text())
    for name in (
        "config.yaml",
        "experiments/toys.yaml",
        "experiments/digits.yaml",
        "experiments/text.yaml",
    )
}

NASTY = [
    "",
    " ",
    "..",
    "../x",
    "/etc",
    "a/b",
    "$(touch x)",
    "`x`",
    "a;b",
    "a\nb",
    "<script>",
    "'",
    '"',
    "{run}",
    "nan",
    "1e400",
    "\ud800",
    "é",
    "con",
    "-x",
    "~",
    "*",
    "a" * 500,
]
SCALARS = st.one_of(
    *(st.none(), st.booleans(), st.integers(-2, 2**70), st.floats(), st.text(max_size=6)),
    *(
        st.sampled_from(NASTY),
        st.sampled_from(["showers", "toys", "images", "spectral_norm", "power"]),
    ),
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.text(max_size=4) | st.sampled_from(["kind", "generator", "label"]) | st.integers(),
            inner,
            max_size=3,
        )
    ),
    max_leaves=5,
)


def parsed(raw):
    """Return the configuration, None where a message refuses it; what is accepted is kept as it was read."""
    before = copy.deepcopy(raw)
    try:
        config = parse_config(raw)
    except UserError as error:
        assert str(error)
        return None
    finally:
        assert repr(raw) == repr(before)
    assert isinstance(config, Config)
    stays_inside(config)
    return config


def stays_inside(config):
    """Every path that the workflow makes of a configuration lies in results/, and needs no quotes in a shell."""
    for method in config.methods:
        for architecture in config.compared:
            for rates in config.learning_rates(method):
                path = f"results/{config.run}/train/{architecture}/{method}/{rates.name}/seed1/x"
                assert re.fullmatch(r"[\w./+-]+", path, re.ASCII), path
                parts = Path(path).parts
                assert ".." not in parts and len(parts) == 8 and max(map(len, parts)) < 100
                assert shlex.quote(path) == path


def test_valid_configurations_are_read():
    assert all(map(parsed, VALID.values()))


@examples(300)
@given(
    name=st.sampled_from(sorted(VALID)),
    value=VALUES,
    how=st.sampled_from(["put", "drop", "add"]),
    data=st.data(),
)
def test_other_values(name, value, how, data):
    raw = copy.deepcopy(VALID[name])
    place = data.draw(st.sampled_from(list(places(raw))))
    holder = raw
    for key in place[:-1]:
        holder = holder[key]
    if how == "put":
        holder[place[-1]] = value
    elif how == "drop":
        del holder[place[-1]]
    elif isinstance(holder, dict):
        holder[data.draw(st.text(max_size=8))] = value
    parsed(raw)


@examples(100)
@given(raw=st.dictionaries(st.sampled_from([*VALID["config.yaml"], "x"]), VALUES, max_size=4))
def test_any_configuration(raw):
    parsed(raw)


NAMES = st.one_of(
    st.text(max_size=6),
    st.sampled_from(NASTY),
    st.from_regex(r"[A-Za-z][A-Za-z0-9_]{0,80}[\n./ ]?", fullmatch=True),
)


@examples(200)
@given(name=NAMES, what=st.sampled_from(["run", "method", "architecture"]))
def test_any_name(name, what):
    raw = copy.deepcopy(VALID["experiments/toys.yaml"])
    if what == "run":
        raw["run"] = name
    elif what == "method":
        raw["methods"] = {name: next(iter(raw["methods"].values()))}
    else:
        networks = {key: {"kind": "perceptron"} for key in ("generator", "discriminator")}
        raw["architectures"] = {name: {"label": "x", **networks}}
    config = parsed(raw)
    simple = re.fullmatch(r"[A-Za-z][A-Za-z0-9_]{0,63}", name, re.ASCII)
    assert (config is not None) == bool(simple)


@examples(100)
@given(label=st.one_of(st.text(max_size=12), st.sampled_from(NASTY)))
def test_any_label(label):
    """It is a line, and no more than a text wherever it goes: in a style, in a command, in a script of a page."""
    raw = copy.deepcopy(VALID["experiments/toys.yaml"])
    method = next(iter(raw["methods"]))
    raw["methods"][method]["label"] = label
    config = parsed(raw)
    if config is None:
        return
    assert label.splitlines() == [label]
    style = json.dumps({"labels": {method: config.methods[method].label}})
    assert Style.read(style.replace("<", r"\u003c")).labels == {method: label}
    assert shlex.split(shlex.quote(style)) == [style]


# Recipes


@examples(200)
@given(
    name=st.sampled_from(sorted(RECIPES)),
    recipe=st.dictionaries(st.text(max_size=5), VALUES, max_size=3),
    data=st.data(),
)
def test_any_recipe(name, recipe, data):
    step = RECIPES[name]
    for key in data.draw(st.sets(st.sampled_from(sorted(step.model_fields) or ["x"]), max_size=4)):
        recipe[key] = data.draw(VALUES)
    try:
        text = json.dumps(recipe)
    except ValueError:
        return
    made = read(step, text)
    if made is not None:
        assert read(step, made.canonical()).canonical() == made.canonical()


@examples(100)
@given(
    name=st.sampled_from(sorted(RECIPES)),
    start=st.sampled_from(["", "{", " {", '{"a": ']),
    text=st.one_of(
        st.text(max_size=12),
        st.sampled_from([*NASTY, '{"a": ' * 10**5, "[" * 10**5, "9" * 5000, "/", "/proc/self/mem"]),
    ),
)
def test_any_text_of_a_recipe(name, start, text):
    read(RECIPES[name], start + text)


def read(step: type[Recipe], text):
    try:
        return step.read(text)
    except UserError as error:
        assert str(error)


# Commands


@pytest.mark.parametrize("path", sorted((ROOT / "workflow").rglob("*.smk")), ids=lambda p: p.name)
def test_commands_quote_what_they_are_given(path):
    """All but words that are quoted where they are made, names that the configuration restricts, and numbers."""
    ours = {"params.inputs", "params.metrics", "params.histories", "params.trainings"}
    ours |= {"wildcards.figure", "wildcards.table", "threads"}
    text = path.read_text()
    found = re.findall(r"^ *shell:\n((?: {8,}.*(?:\n|$))+)", text, re.MULTILINE)
    assert len(found) == text.count("shell:\n")
    for command in found:
        given_ = re.findall(r"\{([^{}]*)\}", command)
        assert {word for word in given_ if not word.endswith(":q")} <= ours


WORDS = st.text(
    st.characters(exclude_characters="\0/,{}", exclude_categories=["Cs"]), min_size=1, max_size=6
)


@examples(15)
@given(
    groups=st.lists(
        st.lists(
            st.lists(WORDS, min_size=1, max_size=3).map("/".join),
            min_size=1,
            max_size=6,
            unique=True,
        ),
        min_size=5,
        max_size=8,
    )
)
def test_folded_paths_are_words_of_bash(groups, tmp_path):
    """Whatever they are called; many in one shell, which takes its time to start."""
    groups = [[f"results/{path}" for path in group] for group in groups]
    script = "\n".join(f"printf '%s\\0' {folded(group)}" for group in groups)
    done = subprocess.run(["bash", "-c", script], capture_output=True, cwd=tmp_path, check=True)
    assert done.stdout.decode().split("\0")[:-1] == [path for group in groups for path in group]
    assert not list(tmp_path.iterdir())
