"""Makes the sample `geant4_showers.npz` from showers that `simulate-geant4` wrote.

showergan simulate-geant4 --recipe '{"n_showers": 12000, "seed": 1}' --out geant4.npz
python benchmarks/make_sample.py geant4.npz
"""

import sys
import zipfile
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from showergan.config.tasks.showers import THRESHOLD_MEV
from showergan.io.files import sha256_of
from showergan.tasks.showers.resources import SAMPLE


def rounded(energy: NDArray[np.float32]) -> NDArray[np.float16]:
    """Return energies in MeV as 16-bit floats, so to three significant digits; none falls below the threshold."""
    short = energy.astype(np.float16)
    below = (short > 0) & (short.astype(np.float32) < np.float32(THRESHOLD_MEV))
    return np.where(below, np.nextafter(short, np.float16(np.inf)), short)


def main(source: Path, out: Path) -> None:
    """Write the sample; equal showers give equal bytes."""
    with np.load(source) as file:
        arrays = {name: file[name] for name in file.files}
    arrays["EnergyDeposit"] = rounded(arrays["EnergyDeposit"])
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, values in arrays.items():
            member = zipfile.ZipInfo(f"{name}.npy")  # its date is fixed
            member.compress_type = zipfile.ZIP_DEFLATED
            with archive.open(member, "w") as stream:
                np.lib.format.write_array(stream, values, allow_pickle=False)
    print(f"{out}: {len(arrays['EnergyDeposit'])} showers, {out.stat().st_size} bytes")
    print(f"SHA-256 {sha256_of(out)}")


if __name__ == "__main__":
    main(Path(sys.argv[1]), SAMPLE)
