"""Tables in the layout of Egorov & Rogachev 2023: published values beside ours."""

from pathlib import Path

import pandas as pd

from showergan.files import write_aside
from showergan.rendering.numbers import plus_minus

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


def numbers(summary: pd.DataFrame, published: pd.DataFrame, scores: list[str]) -> pd.DataFrame:
    """Return mean and sd (n - 1) over seeds, per method and score, with the published values where there are any.

    Args:
        summary: one row per run and score, as `summarise` writes it.
        published: discriminator, method, score, mean, sd.
        scores: the scores to show, for example bins-E.

    Returns:
        One row per discriminator, method, learning rates and score: published and published_sd; max, selected and
        last with their _sd; untrained, shuffled and ceiling; fraction_of_ceiling of the selected epoch; n_seeds;
        n_diverged; n events and clusters behind a value.
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
            "untrained": groups["untrained"].first(),
            "shuffled": groups["shuffled"].first(),
            "ceiling": groups["ceiling"].first(),
            "fraction_of_ceiling": groups["fraction_of_ceiling"].mean(),
            "n_seeds": groups["seed"].nunique(),
            "n_diverged": groups["diverged"].sum(),
            "n": groups["n"].min(),
            "clusters": groups["clusters"].max(),
        }
    )
    known = published.rename(columns={"mean": "published", "sd": "published_sd"})
    columns = ["discriminator", "method", "score", "published", "published_sd"]
    return table.reset_index().merge(known[columns], on=columns[:3], how="left")


def layout(numbers: pd.DataFrame, labels: dict[str, str]) -> pd.DataFrame:
    """Return the table as people read it: one row per method, "mean ± sd" per score.

    Args:
        numbers: as `numbers` returns it.
        labels: names of the methods in their order.
    """
    order = {method: i for i, method in enumerate(labels)}
    rows = []
    for keys, group in numbers.groupby(["method", "learning_rates"], sort=False):
        method, rates = map(str, keys)
        row = {"method": f"{labels.get(method, method)} ({rates.replace('_', ', ')})"}
        for score in group.to_dict("records"):
            name = score["score"]
            row[f"{name}: published max"] = plus_minus(score["published"], score["published_sd"])
            for column in COLUMNS:
                row[f"{name}: {column}"] = plus_minus(score[column], score[f"{column}_sd"])
            row[f"{name}: ceiling"] = f"{score['ceiling']:.3f}"
            row[f"{name}: selected of ceiling"] = f"{score['fraction_of_ceiling']:.0%}"
        row["seeds"] = str(group["n_seeds"].max())
        row["diverged"] = str(group["n_diverged"].max())
        rows.append((order.get(method, len(order)), row))
    return pd.DataFrame([row for _, row in sorted(rows, key=lambda x: x[0])])


def save(numbers: pd.DataFrame, table: pd.DataFrame, csv: Path, md: Path, tex: Path) -> None:
    """Write the numbers as CSV, and the table as Markdown and as LaTeX (booktabs)."""
    with write_aside(csv) as aside:
        numbers.to_csv(aside, index=False)
    with write_aside(md) as aside:
        aside.write_text(
            table.to_markdown(index=False, disable_numparse=True) + "\n", encoding="utf-8"
        )
    with write_aside(tex) as aside:
        text = table.rename(columns=latex).map(latex)
        aside.write_text(text.to_latex(index=False, escape=False), encoding="utf-8")


def latex(text: str) -> str:
    """Return a text with LaTeX's special characters escaped; ± and Greek letters become formulas."""
    for plain, written in LATEX.items():
        text = text.replace(plain, written)
    return text
