"""Calorimeter in Geant4: geometry and materials, physics, particle gun and readout.

Only the worker imports this: Geant4 may abort the process it runs in.
"""

from typing import Any

import geant4_pybind as g4
import numpy as np
from numpy.typing import NDArray

from showergan.tasks.showers.calorimeter import (
    DEPTH_CM,
    FRONT_FACE_CM,
    LAYERS,
    LEAD_CM,
    POLYSTYRENE_CM,
)
from showergan.tasks.showers.geant4.physics import COMMANDS, list_name

CELLS = 60  # scored along x and along y, cells of 1 cm


class Calorimeter(g4.G4VUserDetectorConstruction):
    """Layers of lead in front of polystyrene, 60 x 60 cm wide; cells of the polystyrene are scored."""

    def Construct(self) -> g4.G4VPhysicalVolume:
        """Build the calorimeter and return the world."""
        nist, half, cell = g4.G4NistManager.Instance(), CELLS / 2, 0.5
        vacuum, lead, polystyrene = (
            nist.FindOrBuildMaterial(name) for name in ("G4_Galactic", "G4_Pb", "G4_POLYSTYRENE")
        )
        layer_cm = LEAD_CM + POLYSTYRENE_CM
        self._kept: list[Any] = []  # volumes live as long as Python references them

        def keep(made: Any) -> Any:
            self._kept.append(made)
            return made

        def volume(name: str, material: g4.G4Material, *half_cm: float) -> g4.G4LogicalVolume:
            box = keep(g4.G4Box(name, *(side * g4.cm for side in half_cm)))
            return keep(g4.G4LogicalVolume(box, material, name))

        def place(inner: g4.G4LogicalVolume, z_cm: float, outer: g4.G4LogicalVolume | None) -> Any:
            at, name = g4.G4ThreeVector(0, 0, z_cm * g4.cm), str(inner.GetName())
            return keep(g4.G4PVPlacement(None, at, inner, name, outer, False, 0, False))

        def repeat(inner: Any, outer: Any, axis: g4.EAxis, n: int, cm: float) -> None:
            name = str(inner.GetName())
            keep(g4.G4PVReplica(name, inner, outer, axis, n, cm * g4.cm))

        world = volume("world", vacuum, 100, 100, 100)
        whole = place(world, 0, None)
        calorimeter = volume("calorimeter", vacuum, half, half, DEPTH_CM / 2)
        place(calorimeter, FRONT_FACE_CM + DEPTH_CM / 2, world)
        layer = volume("layer", vacuum, half, half, layer_cm / 2)
        repeat(layer, calorimeter, g4.kZAxis, LAYERS, layer_cm)
        place(volume("lead", lead, half, half, LEAD_CM / 2), -POLYSTYRENE_CM / 2, layer)
        scintillator = volume("scintillator", polystyrene, half, half, POLYSTYRENE_CM / 2)
        place(scintillator, LEAD_CM / 2, layer)
        row = volume("row", polystyrene, half, cell, POLYSTYRENE_CM / 2)
        repeat(row, scintillator, g4.kYAxis, CELLS, 1)
        column = volume("cell", polystyrene, cell, cell, POLYSTYRENE_CM / 2)
        repeat(column, row, g4.kXAxis, CELLS, 1)
        return whole

    def ConstructSDandField(self) -> None:
        """Score the energy, summed over layers, by row (the level above a cell) and column (the cell's own number)."""
        self._scored = g4.G4MultiFunctionalDetector("calorimeter")
        g4.G4SDManager.GetSDMpointer().AddNewDetector(self._scored)
        self._deposit = g4.G4PSEnergyDeposit3D("deposit", CELLS, CELLS, 1, 1, 0, 2)
        self._scored.RegisterPrimitive(self._deposit)
        self.SetSensitiveDetector("cell", self._scored)


class Physics(g4.G4VModularPhysicsList):
    """Electromagnetic physics alone: no hadrons, no reactions of photons with nuclei.

    The list inherits virtually, and these bindings call its other methods at a wrong address: cuts and verbosity are
    set by commands.
    """

    def __init__(self) -> None:
        super().__init__()
        self._option = getattr(g4, list_name())()
        self.RegisterPhysics(self._option)


class Gun(g4.G4VUserPrimaryGeneratorAction):
    """One electron an event, from just before the front face."""

    def __init__(self) -> None:
        super().__init__()
        self._gun = g4.G4ParticleGun(1)
        self._gun.SetParticleDefinition(g4.G4ParticleTable.GetParticleTable().FindParticle("e-"))

    def aim(self, point: NDArray[np.float64], momentum: NDArray[np.float64]) -> None:
        """Set entry point (2,) in cm in the plane z = 0 and momentum (3,) in GeV, pz > 0, of the next electron."""
        size = float(np.linalg.norm(momentum)) * g4.GeV
        z = FRONT_FACE_CM - 1e-6
        x, y = point + z * momentum[:2] / momentum[2]
        energy = float(np.hypot(size, g4.electron_mass_c2))
        self._gun.SetParticleEnergy(energy - g4.electron_mass_c2)
        self._gun.SetParticlePosition(g4.G4ThreeVector(x * g4.cm, y * g4.cm, z * g4.cm))
        self._gun.SetParticleMomentumDirection(g4.G4ThreeVector(*(momentum / size).tolist()))

    def GeneratePrimaries(self, event: g4.G4Event) -> None:
        """Shoot the electron."""
        self._gun.GeneratePrimaryVertex(event)


class Readout(g4.G4UserEventAction):
    """The image of the last event: `cells` (60, 60) in MeV, row = y, column = x."""

    def EndOfEventAction(self, event: g4.G4Event) -> None:
        """Read the scored cells."""
        cells = np.zeros(CELLS * CELLS)
        for index, deposit in event.GetHCofThisEvent().GetHC(0):
            cells[index] = deposit / g4.MeV
        self.cells = cells.reshape(CELLS, CELLS)


class Simulation:
    """Geant4, ready to shoot; one per process.

    Raises:
        RuntimeError: Geant4 does not know a command.
    """

    def __init__(self) -> None:
        self._manager = g4.G4RunManager()
        self._kept = Calorimeter(), Physics()
        for part in self._kept:
            self._manager.SetUserInitialization(part)
        self._gun, self._readout = Gun(), Readout()
        for action in (self._gun, self._readout):
            self._manager.SetUserAction(action)
        commands = g4.G4UImanager.GetUIpointer()
        for command in COMMANDS:
            if commands.ApplyCommand(command):
                raise RuntimeError(f"Geant4 refuses the command {command}")
        self._manager.Initialize()

    def shoot(
        self, point: NDArray[np.float64], momentum: NDArray[np.float64], seeds: tuple[int, int]
    ) -> NDArray[np.float64]:
        """Return the deposits (60, 60) in MeV of one electron, see `Gun.aim`; the same seeds give the same bytes.

        Seeds are positive numbers below 2^32.
        """
        self._gun.aim(point, momentum)
        g4.HepRandom.setTheSeeds([*seeds, 0])
        self._manager.BeamOn(1)
        return self._readout.cells
