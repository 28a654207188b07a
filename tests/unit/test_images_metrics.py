"""The metrics of pictures against closed forms and hand cases, and the networks that pictures are measured with."""

import json

import numpy as np
import pandas as pd
import pytest
import torch
from typer.testing import CliRunner

from showergan.cli import app
from showergan.config.evaluation import Evaluation
from showergan.config.recipes.found import RECIPES
from showergan.config.tasks.images import Embedding, Samples
from showergan.errors import UserError
from showergan.evaluation.generator import load_generator
from showergan.evaluation.measure import measure
from showergan.metrics.pair import Pair
from showergan.metrics.physics_distance import kpd
from showergan.tasks.found import TASKS
from showergan.tasks.images import dataset
from showergan.tasks.images.embedding import (
    ImageEmbedding,
    load_embedding,
    save_embedding,
    score_of,
    train_embedding,
)
from showergan.tasks.images.images import Images, check_classes, read_classes, write_images
from showergan.tasks.images.metrics import frechet, inception_score

CPU = torch.device("cpu")


def kid(x, y):
    return kpd(x, y, seed=1, degree=3)


def gaussian(n, d, mean=0.0, sd=1.0, seed=1):
    return np.random.default_rng(seed).normal(mean, sd, (n, d))


def test_the_distance_of_two_gaussians_is_that_of_frechet():
    """Dowson & Landau 1982, for commuting covariances: |mu_1 - mu_2|^2 + d (sd_1 - sd_2)^2."""
    found = frechet(gaussian(10_000, 3), gaussian(10_000, 3, 2, 1.5, seed=2), seed=1)
    assert found.value == pytest.approx(3 * 4 + 3 * 0.25, rel=0.03)
    assert abs(found.value - 12.75) < 4 * found.event_sd
    assert found.n == 10_000


def test_equal_samples_are_no_distance_apart():
    x = gaussian(500, 4)
    assert frechet(x, x, seed=1).value == pytest.approx(0, abs=1e-9)
    # Of finite samples of one distribution it is above 0, and the more so the smaller they are.
    few, many = (frechet(gaussian(n, 4), gaussian(n, 4, seed=2), seed=1).value for n in (50, 5000))
    assert few > 5 * many > 0
    assert np.isnan(frechet(x[:1], x, seed=1).value)


def test_the_kernel_distance_of_two_points_each_is_done_by_hand():
    """(x.y + 1)^3 in one dimension, of 0, 1 and of 1, 2: 1 and 27 within them, 1, 1, 8 and 27 across."""
    x, y = np.array([[0.0], [1.0]]), np.array([[1.0], [2.0]])
    assert kid(x, y).value == pytest.approx(1 + 27 - 2 * (1 + 1 + 8 + 27) / 4)


def test_the_kernel_distance_is_that_of_binkowski():
    """Bińkowski et al. 2018, equation 4 with k(x, y) = (x.y / d + 1)^3, sum by sum."""
    x, y = gaussian(30, 5), gaussian(30, 5, 1, seed=2)

    def k(a, b):
        return (sum(p * q for p, q in zip(a, b, strict=True)) / 5 + 1) ** 3

    within = [
        sum(k(a, b) for i, a in enumerate(s) for j, b in enumerate(s) if i != j) / (30 * 29)
        for s in (x, y)
    ]
    across = sum(k(a, b) for a in x for b in y) / 30**2
    assert kid(x, y).value == pytest.approx(sum(within) - 2 * across)


def test_the_kernel_distance_of_equal_distributions_is_0_on_average():
    values = [
        kid(gaussian(60, 3, seed=2 * i), gaussian(60, 3, seed=2 * i + 1)).value for i in range(100)
    ]
    assert abs(np.mean(values)) < 3 * np.std(values) / 10
    assert min(values) < 0 < max(values)


@pytest.mark.parametrize("k", [2, 10])
def test_the_inception_score_of_sure_and_equal_classes_is_their_number(k):
    assert inception_score(np.tile(np.eye(k), (20, 1)), seed=1).value == pytest.approx(k)


def test_the_inception_score_of_constant_predictions_is_1():
    assert inception_score(np.full((50, 4), 0.25), seed=1).value == pytest.approx(1)
    one = np.tile([1.0, 0, 0, 0], (50, 1))
    found = inception_score(np.vstack([one, np.full((1, 4), np.nan)]), seed=1)
    assert (found.value, found.event_sd, found.n) == (pytest.approx(1), pytest.approx(0), 50)


def test_the_inception_score_is_done_by_hand():
    """Two pictures of 0.9, 0.1 and 0.5, 0.5: the mean is 0.7, 0.3."""
    p = np.array([[0.9, 0.1], [0.5, 0.5]])
    divergences = [
        0.9 * np.log(9 / 7) + 0.1 * np.log(1 / 3),
        0.5 * np.log(5 / 7) + 0.5 * np.log(5 / 3),
    ]
    assert inception_score(p, seed=1).value == pytest.approx(np.exp(np.mean(divergences)))


