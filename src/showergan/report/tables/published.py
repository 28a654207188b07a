"""Tables of Egorov & Rogachev 2023: published values beside ours, and the differences of their settings."""

import math
from collections.abc import Sequence
from functools import reduce
from typing import Any

import pandas as pd
import yaml

from showergan.comparison.compared import with_failed
from showergan.comparison.learning_rates import UNDEFINED
from showergan.comparison.unpaired import share_interval
from showergan.config.evaluation import LEVEL
from showergan.metrics.metric import ANCHORS, CEILING
from showergan.report.runs import shown
from showergan.report.style import Style
from showergan.report.table_files import Parts, Table
from showergan.report.texts import formatted, pair, plus_minus, records, share

KEY = ["architecture", "method", "score"]
VALUE = ["table", *KEY, "mean", "sd"]  # all other columns are the setting
COLUMNS = ("max", "selected", "last")


def table_1(
    style: Style, summary: pd.DataFrame, failures: pd.DataFrame, published: pd.DataFrame
) -> Table:
    """Write bounds on the discriminator: a part per score, a row per method with the published value beside ours."""
    return _table(style, summary, failures, published[published["table"] == 1])


def table_2(
    style: Style, summary: pd.DataFrame, failures: pd.DataFrame, published: pd.DataFrame
) -> Table:
    """Write what is built on SN: a part per score, a row per method with the published value beside ours."""
    return _table(style, summary, failures, published[published["table"] == 2])


def table_3(
    style: Style, summary: pd.DataFrame, failures: pd.DataFrame, published: pd.DataFrame
) -> Table:
    """Write the small discriminator: a part per score, a row per method with the published value beside ours."""
    return _table(style, summary, failures, published[published["table"] == 3])


def all_methods(
    style: Style, summary: pd.DataFrame, failures: pd.DataFrame, published: pd.DataFrame
) -> Table:
    """Write all methods: a part per score, a row per method with the published value beside ours."""
    # A method may stand in several published tables.
    latest = published.drop_duplicates(KEY, keep="last")
    scores = shown(("E", "bins-E", "P", "bins-P", "P_std", "bins-P_std"), summary["score"])
    return _table(style, summary, failures, latest, scores)


def _table(
    style: Style,
    summary: pd.DataFrame,
    failures: pd.DataFrame,
    published: pd.DataFrame,
    scores: Sequence[str] = (),
) -> Table:
    """Return some scores of all methods at the chosen learning rates; by default what is published, in its order."""
    methods = style.labels if scores else published["method"]
    scores = scores or list(dict.fromkeys(published["score"]))
    labels = {method: style.labels[method] for method in methods if method in style.labels}
    chosen = summary[summary["chosen"] & summary["method"].isin(labels)]
    means = numbers(with_failed(chosen, failures), published, scores, style.settings)
    return Table(means, layout(means, labels))


def numbers(
    summary: pd.DataFrame,
    published: pd.DataFrame,
    scores: Sequence[str],
    settings: dict[str, dict[str, Any]],
) -> pd.DataFrame:
    """Return mean and sd (n - 1) over seeds of some scores, per method, with published values, see `with_published`.

    Returns:
        One row per architecture, method, learning rates and score: max, selected and last with _sd; unflagged, see
        `summarise_runs`; untrained, shuffled, ceiling, ceiling_sd and other_real; fraction_of_ceiling of the selected
        epoch; n_seeds; n_failed of these, with the ends of Wilson's 95 % interval of their share, failed_low and
        failed_high; not_failed, selected of the others, with _sd; n events and clusters behind a value; what is
        published and in what its setting differs, see `with_published`.
    """
    runs = ["architecture", "method", "learning_rates", "score"]
    values: dict[str, pd.Series] = {}
    summary = summary.assign(not_failed=summary["selected"].mask(summary["failed"]))
    groups = summary[summary["score"].isin(scores)].groupby(runs, sort=False)
    for column in (*COLUMNS, "not_failed"):
        values |= {column: groups[column].mean(), f"{column}_sd": groups[column].std(ddof=1)}
    table = pd.DataFrame(
        {
            **values,
            "unflagged": groups["unflagged"].mean(),
            **{name: groups[name].first() for name in (*ANCHORS, "ceiling_sd")},
            "fraction_of_ceiling": groups["fraction_of_ceiling"].mean(),
            "n_seeds": groups["seed"].nunique(),
            "n_failed": groups["failed"].sum(),
            "n": groups["n"].min(),
            "clusters": groups["clusters"].max(),
        }
    )
    counts = zip(table["n_failed"], table["n_seeds"], strict=True)
    shares = [share_interval(hits, n, LEVEL) for hits, n in counts]
    table["failed_low"] = [share.low for share in shares]
    table["failed_high"] = [share.high for share in shares]
    return with_published(table.reset_index(), published, settings)


