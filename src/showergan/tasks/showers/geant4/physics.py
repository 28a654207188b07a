"""The physics that acts in the calorimeter: which of Geant4's lists, with which steps and cuts."""

import os
from pathlib import Path

CUT_MM = (
    0.7  # range below which no electron, positron or photon of bremsstrahlung or ionisation is made
)

# Option 1 with the steps of option 0: its own lose a sixth of the visible energy of thin layers.
COMMANDS = (
    "/process/em/verbose 0",
    "/process/eLoss/verbose 0",
    "/run/verbose 0",
    "/process/msc/StepLimit UseSafety",
    "/process/msc/RangeFactor 0.04",
    "/process/eLoss/StepFunction 0.2 1 mm",
    "/process/em/applyCuts false",
    "/process/em/fluo false",
    f"/run/setCut {CUT_MM} mm",
)


def is_full() -> bool:
    """Tell whether Geant4's own data are there, for its default physics, in place of what needs none."""
    return "G4LEDATA" in os.environ


def list_name() -> str:
    """Return the name of the list, a class of Geant4."""
    return "G4EmStandardPhysics" if is_full() else "G4EmStandardPhysics_option1"


def record() -> dict[str, object]:
    """Return what the showers depend on of it, as their files keep it."""
    return {
        "physics": list_name() + ("" if is_full() else ", steps of option 0"),
        "range_cut_mm": CUT_MM,
        "data": Path(os.environ["G4LEDATA"]).name if is_full() else "of showergan",
    }
