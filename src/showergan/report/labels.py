"""Labels of methods, also in narrow places, and of learning rates."""

from __future__ import annotations

import re
import textwrap
from typing import Any

import pandas as pd

FORMULA = re.compile(r"(?<!\\)\$[^$]*\$")
SHOWN = 6  # letters that a formula takes, about, however long its source is


def wrapped(label: str, width: int) -> str:
    """Break a label into lines of about `width` characters, never inside a word or around "="."""
    unbroken = label.replace(" = ", "\N{NO-BREAK SPACE}=\N{NO-BREAK SPACE}")
    return textwrap.fill(unbroken, width, break_long_words=False, break_on_hyphens=False)


def fitted(label: str, width: int) -> str:
    """Break a label into lines of about `width` shown characters; a formula counts as a short word."""
    formulas = FORMULA.findall(label)
    # A stand-in of the shown length, of a letter that no label has.
    text = wrapped(FORMULA.sub("\0" * SHOWN, label), width)
    for formula in formulas:
        text = text.replace("\0" * SHOWN, formula, 1)
    return text


def pair(learning_rates: str) -> str:
    """Return a pair of learning rates, generator and discriminator, as people read it; "chosen" stays."""
    return str(learning_rates).replace("_", ", ")


def rates_in_words(learning_rates: str) -> str:
    """Return what a pair means, "0.001_1e-05" say."""
    generator, discriminator = learning_rates.split("_")
    return f"learning rates: generator {generator}, discriminator {discriminator}"


def labelled(rows: pd.DataFrame, labels: dict[str, str]) -> pd.DataFrame:
    """Return the rows of labelled methods in the order of the labels, with the column `label`.

    The architecture stands in a label only where there are several.
    """
    place = {method: i for i, method in enumerate(labels)}
    rows = rows[rows["method"].isin(labels)].sort_values(
        "method", key=lambda methods: methods.map(place), kind="stable"
    )
    label = rows["method"].map(labels)
    if rows["architecture"].nunique() > 1:
        label = label + " " + rows["architecture"]
    return rows.assign(label=label)


def records(rows: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows as dictionaries."""
    return [{str(k): v for k, v in row.items()} for row in rows.to_dict("records")]