@pytest.fixture(scope="module")
def digits(tmp_path_factory):
    path = tmp_path_factory.mktemp("digits") / "images.h5"
    TASKS["images"].write(TASKS["images"].data(), path)
    return path


def fitted(digits, kind, samples=None, **recipe):
    samples = samples or dataset.samples_in(digits)
    pictures, label = dataset.load(digits, "train"), dataset.labels(digits, "train")
    return train_embedding(kind, samples, pictures.image, label, Embedding(**recipe), CPU)[0]


@pytest.fixture(scope="module")
def classifier(digits):
    return fitted(digits, "classifier", width=16, epochs=12)


@pytest.mark.parametrize(("kind", "golden"), [("classifier", 451.838), ("encoder", 956.707)])
def test_its_numbers_change_only_with_the_version_of_the_step(digits, kind, golden):
    assert RECIPES["train_image_embedding"].version == 1
    network = fitted(digits, kind, width=4, epochs=1)
    size = sum(p.abs().sum().item() for p in network.parameters())
    assert size == pytest.approx(golden, rel=1e-4)


def test_the_classifier_knows_digits(digits, classifier):
    """Below 0.95 on digits that it was not trained on, something is wrong."""
    image = torch.from_numpy(dataset.load(digits, "test").image)
    label = torch.from_numpy(dataset.labels(digits, "test"))
    assert score_of(classifier, image, label) > 0.95
    found = classifier.seen(image.numpy())
    assert found.probabilities.sum(axis=1) == pytest.approx(1, abs=1e-5)
    assert (found.probabilities.argmax(axis=1) == label.numpy()).mean() > 0.95
    assert found.features.shape == (len(image), 64)


def test_the_training_is_repeatable_and_leaves_the_generator_alone(digits):
    torch.manual_seed(5)
    before = torch.get_rng_state()
    first, again, other = (
        fitted(digits, "classifier", width=4, epochs=1, seed=seed).state_dict()
        for seed in (1, 1, 2)
    )
    assert torch.equal(torch.get_rng_state(), before)
    assert all(torch.equal(first[name], again[name]) for name in first)
    assert not torch.equal(first["body.0.weight"], other["body.0.weight"])


def test_the_encoder_learns_pictures_without_labels(digits):
    nameless = Samples(shape=(1, 16, 16))
    encoder = fitted(digits, "encoder", nameless, width=4, epochs=4, learning_rate=3e-3)
    image = torch.from_numpy(dataset.load(digits, "test").image)
    assert score_of(encoder, image, torch.zeros(len(image))) > 0.2
    assert encoder.seen(image.numpy()).probabilities is None
    with pytest.raises(UserError, match=r"these have none: choose_by: encoder"):
        fitted(digits, "classifier", nameless)


@pytest.mark.parametrize("shape", [(1, 8, 8), (3, 28, 20), (1, 33, 64)])
@pytest.mark.parametrize("kind", ["classifier", "encoder"])
def test_networks_fit_any_size_and_are_read_back(tmp_path, kind, shape):
    embedding = ImageEmbedding(kind, shape, 5 * (kind == "classifier"), width=4).eval()
    image = torch.randn(3, *shape)
    assert embedding(image).shape == ((3, 5) if kind == "classifier" else (3, *shape))
    save_embedding(embedding, tmp_path / "model.pt")
    again = load_embedding(tmp_path / "model.pt", CPU)
    assert torch.equal(again(image), embedding(image))
    with pytest.raises(UserError, match="does not exist"):
        load_embedding(tmp_path / "none.pt", CPU)
    (tmp_path / "model.pt").write_text("")
    with pytest.raises(UserError, match="not an embedding written by train-image-embedding"):
        load_embedding(tmp_path / "model.pt", CPU)


def test_real_digits_beat_noise_by_every_metric(digits, classifier):
    task, recipe = TASKS["images"], Evaluation(clusters=10, repeats=2)
    task = task.of(task.samples_in(digits))
    reference_statistics, _ = task.reference_statistics(digits, recipe, CPU)
    real, held_out = (
        task.features(task.stream(digits, split), reference_statistics, classifier, recipe, CPU)
        for split in ("test", "select")
    )
    drawn = np.random.default_rng(1).uniform(-1.5, 1.5, (449, 1, 16, 16)).astype(np.float32)
    drawn[7, 0, 3, 3] = np.nan
    noise = Images(drawn, np.empty((449, 0), np.float32))
    fake = task.features([noise], reference_statistics, classifier, recipe, CPU)
    assert fake.counts["n_not_finite"] == 1
    good, bad = (
        measure(Pair(real, other, reference_statistics, recipe), task.metrics).set_index(
            ["metric", "space", "bin"]
        )["value"]
        for other in (held_out, fake)
    )
    for metric, better in (("prd_auc", 1), ("inception_score", 1), ("frechet", -1), ("kid", -1)):
        values = good[metric, "classifier", "all"], bad[metric, "classifier", "all"]
        assert np.isfinite(values).all()
        assert better * (values[0] - values[1]) > 0
    assert 7 < good["inception_score", "classifier", "all"] <= 10


