"""Other tasks through the whole workflow, each from one configuration that is not laid over the default."""

import gzip

import h5py
import numpy as np
import pandas as pd
import pytest
import yaml
from copies import ROOT, copy_of_the_workflow
from sklearn.datasets import load_digits


def configuration(experiment, methods, **training):
    """An experiment with few methods, one seed and short trainings."""
    raw = yaml.safe_load((ROOT / "experiments" / experiment).read_text())
    raw["methods"] = {name: raw["methods"][name] for name in methods}
    raw["training"] |= {"seeds": [1], "evaluate": {"first": 1, "every": 1}, **training}
    raw["evaluation"] = {**raw.get("evaluation", {}), "repeats": 2}
    return raw


def finished(workflow, raw, *files):
    """Run it to its end, or as far as these files of its results, which lie in the folder that this returns."""
    run = f"results/{raw['run']}"
    (workflow.folder / "small.yaml").write_text(yaml.safe_dump(raw))
    wanted = [f"{run}/{file}" for file in files]
    workflow.snakemake("--cores", "2", "--", *wanted, configfile="small.yaml")
    return workflow.folder / run


def figures_to_come(workflow):
    jobs = workflow.would_run(configfile="small.yaml")
    return {rule.removeprefix("figure_") for rule in jobs if rule.startswith("figure_")}


SHOWN = ("generated_points", "differences")


class TestToys:
    @pytest.fixture(scope="class")
    @classmethod
    def toys(cls, tmp_path_factory):
        methods = ("gradient_penalty", "sn", "sn_null")
        raw = configuration("toys.yaml", methods, epochs=4, batch_size=64)
        raw["training"]["evaluate"] = {"first": 2, "every": 2}
        raw["data"]["n_points"] = 1024
        raw["fixed_generator"] = {"steps": 20, "deep_steps": 10}
        workflow = copy_of_the_workflow(tmp_path_factory.mktemp("toys"))
        shown = [f"figures/{name}.png" for name in SHOWN]
        results = finished(workflow, raw, "failures.csv", "conclusion.txt", *shown)
        return results, figures_to_come(workflow)

    def test_a_task_without_conditions_or_embedding_goes_all_the_way(self, toys):
        toys, _ = toys
        made = sorted(p.name for p in (toys / "data").iterdir())
        assert made == ["provenance.json", "recipe.json", "toys.h5"]
        assert not (toys / "embedding").exists()
        summary = pd.read_csv(toys / "summary.csv")
        assert set(summary["score"]) == {"plane"}
        assert len(summary) == 3
        assert summary["shuffled"].isna().all()
        assert summary["ceiling"].between(0.5, 1).all()
        card = pd.read_csv(toys / "scorecard.csv")
        assert {"PRD-AUC: plane", "W2", "modes found", "share near a mode"} <= set(card["title"])
        assert card["ceiling"].notna().all()
        verdicts = pd.read_csv(toys / "verdicts.csv")
        assert set(verdicts["method"]) == {"gradient_penalty", "sn_null"}
        failures = pd.read_csv(toys / "failures.csv")
        assert failures.loc[failures["method"] == "real", "failure"].tolist() == ["none"]

    def test_what_it_shows_is_what_it_has(self, toys):
        toys, to_come = toys
        assert {"scorecard", "prd_curves", "losses"} <= to_come
        assert not to_come & {"generated_showers", "embedding", "entry_points", "energy_response"}
        told = (toys / "conclusion.txt").read_text()
        assert "plane" in told and "real toys" in told
        assert "nan" not in told and "shuffled 0" not in told and "do not apply" not in told


class TestImages:
    """Pictures of a class that is asked for, from files of MNIST's format."""

    @pytest.fixture(scope="class")
    @classmethod
    def workflow(cls, tmp_path_factory):
        workflow = copy_of_the_workflow(tmp_path_factory.mktemp("images"))
        digits = load_digits()
        image = np.round(digits.images * 255 / 16).astype(np.uint8)
        for name, array in (("images", image), ("labels", digits.target.astype(np.uint8))):
            head = bytes([0, 0, 8, array.ndim]) + np.array(array.shape, ">u4").tobytes()
            (workflow.folder / f"{name}.gz").write_bytes(gzip.compress(head + array.tobytes()))
        return workflow

    @pytest.fixture(scope="class")
    @classmethod
    def images(cls, workflow):
        raw = configuration("digits.yaml", ("gradient_penalty", "sn"), epochs=2)
        small = {"kind": "convolutional", "filters": 4}
        raw["training"] |= {"generator": small, "discriminator": small, "n_critic": 1}
        raw["data"] = {"source": "idx", "path": "images.gz", "labels": "labels.gz", "size": 16}
        raw["data"]["conditional"] = True
        raw["embedding"] = {"width": 4, "epochs": 3, "bar": 0.3}
        raw["choose_by"] = "bins-classifier"
        raw["evaluation"] |= {"clusters": 5}
        return finished(workflow, raw, "conclusion.txt", "figures/generated_images.png")

    def test_classes_are_conditions_and_bins(self, images):
        summary = pd.read_csv(images / "summary.csv")
        assert {"classifier", "bins-classifier"} <= set(summary["score"])
        with h5py.File(images / "data/images.h5") as file:
            assert len(file["image"]) == 1797
        metrics = pd.read_csv(next((images / "evaluate").rglob("metrics.csv")), dtype={"bin": str})
        assert {str(digit) for digit in range(10)} <= set(metrics["bin"])

    def test_what_it_shows_is_what_it_has(self, workflow, images):
        figures = figures_to_come(workflow)
        assert {"scorecard", "prd_curves", "losses"} <= figures
        assert not figures & {"conditional_scores", "generated_showers", "value_surfaces"}
        assert "nan" not in (images / "conclusion.txt").read_text()

    def test_another_file_of_pictures_is_another_data_set(self, workflow, images):
        assert "make_data" not in workflow.would_run(configfile="small.yaml")
        path = workflow.folder / "images.gz"
        path.write_bytes(gzip.compress(gzip.decompress(path.read_bytes()), 1))
        assert workflow.would_run(configfile="small.yaml")["make_data"] == 1


class TestText:
    """Lines of a file of one's own."""

    @pytest.fixture(scope="class")
    @classmethod
    def text(cls, tmp_path_factory):
        workflow = copy_of_the_workflow(tmp_path_factory.mktemp("text"))
        book = ROOT / "src/showergan/tasks/text/pride_and_prejudice.txt"
        lines = book.read_text(encoding="utf-8").splitlines()[:900]
        (workflow.folder / "own.txt").write_text("\n".join(lines), encoding="utf-8")
        raw = configuration("text.yaml", ("gan", "wgan_gp"), epochs=1, n_critic=1)
        raw["training"] |= {
            "generator": {"kind": "text_generator", "dim": 4},
            "discriminator": {"kind": "text_discriminator", "dim": 4},
        }
        raw["data"] = {"source": "text", "path": "own.txt", "block_lines": 10}
        return finished(workflow, raw, "conclusion.txt", "figures/ngram_divergence.png")

    def test_lines_are_measured_by_their_n_grams(self, text):
        card = pd.read_csv(text / "scorecard.csv")
        divergence = card[card["title"].str.contains("gram")]
        assert len(divergence) and divergence["ceiling"].notna().all()

    def test_what_it_shows_is_what_it_has(self, text):
        assert (text / "figures/ngram_divergence.png").stat().st_size > 10_000
        assert "nan" not in (text / "conclusion.txt").read_text()
