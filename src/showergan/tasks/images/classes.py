"""The classes that pictures are asked for, by hand or in a file."""

from pathlib import Path
from typing import Any

import numpy as np

from showergan.errors import UserError
from showergan.io.damage import damage
from showergan.io.tables import read_texts
from showergan.tasks.images.pictures import OneHot


def asked_for(names: Any, classes: tuple[str, ...]) -> OneHot:
    """Return the classes with these names, one for each picture; None asks for any picture, once.

    Raises:
        UserError: there are no classes to ask for, some must be asked for, or there is none of a name.
    """
    if not classes:
        if names is not None:
            raise UserError("This generator makes pictures of no class: give their number n alone.")
        return OneHot(np.empty((1, 0), np.float32))
    there = ", ".join(classes)
    if names is None:
        raise UserError(f"This generator makes pictures of a class: ask for some of {there}.")
    number = {name: i for i, name in enumerate(classes)}
    texts = [str(name) for name in np.atleast_1d(np.asarray(names))]
    if unknown := sorted(set(texts) - set(classes)):
        raise UserError(f"There is no class {', '.join(unknown[:5])}; there are {there}.")
    label = np.array([number[text] for text in texts], np.int64)
    return OneHot.labelled(label, len(classes))


def read_classes(path: Path | None, n: int | None, classes: tuple[str, ...]) -> OneHot:
    """Return the classes in the column `label` of a table; where there are none, nothing, n times.

    Raises:
        UserError: the file cannot be read or has no such column, or see `asked_for`.
    """
    if not classes:
        if path is not None or n is None:
            raise UserError(
                "This generator makes pictures of no class: give --n and no --conditions."
            )
        return OneHot(np.empty((n, 0), np.float32))
    remedy = f"Give a CSV file with a column label of classes: {', '.join(classes)}."
    if path is None:
        raise UserError(f"--conditions: {remedy}")
    table = read_texts(path, ("label",), remedy)
    if table.empty:
        raise UserError(f"{path} has no rows. {remedy}")
    with damage(path, "asks for no such classes", remedy):
        return asked_for(table["label"], classes)
