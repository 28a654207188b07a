"""The simulations that showers come from, and their repetition from the record in a file of showers.

A simulator has `record(threshold_MeV)`, a JSON object of all that the distribution of its showers depends on but the
particles, with its name as "simulator", and `resimulate(point, momentum, seed, threshold_MeV)`.
"""

from collections.abc import Iterator, Mapping
from types import ModuleType
from typing import Any

from showergan.errors import UserError
from showergan.io.files import say
from showergan.tasks.showers import gflash
from showergan.tasks.showers.geant4 import simulation as geant4
from showergan.tasks.showers.sample import Particles, Showers

SIMULATORS: dict[str, ModuleType] = {"gflash": gflash, "geant4": geant4}


def can_repeat(record: Mapping[str, Any]) -> bool:
    """Return whether `repeat` can make showers of the same distribution; log why a known simulator cannot."""
    name, threshold = record.get("simulator"), record.get("threshold_MeV")
    if not isinstance(name, str) or name not in SIMULATORS or not isinstance(threshold, float):
        return False
    try:
        here = SIMULATORS[name].record(threshold)
    except UserError as error:
        say(f"These showers are not simulated again: {error}")
        return False
    if different := [key for key in here if here[key] != record.get(key)]:
        changes = ", ".join(f"{key} {record.get(key)}, here {here[key]}" for key in different)
        say(f"These showers are not simulated again: they are of another simulation ({changes})")
    return not different


def repeat(record: Mapping[str, Any], particles: Particles, seed: int) -> Iterator[Showers]:
    """Yield another shower of each particle, in order, if `can_repeat`."""
    simulator, threshold = SIMULATORS[record["simulator"]], record["threshold_MeV"]
    yield from simulator.resimulate(*particles, seed, threshold)
