"""A run of a few files, with the records of the jobs that made them."""

from showergan.records.provenance import recorded


def make(folder, name, *sources):
    """Make a file of others, as a job does."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    read = [folder / source for source in sources]
    record = path.with_name(f"{path.stem}.provenance.json")
    with recorded(record, name, {}, settings={}, inputs=read, outputs=[path]):
        path.write_text(f"{name} of {[source.read_text() for source in read]}")


def small_run(place):
    """Make a run that read a file from outside of it; return its folder."""
    (place / "source.npz").write_text("from elsewhere")
    folder = place / "results/tiny"
    make(folder, "data/d.h5", "../../source.npz")
    for seed in (1, 2):
        make(folder, f"train/seed{seed}/history.csv", "data/d.h5")
    make(folder, "summary.csv", *(f"train/seed{seed}/history.csv" for seed in (1, 2)))
    state = folder / "train/seed1/.checkpoint/newest.pt"
    state.parent.mkdir()
    state.write_text("no artefact")
    return folder


def flip(path):
    """Change one bit of a file."""
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