def run(command, recipe, **files):
    options = [word for name, path in files.items() for word in (f"--{name}", str(path))]
    done = CliRunner().invoke(
        app, [command, "--recipe", json.dumps(recipe), *options], catch_exceptions=False
    )
    assert done.exit_code == 0, done.output
    return done


def test_pictures_of_a_class_go_all_the_way(tmp_path):
    """From the data set, which says how large they are and of which classes, to a generator that is asked for some."""
    there = {name: tmp_path / name for name in ("data.h5", "model.pt", "real.h5", "generator.pt")}
    data, model, real, generator = there.values()
    csv = {name: tmp_path / f"{name}.csv" for name in ("history", "lipschitz", "anchors", "curves")}
    section = {"source": "digits", "size": 8, "conditional": True}
    run("make-data", {"task": "images", "data": section}, out=data)
    metrics = tmp_path / "embedding.json"
    sizes = {"kind": "classifier", "width": 8, "epochs": 2, "bar": 1.0}
    told = run("train-image-embedding", sizes, data=data, out=model, metrics=metrics)
    assert "warning: that is below embedding.bar = 1.0" in told.stderr
    written = json.loads(metrics.read_text())
    assert (written["kind"], written["score"]) == ("classifier", "accuracy")
    assert 0.5 < written["value"] < 1
    ends = {"anchors": csv["anchors"], "curves": csv["curves"]}
    evaluation = {"clusters": 5, "repeats": 2}
    run("reference", evaluation, data=data, embedding=model, out=real, **ends)
    found = pd.read_csv(csv["anchors"], dtype={"bin": str})
    scores = found[(found["metric"] == "prd_auc") & (found["bin"] == "mean")].set_index("anchor")
    assert set(scores["space"]) == {"classifier"}
    assert scores.loc["ceiling", "value"] > 2 * scores.loc["shuffled", "value"]
    perceptron = {"kind": "perceptron", "width": 8}
    recipe = {"generator": perceptron, "discriminator": perceptron, "epochs": 1, "batch_size": 400}
    recipe |= {"learning_rates": {"generator": 1e-3, "discriminator": 1e-3}, "method": {}}
    recipe |= {"seed": 1, "evaluated_epochs": [1]}
    files = {"history": csv["history"], "lipschitz": csv["lipschitz"], "run": tmp_path / "run.json"}
    run("train", recipe, data=data, generator=generator, **files)
    trained = load_generator(generator)
    assert trained.generate(["3", "3", "9"], seed=1).shape == (3, 1, 8, 8)
    assert [c.name for c in trained.description.conditions] == list("0123456789")
    scored = {name: tmp_path / f"{name}.csv" for name in ("metrics", "curves")}
    recipe = evaluation | {"choose_by": "bins-classifier"}
    inputs = {"generator": generator, "reference": real, "embedding": model}
    run("evaluate", recipe, **inputs, **scored, examples=tmp_path / "examples.npz")
    assert {"frechet", "kid", "inception_score"} <= set(pd.read_csv(scored["metrics"])["metric"])
    with np.load(tmp_path / "examples.npz") as file:
        assert (file["image"].shape, file["image"].dtype) == ((64, 1, 8, 8), np.uint8)


def test_classes_are_asked_for_by_name(tmp_path):
    classes = ("cat", "dog")
    np.testing.assert_array_equal(check_classes(classes, ["dog", "cat"]).one_hot, [[0, 1], [1, 0]])
    assert check_classes(()).one_hot.shape == (1, 0)
    table = tmp_path / "classes.csv"
    table.write_text("label,n\ndog,1\ndog,2\ncat,3\n")
    np.testing.assert_array_equal(read_classes(classes, table, None).one_hot[:, 1], [1, 1, 0])
    assert read_classes((), None, 4).one_hot.shape == (4, 0)
    for asked, message in (
        (lambda: check_classes(classes, ["cow"]), "no class cow; there are cat, dog"),
        (lambda: check_classes(classes), "ask for some of cat, dog"),
        (lambda: check_classes((), ["cat"]), "images of no class"),
        (lambda: read_classes(classes, None, 3), "column label of classes: cat, dog"),
        (lambda: read_classes((), table, 3), "give --n and no --conditions"),
        (lambda: read_classes(classes, tmp_path / "x", 3), "does not exist"),
    ):
        with pytest.raises(UserError, match=message):
            asked()
    table.write_text("kind\ndog\n")
    with pytest.raises(UserError, match="has no label"):
        read_classes(classes, table, None)


def test_generated_pictures_are_kept_as_bytes(tmp_path):
    image = np.full((2, 1, 8, 8), 1.5, np.float32)
    chunk = Images(image, np.eye(2, dtype=np.float32))
    write_images(tmp_path / "x.npz", 4, [chunk, chunk], {})
    with np.load(tmp_path / "x.npz") as file:
        assert file["image"].dtype == np.uint8
        assert (file["image"] == 255).all()
        np.testing.assert_array_equal(file["label"], [0, 1, 0, 1])
