"""Steps that are killed, have no room, no right to write, or damaged files to read, one by one."""

import json
import os
import random
import re
import shutil
import time

import pytest
from processes import Command

RUN = "train/small/sn/0.001_0.001/seed1"
NETWORK = {"kind": "perceptron", "width": 8}
EVALUATION = {"clusters": 4, "repeats": 2}
STYLE = {"labels": {"sn": "SN"}, "task": "toys"}
METRICS = "small/sn/0.001_0.001/seed1/metrics.csv"

# By step: recipe or style, files that it reads, files that it writes; in the order of the pipeline.
STEPS = {
    "make-data": (
        {"task": "toys", "data": {"source": "gaussians_8", "n_points": 256}},
        {},
        {"out": "toys.h5"},
    ),
    "reference": (
        EVALUATION,
        {"data": "toys.h5"},
        {"out": "real.h5", "anchors": "anchors.csv", "curves": "real_curves.csv"},
    ),
    "train": (
        {
            **{"seed": 1, "generator": NETWORK, "discriminator": NETWORK, "n_critic": 1},
            **{"method": {"normaliser": {"kind": "spectral_norm"}}, "generator_average": 0.5},
            **{"learning_rates": {"generator": 1e-3, "discriminator": 1e-3}, "batch_size": 32},
            **{"epochs": 10, "evaluated_epochs": [5, 10], "record_every": 4},
        },
        {"data": "toys.h5"},
        {n: f"{n}.csv" for n in ("history", "lipschitz")}
        | {"generator": "generator.pt", "run": "run.json"},
    ),
    "evaluate": (
        EVALUATION | {"choose_by": "plane"},
        {"generator": "generator.pt", "reference": "real.h5"},
        {"metrics": METRICS, "curves": "curves.csv", "examples": "examples.npz"},
    ),
    "choose": ({"choose_by": "plane"}, {"": METRICS}, {"out": "grid.csv"}),
    "summarise": (
        {},
        {"": METRICS, "anchors": "anchors.csv", "grid": "grid.csv"},
        {"out": "summary.csv"},
    ),
    "scorecard": (
        {"task": "toys", "choose_by": "plane"},
        {"": METRICS, "anchors": "anchors.csv", "summary": "summary.csv"},
        {"out": "scorecard.csv", "agreement": "agreement.csv", "failures": "failures.csv"},
    ),
    "table scorecard": (
        STYLE,
        {"scorecard": "scorecard.csv"},
        {"csv": "table.csv", "md": "table.md", "tex": "table.tex", "html": "table.html"},
    ),
    "figure prd_curves": (
        STYLE,
        {"curves": METRICS.replace("metrics", "curves"), "anchor-curves": "real_curves.csv"}
        | {"grid": "grid.csv"},
        {"png": "figure.png", "pdf": "figure.pdf"},
    ),
}
STEPS["evaluate"][2]["curves"] = METRICS.replace("metrics", "curves")
STATES = {"SHOWERGAN_CHECKPOINT_SECONDS": "0"}


def start(step, source, out, **how):
    """Start a step that reads in one folder and writes in another."""
    recipe, reads, writes = STEPS[step]
    words = [*step.split(), "--style" if " " in step else "--recipe", json.dumps(recipe)]
    for name, file in reads.items():
        words += [f"--{name}"] * bool(name) + [source / file]
    for name, file in writes.items():
        words += [f"--{name}", out / file]
    return Command(out, *words, **how)


def left(folder):
    """Return what lies in a folder: the bytes of each file by name, but for how long a training took."""
    return {
        str(path.relative_to(folder)): re.sub(rb'"seconds": .*', b"", path.read_bytes())
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def expected(whole, step):
    files = left(whole)
    return {file: files[file] for file in STEPS[step][2].values()}


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """The files of all steps, none of which anything befell."""
    folder = tmp_path_factory.mktemp("whole")
    for step in STEPS:
        start(step, folder, folder).succeed()
    return folder


@pytest.mark.slow
@pytest.mark.parametrize(("step", "kills"), [("train", 12), ("evaluate", 8), ("reference", 4)])
def test_killed_at_random_moments_it_ends_as_if_never_killed(whole, tmp_path, step, kills):
    moments, wanted = random.Random(len(step)), expected(whole, step)
    begin = time.monotonic()
    start(step, whole, tmp_path / "once", environment=STATES).succeed()
    seconds = time.monotonic() - begin
    out, went_on = tmp_path / "killed", False
    out.mkdir()
    while kills:
        command = start(step, whole, out, environment=STATES)
        killed = command.kill_after(moments.uniform(0, seconds))
        went_on |= "goes on from" in command.said()
        # What a killed one left aside goes with the next.
        there = {n: c for n, c in left(out).items() if not re.search(r"(^|/)\.[^/]+/", n)}
        assert there.items() <= wanted.items()  # whole or not at all
        if killed:
            kills -= 1
        else:
            assert command.end() == 0
            shutil.rmtree(out)
            out.mkdir()
    start(step, whole, out, environment=STATES).succeed()
    assert left(out) == wanted  # nothing of those that were killed remains
    assert went_on == (step == "train")


@pytest.mark.parametrize("step", STEPS)
def test_without_room_it_says_so_and_leaves_no_half(whole, tmp_path, step):
    wanted = expected(whole, step)
    most = max(map(len, wanted.values())) // 2
    told = start(step, whole, tmp_path, most_bytes=most, environment=STATES).told()
    assert re.search(r"error: \S+ cannot be written: File too large. Make room", told), told
    there = {name: content for name, content in left(tmp_path).items() if ".checkpoint" not in name}
    assert there.items() <= wanted.items()
    start(step, whole, tmp_path, environment=STATES).succeed()
    assert left(tmp_path) == wanted


@pytest.fixture
def sealed(whole, tmp_path):
    """A folder with the files of all steps and a folder `out`; tests close one of the two."""
    shutil.copytree(whole, tmp_path / "whole")
    (tmp_path / "out").mkdir()
    yield tmp_path
    for path in (tmp_path / "out", tmp_path / "whole/small"):
        path.chmod(0o755)


@pytest.mark.parametrize("step", STEPS)
def test_where_it_may_not_write_it_says_so(sealed, step):
    (sealed / "out").chmod(0o555)
    told = start(step, sealed / "whole", sealed / "out", without_rights=True).told()
    assert re.search(r"error: \S+ cannot be written: Permission denied", told), told
    assert left(sealed / "out") == {}


def test_what_it_may_not_read_is_named(sealed):
    (sealed / "whole/small").chmod(0)
    told = start("summarise", sealed / "whole", sealed / "out", without_rights=True).told()
    assert re.search(r"error: \S+metrics.csv: Permission denied. Give a path", told), told


CUT = [
    ("train", "data"),
    ("reference", "data"),
    ("evaluate", "reference"),
    ("evaluate", "generator"),
]


@pytest.mark.parametrize(("step", "read"), CUT)
@pytest.mark.parametrize("share", [0.0, 0.5, 0.99])
def test_a_file_that_was_cut_off_is_named_with_what_mends_it(whole, tmp_path, step, read, share):
    source = tmp_path / "source"
    shutil.copytree(whole, source)
    path = source / STEPS[step][1][read]
    os.truncate(path, int(share * path.stat().st_size))
    told = start(step, source, tmp_path).told()
    assert f"error: {path} is" in told
    assert "Give " in told and "rm " not in told
    assert left(tmp_path).keys() <= {f"source/{name}" for name in left(source)}
