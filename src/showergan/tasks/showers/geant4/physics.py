"""Physics of the calorimeter in Geant4: its list of processes, steps, cuts, and the data sets that they need.

No download is needed: the data that Geant4 reads for electromagnetic showers are made here.

* `brem_SB/`: spectra of bremsstrahlung of S. M. Seltzer and M. J. Berger, Nucl. Instrum. Meth. B 12 (1985) 95, in
  Geant4's layout; `brem_SB/README.md` says where they come from.
* `epics2017/phot/`: total cross sections of the photoelectric effect: those of the Sandia tables (F. Biggs and R.
  Lighthill, SAND87-0070), which are compiled into Geant4, in the layout of its Livermore model. They do not
  distinguish shells: an electron leaves the innermost one, and below its edge a photon is absorbed where it is.
* `ENSDFSTATE.dat`, levels of nuclei, is empty, and so are the folders of all other data sets.
"""

import os
import shutil
from pathlib import Path
from types import ModuleType

import numpy as np

# Range below which no electron, positron or photon of bremsstrahlung or ionisation is made.
CUT_MM = 0.7

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

HERE = Path(__file__).parent
EMLOW = "G4EMLOW8.8"
STATES = "G4ENSDFSTATE3.0"
EMPTY = (
    *("G4NDL4.7.1", "PhotonEvaporation6.1.2", "RadioactiveDecay6.1.2", "G4PARTICLEXS4.2"),
    *("G4PII1.3", "RealSurface2.2", "G4SAIDDATA2.0", "G4ABLA3.3", "G4INCL1.3", STATES),
    "G4CHANNELING2.0",
)
ELEMENTS = {1: "G4_H", 6: "G4_C", 82: "G4_Pb"}

TOP_MEV = 1.0  # Geant4 uses a polynomial above, that of the last Sandia interval
POINTS = 2000  # per table


def is_full() -> bool:
    """Return whether Geant4's own data are installed, for its default physics instead of the one that needs none."""
    return "G4LEDATA" in os.environ


def list_name() -> str:
    """Return the name of the physics list, a class of Geant4."""
    return "G4EmStandardPhysics" if is_full() else "G4EmStandardPhysics_option1"


def make_folders(folder: Path) -> None:
    """Make the folders of all data sets, for GEANT4_DATA_DIR, which is set before Geant4 is imported."""
    for name in EMPTY:
        (folder / name).mkdir(parents=True, exist_ok=True)
    (folder / STATES / "ENSDFSTATE.dat").touch()
    shutil.copytree(HERE / "brem_SB", folder / EMLOW / "brem_SB")
    (folder / EMLOW / "epics2017" / "phot").mkdir(parents=True)


def write_photoelectric(folder: Path, geant4: ModuleType) -> None:
    """Write the tables of the photoelectric effect for the elements of the calorimeter, see `make_folders`."""
    for z, name in ELEMENTS.items():
        # Making the first material fills the tables that all elements share.
        geant4.G4NistManager.Instance().FindOrBuildMaterial(name)
        _write_element(folder / EMLOW / "epics2017" / "phot", z, geant4)


def _write_element(folder: Path, z: int, geant4: ModuleType) -> None:
    shells = [
        geant4.G4AtomicShells.GetBindingEnergy(z, shell)
        for shell in range(geant4.G4AtomicShells.GetNumberOfShells(z))
    ]
    innermost, outermost = shells[0], shells[-1]
    table, found = geant4.G4SandiaTable(), geant4.G4doubleVector([0.0] * 4)

    def coefficients(energy: float) -> list[float]:
        """Return a of sigma = a1/E + a2/E^2 + a3/E^3 + a4/E^4 at an energy, in barn and MeV."""
        table.GetSandiaCofPerAtom(z, energy, found)
        return [float(value) / geant4.barn for value in found]

    def write_table(kind: str, low: float, high: float) -> None:
        """Write energies in MeV and E^3 sigma in MeV^3 barn, as the model interpolates it."""
        energies = np.geomspace(low, high, POINTS).tolist()
        rows = [
            f"{e:.12g} {sum(a * e ** (2 - i) for i, a in enumerate(coefficients(e))):.12g}"
            for e in energies
        ]
        head = f"{energies[0]:.12g} {energies[-1]:.12g} {POINTS}\n{POINTS}\n"
        (folder / f"pe-{kind}-{z}.dat").write_text(head + "\n".join(rows) + "\n", encoding="ascii")

    # Both tables end at the innermost edge, less than 1e-3 apart: small offsets keep them on their own sides of it.
    write_table("cs", innermost * (1 + 1e-9), TOP_MEV)
    if len(shells) > 1:
        write_table("le-cs", outermost, innermost * (1 - 1e-4))
    last = " ".join(f"{a:.12g}" for a in [*coefficients(100 * TOP_MEV), 0, 0])
    rows = [f"{len(shells)} 1 {TOP_MEV:g}", *(f"{shell:.12g} {last}" for shell in shells)]
    for kind in ("high", "low"):
        (folder / f"pe-{kind}-{z}.dat").write_text("\n".join(rows) + "\n", encoding="ascii")
