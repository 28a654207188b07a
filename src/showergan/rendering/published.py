"""Published values, and in what their setting differs from ours."""

from functools import reduce
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

KEY = ["discriminator", "method", "score"]
VALUE = ["table", *KEY, "mean", "sd"]  # all other columns are the setting


def read_published(path: Path) -> pd.DataFrame:
    """Read published.csv: a row per published value, its setting as texts.

    The columns table, discriminator, method, score, mean, sd; learning_rates; and keys of the setting, such as
    training.epochs or method.penalty, what the sources say of them as a configuration would. An empty cell is null.
    """
    texts = pd.read_csv(path, dtype=str, keep_default_na=False)
    return texts.astype({"table": int, "mean": float, "sd": float})


def with_published(
    table: pd.DataFrame, published: pd.DataFrame, settings: dict[str, dict[str, Any]]
) -> pd.DataFrame:
    """Return a table of ours with the published values of the same discriminator, method and score.

    The further columns: published and published_sd; published_differs, in what the setting differs, empty where it
    agrees or nothing is published; published.* with the published setting.

    Args:
        table: with the columns discriminator, method, learning_rates and score.
        published: as `read_published` returns it, at most a row per discriminator, method and score.
        settings: ours, by method, see `Config.setting`.
    """
    stated = [str(c) for c in published if c not in VALUE]
    value = published[[*KEY, "mean", "sd"]].rename(
        columns={"mean": "published", "sd": "published_sd"}
    )
    setting = published[stated].add_prefix("published.")
    known = value.assign(published_differs="").join(setting)
    beside = table.merge(known, on=KEY, how="left", validate="many_to_one")
    beside["published_differs"] = [
        ""
        if pd.isna(row["published"])
        else differences(
            {name: row[f"published.{name}"] for name in stated},
            {**settings[row["method"]], "learning_rates": row["learning_rates"]},
        )
        for row in beside.to_dict("records")
    ]
    return beside


def differences(stated: dict[str, str], ours: dict[str, Any]) -> str:
    """Return in what a setting of ours differs from a published one, in words; empty where all that is stated agrees.

    Args:
        stated: texts by key, for example {"training.epochs": "150", "method.penalty": "{kind: power, p: 2}"}. Of a
            mapping only the keys it names are compared: the sources do not say everything.
        ours: the values of all sections, for example {"training": {"epochs": 3, ...}, ...}.
    """
    found = []
    for key, text in stated.items():
        value = reduce(lambda section, part: section[part], key.split("."), ours)
        if text != value and not _agrees(yaml.safe_load(text), value):
            found.append(f"{key} {text or 'none'}, here {_shown(yaml.safe_load(text), value)}")
    return "; ".join(found)


def _agrees(stated: Any, ours: Any) -> bool:
    if isinstance(stated, dict) and isinstance(ours, dict):
        return all(key in ours and _agrees(value, ours[key]) for key, value in stated.items())
    return bool(stated == ours)


def _shown(stated: Any, ours: Any) -> str:
    """Return our value as text, of a mapping what the stated one names."""
    if isinstance(ours, dict):
        named = [key for key in ours if not isinstance(stated, dict) or key in stated]
        return "{" + ", ".join(f"{key}: {ours[key]}" for key in named) + "}"
    return "none" if ours is None else str(ours)
