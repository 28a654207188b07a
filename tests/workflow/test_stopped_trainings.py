"""A training whose time is over, or that is killed, goes on at the next try: no output of it, its states survive."""

import pytest
import yaml
from copies import ROOT, copy_of_the_workflow


@pytest.fixture
def toys(tmp_path):
    workflow = copy_of_the_workflow(tmp_path)
    raw = yaml.safe_load((ROOT / "experiments/toys.yaml").read_text())
    raw["data"]["n_points"] = 32
    raw["methods"] = {"sn": raw["methods"]["sn"]}
    raw["training"] |= {"seeds": [1], "epochs": 3, "batch_size": 16}  # 3 steps
    raw["training"]["evaluate"] = {"first": 1, "every": 1}
    (tmp_path / "small.yaml").write_text(yaml.safe_dump(raw))
    return workflow


def test_retries_go_on(toys, monkeypatch):
    monkeypatch.setenv("SHOWERGAN_MAX_SECONDS", "0")
    train = ("--cores", "1", "train")
    said = toys.snakemake(*train, check=False, configfile="small.yaml")
    assert "with its state saved; the same call goes on" in said
    [states] = toys.folder.glob("results/toys/train/**/.checkpoint")
    assert [path.name for path in states.parent.iterdir()] == [".checkpoint"]
    said = toys.snakemake("--retries", "2", *train, configfile="small.yaml")
    assert "goes on from" in said
    assert (states.parent / "generator.pt").exists()
    assert not states.exists()
