"""The table of the benchmarks has all of them, and those of trainings fit the trainer."""

import re
from pathlib import Path

import gpu
import pytest
import small_showers
import torch

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"
ROWS = [
    line for line in (BENCHMARKS / "README.md").read_text().splitlines() if line.startswith("| `")
]


def test_every_script_has_one_row():
    scripts = [p for p in BENCHMARKS.glob("*.py") if "__main__" in p.read_text()]
    named = [re.match(r"\| `([\w.]+)", row).group(1) for row in ROWS]
    assert {script.name for script in scripts} <= set(named)
    assert len(named) == len(set(named))


def test_every_row_has_as_many_cells():
    assert {row.replace(r"\|", "").count("|") for row in ROWS} == {5}


@pytest.mark.parametrize("method", small_showers.METHODS)
def test_an_iteration_can_be_measured(method):
    """More operations than weights, for each moves."""
    trainer = small_showers.trainer(method, 8, 4)
    before = torch.cat([p.detach().flatten() for p in trainer.generator.parameters()])
    assert gpu.kernels(trainer, torch.device("cpu")) > len(list(trainer.generator.parameters()))
    after = torch.cat([p.detach().flatten() for p in trainer.generator.parameters()])
    assert not torch.equal(before, after)
