"""Histories become what TensorBoard reads, by the command that a page tells."""

import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

SCRIPT = Path(__file__).parents[2] / "examples/history_to_tensorboard.py"
TRAINING = "small/sn/0.001_0.0001/seed1"

pytest.importorskip("tensorboard", reason="no showergan[tensorboard]")
pytestmark = pytest.mark.slow


@pytest.fixture
def run(tmp_path):
    path = tmp_path / "run/train" / TRAINING / "history.csv"
    path.parent.mkdir(parents=True)
    rows = {"step": [1, 10, 20], "epoch": 1, "generator_loss": [0.5, None, -0.25], "sigma_a.0": 2.0}
    pd.DataFrame(rows).to_csv(path, index=False)
    return tmp_path / "run"


def convert(run, out):
    words = [sys.executable, SCRIPT, run, out]
    return subprocess.run(words, capture_output=True, text=True, timeout=120)


def test_every_number_is_there_at_its_step(run, tmp_path):
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    done = convert(run, tmp_path / "out")
    assert done.returncode == 0, done.stderr
    events = EventAccumulator(str(tmp_path / "out" / TRAINING)).Reload()
    assert sorted(events.Tags()["scalars"]) == ["generator_loss", "sigma_a.0"]
    found = [(e.step, e.value) for e in events.Scalars("generator_loss")]
    assert found == [(1, 0.5), (20, -0.25)]  # what was not recorded is left out
    assert [e.value for e in events.Scalars("sigma_a.0")] == [2, 2, 2]


def test_refusals(run, tmp_path):
    done = convert(tmp_path / "other", tmp_path / "out")
    assert done.returncode == 1
    assert "has no train/" in done.stderr
    done = convert(run, tmp_path)
    assert done.returncode == 1
    assert "would be drawn twice" in done.stderr
