"""The worked example of the README works as printed."""

import re
from pathlib import Path

import torch

README = (Path(__file__).parents[2] / "README.md").read_text()


def test_new_constraint_of_the_readme():
    (code,) = re.findall(r"```python\n(# src/showergan/constraints/.*?)```", README, re.DOTALL)
    namespace = {"__name__": "readme"}
    exec(code, namespace)  # noqa: S102 - our own text
    constraint = namespace["WeightDecay"](weight=0.5)
    layer = torch.nn.Linear(2, 1)
    loss = constraint.loss(layer, None)
    loss.backward()
    expected = 0.5 * sum(float((p.detach() ** 2).sum()) for p in layer.parameters())
    torch.testing.assert_close(loss.item(), expected)
    torch.testing.assert_close(layer.weight.grad, layer.weight.detach())
