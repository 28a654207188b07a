"""Simulators of showers, and repetition of the simulation that a file of showers records.

A simulator has `record(threshold_MeV)`, a JSON object of all that the distribution of its showers depends on but the
particles, with its name as "simulator", and `resimulate(particles, seed, threshold_MeV)`.
"""

from collections.abc import Mapping
from types import ModuleType
from typing import Any

from showergan.errors import UserError
from showergan.io.files import say
from showergan.tasks.showers import gflash
from showergan.tasks.showers.geant4 import simulation as geant4
from showergan.tasks.task import Repeat

SIMULATORS: dict[str, ModuleType] = {"gflash": gflash, "geant4": geant4}


def repeat(record: Mapping[str, Any]) -> Repeat | None:
    """Return a function that yields another shower of each particle, in order, of the same distribution.

    None of showers that showergan did not simulate, or simulated otherwise, which is logged.
    """
    name, threshold = record.get("simulator"), record.get("threshold_MeV")
    if not isinstance(name, str) or name not in SIMULATORS or not isinstance(threshold, float):
        return None
    simulator = SIMULATORS[name]
    try:
        here = simulator.record(threshold)
    except UserError as error:
        say(f"These showers are not simulated again: {error}")
        return None
    if different := [key for key in here if here[key] != record.get(key)]:
        changes = ", ".join(f"{key} {record.get(key)}, here {here[key]}" for key in different)
        say(f"These showers are not simulated again: they are of another simulation ({changes})")
        return None
    return lambda particles, seed: simulator.resimulate(particles, seed, threshold)
