"""A run on a test beam: showers of one momentum, at normal incidence, at one point."""

import json

import numpy as np
import pandas as pd
import pytest
from copies import copy_of_the_workflow

from showergan.tasks.showers import gflash
from showergan.tasks.showers.sample import Particles
from showergan.tasks.showers.shower_file import write_npz

SHOWN = [f"figures/{name}.png" for name in ("embedding", "entry_points", "energy_response")]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("beam")
    workflow = copy_of_the_workflow(folder)
    point, momentum = np.zeros((160, 2), "f4"), np.tile(np.array([0, 0, 40], "f4"), (160, 1))
    write_npz(folder / "beam.npz", 160, gflash.resimulate(Particles(point, momentum), seed=1))
    workflow.configure(data={"source": "npz", "path": "beam.npz"}, choose_by="bins-E")
    wanted = ["conclusion.txt", "tables/all_methods.md", *SHOWN]
    workflow.snakemake("--cores", "2", "--", *(f"results/tiny/{file}" for file in wanted))
    return folder


def test_a_beam_runs_to_its_end_and_no_untrained_generator_is_perfect(folder):
    results = folder / "results/tiny"
    summary = pd.read_csv(results / "summary.csv").set_index("score")
    measured = summary.loc[["E", "bins-E"]]
    assert (measured["ceiling"] > 0.6).all()
    assert (measured["untrained"] < 0.3 * measured["ceiling"]).all()
    assert measured["shuffled"].isna().all()  # of conditions that are all alike
    # At normal incidence nothing tells along from across.
    undefined = summary.loc[["P", "bins-P", "P_std", "bins-P_std"]]
    columns = ["selected", "max", "last", "ceiling", "untrained", "fraction_of_ceiling"]
    assert undefined[columns].isna().all(axis=None)
    assert (undefined["n"] == 40).all()
    anchors = pd.read_csv(results / "reference/anchors.csv")
    of_real = anchors[anchors["metric"] == "n_zero_transverse_momentum"]
    assert (of_real["value"] == of_real["n"]).all()


def test_what_is_left_out_is_said(folder):
    results = folder / "results/tiny"
    fit = json.loads((results / "embedding/metrics.json").read_text())
    assert fit["targets_without_spread"] == ["px_GeV", "py_GeV", "pz_GeV", "x_cm", "y_cm"]
    assert set(fit["r2"]) == {"ln_energy_MeV", "centre_x_cm", "centre_y_cm"}
    told = (results / "conclusion.txt").read_text()
    assert "P, P_std, bins-P, bins-P_std: undefined" in told and "nan" not in told
    assert "**P: n 40, K 3, undefined" in (results / "tables/all_methods.md").read_text()
    log = (folder / "logs/tiny/reference.log").read_text()
    assert "1 in place of 3 x 3" in log and "of 40 GeV" in log
    [train, *_] = (folder / "logs/tiny/train").rglob("*.log")
    assert "px/pz, py/pz, ln |p|, x, y" in train.read_text()
    assert all((results / figure).stat().st_size > 5000 for figure in SHOWN)
