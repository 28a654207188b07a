"""The data set of images: one HDF5 file with a split, written and read some at a time."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import h5py
import numpy as np
from numpy.typing import NDArray

from showergan.config.tasks.images import ImageData, Samples
from showergan.errors import UserError
from showergan.io.files import atomic_write, say
from showergan.io.hdf5 import opened_hdf5, text_of
from showergan.tasks import data_set
from showergan.tasks.data_set import SPLITS, Split, permuted
from showergan.tasks.images.folder import folder
from showergan.tasks.images.idx import idx
from showergan.tasks.images.images import Images, OneHot, from_bytes
from showergan.tasks.images.source import CHUNK, Source, digits

ARRAYS: dict[str, data_set.Content] = {
    "image": (np.uint8, (None, None, None)),
    "label": (np.int64, ()),
    "split": (np.uint8, ()),
}
FEWEST = 8  # images: two to choose by and two to test


def write(data: ImageData, out: Path) -> None:
    """Write the images of a source, with a split, and log the changes made to them.

    Raises:
        UserError: there are too few, `conditional` needs classes and there are none, or the source cannot be used.
    """
    source = source_of(data)
    if data.conditional and not source.classes:
        raise UserError(
            "data.conditional asks for images of a class, and these have no classes: give labels, a folder of "
            "folders, or conditional: false"
        )
    samples = Samples(shape=source.shape, classes=source.classes, conditional=data.conditional)
    with atomic_write(out) as temporary, h5py.File(temporary, "w") as file:
        digest = _write_images(source, file)
        n = len(file["image"])
        counted = ", ".join(f"{name}: {count}" for name, count in sorted(source.counts.items()))
        for line in [*source.notes, *([f"of the images {counted}"] if counted else [])]:
            say(line)
        if n < FEWEST:
            raise UserError(f"{data.path}: {n} images that can be used; give {FEWEST} or more")
        data_set.keep(
            file,
            permuted(n, data.split_seed),
            task="images",
            samples=samples.model_dump_json(),
            source_name=data.source,
            source_sha256=digest,
            **{f"n_{name}": count for name, count in source.counts.items()},
            **source.about,
            split_seed=data.split_seed,
        )


def source_of(data: ImageData) -> Source:
    """Return the images that a configuration names."""
    if data.source == "digits":
        return digits(data.size)
    path = Path(str(data.path))
    if data.source == "idx":
        return idx(path, Path(data.labels) if data.labels else None, data.size)
    return folder(path, data.size)


def _write_images(source: Source, file: h5py.File) -> str:
    """Write images and labels as they come; return the SHA-256 of both."""
    digest = hashlib.sha256()
    places = {
        name: file.create_dataset(
            name, (0, *shape), kind, maxshape=(None, *shape), chunks=(CHUNK, *shape)
        )
        for name, shape, kind in (("image", source.shape, np.uint8), ("label", (), np.int64))
    }
    for chunk in source.chunks:
        for name, values in chunk._asdict().items():
            place = places[name]
            first = len(place)
            place.resize(first + len(values), axis=0)
            place[first:] = values
            digest.update(np.ascontiguousarray(values).tobytes())
    return digest.hexdigest()


def stream(path: Path, split: Split, size: int = 4 * CHUNK) -> Iterator[Images]:
    """Read the images of one split in the order of their source, some at a time."""
    with opened(path) as file:
        samples = samples_of(file)
        splits = file["split"][:]
        for first in range(0, len(splits), size):
            part = slice(first, first + size)
            chosen = splits[part] == SPLITS[split]
            image, label = file["image"][part][chosen], file["label"][part][chosen]
            one_hot = OneHot.labelled(label, len(samples.conditions)).one_hot
            yield Images(from_bytes(image), one_hot)


def load(path: Path, split: Split) -> Images:
    """Read all images of one split."""
    parts = list(stream(path, split))
    image, one_hot = (
        np.concatenate([getattr(p, name) for p in parts]) for name in ("image", "one_hot")
    )
    return Images(image, one_hot)


def labels(path: Path, split: Split) -> NDArray[np.int64]:
    """Return the number of the class of each image of one split, shape (n,)."""
    with opened(path) as file:
        return file["label"][:][file["split"][:] == SPLITS[split]]


def samples_in(path: Path) -> Samples:
    """Return the description of the images of a data set, or of a reference made from one."""
    with opened_hdf5(path) as file:
        return samples_of(file)


def samples_of(file: h5py.File) -> Samples:
    """Return the description of the images in an open data set, or in a reference made from one."""
    return Samples.model_validate_json(text_of(file, "samples"))


@contextmanager
def opened(path: Path) -> Iterator[h5py.File]:
    """Open a data set; a `UserError` refuses any other file."""
    with data_set.opened(path, "make-data", ARRAYS, ["samples"]) as file:
        samples, label = samples_of(file), file["label"][:]
        known = (label >= 0) & (label < max(len(samples.classes), 1))
        if file["image"].shape[1:] != samples.shape or not known.all():
            raise UserError(f"{path}: images or labels are not as it says of them. Write it again.")
        yield file
