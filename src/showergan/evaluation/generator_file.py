"""The file of a trained generator: one that describes itself, with the weights of every epoch that was kept."""

import io
import json
import sys
from pathlib import Path
from typing import Any

import torch

from showergan.config.tasks.found import DEFAULT
from showergan.config.validation import validated
from showergan.errors import UserError
from showergan.evaluation.description import Description, description_of
from showergan.evaluation.trained import States, TrainedGenerator
from showergan.io.damage import damage, in_place_of
from showergan.io.files import atomic_write
from showergan.io.weights import read_weights
from showergan.tasks.found import TASKS


def save_generator(description: Description, states: States, path: Path) -> None:
    """Write a generator file; the same content gives the same bytes.

    Args:
        description: of the generator.
        states: its weights by epoch.
        path: file to write.
    """
    # Equal texts that are one object are pickled otherwise than those that are two.
    said = json.loads(description.model_dump_json())
    kept = {
        epoch: {sys.intern(name): value for name, value in states[epoch].items()}
        for epoch in sorted(states)
    }
    content = io.BytesIO()  # into a file, torch would write the file's name too
    torch.save({**said, "states": kept}, content)
    with atomic_write(path) as temporary:
        temporary.write_bytes(content.getbuffer())


def load_generator(path: Path | str) -> TrainedGenerator:
    """Read a generator file; nothing in it is run.

    Raises:
        UserError: The file is missing, is none that `train` wrote, or one that this version cannot generate with.
    """
    remedy = in_place_of(path, "a generator.pt that `showergan train` wrote")
    content = read_weights(path, "is no generator file", remedy)
    states = content.pop("states", None)
    if not _are_states(states):
        raise UserError(f"{path} is no generator file (it has no weights by epoch). {remedy}")
    name = content.get("task")
    # A file of an unknown task, or of none, is refused by the model of the default one.
    model = description_of(TASKS[name if isinstance(name, str) and name in TASKS else DEFAULT])
    generator = TrainedGenerator(validated(model, content, f"description in {path}"), states)
    if not states and not generator.description.diverged:
        raise UserError(f"{path} has no weights. {remedy}")
    names = tuple(c.name for c in generator.description.conditions)
    if names != generator.task.condition_names:
        raise UserError(f"{path} has other conditions than its task: {', '.join(names)}. {remedy}")
    with damage(path, "has weights that are not those of its network", remedy, (Exception,)):
        for epoch in generator.epochs:
            generator.network(epoch)
    return generator


def _are_states(states: Any) -> bool:
    return isinstance(states, dict) and all(
        isinstance(epoch, int) and isinstance(state, dict) for epoch, state in states.items()
    )
