"""The notebook of the examples: kept without outputs, and its cells run in a fresh checkout."""

import json
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pytest

EXAMPLES = Path(__file__).parents[2] / "examples"
CELLS = json.loads((EXAMPLES / "score_your_showers.ipynb").read_text(encoding="utf-8"))["cells"]
CODE = [cell for cell in CELLS if cell["cell_type"] == "code"]


def test_it_is_kept_without_outputs():
    assert len(CODE) > 5
    assert not any(cell["outputs"] or cell["execution_count"] for cell in CODE)


def test_what_its_first_cell_names_is_here():
    names = {}
    exec("".join(CODE[0]["source"]), names)
    for name in ("GENERATOR", "EMBEDDING"):
        assert (EXAMPLES / names[name]).is_file(), name


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:.* outside the range of the training")
def test_its_cells_run(monkeypatch):
    drawn = []

    def show():
        plt.gcf().canvas.draw()
        drawn.append(len(plt.gcf().axes))
        plt.close()

    monkeypatch.chdir(EXAMPLES)
    monkeypatch.setattr(plt, "show", show)
    before = set(EXAMPLES.rglob("*"))
    names = {}
    for cell in CODE:
        exec("".join(cell["source"]), names)
    assert drawn == [13, 3, 1]
    assert set(EXAMPLES.rglob("*")) == before
    found = names["table"].loc[names["chosen"]]
    assert np.isfinite(found).all(axis=None)
    # Real showers are like real ones, and the generator's energies are those of its particles.
    assert found.loc[("classifier_auc", "high_level", "all"), "Geant4"] == pytest.approx(
        0.5, abs=0.07
    )
    assert found.loc[("coverage", "high_level", "all")].is_monotonic_increasing
    assert found.loc[("response_error", "energy", "all"), "generator"] < 0.1
