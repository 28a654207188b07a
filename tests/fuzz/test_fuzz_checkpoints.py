"""States of a training on its way: whatever became of them, the training ends as one that never had them."""

import copy
import hashlib
import io
import math

import pytest
import torch
from attack import damaged, examples
from hypothesis import given
from hypothesis import strategies as st

from showergan.config.recipes.training import Train
from showergan.errors import Paused
from showergan.training.checkpoint import Checkpoints
from showergan.training.loop import Trainer

NETWORK = {"kind": "perceptron", "width": 4, "depth": 1}
RECIPE = {
    **{"seed": 1, "generator": NETWORK, "discriminator": NETWORK, "n_critic": 1},
    **{"method": {"normaliser": {"kind": "spectral_norm"}}, "generator_average": 0.5},
    **{"learning_rates": {"generator": 1e-3, "discriminator": 1e-3}, "batch_size": 32},
    **{"epochs": 3, "evaluated_epochs": (1, 2, 3), "record_every": 1},
}
OPTIMISERS = ("rmsprop", "adam")


@pytest.fixture(scope="module", params=OPTIMISERS)
def stopped(request, tmp_path_factory):
    """A training stopped after 3 of 6 steps: how to go on with it, its states, and what it ought to leave."""
    data = tmp_path_factory.mktemp("training") / "data"
    data.touch()
    recipe = Train.model_validate(RECIPE | {"optimiser": {"kind": request.param}})
    samples = torch.randn(64, 2, generator=torch.Generator().manual_seed(1))
    device = torch.device("cpu")

    def train(most=None):
        trainer = Trainer(samples, torch.empty(64, 0), recipe)
        kept = Checkpoints(data, recipe="", data=data, device=device, every=math.inf, most=most)
        result = trainer.run(kept)
        bytes_of = io.BytesIO()
        torch.save(result.states, bytes_of)
        tables = (result.history.frame(), trainer.lipschitz())
        return bytes_of.getvalue(), *(table.to_csv() for table in tables)

    whole = train()
    for _ in range(3):
        with pytest.raises(Paused):
            train(most=0)
    newest = data.with_name(".checkpoint") / "data/newest.pt"
    return train, newest, newest.with_name("before.pt"), newest.read_bytes()[32:], whole


def write(path, state):
    """Write a state with the digest that makes it look whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(hashlib.sha256(state).digest() + state)


def places(content, path=()):
    """Yield the place of everything in a state."""
    if isinstance(content, dict):
        items = content.items()
    else:
        items = enumerate(content) if isinstance(content, list | tuple) else ()
    for key, value in items:
        yield (*path, key)
        yield from places(value, (*path, key))


def ends_well(stopped, capsys):
    """Go on with a state; tell whether it was used."""
    train, _, before, _, whole = stopped
    before.unlink(missing_ok=True)
    left = train()
    told = capsys.readouterr().err
    if "goes on from" not in told:
        assert "newest.pt is not used: " in told and "starts from the beginning" in told
        assert left == whole
    return "goes on from" in told


def test_the_state_is_used_as_it_is(stopped, capsys):
    train, newest, _, state, whole = stopped
    write(newest, state)
    assert train() == whole
    assert "goes on from" in capsys.readouterr().err


@examples(15)
@given(data=st.data())
def test_damaged_bytes_behind_a_digest_that_fits(stopped, capsys, data):
    _, newest, _, state, _ = stopped
    write(newest, data.draw(damaged(state)))
    ends_well(stopped, capsys)


ODD = [
    *(None, True, -1, 2**70, 0.5, float("nan"), "x", b"x", [], {}, (), {"x": 1}, [1, 2]),
    *(torch.zeros(0), torch.zeros(()), torch.zeros(3, 5), torch.ones(2, dtype=torch.int8)),
    *(
        torch.zeros(1).expand(2**40),
        torch.zeros(4, dtype=torch.complex64),
        torch.eye(3).to_sparse(),
    ),
]


@pytest.mark.filterwarnings("error::UserWarning")  # of a state of which PyTorch guesses something
def test_anything_in_place_of_anything(stopped, capsys):
    """Every third thing in a state gives way to one that could be in its place, and is lost."""
    _, newest, _, state, _ = stopped
    content = torch.load(io.BytesIO(state), weights_only=True)
    where, used = [()], []
    where += list(places(content))
    assert len(where) > 100
    for turn, place in enumerate(where[::3]):
        for how in (turn % 2, 2):
            changed = copy.deepcopy(content)
            holder = changed
            for key in place[:-1]:
                holder = holder[key]
            odd = ODD[(5 * turn + 7 * how) % len(ODD)]
            if not place:
                changed = odd
            elif isinstance(holder, tuple):
                continue
            elif how == 2:
                del holder[place[-1]]
            else:
                holder[place[-1]] = odd
            written = io.BytesIO()
            torch.save(changed, written)
            write(newest, written.getvalue())
            if ends_well(stopped, capsys):
                used.append(place)
    # How long it took so far may be any number, and counts of what is done too; `foreach` was None before.
    # An optimiser may lack a weight, by its number: it has none of those that never had a gradient.
    names = {place[-1] for place in used if place and isinstance(place[-1], str)}
    assert names <= {"seconds", "peak_device_memory", "epoch", "position", "foreach"}