def layout(numbers: pd.DataFrame, labels: dict[str, str]) -> Parts:
    """Return the table as people read it: a part per score, in it a row per method, "mean ± sd".

    A published value stands there only where all that is published of its setting agrees with ours. Methods are in the
    order of the labels.
    """
    order = {method: i for i, method in enumerate(labels)}
    rows = numbers.assign(place=numbers["method"].map(order).fillna(len(order)))
    rows = rows.sort_values("place", kind="stable")
    return {
        _head(part): pd.DataFrame([_row(row, labels) for row in records(part)], dtype=str)
        for _, part in rows.groupby("score", sort=False)
    }


def with_published(
    table: pd.DataFrame, published: pd.DataFrame, settings: dict[str, dict[str, Any]]
) -> pd.DataFrame:
    """Return a table of ours with the published values of the same architecture, method and score.

    The further columns: published and published_sd; published_differs, in what the setting differs, empty where it
    agrees or nothing is published; published.* with the published setting.

    Args:
        table: with the columns architecture, method, learning_rates and score.
        published: as `read_published` reads it, at most a row per architecture, method and score.
        settings: ours, by method, see `Config.setting`.
    """
    stated = [str(c) for c in published if c not in VALUE]
    names = {"mean": "published", "sd": "published_sd"}
    value = published[[*KEY, *names]].rename(columns=names).assign(published_differs="")
    known = value.join(published[stated].add_prefix("published."))
    beside = table.merge(known, on=KEY, how="left", validate="many_to_one")
    beside["published_differs"] = [
        ""
        if pd.isna(row["published"])
        else differences(
            {name: row[f"published.{name}"] for name in stated},
            {**settings[row["method"]], "learning_rates": row["learning_rates"]},
        )
        for row in records(beside)
    ]
    return beside


def differences(stated: dict[str, str], ours: dict[str, Any]) -> str:
    """Return the differences of a setting of ours to a published one in words; empty where all that is stated agrees.

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


def _head(part: pd.DataFrame) -> str:
    """Return the title of the part of one score: what its values rest on and are to be compared with."""
    first = part.iloc[0]
    is_binned = str(first["score"]).startswith("bins-")
    sample = f"n {'at least ' * is_binned}{part['n'].min()}{' per bin' * is_binned}"
    spread = {CEILING: first["ceiling_sd"]}
    ends = [
        f"{name.replace('_', ' ')} {plus_minus(first[name], spread.get(name, math.nan))}"
        for name in ANCHORS
        if pd.notna(first[name])
    ]
    if not ends and part["selected"].isna().all():
        ends.append(UNDEFINED)
    elif pd.isna(first[CEILING]):
        ends.append("no exact ceiling")
    return ", ".join([f"{first['score']}: {sample}, K {first['clusters']}", *ends])


def _row(row: dict[str, Any], labels: dict[str, str]) -> dict[str, str]:
    """Return a method's row of the part of one score."""
    method = row["method"]
    columns = ("published", *COLUMNS, "not_failed")
    spread = {c: plus_minus(row[c], row[f"{c}_sd"]) for c in columns}
    failed = (row[name] for name in ("n_failed", "n_seeds", "failed_low", "failed_high"))
    return {
        "method": f"{labels.get(method, method)} ({pair(row['learning_rates'])})",
        "published max": "" if row["published_differs"] else spread["published"],
        **{column: spread[column] for column in COLUMNS},
        "selected of ceiling": formatted(row["fraction_of_ceiling"], ".0%"),
        "failed [95 percent]": share(*failed),
        "selected, not failed": spread["not_failed"],
    }
