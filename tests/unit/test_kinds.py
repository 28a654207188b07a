"""Choices of the configuration, the classes that act on them, and those that other packages bring."""

import os
import subprocess
import sys
from typing import ClassVar, Literal

import pytest
import torch

from showergan.config.constraints import Constraint as Parameters
from showergan.config.constraints import WeightClipping
from showergan.config.kinds import Kind, implementation_of, implemented, kinds
from showergan.config.losses import Loss, Wasserstein
from showergan.config.networks import (
    DiscriminatorNetwork,
    GeneratorNetwork,
    PerceptronDiscriminator,
)
from showergan.config.optimisers import Optimiser
from showergan.errors import UserError
from showergan.methods import losses, optimisers
from showergan.methods.constraints.constraint import Constraint
from showergan.networks.base import Discriminator, Generator, build

IDEAS = {
    Loss: losses.Loss,
    Optimiser: optimisers.Optimiser,
    GeneratorNetwork: Generator,
    DiscriminatorNetwork: Discriminator,
    **dict.fromkeys(Parameters.__subclasses__(), Constraint),
}
KINDS = [(kind, base) for idea, base in IDEAS.items() for kind in kinds(idea).values()]
OURS = [pair for pair in KINDS if pair[0].__module__.startswith("showergan.")]


@pytest.mark.parametrize(("kind", "base"), OURS)
def test_every_kind_has_an_implementation(kind, base):
    found = implementation_of(kind.model_construct(), base)
    assert issubclass(found, base) and found.__name__ == kind.__name__


def test_what_acts_has_the_same_parameters():
    loss = implemented(Wasserstein(), losses.Loss)
    assert isinstance(loss, Wasserstein)
    assert implemented(loss, losses.Loss) is loss
    clipping = WeightClipping(bound=0.5, layers="linear")
    assert implemented(clipping, Constraint).model_dump() == clipping.model_dump()


@pytest.mark.parametrize(
    ("place", "message"),
    [
        ("", "test_kinds.Lost is no showergan.methods.losses.Loss: let it inherit"),
        ("torch.optim:Adam", "torch.optim.adam.Adam is no showergan.methods.losses"),
        ("showergan.methods.losses:Gone", r"losses:Gone cannot be imported .* mend .*Lost"),
        ("showergan.gone:Loss", "showergan.gone:Loss cannot be imported"),
    ],
)
def test_a_kind_without_its_implementation_is_refused(place, message):
    class Lost(Wasserstein):
        implementation: ClassVar[str] = place

    Lost.__qualname__ = "Lost"
    with pytest.raises(UserError, match=f"kind wasserstein: .*{message}"):
        implemented(Lost(), losses.Loss)


class Critic(Discriminator):
    """The mean of all numbers of a sample."""

    def forward(self, sample, condition):
        return self.settings.width * sample.flatten(1).mean(1)


class CriticParameters(PerceptronDiscriminator):
    implementation: ClassVar[str] = f"{__name__}:Critic"


def test_a_network_of_another_package_is_built():
    critic = build(CriticParameters(width=3), (2,), 0)
    assert type(critic) is Critic
    scores = critic(torch.tensor([[1.0, 3.0]]), torch.empty(1, 0))
    assert scores.tolist() == [6.0]


def test_two_choices_of_one_kind_are_refused():
    class Base(Kind):
        pass

    class First(Base):
        kind: Literal["same"] = "same"

    class Second(Base):
        kind: Literal["same"] = "same"

    with pytest.raises(UserError, match=r"First and .*Second have the same kind, same: rename one"):
        kinds(Base)


def test_a_choice_without_a_kind_is_refused():
    class Base(Kind):
        pass

    class Nameless(Base):
        weight: float = 1.0

    with pytest.raises(UserError, match=r"test_kinds.Nameless has no kind: give it one"):
        kinds(Base)


def with_package(folder, code, *command, ideas=("losses",)):
    """Run Python where a package with this code is installed, which offers its class Loss as each of these."""
    (folder / "bought.py").write_text(code)
    info = folder / "bought-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: bought\nVersion: 1\n")
    offers = "".join(f"[showergan.{idea}]\nloss = bought:Loss\n" for idea in ideas)
    (info / "entry_points.txt").write_text(offers)
    path = os.pathsep.join([str(folder), *filter(None, [os.environ.get("PYTHONPATH")])])
    environment = os.environ | {"PYTHONPATH": path}
    command = [sys.executable, *command]
    return subprocess.run(command, capture_output=True, text=True, env=environment)


def test_a_package_that_cannot_be_imported_is_warned_of(tmp_path):
    """Whatever it brings; and hinders no one who does not name its kinds; nor does reading kinds import PyTorch."""
    ideas = ("constraints", "losses", "networks", "optimisers")
    code = (
        "import sys, showergan.config.training, showergan.config.architectures\n"
        "print('torch' in sys.modules)"
    )
    done = with_package(tmp_path, "import not_there\n", "-c", code, ideas=ideas)
    assert done.stdout == "False\n"
    for idea in ideas:
        assert f"package bought offers bought:Loss as one of showergan.{idea}, which" in done.stderr
    assert "No module named 'not_there'" in done.stderr


def test_packages_that_bring_kinds_are_recorded_with_their_versions(tmp_path):
    """Also with the state of a training, which goes on with the same versions only."""
    code = "from showergan.records.provenance import packages; print(packages().get('bought'))"
    for idea in ("constraints", "losses", "networks", "optimisers"):
        (tmp_path / idea).mkdir()
        done = with_package(tmp_path / idea, "class Loss: pass", "-c", code, ideas=(idea,))
        assert done.stdout == "1\n", done.stderr


def test_the_command_line_explains_a_package_with_a_kind_that_there_is_already(tmp_path):
    code = (
        "from typing import Literal\n"
        "from showergan.config.losses import Loss as Base\n"
        "class Loss(Base):\n"
        "    kind: Literal['gan'] = 'gan'\n"
    )
    done = with_package(tmp_path, code, "-m", "showergan.cli", "--help")
    assert done.returncode == 1
    assert done.stderr == (
        "error: bought.Loss and showergan.config.losses.NonSaturating have the same kind, gan: rename one, or "
        "uninstall its package\n"
    )
