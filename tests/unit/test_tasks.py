"""The door of tasks: every task is found and keeps its promises, and nothing outside their folders knows one."""

import ast
import sys
from pathlib import Path

import h5py
import numpy as np
import pytest
import torch
from typer.testing import CliRunner

from showergan.cli import app
from showergan.config.evaluation import Evaluation
from showergan.config.recipes.evaluation import Evaluate
from showergan.config.tasks.found import find
from showergan.config.tasks.showers import Preparation
from showergan.config.tasks.toys import ToyData
from showergan.config.whole import config_of, parse_config
from showergan.errors import UserError
from showergan.evaluation.generated import evaluate
from showergan.evaluation.generator import (
    Divergence,
    TrainedGenerator,
    conditions_of,
    description_of,
)
from showergan.evaluation.reference import make_reference
from showergan.networks.base import build
from showergan.tasks import showers
from showergan.tasks.data_set import source_sha256
from showergan.tasks.found import TASKS, found_for, of_file
from showergan.tasks.images.embedding import ImageEmbedding
from showergan.tasks.showers.embedding import EmbeddingRegressor
from showergan.tasks.showers.shower_file import write_npz

SRC = Path(__file__).parents[2] / "src/showergan"
CPU = torch.device("cpu")
EMBEDDED = ("E", "classifier", "encoder")  # spaces that there are but with an embedding
METHODS = {"sn": {"label": "SN", "learning_rates": {"generator": 1e-3, "discriminator": 1e-3}}}


@pytest.fixture(params=TASKS.values(), ids=TASKS)
def task(request):
    return request.param


@pytest.fixture
def data_set(task, tmp_path):
    path = tmp_path / "data.h5"
    if not task.own_data:
        task.write(task.data(), path)
    else:
        source = tmp_path / "source.npz"
        write_npz(source, 40, showers.gflash.simulate(40, 1))
        showers.dataset.preprocess(source, path, Preparation(split_seed=1))
    return path


def test_every_folder_is_a_task():
    folders = {p.parent.name for p in (SRC / "tasks").glob("*/task.py")}
    assert set(TASKS) == folders >= {"images", "showers", "text", "toys"}
    assert all(task.name == name for name, task in TASKS.items())
    assert len({task.about for task in TASKS.values()}) == len(folders)


def test_the_configuration_is_that_of_the_task(task):
    config = parse_config({"task": task.name, "methods": METHODS})
    assert type(config.data) is task.data
    assert config.choose_by == task.choose_by
    with pytest.raises(UserError, match=r"choose_by = 'nothing'.*'" + task.scores[0]):
        parse_config({"task": task.name, "methods": METHODS, "choose_by": "nothing"})


def test_a_task_that_there_is_not_is_told():
    with pytest.raises(
        UserError, match=r"task = 'ducks': must be one of images, showers, text, toys"
    ):
        parse_config({"task": "ducks", "methods": METHODS})


def bound(task, data_set):
    """Return the task as the samples of a data set have it."""
    found = of_file(data_set)
    assert found.name == task.name
    assert found.samples_in(data_set) == task.samples_in(data_set)
    return found


