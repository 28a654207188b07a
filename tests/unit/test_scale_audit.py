"""RMSprop does not see a factor in front of a linear loss."""

from importlib import import_module

import pytest
import torch
from small_training import blobs

from showergan.config.methods import LearningRates
from showergan.config.networks import ShowerDiscriminator
from showergan.config.recipes.found import RECIPES
from showergan.config.recipes.training import Audit
from showergan.training.scale_audit import CHANGES, scale_audit

RECIPE = Audit(
    seed=1,
    discriminator=ShowerDiscriminator(size="small"),
    learning_rates=LearningRates(generator=1e-3, discriminator=1e-5),
    batch_size=16,
)

GOLDEN = {  # cosine after 30 steps
    "SN: output times 4": 0.99999,
    "SN: one trained coefficient": 1.0,
    "plain to SN, sigma detached": 0.920,
    "plain to SN, sigma attached": 0.668,
}


@pytest.mark.numbers
def test_constant_is_a_no_op_and_attached_sigma_is_not():
    torch.set_num_threads(1)
    table = scale_audit(*blobs(), RECIPE, n_steps=30, every=15)
    assert set(table["change"]) == set(CHANGES)
    assert table.groupby("change").size().tolist() == [2] * len(CHANGES)
    last = table[table["step"] == 30].set_index("change")["cosine"]
    assert last["SN: output times 4"] > 0.995
    assert last["plain to SN, sigma attached"] < last["SN: output times 4"] - 0.05
    assert last["plain to SN, sigma detached"] > last["plain to SN, sigma attached"]
    assert table["relative_difference"].between(0, 3).all()
    # Numbers that change on purpose get a new version.
    assert RECIPES["audit"].version == 5
    assert last.to_dict() == pytest.approx(GOLDEN, abs=2e-3)


def test_no_change_is_no_difference(monkeypatch):
    module = import_module("showergan.training.scale_audit")
    monkeypatch.setattr(module, "COMPOSITIONS", {"plain": {}, "again": {}})
    monkeypatch.setattr(module, "CHANGES", {"nothing": ("plain", "again")})
    row = scale_audit(*blobs(), RECIPE, n_steps=2, every=2).iloc[0]
    assert row["cosine"] == pytest.approx(1, abs=1e-4)
    assert row["relative_difference"] == 0
