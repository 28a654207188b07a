"""Tables in the layout of Egorov & Rogachev 2023: published values beside ours."""

import math
from collections.abc import Hashable
from pathlib import Path
from typing import Any

import pandas as pd

from showergan.comparison.summary import ANCHORS, CEILING
from showergan.files import write_aside
from showergan.rendering.numbers import plus_minus
from showergan.rendering.published import with_published

LATEX = {
    "_": r"\_",
    "%": r"\%",
    "&": r"\&",
    "#": r"\#",
    "^": r"\^{}",
    "±": r"$\pm$",
    "λ": r"$\lambda$",
    "β": r"$\beta$",
}

COLUMNS = ("max", "selected", "last")

# A table in parts that fit a page each, by their titles.
Parts = dict[str, pd.DataFrame]


def numbers(
    summary: pd.DataFrame,
    published: pd.DataFrame,
    scores: list[str],
    settings: dict[str, dict[str, Any]],
) -> pd.DataFrame:
    """Return mean and sd (n - 1) over seeds, per method and score, with the published values where there are any.

    Args:
        summary: one row per run and score, as `summarise` writes it.
        published: see `with_published`.
        scores: the scores to show, for example bins-E.
        settings: see `with_published`.

    Returns:
        One row per discriminator, method, learning rates and score: max, selected and last with _sd; unflagged, see
        `summarise_run`; untrained, shuffled, ceiling, ceiling_sd and other_real; fraction_of_ceiling of the selected
        epoch; n_seeds; n_diverged; n events and clusters behind a value; what is published and in what its setting
        differs, see `with_published`.
    """
    runs = ["discriminator", "method", "learning_rates", "score"]
    chosen = summary[summary["score"].isin(scores)]
    groups = chosen.groupby(runs, sort=False)
    values = {}
    for column in COLUMNS:
        values[column] = groups[column].mean()
        values[f"{column}_sd"] = groups[column].std(ddof=1)
    table = pd.DataFrame(
        {
            **values,
            "unflagged": groups["unflagged"].mean(),
            **{name: groups[name].first() for name in (*ANCHORS, "ceiling_sd")},
            "fraction_of_ceiling": groups["fraction_of_ceiling"].mean(),
            "n_seeds": groups["seed"].nunique(),
            "n_diverged": groups["diverged"].sum(),
            "n": groups["n"].min(),
            "clusters": groups["clusters"].max(),
        }
    )
    return with_published(table.reset_index(), published, settings)


def layout(numbers: pd.DataFrame, labels: dict[str, str]) -> Parts:
    """Return the table as people read it: a part per score, in it a row per method, "mean ± sd".

    A published value stands there only where all that is published of its setting agrees with ours.

    Args:
        numbers: as `numbers` returns it.
        labels: names of the methods in their order.
    """
    order = {method: i for i, method in enumerate(labels)}
    rows = numbers.assign(place=numbers["method"].map(order).fillna(len(order)))
    rows = rows.sort_values("place", kind="stable")
    return {
        _head(part): pd.DataFrame([_row(row, labels) for row in part.to_dict("records")], dtype=str)
        for _, part in rows.groupby("score", sort=False)
    }


def save(numbers: pd.DataFrame, parts: Parts, csv: Path, md: Path, tex: Path) -> None:
    """Write the numbers as CSV, and the parts of the table as Markdown and as LaTeX (booktabs), each under its title.

    LaTeX gets paragraphs and tabulars, to be read into a document; columns that are empty throughout are left out.
    """
    shown = {title: _filled(table) for title, table in parts.items()}
    with write_aside(csv) as aside:
        numbers.to_csv(aside, index=False)
    with write_aside(md) as aside:
        written = [
            f"**{title}**\n\n{table.to_markdown(index=False, disable_numparse=True)}\n"
            for title, table in shown.items()
        ]
        aside.write_text("\n".join(written), encoding="utf-8")
    with write_aside(tex) as aside:
        written = [
            f"\\paragraph{{{latex(title)}}}\\leavevmode\n\n"
            + table.rename(columns=latex).map(latex).to_latex(index=False, escape=False)
            for title, table in shown.items()
        ]
        aside.write_text("\n".join(written), encoding="utf-8")


def _filled(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table of texts without the columns that are empty throughout; one without rows keeps them all."""
    return table[[column for column in table if table.empty or table[column].astype(bool).any()]]


def _head(part: pd.DataFrame) -> str:
    """Return the title of the part of one score: what its values rest on and are to be compared with."""
    first = part.iloc[0]
    at_least = "at least " * str(first["score"]).startswith("bins-")
    per_bin = " per bin" * str(first["score"]).startswith("bins-")
    ends = [
        f"{name.replace('_', ' ')} {plus_minus(first[name], spread)}"
        for name in ANCHORS
        if pd.notna(first[name])
        for spread in [first["ceiling_sd"] if name == CEILING else math.nan]
    ]
    if pd.isna(first[CEILING]):
        ends.append("no exact ceiling")
    return ", ".join(
        [f"{first['score']}: n {at_least}{part['n'].min()}{per_bin}, K {first['clusters']}", *ends]
    )


def _row(row: dict[Hashable, object], labels: dict[str, str]) -> dict[str, str]:
    """Return a method's row of the part of one score."""
    method, rates = str(row["method"]), str(row["learning_rates"])
    published = "" if row["published_differs"] else _spread(row, "published")
    fraction = float(row["fraction_of_ceiling"])  # type: ignore[arg-type]
    return {
        "method": f"{labels.get(method, method)} ({rates.replace('_', ', ')})",
        "published max": published,
        **{column: _spread(row, column) for column in COLUMNS},
        "selected of ceiling": "" if math.isnan(fraction) else f"{fraction:.0%}",
        "seeds": str(row["n_seeds"]),
        "diverged": str(row["n_diverged"]),
    }


def _spread(row: dict[Hashable, object], column: str) -> str:
    return plus_minus(float(row[column]), float(row[f"{column}_sd"]))  # type: ignore[arg-type]


def latex(text: str) -> str:
    """Return a text with LaTeX's special characters escaped; ± and Greek letters become formulas."""
    for plain, written in LATEX.items():
        text = text.replace(plain, written)
    return text
