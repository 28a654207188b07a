"""The documentation tells the truth."""

import importlib.util
import re
import sys
from pathlib import Path

import pytest
import torch

import showergan.config  # noqa: F401 - its list of constraints is closed before the example joins

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()


@pytest.fixture
def example(tmp_path, monkeypatch):
    (code,) = re.findall(r"```python\n(# src/showergan/constraints/.*?)```", README, re.DOTALL)
    path = tmp_path / "weight_decay.py"
    path.write_text(code)
    spec = importlib.util.spec_from_file_location("weight_decay", path)
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "weight_decay", module)
    spec.loader.exec_module(module)
    return module


def test_new_constraint_of_the_readme(example):
    constraint = example.WeightDecay(weight=0.5)
    layer = torch.nn.Linear(2, 1)
    loss = constraint.loss(layer, None)
    loss.backward()
    expected = 0.5 * sum(float((p.detach() ** 2).sum()) for p in layer.parameters())
    assert loss.item() == pytest.approx(expected)
    torch.testing.assert_close(layer.weight.grad, layer.weight.detach())