def test_a_data_set_leads_to_training_and_measurement(task, data_set):
    task = bound(task, data_set)
    found = task.training_set(data_set, "raw", CPU)
    n = len(found.samples)
    assert found.samples.shape == (n, *task.sample_shape)
    assert found.conditions.shape == (n, task.n_conditions)
    assert found.original_conditions.as_array.shape == (n, len(task.condition_names))
    assert len(source_sha256(data_set)) == 64
    reference_statistics, train = task.reference_statistics(data_set, Evaluation(), CPU)
    assert len(train) == n
    assert {
        f"{'bins-' * bins}{s}" for s in reference_statistics.spaces(train) for bins in (False, True)
    } >= {s for s in task.scores if s.removeprefix("bins-") not in EMBEDDED}
    with h5py.File(data_set.with_name("reference.h5"), "w") as file:
        reference_statistics.write(file)
        assert type(task.read_reference_statistics(file)) is type(reference_statistics)
    splits = [sum(map(len, task.stream(data_set, s))) for s in ("train", "select", "test")]
    assert splits == [n, n // 2, n // 2]


def test_a_generator_makes_samples(task, data_set):
    task = bound(task, data_set)
    found = task.training_set(data_set, "raw", CPU)
    given = task.conditions(*(values[:3] for values in found.original_conditions))
    network = build(task.start, task.sample_shape, task.n_conditions).eval()
    noise = network.draw_noise(3, torch.Generator().manual_seed(1))
    output, random = network(noise, found.conditions[:3]).detach(), np.random.default_rng(1)
    made = task.to_samples(output, given, found.conditioning, random)
    assert len(made) == 3
    again = task.sample(**{name: getattr(made, name) for name in task.sample_arrays})
    np.testing.assert_array_equal(again.conditions.as_array, given.as_array)
    assert all(len(array) == 3 for array in task.examples([made]).values())


def test_of_a_training_that_left_no_generator_all_samples_are_no_numbers(task, data_set):
    task = bound(task, data_set)
    found, settings = task.training_set(data_set, "raw", CPU), {"clusters": 2, "repeats": 2}
    description = description_of(task)(
        network=task.start,
        samples=task.samples_in(data_set),
        conditions=conditions_of(task, found.original_conditions.as_array),
        conditioning=found.conditioning,
        average=None,
        diverged=Divergence(step=7, epochs=(2,)),
        provenance={},
    )
    recipe = Evaluate(**settings, choose_by=task.choose_by)
    embedding = {
        "showers": EmbeddingRegressor,
        "images": lambda: ImageEmbedding("encoder", task.sample_shape, 0, width=4),
    }.get(task.name, lambda: None)()
    network = embedding and embedding.eval()
    reference = make_reference(data_set, network, Evaluation(**settings), CPU)
    metrics = evaluate(TrainedGenerator(description, {}), reference, network, recipe, CPU).metrics
    metrics = metrics[metrics["split"] == "test"].set_index("metric")
    counts = metrics.loc["n_not_finite"]
    assert counts["value"] == counts["n"] == len(reference.features["test"])
    assert metrics.loc["diverged_at_step", "value"] == 7
    assert metrics.loc[["prd_auc"], "value"].max() < 0.3  # showers may lack statistics, too


def test_points_are_split_and_repeatable(tmp_path):
    toys = TASKS["toys"]
    files = [tmp_path / f"{name}.h5" for name in "abc"]
    for file, seed in zip(files, (1, 1, 2), strict=True):
        toys.write(ToyData(n_points=101, seed=seed), file)
    shas = [source_sha256(file) for file in files]
    assert shas[0] == shas[1] != shas[2]
    sizes = [len(next(toys.stream(files[0], s))) for s in ("train", "select", "test")]
    assert sizes == [51, 25, 25]
    assert ToyData(n_points=101).n_train == 51


def test_points_are_generated_by_hand(tmp_path):
    toys = TASKS["toys"]
    with pytest.raises(UserError, match="give --n and no --conditions"):
        toys.read_conditions(None, None)
    with pytest.raises(UserError, match="give their number n alone"):
        toys.check_conditions([[1.0]])
    assert len(toys.read_conditions(None, 5).as_array) == 5


def test_a_task_that_reads_no_samples_says_so(tmp_path):
    with pytest.raises(UserError, match=r"g.npz: samples of the task toys are not read from files"):
        TASKS["toys"].read_samples(tmp_path / "g.npz")


def test_make_data_says_what_is_wrong(tmp_path):
    recipe = '{"task": "toys", "data": {"source": "gaussians_9"}}'
    done = CliRunner().invoke(
        app, ["make-data", "--recipe", recipe, "--out", str(tmp_path / "x.h5")]
    )
    assert isinstance(done.exception, UserError)
    assert "gaussians_9" in str(done.exception)


def test_new_files_are_a_new_task(tmp_path, monkeypatch):
    """The description that the workflow reads, and the functions of the same name."""
    for folder in ("descriptions", "further_tasks", "further_tasks/ducks"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "__init__.py").touch()
    (tmp_path / "descriptions/ducks.py").write_text(
        "from dataclasses import replace\n"
        "from showergan.config.tasks.toys import SPEC as TOYS\n"
        "SPEC = replace(TOYS, name='ducks', scores=('pond', 'plane'))\n"
    )
    (tmp_path / "further_tasks/ducks/task.py").write_text(
        "from dataclasses import replace\n"
        "from descriptions.ducks import SPEC\n"
        "from showergan.tasks.toys.task import TASK as TOYS\n"
        "TASK = replace(TOYS, **vars(SPEC))\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    specs = find("descriptions", tmp_path / "descriptions")
    assert list(specs) == ["ducks"]
    model = config_of(specs["ducks"])
    assert model.model_fields["task"].is_required()
    assert "pond" in str(model.model_json_schema()["properties"]["choose_by"])
    [(name, ducks)] = found_for(specs, "further_tasks").items()
    assert (name, ducks.name, ducks.choose_by) == ("ducks", "ducks", "plane")
    with pytest.raises(UserError, match="Generators of the task ducks cannot be exported"):
        ducks.standalone(None, None)
    for name in [n for n in sys.modules if n.startswith(("descriptions", "further_tasks"))]:
        del sys.modules[name]


def names_of_tasks(path):
    """Return what a file says of tasks by name: imports, attributes of the package, comparisons with a name."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module:
            parts = (node.module + "." + a.name for a in node.names)
            yield from (
                p for p in parts if p.startswith(tuple(f"showergan.tasks.{n}" for n in TASKS))
            )
        elif isinstance(node, ast.Attribute) and node.attr in TASKS:
            if isinstance(node.value, ast.Name) and node.value.id == "tasks":
                yield f"tasks.{node.attr}"
        elif isinstance(node, ast.Compare) and "task" in ast.unparse(node):
            sides = [node.left, *node.comparators]
            yield from (
                f"a comparison with {side.value}"
                for side in sides
                if isinstance(side, ast.Constant) and side.value in TASKS
            )


def test_nothing_but_steps_and_the_conversion_of_showers_knows_a_task():
    found = {
        str(path.relative_to(SRC)): sorted(set(names_of_tasks(path)))
        for path in SRC.rglob("*.py")
        if not {"tasks", "steps", "convert.py"} & set(path.relative_to(SRC).parts)
    }
    assert not {name: named for name, named in found.items() if named}


def test_a_task_whose_generators_cannot_be_exported_says_so():
    with pytest.raises(UserError, match="Generators of the task toys cannot be exported"):
        TASKS["toys"].standalone(None, None)
